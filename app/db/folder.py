"""The data folder: what is called how in it, and the lock that one server at a time holds."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from app.db.port import StoreLocked, StoreUnavailable

DATABASE = "honeydesk.db"
LOCK = "honeydesk.lock"
SOCKET = "control.sock"


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, for any thread; also beside a running server."""
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=10.0)
    connection.execute("PRAGMA query_only=ON")
    return connection


class FolderLock:
    """An advisory lock that the kernel releases when its process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._file: int | None = None

    def take(self) -> None:
        """Raises ``StoreLocked`` when another process (or another store of this one) has it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"{self._path}: {error.strerror}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(file)
            raise StoreLocked(f"{self._path} is held by another process") from error
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
