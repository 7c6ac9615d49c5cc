"""Writes a batch of commands in one PostgreSQL transaction, among other processes that do the same.

Locks are taken in one order everywhere: agents by id, then conversations by id, then new rows. What a batch needs
to read is only known once it is planned, so planning notes what was missing and the transaction is begun again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

import asyncpg
import orjson

from app.db.chain import signed_head
from app.db.outcome import Outcome
from app.db.plan import EVENT_COLUMNS, Batch, Live, Missing
from app.db.port import Command, Opening, Result, Row, Signer
from app.db.snapshot import IDENTITY, MOVING, identity, moving, restore
from conversation import Policy
from conversation.states import Closed

Pending = tuple["Command | Opening", "Outcome[Result]"]

_TYPES = {
    "seq": "int4",
    "turns": "int4",
    "segment": "int4",
    "lane": "int4",
    "capacity": "int4",
    "at": "float8",
    "opened_at": "float8",
    "queue_order": "float8",
    "deadline": "float8",
    "verified": "bool",
    "salt": "bytea",
    "body_hash": "bytea",
    "hash": "bytea",
    "head": "bytea",
    "signature": "bytea",
}


def _arrays(columns: Sequence[str]) -> str:
    return ", ".join(f"${i}::{_TYPES.get(name, 'text')}[]" for i, name in enumerate(columns, 1))


def _insert(table: str, columns: Sequence[str], returning: str) -> str:
    # Ordered, so that positions rise in the order in which the batch was planned.
    names = ", ".join(columns)
    return (
        f"INSERT INTO {table} ({names}) SELECT {names} FROM unnest({_arrays(columns)}) "  # noqa: S608
        f"WITH ORDINALITY AS t({names}, nth) ORDER BY nth ON CONFLICT DO NOTHING RETURNING {returning}"
    )


_CHANGED = (*MOVING, "head", "signature", "id")
_OPENED = ("id", *IDENTITY, *MOVING, "head", "signature")
_TICKET = ("id", "short", "conversation", "customer", "reason", "skill", "status", "opened", "promised")

INSERT_EVENTS = _insert("events", EVENT_COLUMNS, "pos")
INSERT_CONVERSATIONS = _insert("conversations", _OPENED, "id")
UPDATE_CONVERSATIONS = (
    f"UPDATE conversations c SET {', '.join(f'{name} = t.{name}' for name in _CHANGED[:-1])} "  # noqa: S608
    f"FROM unnest({_arrays(_CHANGED)}) AS t({', '.join(_CHANGED)}) WHERE c.id = t.id"
)
LOCK_AGENTS = "SELECT id, capacity FROM staff WHERE id = ANY($1::text[]) AND NOT disabled ORDER BY id FOR UPDATE"
LOADS = "SELECT agent, count(*) AS load FROM conversations WHERE agent = ANY($1::text[]) GROUP BY agent"
LOCK_CONVERSATIONS = """
SELECT c.id, c.seq, c.customer, c.topic, c.kind, pg_current_xact_id()::text AS xid FROM conversations c WHERE c.id IN (
    SELECT unnest($1::text[])
    UNION
    SELECT o.id FROM conversations o JOIN unnest($2::text[], $3::text[]) AS k(customer, topic)
    ON o.customer = k.customer AND o.topic = k.topic WHERE o.kind <> 'closed'
) ORDER BY c.id FOR UPDATE OF c
"""
BEGIN_NUMBER = "SELECT pg_current_xact_id()::text"
SNAPSHOTS = "SELECT * FROM conversations WHERE id = ANY($1::text[])"
FIRST_ROWS = """
SELECT e.pos, e.conversation, e.seq, e.at, e.segment, e.author, e.client_id, e.kind, e.audience, e.body FROM events e
JOIN unnest($1::text[], $2::text[]) AS k(author, client_id) ON e.author = k.author AND e.client_id = k.client_id
"""
INSERT_TICKET = """
INSERT INTO tickets (id, short, conversation, customer, reason, skill, status, opened, promised, answered, text)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING
"""
ANSWER_TICKET = """
UPDATE tickets SET status = $3, answered = CASE WHEN $3 = 'open' THEN answered ELSE coalesce(answered, $4) END
WHERE id = $1 AND conversation = $2
"""


class LostRace(Exception):
    """Another process stored something that this batch was planned without."""


@dataclass(slots=True)
class Needs:
    """What an earlier attempt found missing."""

    agents: set[str] = field(default_factory=set)
    first_rows: bool = False


class Locked:
    """The world as one transaction holds it: everything in here is locked or was committed before."""

    def __init__(self, needs: Needs) -> None:
        self.lives: dict[str, Live] = {}
        self.current: dict[tuple[str, str], str] = {}
        self.capacities: dict[str, int | None] = {}
        self.loads: dict[str, int] = {}
        self.rows: dict[tuple[str, str], Row] = {}
        self._needs = needs

    def live(self, conversation: str) -> Live | None:
        return self.lives.get(conversation)

    def open_of(self, customer: str, topic: str) -> str | None:
        return self.current.get((customer, topic))

    def first_row(self, author: str, client_id: str) -> Row | None:
        if not self._needs.first_rows:
            self._needs.first_rows = True
            raise Missing
        return self.rows.get((author, client_id))

    def capacity(self, agent: str) -> int | None:
        if agent not in self.capacities:
            self._needs.agents.add(agent)
            raise Missing
        return self.capacities[agent]

    def load(self, agent: str) -> int:
        return self.loads.get(agent, 0)


class PostgresBatches:
    """Runs batches on one connection at a time; remembers snapshots, which the locked row's ``seq`` confirms."""

    def __init__(self, policy: Policy, signer: Signer | None, live_size: int) -> None:
        self._policy = policy
        self._signer = signer
        self._lives: OrderedDict[str, Live] = OrderedDict()
        self._live_size = live_size

    def drop(self, conversation: str) -> None:
        self._lives.pop(conversation, None)

    async def attempt(
        self, connection: asyncpg.Connection, pending: Sequence[Pending], needs: Needs
    ) -> list[tuple[Outcome[Result], Result | BaseException]]:
        """One transaction. Raises ``Missing`` when ``needs`` grew, ``LostRace``, or what the database raises;
        then nothing was stored."""
        async with connection.transaction():
            world = await self._lock(connection, pending, needs)
            batch = Batch(world, self._policy, known=needs.first_rows)
            planned: list[Outcome[Result]] = []
            failed: list[tuple[Outcome[Result], Result | BaseException]] = []
            missing = False
            for command, future in pending:
                try:
                    batch.add(command)
                except Missing:
                    missing = True
                except Exception as error:
                    # A bug in ``decide`` is its caller's, not its neighbours'.
                    failed.append((future, error))
                else:
                    planned.append(future)
            if missing:
                raise Missing
            positions = await self._store(connection, batch)
        self._remember(batch, world)
        results = batch.results(positions)
        return failed + [(future, result) for future, result in zip(planned, results, strict=True)]

    # --- reading under locks

    async def _lock(self, connection: asyncpg.Connection, pending: Sequence[Pending], needs: Needs) -> Locked:
        world = Locked(needs)
        if needs.agents:
            agents = sorted(needs.agents)
            world.capacities = dict.fromkeys(agents)
            world.capacities |= {r["id"]: r["capacity"] for r in await connection.fetch(LOCK_AGENTS, agents)}
        ids = {c.conversation for c, _ in pending if isinstance(c, Command)}
        keys = {(c.opened.customer, c.opened.topic) for c, _ in pending if isinstance(c, Opening)}
        customers, topics = [k[0] for k in keys], [k[1] for k in keys]
        locked = await connection.fetch(LOCK_CONVERSATIONS, list(ids), customers, topics)
        if not locked:
            # The feed relies on a transaction having its number before it takes positions.
            await connection.execute(BEGIN_NUMBER)
        for r in locked:
            if r["kind"] != "closed":
                world.current[r["customer"], r["topic"]] = r["id"]
        await self._load(connection, world, {r["id"]: r["seq"] for r in locked})
        if needs.agents:
            world.loads = {r["agent"]: r["load"] for r in await connection.fetch(LOADS, agents)}
        if needs.first_rows:
            await self._load_first_rows(connection, world, pending)
        return world

    async def _load(self, connection: asyncpg.Connection, world: Locked, seqs: dict[str, int]) -> None:
        stale: list[str] = []
        for which, seq in seqs.items():
            live = self._lives.get(which)
            if live is not None and live.conversation.seq == seq:
                world.lives[which] = live
            else:
                stale.append(which)
        await self._load_snapshots(connection, world, stale)

    async def _load_snapshots(self, connection: asyncpg.Connection, world: Locked, ids: list[str]) -> None:
        if ids:
            for r in await connection.fetch(SNAPSHOTS, ids):
                world.lives[r["id"]] = Live(restore(r), r["head"])

    async def _load_first_rows(self, connection: asyncpg.Connection, world: Locked, pending: Sequence[Pending]) -> None:
        wanted = [(c.author, c.client_id) for c, _ in pending if c.client_id is not None]
        rows = await connection.fetch(FIRST_ROWS, [w[0] for w in wanted], [w[1] for w in wanted])
        for r in rows:
            values = dict(r)
            values["body"] = None if r["body"] is None else orjson.loads(r["body"])
            world.rows[r["author"], r["client_id"]] = Row(**values)
        elsewhere = {r["conversation"] for r in rows} - world.lives.keys()
        await self._load_snapshots(connection, world, list(elsewhere))

    # --- writing

    async def _store(self, connection: asyncpg.Connection, batch: Batch) -> list[int]:
        if not batch.events:
            return []
        begun = frozenset(batch.opened)
        opened: list[tuple[Any, ...]] = []
        changed: list[tuple[Any, ...]] = []
        for which, live in sorted(batch.lives.items()):
            now = live.conversation
            values = (*moving(now), live.head, self._signature(live))
            if which in begun:
                opened.append((which, *identity(now), *values))
            else:
                changed.append((*values, which))
        if opened:
            # By customer and topic: two processes that open for the same customers meet in one order.
            opened.sort(key=lambda row: (row[1], row[2]))
            if len(await connection.fetch(INSERT_CONVERSATIONS, *_columns(opened))) < len(opened):
                raise LostRace
        if changed:
            await connection.execute(UPDATE_CONVERSATIONS, *_columns(changed))
        positions = [r["pos"] for r in await connection.fetch(INSERT_EVENTS, *_columns(batch.events))]
        if len(positions) < len(batch.events):
            raise LostRace
        for ticket in batch.tickets:
            await connection.execute(INSERT_TICKET, *astuple(ticket))
        for answer in batch.answers:
            await connection.execute(ANSWER_TICKET, answer.ticket, answer.conversation, answer.status, answer.at)
        return positions

    def _signature(self, live: Live) -> bytes | None:
        c = live.conversation
        if self._signer is None or not isinstance(c.state, Closed):
            return None
        return self._signer.sign(signed_head(c.id, c.seq, live.head))

    def _remember(self, batch: Batch, world: Locked) -> None:
        for which, live in (world.lives | batch.lives).items():
            self._lives[which] = live
            self._lives.move_to_end(which)
        while len(self._lives) > self._live_size:
            self._lives.popitem(last=False)


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
