"""The default store: one SQLite file in the data folder, one writer thread, readers beside it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from asyncio import Future
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, QueuePool, create_engine, select
from sqlalchemy.exc import DBAPIError

from app.db import records
from app.db.backup import copy_sqlite
from app.db.folder import DATABASE, FolderLock, read_only
from app.db.outcome import Outcome
from app.db.port import Command, Opening, Result, Row, Signer, StoreUnavailable
from app.db.sql import VISIBLE, SqlStore, erase, ev
from app.db.sqlite_jobs import Between
from app.db.sqlite_writer import SqliteWriter
from conversation import Conversation, Policy

T = TypeVar("T")

MAX_QUEUED = 20_000
"""Commands waiting for the writer; beyond it they fail at once instead of piling up behind a dead disk."""


RETURN_SECONDS = 1.0
"""How long the writer waits for a backup's caller to resume."""


class SqliteStore(SqlStore):
    name: Literal["memory", "sqlite", "postgresql"] = "sqlite"

    def __init__(self, folder: Path, policy: Policy, signer: Signer | None = None, live_size: int = 20_000) -> None:
        """``live_size`` is how many conversations the writer keeps decoded (about 2 KB each)."""
        self.path = folder / DATABASE
        self._lock = FolderLock(folder)
        self._policy = policy
        self._signer = signer
        self._live_size = live_size
        self._writer: SqliteWriter | None = None

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._lock.take()
        writer = SqliteWriter(self.path, self._policy, self._signer, self._loop, self._live_size)
        writer.start()
        try:
            await writer.started
        except BaseException:
            self._lock.release()
            raise
        self._writer = writer
        self._readers = ThreadPoolExecutor(2, "honeydesk-reader")
        self._engine = create_engine(
            "sqlite://",
            creator=lambda: read_only(self.path),
            poolclass=QueuePool,
            pool_size=2,
            isolation_level="AUTOCOMMIT",
        )

    async def close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        last: Future[None] = self._loop.create_future()
        writer.put((None, last))
        await last
        writer.join()
        self._readers.shutdown(wait=True)
        self._engine.dispose()
        self._lock.release()

    def submit(self, command: Command | Opening) -> Outcome[Result]:
        outcome: Outcome[Result] = Outcome()
        writer = self._writer
        if writer is None or writer.queued >= MAX_QUEUED:
            outcome.set_exception(StoreUnavailable("closed" if writer is None else "too many commands are waiting"))
        else:
            writer.put((command, outcome))
        return outcome

    async def _write(self, do: Callable[[Connection], T]) -> T:
        value: T = await self._put(do)
        return value

    async def _put(self, what: Callable[[Connection], Any] | Between) -> Any:
        if self._writer is None:
            raise StoreUnavailable("closed")
        future: Future[Any] = self._loop.create_future()
        self._writer.put((what, future))
        return await future

    async def _read(self, do: Callable[[Connection], T]) -> T:
        if self._writer is None:
            raise StoreUnavailable("closed")
        return await self._loop.run_in_executor(self._readers, self._run, do)

    def _run(self, do: Callable[[Connection], T]) -> T:
        try:
            with self._engine.connect() as connection:
                return do(connection)
        except DBAPIError as error:
            raise StoreUnavailable(str(error.orig)) from error

    async def conversation(self, conversation: str) -> Conversation | None:
        live = self._writer.cached(conversation) if self._writer is not None else None
        return live.conversation if live is not None else await super().conversation(conversation)

    async def feed(self, after: int, limit: int = 500) -> Sequence[Row]:
        # One writer: positions become visible in their order.
        query = select(*VISIBLE).where(ev.pos > after).order_by(ev.pos).limit(limit)
        return await self._read(lambda c: [records.row(m) for m in c.execute(query).mappings()])

    async def now(self) -> float:
        return time.time()

    async def stats(self) -> dict[str, float]:
        writer = self._writer
        own = {**writer.figures.figures(), "queued": float(writer.queued)} if writer is not None else {}
        return own | await self._figures()

    async def erase(self, conversation: str) -> int:
        def do(connection: Connection) -> int:
            rows = erase(connection, conversation)
            if self._writer is not None:
                self._writer.drop(conversation)
            return rows

        return await self._write(do)

    async def backup(self, path: str) -> int:
        copied: Future[int] = self._loop.create_future()
        returned = threading.Event()

        def do(source: sqlite3.Connection, serve: Callable[[], None]) -> None:
            rows = copy_sqlite(source, Path(path), serve)
            # Nothing more is acknowledged until the caller knows: what it has seen by then is in the copy.
            self._loop.call_soon_threadsafe(copied.set_result, rows)
            returned.wait(RETURN_SECONDS)

        done = asyncio.ensure_future(self._put(Between(do)))
        await asyncio.wait((copied, done), return_when=asyncio.FIRST_COMPLETED)
        if not copied.done():
            await done
        returned.set()
        return copied.result()
