"""Backups are single SQLite files with the tables of ``schema``, whatever the store: SQLite copies itself through
its writer, PostgreSQL is copied row by row from one snapshot. So a backup of one can be restored into the other.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, StaticPool, create_engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from app.db import migrate, schema
from app.db.folder import DATABASE, FolderLock, read_only
from app.db.port import StoreError, StoreUnavailable

CHUNK = 1000


class BadBackup(StoreError):
    """The file is no backup of a version this program knows, is damaged, or the place to restore into is not empty."""

    code = "bad_backup"


def copy_sqlite(source: sqlite3.Connection, path: Path, serve: Callable[[], None]) -> int:
    """An online copy through the writer's own connection: what it commits while the copy is running goes into
    the copy as well. Returns the number of rows copied."""

    def stepped(status: int, remaining: int, total: int) -> None:
        # Called once more after the last step, when what is committed no longer reaches the copy.
        if status != sqlite3.SQLITE_DONE:
            serve()

    target = sqlite3.connect(_fresh(path), isolation_level=None)
    try:
        source.backup(target, pages=512, progress=stepped)
        target.execute("PRAGMA journal_mode=DELETE")
        rows: int = target.execute("SELECT count(*) FROM events").fetchone()[0]
        return rows
    finally:
        target.close()


def copy_tables(source: Connection, path: str) -> int:
    """Every table of ``source``, as its transaction sees it, into a new file. Returns the number of event rows."""
    engine = create_engine(f"sqlite:///{_fresh(Path(path))}")
    try:
        with engine.begin() as target:
            migrate.upgrade(target)
            _copy(source, target)
            return target.execute(select(func.count()).select_from(schema.events)).scalar_one()
    finally:
        engine.dispose()


def restore_sqlite(path: Path, folder: Path) -> int:
    """Make a data folder's database from a backup. Raises ``BadBackup``, also when there is a database already,
    and ``StoreLocked`` when a server runs there. Returns the number of event rows."""
    rows = check(path)
    lock = FolderLock(folder)
    lock.take()
    try:
        target = folder / DATABASE
        if target.exists():
            raise BadBackup(f"{target} exists; a backup is restored into an empty folder")
        part = folder / f"{DATABASE}.part"
        shutil.copyfile(path, part)
        part.chmod(0o600)
        _sync(part)
        part.rename(target)
        _sync(folder)
        return rows
    finally:
        lock.release()


def restore_tables(path: str, target: Connection) -> int:
    """Fill an empty database (migrated here, in the caller's transaction) from a backup. Raises ``BadBackup``."""
    rows = check(Path(path))
    migrate.upgrade(target)
    if target.execute(select(func.count()).select_from(schema.conversations)).scalar_one():
        raise BadBackup("the database is not empty")
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as source:
            _copy(source, target)
        for table in (schema.events, schema.audit):
            highest = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'pos'), max(pos)) FROM {table.name}"  # noqa: S608
            target.execute(text(highest))
    finally:
        engine.dispose()
    return rows


def check(path: Path) -> int:
    """The number of event rows in a sound backup of this program's version. Raises ``BadBackup``."""
    if not path.is_file():
        raise BadBackup(f"{path} is not there")
    engine = create_engine("sqlite://", creator=lambda: read_only(path), poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
                raise BadBackup(f"{path} is damaged")
            if migrate.version(connection) != migrate.newest():
                raise BadBackup(f"{path} has schema {migrate.version(connection)}, not {migrate.newest()}")
            return connection.execute(select(func.count()).select_from(schema.events)).scalar_one()
    except DBAPIError as error:
        raise BadBackup(f"{path}: {error}") from error
    finally:
        engine.dispose()


def _copy(source: Connection, target: Connection) -> None:
    for table in schema.metadata.sorted_tables:
        rows = source.execution_options(yield_per=CHUNK).execute(select(table)).mappings()
        for chunk in rows.partitions(CHUNK):
            target.execute(insert(table), [dict(row) for row in chunk])


def _fresh(path: Path) -> Path:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise BadBackup(f"{path} exists") from error
    except OSError as error:
        raise StoreUnavailable(f"{path}: {error.strerror}") from error
    return path


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
