"""Checks a whole log from outside: does what is stored hold together, and could this life cycle have written it.

| code | what is wrong |
|---|---|
| ``gap`` | a conversation's rows are not numbered 1, 2, 3 ... |
| ``body_hash`` | a body is not the one that was stored |
| ``hash`` | a header was changed, or a row is not the successor of the one before it |
| ``illegal`` | the table has no such step: the bot spoke over an agent, two owners ... |
| ``segment``, ``holder`` | the row says something else than the replay |
| ``snapshot`` | the snapshot is not what the rows come to |
| ``orphan`` | rows without a conversation, or a conversation without rows |
| ``signature`` | the head of a closed conversation is not signed, or not with this key |
| ``duplicate`` | one author's client id on two rows |
| ``capacity`` | an agent got a conversation beyond what he was allowed at that moment |

Rows are streamed; what is held in memory is one conversation, and the conversations held by agents at one position.
Erased rows keep the chain valid; a conversation with erased rows is not replayed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, RowMapping, func, select

from app.db import schema
from app.db.chain import GENESIS, HEADER, body_hash, header, link, signed_head
from app.db.port import Signer
from app.db.snapshot import MOVING, moving
from app.db.sql import cv, ev
from conversation import Conversation, IllegalEvent, Late, Policy, codec, start, step
from conversation.events import Opened
from conversation.states import holder

Code = Literal[
    "gap",
    "body_hash",
    "hash",
    "illegal",
    "segment",
    "holder",
    "snapshot",
    "orphan",
    "signature",
    "duplicate",
    "capacity",
]
CHUNK = 1000
_ANY = Policy()


@dataclass(frozen=True, slots=True)
class Violation:
    """``seq`` is 0 when it concerns the conversation as a whole."""

    code: Code
    conversation: str
    seq: int
    detail: str = ""


def verify(connection: Connection, signer: Signer | None = None) -> Iterator[Violation]:
    """Every violation, conversation by conversation, then those across conversations. The connection should hold
    one snapshot for the whole run. Without ``signer`` signatures are not checked. Deadlines are not compared: they
    follow from a policy that may have been changed since."""
    yield from _conversations(connection, signer)
    yield from _orphans(connection)
    yield from _duplicates(connection)
    yield from _capacity(connection)


def _stream(connection: Connection, query: Any) -> Iterator[RowMapping]:
    yield from connection.execution_options(yield_per=CHUNK).execute(query).mappings()


def _conversations(connection: Connection, signer: Signer | None) -> Iterator[Violation]:
    snapshot = [c.label(f"c_{c.name}") for c in schema.conversations.columns]
    query = (
        select(schema.events, *snapshot)
        .join_from(schema.events, schema.conversations, ev.conversation == cv.id, isouter=True)
        .order_by(ev.conversation, ev.seq)
    )
    for which, rows in groupby(_stream(connection, query), key=lambda row: row["conversation"]):
        yield from _one(which, rows, signer)


def _one(which: str, rows: Iterator[RowMapping], signer: Signer | None) -> Iterator[Violation]:
    previous, seq, replayed = GENESIS, 0, Replay(which)
    row: RowMapping | None = None
    for row in rows:
        seq += 1
        if row["seq"] != seq:
            yield Violation("gap", which, seq, f"the next row is {row['seq']}")
            seq = row["seq"]
        if row["body"] is not None and body_hash(row["salt"], row["body"].encode()) != row["body_hash"]:
            yield Violation("body_hash", which, seq)
        if link(previous, header(tuple(row[name] for name in HEADER)), row["body_hash"]) != row["hash"]:
            yield Violation("hash", which, seq)
        previous = row["hash"]
        yield from replayed.row(row)
    if row is None or row["c_id"] is None:
        return
    if row["c_seq"] != seq or row["c_head"] != previous:
        yield Violation("snapshot", which, seq, f"the snapshot is of row {row['c_seq']}")
    else:
        yield from replayed.snapshot(row)
    if signer is not None and row["c_kind"] == "closed":
        signature = row["c_signature"]
        if signature is None or not signer.verify(signature, signed_head(which, seq, previous)):
            yield Violation("signature", which, seq, "missing" if signature is None else "not of this key")


class Replay:
    """One conversation stepped again through the table; stops at the first row that is erased or impossible."""

    def __init__(self, which: str) -> None:
        self._which = which
        self._now: Conversation | None = None
        self._lost = False

    def row(self, row: RowMapping) -> Iterator[Violation]:
        if self._lost or row["body"] is None:
            self._lost = True
            return
        try:
            now = self._now = self._step(row)
        except (IllegalEvent, KeyError, TypeError) as error:
            self._lost = True
            yield Violation("illegal", self._which, row["seq"], str(error))
            return
        if now.segment != row["segment"]:
            yield Violation("segment", self._which, row["seq"], f"{row['segment']}, not {now.segment}")
        if holder(now.state) != row["holder"]:
            yield Violation("holder", self._which, row["seq"], f"{row['holder']}, not {holder(now.state)}")

    def _step(self, row: RowMapping) -> Conversation:
        event = codec.decode_event(row["kind"], orjson.loads(row["body"]))
        if self._now is None:
            if not isinstance(event, Opened):
                raise IllegalEvent(f"the log begins with {row['kind']}")
            return start(self._which, event, row["at"], _ANY)
        if isinstance(event, Opened):
            raise IllegalEvent("opened twice")
        stepped = step(self._now, event, row["at"], _ANY)
        if isinstance(stepped, Late):
            raise IllegalEvent(f"{row['kind']} is {stepped.code}")
        return stepped.conversation

    def snapshot(self, row: RowMapping) -> Iterator[Violation]:
        if self._lost or self._now is None:
            return
        for name, value in zip(MOVING, moving(self._now), strict=True):
            kept = row[f"c_{name}"]
            same = _untimed(kept) == _untimed(value) if name == "state" else kept == value
            if not same and name != "deadline":
                yield Violation("snapshot", self._which, row["seq"], name)


def _untimed(state: Any) -> dict[str, Any]:
    """A stored state without what a policy decided."""
    value: dict[str, Any] = orjson.loads(state)
    for name in ("idle", "deadline", "grace"):
        value.pop(name, None)
    if value.get("turn"):
        value["turn"].pop("deadline")
    if value.get("place"):
        value["place"].pop("not_to")
    return value


def _orphans(connection: Connection) -> Iterator[Violation]:
    log = select(ev.conversation).where(ev.conversation == cv.id).exists()
    for which in connection.execute(select(cv.id).where(~log)).scalars():
        yield Violation("orphan", which, 0, "no rows")
    kept = select(cv.id).where(cv.id == ev.conversation).exists()
    for which in connection.execute(select(ev.conversation).where(ev.seq == 1, ~kept)).scalars():
        yield Violation("orphan", which, 0, "no conversation")


def _duplicates(connection: Connection) -> Iterator[Violation]:
    doubled = (
        select(ev.author, ev.client_id, func.min(ev.conversation).label("conversation"))
        .where(ev.client_id.is_not(None))
        .group_by(ev.client_id, ev.author)
        .having(func.count() > 1)
    )
    for row in _stream(connection, doubled):
        yield Violation("duplicate", row["conversation"], 0, f"{row['author']} {row['client_id']}")


def _capacity(connection: Connection) -> Iterator[Violation]:
    """Walk all rows by global position and count what each agent holds. On PostgreSQL too an agent's claims are
    in the order of their positions: a claim locks the agent, counts, and only then takes its position."""
    query = select(ev.conversation, ev.seq, ev.holder, ev.capacity).order_by(ev.pos)
    held: dict[str, str] = {}
    load: dict[str, int] = {}
    for row in _stream(connection, query):
        which, now, before = row["conversation"], row["holder"], held.get(row["conversation"])
        if now == before:
            continue
        if before is not None:
            load[before] -= 1
            del held[which]
        if now is not None:
            held[which] = now
            load[now] = load.get(now, 0) + 1
            if row["capacity"] is None or load[now] > row["capacity"]:
                yield Violation("capacity", which, row["seq"], f"{now} holds {load[now]} of {row['capacity']}")
