"""Rows of the smaller tables as the port's dataclasses, and back. Lists and objects are JSON text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.db import schema
from app.db.plan import Live
from app.db.port import Audit, Presence, Row, Session, Staff, Ticket
from app.db.snapshot import restore
from app.db.tickets import TicketAnswer


def dump(value: Any) -> str:
    return orjson.dumps(value).decode()


def row(m: RowMapping) -> Row:
    body = m["body"]
    return Row(
        pos=m["pos"],
        conversation=m["conversation"],
        seq=m["seq"],
        at=m["at"],
        segment=m["segment"],
        author=m["author"],
        client_id=m["client_id"],
        kind=m["kind"],
        audience=m["audience"],
        body=None if body is None else orjson.loads(body),
    )


def live(m: RowMapping) -> Live:
    return Live(restore(m), bytes(m["head"]))


def staff(m: RowMapping) -> Staff:
    lists = {name: tuple(orjson.loads(m[name])) for name in ("roles", "skills", "languages")}
    return Staff(**{**m, **lists, "disabled": bool(m["disabled"])})


def staff_values(s: Staff) -> dict[str, Any]:
    return {
        "id": s.id,
        "name": s.name,
        "email": s.email,
        "roles": dump(s.roles),
        "skills": dump(s.skills),
        "languages": dump(s.languages),
        "capacity": s.capacity,
        "disabled": s.disabled,
        "password": s.password,
        "totp": s.totp,
        "totp_step": s.totp_step,
    }


def presence(m: RowMapping) -> Presence:
    return Presence(m["agent"], m["node"], bool(m["ready"]), m["until"], m["since"])


def ticket(m: RowMapping) -> Ticket:
    return Ticket(**m)


def session(m: RowMapping) -> Session:
    return Session(**m)


def audited(m: RowMapping) -> Audit:
    return Audit(m["at"], m["who"], m["what"], m["target"], orjson.loads(m["detail"]))


def audit_values(a: Audit) -> dict[str, Any]:
    return {"at": a.at, "who": a.who, "what": a.what, "target": a.target, "detail": dump(a.detail)}


def _insert(connection: Connection) -> Any:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


def upsert(connection: Connection, table: Table, values: dict[str, Any], keys: Sequence[str]) -> None:
    """Insert, or replace the row with the same keys."""
    statement = _insert(connection)(table).values(values)
    rest = {name: statement.excluded[name] for name in values if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=rest))


def capacity(connection: Connection, agent: str) -> int | None:
    """None for nobody we know, or disabled."""
    s = schema.staff.c
    found: int | None = connection.execute(select(s.capacity).where(s.id == agent, s.disabled.is_(False))).scalar()
    return found


def load(connection: Connection, agent: str) -> int:
    c = schema.conversations.c
    query = select(func.count()).select_from(schema.conversations).where(c.agent == agent)
    return connection.execute(query).scalar_one()


def store_tickets(connection: Connection, opened: Sequence[Ticket], answers: Sequence[TicketAnswer]) -> None:
    """Write what a batch came to. An id opened before stays as it is."""
    t = schema.tickets.c
    for new in opened:
        insert = _insert(connection)(schema.tickets).values(asdict(new))
        connection.execute(insert.on_conflict_do_nothing(index_elements=["id"]))
    for answer in answers:
        change = update(schema.tickets).where(t.id == answer.ticket, t.conversation == answer.conversation)
        answered = func.coalesce(t.answered, answer.at) if answer.status != "open" else t.answered
        connection.execute(change.values(status=answer.status, answered=answered))
