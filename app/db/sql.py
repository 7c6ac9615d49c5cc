"""What SQLite and PostgreSQL share: every query of the port but the writing of conversations, each written once
as a function of a connection. The two stores say how such a function is run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, Select, delete, func, insert, select, update

from app.db import records, schema
from app.db.port import Audit, Presence, Refused, Row, Session, Staff, Ticket
from app.db.snapshot import restore
from conversation import Conversation
from conversation.events import Audience

T = TypeVar("T")

READERS: dict[Audience, tuple[Audience, ...]] = {
    "customer": ("customer",),
    "staff": ("customer", "staff"),
    "supervisor": ("customer", "staff", "supervisor"),
}
"""Whose rows an audience may read."""

ev, cv, tk = schema.events.c, schema.conversations.c, schema.tickets.c
VISIBLE = (ev.pos, ev.conversation, ev.seq, ev.at, ev.segment, ev.author, ev.client_id, ev.kind, ev.audience, ev.body)


def erase(c: Connection, conversation: str) -> int:
    """What ``Store.erase`` does, in the caller's transaction."""
    kind = c.execute(select(cv.kind).where(cv.id == conversation).with_for_update()).scalar()
    if kind is None:
        return 0
    if kind != "closed":
        raise Refused("still_open")
    c.execute(update(schema.conversations).where(cv.id == conversation).values(name=""))
    c.execute(update(schema.tickets).where(tk.conversation == conversation).values(text=""))
    rows = update(schema.events).where(ev.conversation == conversation, ev.body.is_not(None))
    return c.execute(rows.values(body=None, salt=None)).rowcount


class SqlStore(ABC):
    """Queries that both databases answer. ``StoreUnavailable`` is raised by ``_read`` and ``_write``."""

    @abstractmethod
    async def _read(self, do: Callable[[Connection], T]) -> T:
        """Run on a reading connection."""

    @abstractmethod
    async def _write(self, do: Callable[[Connection], T]) -> T:
        """Run in a transaction of the writer, durable when this returns."""

    @abstractmethod
    async def now(self) -> float: ...

    async def _conversations(self, query: Select[Any]) -> Sequence[Conversation]:
        return await self._read(lambda c: [restore(m) for m in c.execute(query).mappings()])

    async def conversation(self, conversation: str) -> Conversation | None:
        found = await self._conversations(select(schema.conversations).where(cv.id == conversation))
        return found[0] if found else None

    async def current(self, customer: str, topic: str) -> Conversation | None:
        query = select(schema.conversations).where(cv.customer == customer, cv.topic == topic, cv.kind != "closed")
        found = await self._conversations(query)
        return found[0] if found else None

    async def rows(self, conversation: str, after: int, audience: Audience, limit: int = 500) -> Sequence[Row]:
        query = (
            select(*VISIBLE)
            .where(ev.conversation == conversation, ev.seq > after, ev.audience.in_(READERS[audience]))
            .order_by(ev.seq)
            .limit(limit)
        )
        return await self._read(lambda c: [records.row(m) for m in c.execute(query).mappings()])

    async def newest(self) -> int:
        query = select(func.coalesce(func.max(ev.pos), 0))
        return int(await self._read(lambda c: c.execute(query).scalar_one()))

    async def queue(self) -> Sequence[Conversation]:
        query = select(schema.conversations).where(cv.lane.is_not(None))
        return await self._conversations(query.order_by(cv.lane, cv.queue_order, cv.opened_at, cv.id))

    async def held(self, agent: str) -> Sequence[Conversation]:
        return await self._conversations(select(schema.conversations).where(cv.agent == agent).order_by(cv.opened_at))

    async def talking(self) -> Sequence[Conversation]:
        query = select(schema.conversations).where(cv.agent.is_not(None))
        return await self._conversations(query.order_by(cv.agent, cv.opened_at))

    async def due(self, now: float, limit: int = 500) -> Sequence[Conversation]:
        query = select(schema.conversations).where(cv.deadline <= now)
        return await self._conversations(query.order_by(cv.deadline).limit(limit))

    async def next_deadline(self) -> float | None:
        query = select(func.min(cv.deadline)).where(cv.deadline.is_not(None))
        return await self._read(lambda c: c.execute(query).scalar())

    async def loads(self) -> dict[str, int]:
        query = select(cv.agent, func.count()).where(cv.agent.is_not(None)).group_by(cv.agent)
        return await self._read(lambda c: {agent: n for agent, n in c.execute(query)})

    async def of_customer(self, customer: str, limit: int = 20) -> Sequence[Conversation]:
        query = select(schema.conversations).where(cv.customer == customer)
        return await self._conversations(query.order_by(cv.opened_at.desc(), cv.id).limit(limit))

    # --- tickets

    async def _tickets(self, query: Select[Any]) -> Sequence[Ticket]:
        return await self._read(lambda c: [records.ticket(m) for m in c.execute(query).mappings()])

    async def ticket(self, ticket: str) -> Ticket | None:
        found = await self._tickets(select(schema.tickets).where(tk.id == ticket))
        return found[0] if found else None

    async def ticket_by_short(self, short: str, customer: str) -> Ticket | None:
        query = select(schema.tickets).where(tk.short == short, tk.customer == customer)
        found = await self._tickets(query.order_by(tk.opened.desc()).limit(1))
        return found[0] if found else None

    async def tickets(self, status: Iterable[str] = ("open",), limit: int = 200) -> Sequence[Ticket]:
        query = select(schema.tickets).where(tk.status.in_(tuple(status)))
        return await self._tickets(query.order_by(tk.promised, tk.id).limit(limit))

    async def tickets_of(self, customer: str, limit: int = 20) -> Sequence[Ticket]:
        query = select(schema.tickets).where(tk.customer == customer)
        return await self._tickets(query.order_by(tk.opened.desc(), tk.id).limit(limit))

    # --- staff, presence, sessions, audit

    async def _staff(self, query: Select[Any]) -> Sequence[Staff]:
        return await self._read(lambda c: [records.staff(m) for m in c.execute(query).mappings()])

    async def staff(self, agent: str) -> Staff | None:
        found = await self._staff(select(schema.staff).where(schema.staff.c.id == agent))
        return found[0] if found else None

    async def all_staff(self) -> Sequence[Staff]:
        return await self._staff(select(schema.staff).order_by(schema.staff.c.id))

    async def save_staff(self, staff: Staff) -> None:
        await self._write(lambda c: records.upsert(c, schema.staff, records.staff_values(staff), ("id",)))

    async def use_totp_step(self, agent: str, step: int) -> bool:
        s = schema.staff.c
        change = update(schema.staff).where(s.id == agent, s.totp_step < step).values(totp_step=step)
        return await self._write(lambda c: c.execute(change).rowcount == 1)

    async def renew(self, presence: Presence) -> None:
        await self._write(lambda c: records.upsert(c, schema.presence, asdict(presence), ("agent",)))

    async def presences(self) -> Sequence[Presence]:
        query = select(schema.presence).order_by(schema.presence.c.agent)
        return await self._read(lambda c: [records.presence(m) for m in c.execute(query).mappings()])

    async def drop_presence(self, agent: str) -> None:
        change = delete(schema.presence).where(schema.presence.c.agent == agent)
        await self._write(lambda c: c.execute(change))

    async def save_session(self, session: Session) -> None:
        await self._write(lambda c: records.upsert(c, schema.sessions, asdict(session), ("token_hash",)))

    async def session(self, token_hash: str) -> Session | None:
        query = select(schema.sessions).where(schema.sessions.c.token_hash == token_hash)
        found = await self._read(lambda c: [records.session(m) for m in c.execute(query).mappings()])
        return found[0] if found else None

    async def drop_sessions(self, staff: str) -> None:
        await self._write(lambda c: c.execute(delete(schema.sessions).where(schema.sessions.c.staff == staff)))

    async def drop_session(self, token_hash: str) -> None:
        change = delete(schema.sessions).where(schema.sessions.c.token_hash == token_hash)
        await self._write(lambda c: c.execute(change))

    async def audit(self, entries: Sequence[Audit]) -> None:
        values = [records.audit_values(entry) for entry in entries]
        if values:
            await self._write(lambda c: c.execute(insert(schema.audit), values))

    async def audited(self, limit: int = 200, who: str | None = None) -> Sequence[Audit]:
        query = select(schema.audit).order_by(schema.audit.c.pos.desc()).limit(limit)
        if who is not None:
            query = query.where(schema.audit.c.who == who)
        return await self._read(lambda c: [records.audited(m) for m in c.execute(query).mappings()])

    # --- documents

    async def document(self, key: str) -> Any | None:
        query = select(schema.documents.c.value).where(schema.documents.c.key == key)
        text = await self._read(lambda c: c.execute(query).scalar())
        return None if text is None else orjson.loads(text)

    async def save_document(self, key: str, value: Any) -> None:
        values = {"key": key, "value": records.dump(value)}
        await self._write(lambda c: records.upsert(c, schema.documents, values, ("key",)))

    # --- operations

    async def erase(self, conversation: str) -> int:
        return await self._write(lambda c: erase(c, conversation))

    async def ping(self) -> None:
        await self._write(lambda c: records.upsert(c, schema.documents, {"key": "ping", "value": "1"}, ("key",)))

    async def _figures(self) -> dict[str, float]:
        now = await self.now()

        def do(c: Connection) -> dict[str, float]:
            state = select(cv.state).where(cv.lane.is_not(None))
            waits = [now - orjson.loads(text)["place"]["since"] for text in c.execute(state).scalars()]
            overdue = select(func.count()).select_from(schema.tickets).where(tk.status == "open", tk.promised < now)
            return {
                "oldest_waiting": max(waits, default=0.0),
                "tickets_overdue": float(c.execute(overdue).scalar() or 0),
                "events": float(c.execute(select(func.max(ev.pos))).scalar() or 0),
                "conversations": float(c.execute(select(func.count()).select_from(schema.conversations)).scalar() or 0),
            }

        return await self._read(do)
