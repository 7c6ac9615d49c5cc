"""The store without a disk: the same plans, kept in dictionaries. For trying things out and for tests; it ships,
and it passes the same contract suite. A result is given at once."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal

import orjson

from app.db.measure import CommitFigures
from app.db.outcome import Outcome
from app.db.plan import Batch, EventValues, Live, row_of
from app.db.port import (
    Audit,
    Command,
    Opening,
    Presence,
    Refused,
    Result,
    Row,
    Session,
    Signer,
    Staff,
    StoreUnavailable,
    Ticket,
)
from app.db.sql import READERS
from conversation import Conversation, Policy
from conversation.events import Audience
from conversation.states import Closed, Offered, Queued, deadline, holder


class MemoryStore:
    name: Literal["memory", "sqlite", "postgresql"] = "memory"

    def __init__(self, policy: Policy, signer: Signer | None = None) -> None:
        self._policy = policy
        self._figures = CommitFigures()
        self._events: list[EventValues] = []
        self._erased: set[str] = set()
        self._lives: dict[str, Live] = {}
        self._logs: dict[str, list[int]] = {}
        self._by_client: dict[tuple[str, str], int] = {}
        self._tickets: dict[str, Ticket] = {}
        self._staff: dict[str, Staff] = {}
        self._presence: dict[str, Presence] = {}
        self._sessions: dict[str, Session] = {}
        self._audit: list[Audit] = []
        self._documents: dict[str, bytes] = {}
        self._running = False

    async def start(self) -> None:
        self._running = True

    async def close(self) -> None:
        self._running = False

    # --- the world as the planner sees it

    def live(self, conversation: str) -> Live | None:
        return self._lives.get(conversation)

    def open_of(self, customer: str, topic: str) -> str | None:
        return next((c.id for c in self._all() if (c.customer, c.topic) == (customer, topic) and _open(c)), None)

    def first_row(self, author: str, client_id: str) -> Row | None:
        pos = self._by_client.get((author, client_id))
        return None if pos is None else self._row(pos)

    def capacity(self, agent: str) -> int | None:
        found = self._staff.get(agent)
        return None if found is None or found.disabled else found.capacity

    def load(self, agent: str) -> int:
        return sum(holder(c.state) == agent for c in self._all())

    # --- conversations

    def submit(self, command: Command | Opening) -> Outcome[Result]:
        outcome: Outcome[Result] = Outcome()
        if not self._running:
            outcome.set_exception(StoreUnavailable("closed"))
            return outcome
        batch = Batch(self, self._policy, known=True)
        began = time.perf_counter()
        try:
            batch.add(command)
        except Exception as error:
            # The caller's ``decide`` failed; it gets its error where it awaits.
            outcome.set_exception(error)
            return outcome
        if isinstance(command, Opening) and command.conversation in batch.opened and self.live(command.conversation):
            batch = Batch(self, self._policy)
            batch.refuse("conflict")
        outcome.set_result(self._store(batch))
        self._figures.committed(1, time.perf_counter() - began)
        return outcome

    def _store(self, batch: Batch) -> Result:
        begin = len(self._events) + 1
        for pos, values in enumerate(batch.events, begin):
            self._events.append(values)
            self._logs.setdefault(values[0], []).append(pos)
            if values[5] is not None:
                self._by_client[values[4], values[5]] = pos
        self._lives.update(batch.lives)
        for ticket in batch.tickets:
            self._tickets.setdefault(ticket.id, ticket)
        for answer in batch.answers:
            old = self._tickets.get(answer.ticket)
            if old is not None and old.conversation == answer.conversation:
                at = old.answered if answer.status == "open" or old.answered is not None else answer.at
                self._tickets[old.id] = replace(old, status=answer.status, answered=at)
        return batch.results(range(begin, begin + len(batch.events)))[0]

    def _all(self) -> list[Conversation]:
        return [live.conversation for live in self._lives.values()]

    def _row(self, pos: int) -> Row:
        values = self._events[pos - 1]
        row = row_of(pos, values)
        return row._replace(body=None) if values[0] in self._erased else row

    async def conversation(self, conversation: str) -> Conversation | None:
        live = self._lives.get(conversation)
        return live.conversation if live else None

    async def current(self, customer: str, topic: str) -> Conversation | None:
        found = self.open_of(customer, topic)
        return self._lives[found].conversation if found is not None else None

    async def rows(self, conversation: str, after: int, audience: Audience, limit: int = 500) -> Sequence[Row]:
        log = (self._row(pos) for pos in self._logs.get(conversation, ()))
        return [row for row in log if row.seq > after and row.audience in READERS[audience]][:limit]

    async def feed(self, after: int, limit: int = 500) -> Sequence[Row]:
        return [self._row(pos) for pos in range(after + 1, min(len(self._events), after + limit) + 1)]

    async def newest(self) -> int:
        return len(self._events)

    async def queue(self) -> Sequence[Conversation]:
        waiting = [(c.state.place, c) for c in self._all() if isinstance(c.state, Queued | Offered)]
        return [c for p, c in sorted(waiting, key=lambda w: (w[0].lane, w[0].order, w[1].opened_at, w[1].id))]

    async def held(self, agent: str) -> Sequence[Conversation]:
        return sorted((c for c in self._all() if holder(c.state) == agent), key=lambda c: c.opened_at)

    async def talking(self) -> Sequence[Conversation]:
        held = [c for c in self._all() if holder(c.state) is not None]
        return sorted(held, key=lambda c: (holder(c.state) or "", c.opened_at))

    async def due(self, now: float, limit: int = 500) -> Sequence[Conversation]:
        ends = [(deadline(c.state), c) for c in self._all()]
        late = sorted(((end, c) for end, c in ends if end is not None and end <= now), key=lambda d: d[0])
        return [c for _, c in late][:limit]

    async def next_deadline(self) -> float | None:
        return min((end for c in self._all() if (end := deadline(c.state)) is not None), default=None)

    async def loads(self) -> dict[str, int]:
        agents = {agent for c in self._all() if (agent := holder(c.state)) is not None}
        return {agent: self.load(agent) for agent in agents}

    async def of_customer(self, customer: str, limit: int = 20) -> Sequence[Conversation]:
        own = [c for c in self._all() if c.customer == customer]
        return sorted(own, key=lambda c: (-c.opened_at, c.id))[:limit]

    # --- tickets

    async def ticket(self, ticket: str) -> Ticket | None:
        return self._tickets.get(ticket)

    async def ticket_by_short(self, short: str, customer: str) -> Ticket | None:
        return next((t for t in await self.tickets_of(customer, len(self._tickets)) if t.short == short), None)

    async def tickets(self, status: Iterable[str] = ("open",), limit: int = 200) -> Sequence[Ticket]:
        wanted = set(status)
        found = [t for t in self._tickets.values() if t.status in wanted]
        return sorted(found, key=lambda t: (t.promised, t.id))[:limit]

    async def tickets_of(self, customer: str, limit: int = 20) -> Sequence[Ticket]:
        own = [t for t in self._tickets.values() if t.customer == customer]
        return sorted(own, key=lambda t: (-t.opened, t.id))[:limit]

    # --- staff, presence, sessions, audit

    async def staff(self, agent: str) -> Staff | None:
        return self._staff.get(agent)

    async def all_staff(self) -> Sequence[Staff]:
        return sorted(self._staff.values(), key=lambda s: s.id)

    async def save_staff(self, staff: Staff) -> None:
        self._staff[staff.id] = staff

    async def use_totp_step(self, agent: str, step: int) -> bool:
        found = self._staff.get(agent)
        if found is None or found.totp_step >= step:
            return False
        self._staff[agent] = replace(found, totp_step=step)
        return True

    async def renew(self, presence: Presence) -> None:
        self._presence[presence.agent] = presence

    async def presences(self) -> Sequence[Presence]:
        return sorted(self._presence.values(), key=lambda p: p.agent)

    async def drop_presence(self, agent: str) -> None:
        self._presence.pop(agent, None)

    async def save_session(self, session: Session) -> None:
        self._sessions[session.token_hash] = session

    async def session(self, token_hash: str) -> Session | None:
        return self._sessions.get(token_hash)

    async def drop_sessions(self, staff: str) -> None:
        self._sessions = {key: s for key, s in self._sessions.items() if s.staff != staff}

    async def drop_session(self, token_hash: str) -> None:
        self._sessions.pop(token_hash, None)

    async def audit(self, entries: Sequence[Audit]) -> None:
        self._audit += entries

    async def audited(self, limit: int = 200, who: str | None = None) -> Sequence[Audit]:
        return [a for a in reversed(self._audit) if who is None or a.who == who][:limit]

    # --- documents and operations

    async def document(self, key: str) -> Any | None:
        value = self._documents.get(key)
        return None if value is None else orjson.loads(value)

    async def save_document(self, key: str, value: Any) -> None:
        self._documents[key] = orjson.dumps(value)

    async def now(self) -> float:
        return time.time()

    async def stats(self) -> dict[str, float]:
        now = time.time()
        waits = [now - c.state.place.since for c in await self.queue() if isinstance(c.state, Queued | Offered)]
        return self._figures.figures() | {
            "queued": 0.0,
            "oldest_waiting": max(waits, default=0.0),
            "tickets_overdue": float(sum(t.status == "open" and t.promised < now for t in self._tickets.values())),
            "events": float(len(self._events)),
            "conversations": float(len(self._lives)),
        }

    async def backup(self, path: str) -> int:
        raise StoreUnavailable("nothing in memory can be backed up")

    async def erase(self, conversation: str) -> int:
        live = self._lives.get(conversation)
        if live is None or conversation in self._erased:
            return 0
        if _open(live.conversation):
            raise Refused("still_open")
        self._erased.add(conversation)
        self._lives[conversation] = live._replace(conversation=replace(live.conversation, name=""))
        own = [t for t in self._tickets.values() if t.conversation == conversation]
        self._tickets |= {t.id: replace(t, text="") for t in own}
        return len(self._logs[conversation])

    async def ping(self) -> None:
        if not self._running:
            raise StoreUnavailable("closed")


def _open(conversation: Conversation) -> bool:
    return not isinstance(conversation.state, Closed)
