"""How a ``honeydesk`` command that writes reaches the running server: a Unix socket in the data folder, one JSON
line there, one back. ``{"do": "agents.add", "args": {...}}`` -> ``{"ok": ...}`` or ``{"error": code, "text": ...}``.

The socket is the owner's (0600) and lives in the data folder: who may open it may read the database as well.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from app.db.folder import SOCKET

log = logging.getLogger(__name__)

MAX_LINE = 64 * 1024 * 1024
"""Bytes of one request or answer (a corpus may be sent through here)."""

ANSWER_SECONDS = 600.0
ADDRESS_BYTES = 100
"""A Unix socket's address holds 107 bytes on Linux, 103 elsewhere."""

Command = Callable[..., Awaitable[Any]]


class NoServer(Exception):
    """Nobody listens in this data folder: the command opens the database itself."""

    code = "no_server"


class CommandFailed(Exception):
    """The server's answer to a command it could not carry out; ``code`` is stable."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text or code)
        self.code = code


class CommandServer:
    """Serves ``registry``, the visible dict of what can be done. An exception with a ``code`` is answered with it,
    any other with ``internal``."""

    def __init__(self, data_dir: Path, registry: Mapping[str, Command]) -> None:
        self._folder = data_dir
        self._registry = registry
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """The caller holds the folder's lock, so a socket found here is left over from a crash."""
        (self._folder / SOCKET).unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        try:
            with _short(self._folder) as path:
                listening.bind(path)
            (self._folder / SOCKET).chmod(0o600)
            self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=MAX_LINE)
        except BaseException:
            listening.close()
            raise

    async def close(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for task in tuple(self._clients):
            task.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        (self._folder / SOCKET).unlink(missing_ok=True)
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101
        self._clients.add(task)
        try:
            while line := await reader.readline():
                writer.write(await self._answer(line) + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError) as error:
            log.warning("a command's connection broke: %s", error)
        finally:
            self._clients.discard(task)
            writer.close()

    async def _answer(self, line: bytes) -> bytes:
        try:
            request = orjson.loads(line)
            name, args = request["do"], request.get("args", {})
            do = self._registry[name]
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            return orjson.dumps({"error": "unknown_command", "text": str(error)})
        try:
            return orjson.dumps({"ok": await do(**args)})
        except Exception as error:
            code = getattr(error, "code", None)
            if code is None:
                log.exception("command %s failed", name)
            return orjson.dumps({"error": code or "internal", "text": str(error)})


def call(data_dir: Path, name: str, /, **args: Any) -> Any:
    """Have the running server do it; blocking. Raises ``NoServer``, or ``CommandFailed`` with the server's code."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(ANSWER_SECONDS)
        try:
            with _short(data_dir) as path:
                peer.connect(path)
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError) as error:
            raise NoServer(str(data_dir)) from error
        peer.sendall(orjson.dumps({"do": name, "args": args}) + b"\n")
        with peer.makefile("rb") as lines:
            line = lines.readline(MAX_LINE)
    if not line.endswith(b"\n"):
        raise CommandFailed("connection_lost", "the server ended before it answered; the command may have been done")
    answer = orjson.loads(line)
    if "error" in answer:
        raise CommandFailed(answer["error"], answer.get("text", ""))
    return answer["ok"]


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A name for the socket that fits into an address, however long the folder's path is: through this process's
    handle of the folder."""
    path = folder / SOCKET
    if len(os.fsencode(path)) <= ADDRESS_BYTES:
        yield str(path)
        return
    handle = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{SOCKET}"
    finally:
        os.close(handle)
