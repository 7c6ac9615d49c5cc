"""The store that several processes share: PostgreSQL. One writer task per process with natural group commit,
and a pool for everything else.

While the server is away every call raises ``StoreUnavailable``; the next batch connects again. When the
connection breaks during a commit its commands fail although they may be stored: a retry with the same client
id finds them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Literal, TypeVar

import asyncpg
from sqlalchemy import Connection, make_url, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from app.db import migrate, records
from app.db.backup import copy_tables
from app.db.feed import Horizon
from app.db.measure import CommitFigures
from app.db.outcome import Outcome
from app.db.plan import Missing
from app.db.port import Command, Opening, Rejected, Result, Row, Signer, StoreUnavailable
from app.db.postgresql_writer import LostRace, Needs, Pending, PostgresBatches
from app.db.sql import VISIBLE, SqlStore, ev
from conversation import Policy

log = logging.getLogger(__name__)
T = TypeVar("T")

MAX_BATCH = 512
MAX_QUEUED = 20_000
MAX_RACES = 3
CONNECT_SECONDS = 5.0
MIGRATION_LOCK = 5_170_377
"""Advisory lock of the process that migrates; any number that nobody else uses."""

_RETRY = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, LostRace)
_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.PostgresIOError,
)


class PostgresStore(SqlStore):
    name: Literal["memory", "sqlite", "postgresql"] = "postgresql"

    def __init__(self, url: str, policy: Policy, signer: Signer | None = None, live_size: int = 20_000) -> None:
        """``url`` as libpq writes it, ``postgresql://user:password@host:port/database?...``."""
        self._url = url
        self._figures_of_commits = CommitFigures()
        self._batches = PostgresBatches(policy, signer, live_size)
        self._waiting: deque[Pending] = deque()
        self._wake = asyncio.Event()
        self._horizon = Horizon()
        self._connection: asyncpg.Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=4,
            max_overflow=4,
            pool_pre_ping=True,
            connect_args={"timeout": CONNECT_SECONDS, "server_settings": {"application_name": "honeydesk"}},
        )

    async def start(self) -> None:
        def upgrade(connection: Connection) -> None:
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": MIGRATION_LOCK})
            migrate.upgrade(connection)

        self._loop = asyncio.get_running_loop()
        self._closing = False
        try:
            await self._write(upgrade)
            await self._connect()
        except BaseException:
            await self._engine.dispose()
            raise
        self._task = asyncio.create_task(self._run(), name="honeydesk-writer")

    async def close(self) -> None:
        if self._task is None:
            return
        self._closing = True
        self._wake.set()
        await self._task
        self._task = None
        await self._disconnect()
        await self._engine.dispose()

    # --- the writer

    def submit(self, command: Command | Opening) -> Outcome[Result]:
        outcome: Outcome[Result] = Outcome()
        if self._closing or self._task is None or len(self._waiting) >= MAX_QUEUED:
            outcome.set_exception(StoreUnavailable("closed, or too many commands are waiting"))
        else:
            self._waiting.append((command, outcome))
            self._wake.set()
        return outcome

    async def _run(self) -> None:
        while self._waiting or not self._closing:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            pending = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_BATCH))]
            began = time.perf_counter()
            try:
                await self._turn(pending)
            except Exception as error:
                # The writer outlives whatever a batch brings; its commands learn what happened.
                log.exception("a batch of %d failed", len(pending))
                _fail(pending, error)
            self._figures_of_commits.committed(len(pending), time.perf_counter() - began)

    async def _turn(self, pending: Sequence[Pending]) -> None:
        """Store these together; whoever keeps losing races goes alone, and then gives up with ``conflict``."""
        needs, races = Needs(), 0
        refusal: asyncpg.PostgresError | None = None
        while races < MAX_RACES and refusal is None:
            try:
                connection = await self._connect()
                answers = await self._batches.attempt(connection, pending, needs)
            except Missing:
                continue
            except _RETRY:
                races += 1
                needs.first_rows = True
            except (*_AWAY, StoreUnavailable) as error:
                log.warning("nothing of a batch of %d was acknowledged: %s", len(pending), error)
                await self._disconnect()
                _fail(pending, StoreUnavailable(str(error)))
                return
            except asyncpg.PostgresError as error:
                refusal = error
            else:
                for future, answer in answers:
                    if not future.done():
                        _answer(future, answer)
                return
        if len(pending) > 1:
            for one in pending:
                await self._turn([one])
        elif refusal is not None:
            log.warning("a command was refused by the database: %s", refusal)
            _fail(pending, refusal)
        elif not pending[0][1].done():
            pending[0][1].set_result(Rejected("conflict", None))

    async def _connect(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            settings = {"application_name": "honeydesk writer", "synchronous_commit": "on"}
            try:
                self._connection = await asyncpg.connect(
                    self._url, timeout=CONNECT_SECONDS, command_timeout=30.0, server_settings=settings
                )
            except _AWAY as error:
                raise StoreUnavailable(str(error)) from error
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*_AWAY):
                await connection.close(timeout=CONNECT_SECONDS)

    # --- everything else

    async def _read(self, do: Callable[[Connection], T]) -> T:
        try:
            async with self._engine.connect() as connection:
                return await connection.run_sync(do)
        except IntegrityError:
            raise
        except (DBAPIError, *_AWAY) as error:
            raise StoreUnavailable(str(error)) from error

    async def _write(self, do: Callable[[Connection], T]) -> T:
        try:
            async with self._engine.begin() as connection:
                return await connection.run_sync(do)
        except IntegrityError:
            raise
        except (DBAPIError, *_AWAY) as error:
            raise StoreUnavailable(str(error)) from error

    async def erase(self, conversation: str) -> int:
        rows = await super().erase(conversation)
        self._batches.drop(conversation)
        return rows

    async def feed(self, after: int, limit: int = 500) -> Sequence[Row]:
        query = select(*VISIBLE).where(ev.pos > after).order_by(ev.pos).limit(limit)
        horizon = "SELECT pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text FROM pg_current_snapshot() AS s"

        def do(c: Connection) -> tuple[list[Row], bool]:
            # The rows first: a transaction that holds an earlier position is then still in the snapshot below.
            final = self._horizon.final
            rows = [records.row(m) for m in c.execute(query).mappings()]
            xmin, xmax = c.execute(text(horizon)).one()
            return self._horizon.settled(after, rows, final, int(xmin), int(xmax))

        while True:
            rows, again = await self._read(do)
            if not again:
                return rows

    async def now(self) -> float:
        query = text("SELECT extract(epoch FROM clock_timestamp())::float8")
        return await self._read(lambda c: float(c.execute(query).scalar_one()))

    async def stats(self) -> dict[str, float]:
        own = {**self._figures_of_commits.figures(), "queued": float(len(self._waiting))}
        return own | await self._figures()

    async def backup(self, path: str) -> int:
        """A file that SQLite can open, with the same tables, from one snapshot of the database."""
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(isolation_level="REPEATABLE READ")
                return await connection.run_sync(lambda c: copy_tables(c, path))
        except (DBAPIError, *_AWAY) as error:
            raise StoreUnavailable(str(error)) from error


def _answer(future: Outcome[Result], answer: Any) -> None:
    if isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)


def _fail(pending: Sequence[Pending], error: BaseException) -> None:
    for _, future in pending:
        if not future.done():
            future.set_exception(error)
