"""The one thread that writes a SQLite database, with natural group commit: whatever is queued when a commit ends
goes into the next one, without a timer.

There is exactly one writing connection, checkpoints included: SQLite up to 3.51.2 can corrupt a database whose
write-ahead log is reset by two connections at once.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from asyncio import AbstractEventLoop, Future
from collections import OrderedDict, deque
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db import migrate, records, schema
from app.db.chain import signed_head
from app.db.measure import CommitFigures
from app.db.outcome import Promise
from app.db.plan import Batch, Live
from app.db.port import Command, Opening, Rejected, Result, Row, Signer, StoreUnavailable
from app.db.snapshot import identity, moving, only_longer, only_talk
from app.db.sql import VISIBLE, cv, ev
from app.db.sqlite_jobs import Answer, Between, Item, Work, resolve
from app.db.sqlite_statements import EVENTS, FULL, LIGHT, OPENED, PRAGMAS, TALKS, run, talk
from conversation import Policy
from conversation.states import Closed

log = logging.getLogger(__name__)

MAX_BATCH = 512
WRITER = "honeydesk-writer"
"""The thread's name."""


class SqliteWriter(threading.Thread):
    """``put`` from the event loop's thread; results are given there, all of a commit in one callback."""

    def __init__(
        self, path: Path, policy: Policy, signer: Signer | None, loop: AbstractEventLoop, live_size: int
    ) -> None:
        super().__init__(name=WRITER, daemon=True)
        self.figures = CommitFigures()
        self.started: Future[None] = loop.create_future()
        self._path = path
        self._policy = policy
        self._signer = signer
        self._loop = loop
        self._pending: list[Item] = []
        self._queue: SimpleQueue[list[Item]] = SimpleQueue()
        self._backlog: deque[Item] = deque()
        self._put = self._taken = 0
        self._later: list[Item] = []
        self._lives: OrderedDict[str, Live] = OrderedDict()
        self._open: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._live_size = live_size
        self._pos = 0
        self._stored: list[Batch] = []
        self._alone = False
        """Commands go one by one: what is remembered is not committed yet."""
        self._connection: Connection
        self._dbapi: sqlite3.Connection

    # --- from the event loop

    def put(self, item: Item) -> None:
        """Handed over when the loop has read all its sockets: the thread is woken once for what came together, and
        does not compete with the loop for the interpreter at every message."""
        self._put += 1
        self._pending.append(item)
        if len(self._pending) == 1:
            self._loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        items, self._pending = self._pending, []
        self._queue.put(items)

    @property
    def queued(self) -> int:
        return self._put - self._taken

    def drop(self, conversation: str) -> None:
        """Read this one again; for work that changed it, in the writer's thread."""
        self._lives.pop(conversation, None)

    def cached(self, conversation: str) -> Live | None:
        """The committed snapshot, if it is at hand. Safe from any thread."""
        return None if self._alone else self._lives.get(conversation)

    # --- the thread

    def run(self) -> None:
        try:
            engine = self._open_database()
        except (DBAPIError, sqlite3.Error, OSError) as error:
            self._tell([(self.started, None, StoreUnavailable(f"{self._path}: {error}"))])
            return
        except BaseException as error:
            self._tell([(self.started, None, error)])
            return
        self._tell([(self.started, None, None)])
        last: Promise | None = None
        while last is None:
            if not self._backlog:
                self._backlog.extend(self._queue.get())
            last = self._turn(self._take())
        self._connection.close()
        engine.dispose()
        self._tell([(last, None, None)])

    def _take(self) -> list[Item]:
        """What waits now, as much as one commit may hold."""
        while not self._queue.empty():
            self._backlog.extend(self._queue.get_nowait())
        items = [self._backlog.popleft() for _ in range(min(len(self._backlog), MAX_BATCH))]
        self._taken += len(items)
        return items

    def _open_database(self) -> Engine:
        def connect() -> sqlite3.Connection:
            return sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=10.0)

        engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool, isolation_level="AUTOCOMMIT")
        self._connection = engine.connect()
        dbapi = self._connection.connection.driver_connection
        assert isinstance(dbapi, sqlite3.Connection)  # noqa: S101
        self._dbapi = dbapi
        for pragma in PRAGMAS:
            self._sql(f"PRAGMA {pragma}")
        self._sql("BEGIN IMMEDIATE")
        migrate.upgrade(self._connection)
        self._sql("COMMIT")
        self._forget()
        return engine

    def _sql(self, text: str) -> Any:
        return self._connection.exec_driver_sql(text)

    def _forget(self) -> None:
        """Drop what is remembered; the database is read again."""
        self._clear()
        self._pos = self._sql("SELECT coalesce(max(pos), 0) FROM events").scalar()

    def _clear(self) -> None:
        self._lives.clear()
        self._open.clear()
        self._stored.clear()
        self._alone = False

    def _turn(self, items: list[Item]) -> Promise | None:
        """One transaction for everything in ``items``, then what needs none; the future of a stop, if it came."""
        last: Promise | None = None
        commands: list[tuple[Command | Opening, Promise]] = []
        works: list[tuple[Work, Promise]] = []
        between: list[tuple[Between, Promise]] = []
        for what, future in items:
            if isinstance(what, Command | Opening):
                commands.append((what, future))
            elif what is None:
                last = future
            elif isinstance(what, Between):
                between.append((what, future))
            else:
                works.append((what, future))
        if commands or works:
            self._tell(self._transact(commands, works))
        for job, future in between:
            self._tell([self._outside(job, future)])
            while self._later:
                again, self._later = self._later, []
                last = self._turn(again) or last
        return last

    def _serve(self) -> None:
        """Let commands through while a backup is running; anything else waits for its end."""
        items: list[Item] = []
        for item in self._take():
            (self._later if item[0] is None or isinstance(item[0], Between) else items).append(item)
        if items:
            self._turn(items)

    def _outside(self, job: Between, future: Promise) -> Answer:
        try:
            return future, job.do(self._dbapi, self._serve), None
        except (OSError, sqlite3.Error) as error:
            return future, None, StoreUnavailable(str(error))
        except Exception as error:
            # The writer outlives the job; whoever asked for it learns what happened.
            return future, None, error

    def _transact(
        self, commands: list[tuple[Command | Opening, Promise]], works: list[tuple[Work, Promise]]
    ) -> list[Answer]:
        began = time.perf_counter()
        for attempt in (self._all_at_once, self._knowing_duplicates, self._one_by_one):
            try:
                run(self._dbapi, "BEGIN IMMEDIATE")
                answers = [self._small(work, future) for work, future in works]
                answers += attempt(commands)
                run(self._dbapi, "COMMIT")
                self._remember()
            except IntegrityError as error:
                # A retry of something stored long ago; or, the second time, a row the database refuses.
                self._roll_back()
                failure: BaseException = error
                continue
            except DBAPIError as error:
                self._roll_back()
                log.warning("nothing of a batch of %d was stored: %s", len(commands) + len(works), error.orig)
                failure = StoreUnavailable(str(error.orig))
                break
            except Exception as error:
                self._roll_back()
                log.exception("a batch failed")
                failure = error
                break
            self.figures.committed(len(commands), time.perf_counter() - began)
            return answers
        return [(future, None, failure) for _, future in (*commands, *works)]

    def _roll_back(self) -> None:
        try:
            if self._dbapi.in_transaction:
                self._sql("ROLLBACK")
            self._forget()
        except DBAPIError:
            # The disk may be gone; the next batch finds out.
            log.exception("rolling back failed")
            self._clear()

    def _small(self, work: Work, future: Promise) -> Answer:
        self._sql("SAVEPOINT small")
        answer: Answer
        try:
            answer = future, work(self._connection), None
        except Exception as error:
            if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
                raise
            self._sql("ROLLBACK TO small")
            answer = future, None, error
        self._sql("RELEASE small")
        return answer

    def _all_at_once(self, commands: list[tuple[Command | Opening, Promise]], known: bool = False) -> list[Answer]:
        batch = Batch(self, self._policy, known=known)
        failed: list[Answer] = []
        planned: list[Promise] = []
        for command, future in commands:
            try:
                batch.add(command)
            except DBAPIError:
                raise
            except Exception as error:
                # A bug in ``decide`` is its caller's, not its neighbours'.
                failed.append((future, None, error))
            else:
                planned.append(future)
        results = self._store(batch)
        return failed + [(future, result, None) for future, result in zip(planned, results, strict=True)]

    def _knowing_duplicates(self, commands: list[tuple[Command | Opening, Promise]]) -> list[Answer]:
        return self._all_at_once(commands, known=True)

    def _one_by_one(self, commands: list[tuple[Command | Opening, Promise]]) -> list[Answer]:
        answers: list[Answer] = []
        self._alone = True
        for pair in commands:
            self._sql("SAVEPOINT one")
            try:
                answers += self._all_at_once([pair], known=True)
            except IntegrityError as error:
                self._sql("ROLLBACK TO one")
                log.warning("a command was refused by the database: %s", error.orig)
                answers.append((pair[1], Rejected("conflict", None), None))
            self._sql("RELEASE one")
            self._remember_stored()
        return answers

    # --- writing

    def _store(self, batch: Batch) -> list[Result]:
        """Write a planned batch; what it came to is remembered once it is committed."""
        events = batch.events
        begin = self._pos + 1
        if events:
            run(self._dbapi, *EVENTS.of([(pos, *values) for pos, values in enumerate(events, begin)]))
            self._store_snapshots(batch)
            records.store_tickets(self._connection, batch.tickets, batch.answers)
            self._stored.append(batch)
            self._pos += len(events)
        return batch.results(range(begin, begin + len(events)))

    def _store_snapshots(self, batch: Batch) -> None:
        execute = self._connection.exec_driver_sql
        opened: list[tuple[Any, ...]] = []
        full: list[tuple[Any, ...]] = []
        light: list[tuple[Any, ...]] = []
        same: list[tuple[Any, ...]] = []
        begun = frozenset(batch.opened)
        for which, live in batch.lives.items():
            now, known = live.conversation, self._lives.get(which)
            old = known.conversation if known is not None else None
            if only_longer(old, now):
                same.append((which, now.seq, live.head))
                continue
            values = moving(now)
            if which in begun:
                opened.append((which, *identity(now), *values, live.head, self._signature(live)))
            elif only_talk(old, now):
                light.append((*talk(values), live.head, which))
            else:
                full.append((*values, live.head, self._signature(live), which))
        if opened:
            execute(OPENED, opened)
        if same:
            run(self._dbapi, *TALKS.of(same))
        if light:
            execute(LIGHT, light)
        if full:
            execute(FULL, full)

    def _signature(self, live: Live) -> bytes | None:
        c = live.conversation
        if self._signer is None or not isinstance(c.state, Closed):
            return None
        return self._signer.sign(signed_head(c.id, c.seq, live.head))

    def _remember(self) -> None:
        """After a commit."""
        self._remember_stored()
        self._alone = False

    def _remember_stored(self) -> None:
        lives = self._lives
        for batch in self._stored:
            for which, live in batch.lives.items():
                lives[which] = live
                lives.move_to_end(which)
            for which in batch.opened:
                c = batch.lives[which].conversation
                self._open[c.customer, c.topic] = which
        self._stored.clear()
        self._evict()

    def _evict(self) -> None:
        while len(self._lives) > self._live_size:
            self._lives.popitem(last=False)
        while len(self._open) > self._live_size:
            self._open.popitem(last=False)

    # --- the world as the planner sees it

    def live(self, conversation: str) -> Live | None:
        found = self._lives.get(conversation)
        if found is None:
            query = select(schema.conversations).where(cv.id == conversation)
            row = self._connection.execute(query).mappings().first()
            if row is None:
                return None
            found = self._lives[conversation] = records.live(row)
            self._evict()
        return found

    def open_of(self, customer: str, topic: str) -> str | None:
        found = self._open.get((customer, topic))
        if found is not None:
            return found
        query = select(cv.id).where(cv.customer == customer, cv.topic == topic, cv.kind != "closed")
        which: str | None = self._connection.execute(query).scalar()
        if which is not None:
            self._open[customer, topic] = which
        return which

    def first_row(self, author: str, client_id: str) -> Row | None:
        query = select(*VISIBLE).where(ev.author == author, ev.client_id == client_id)
        row = self._connection.execute(query).mappings().first()
        return records.row(row) if row is not None else None

    def capacity(self, agent: str) -> int | None:
        return records.capacity(self._connection, agent)

    def load(self, agent: str) -> int:
        return records.load(self._connection, agent)

    # --- answering

    def _tell(self, answers: list[Answer]) -> None:
        self._loop.call_soon_threadsafe(resolve, answers)
