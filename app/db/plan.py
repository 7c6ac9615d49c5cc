"""What a command comes to, decided without writing anything: rows with their place in the hash chain, the new
snapshot, tickets, and who holds the conversation. All stores share this; each brings a ``World`` to read from
and writes a finished ``Batch`` in one transaction.

Nothing here changes the world: a batch whose transaction fails is thrown away.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

import orjson

from app.db.chain import GENESIS, SALT_BYTES
from app.db.port import Command, Opening, Refused, Rejected, Result, Row, Stored
from app.db.tickets import NewTicket, TicketAnswer, opened_ticket
from conversation import Conversation, IllegalEvent, Late, Policy, codec, start, step
from conversation.effects import Effect, OpenTicket
from conversation.events import EVENTS, Event, Opened, TicketAnswered, audience
from conversation.states import Closed, holder

EVENT_COLUMNS = (
    "conversation",
    "seq",
    "at",
    "segment",
    "author",
    "client_id",
    "kind",
    "audience",
    "holder",
    "capacity",
    "body",
    "salt",
    "body_hash",
    "hash",
)
_CLIENT_ID = EVENT_COLUMNS.index("client_id")
EventValues = tuple[str, int, float, int, str, str | None, str, str, str | None, int | None, str, bytes, bytes, bytes]

_KIND: dict[type, tuple[str, Any]] = {kind: (codec.KIND_OF[kind], audience(kind)) for kind in (Opened, *EVENTS)}


class Live(NamedTuple):
    """A conversation and the hash of its last row."""

    conversation: Conversation
    head: bytes


class Missing(Exception):
    """The world does not hold what a command needs; it has noted what, and the batch is planned again."""


class World(Protocol):
    """What is committed, as the writer sees it. A world that reads ahead may raise ``Missing``."""

    def live(self, conversation: str) -> Live | None: ...

    def open_of(self, customer: str, topic: str) -> str | None:
        """Id of the customer's open conversation on this topic."""

    def first_row(self, author: str, client_id: str) -> Row | None:
        """The row this author stored under this client id, in whatever conversation."""

    def capacity(self, agent: str) -> int | None:
        """None for nobody we know, or disabled."""

    def load(self, agent: str) -> int:
        """Conversations offered to or with him."""


@dataclass(slots=True)
class _Draft:
    """A command that will be stored: rows ``begin`` to ``end`` of the batch."""

    before: Conversation | None
    after: Conversation
    begin: int
    end: int
    effects: tuple[Effect, ...]
    duplicate: bool = False


class Batch:
    """Commands planned one after the other, each on what the ones before it left. ``known`` makes every
    command with a client id look for its first row beforehand; without it a retry is only noticed by the
    database's unique index (a retry is rare, a look-up for every message is not cheap)."""

    def __init__(self, world: World, policy: Policy, *, known: bool = False) -> None:
        self.events: list[EventValues] = []
        self.opened: list[str] = []
        """Ids of conversations begun in this batch."""
        self.lives: dict[str, Live] = {}
        """What every touched conversation came to."""
        self.holders: dict[str, int] = {}
        """Agent -> change of his load."""
        self.tickets: list[NewTicket] = []
        self.answers: list[TicketAnswer] = []
        self._world = world
        self._policy = policy
        self._known = known
        self._outcomes: list[_Draft | Result] = []
        self._current: dict[tuple[str, str], str] = {}
        self._seen: dict[tuple[str, str], _Draft] = {}
        self._salts = b""
        self._salt = 0

    def add(self, command: Command | Opening) -> None:
        """Plan one more. Raises what ``decide`` raises except ``Refused``; then the batch is as before."""
        client_id = command.client_id
        if client_id is None:
            self._outcomes.append(self._plan(command))
            return
        key = (command.author, client_id)
        earlier = self._seen.get(key)
        if earlier is not None:
            now = self.lives[earlier.after.id].conversation
            # Not always the first row: the one that opens a conversation has no client id when something was said.
            place = next(n for n in range(earlier.begin, earlier.end) if self.events[n][_CLIENT_ID] == client_id)
            self._outcomes.append(_Draft(now, now, place, place + 1, (), duplicate=True))
            return
        if self._known and self._add_duplicate(command.author, client_id):
            return
        outcome = self._plan(command)
        if isinstance(outcome, _Draft) and outcome.end > outcome.begin:
            self._seen[key] = outcome
        elif not self._known and self._add_duplicate(command.author, client_id):
            return
        self._outcomes.append(outcome)

    def refuse(self, code: str) -> None:
        """An outcome without a plan."""
        self._outcomes.append(Rejected(code, None))

    def results(self, positions: Sequence[int]) -> list[Result]:
        """One result per command, in order, once ``events`` were stored at these global positions."""
        return [
            outcome if isinstance(outcome, Stored | Rejected) else self._stored(outcome, positions)
            for outcome in self._outcomes
        ]

    def _stored(self, draft: _Draft, positions: Sequence[int]) -> Stored:
        events = self.events
        rows = tuple([row_of(positions[i], events[i]) for i in range(draft.begin, draft.end)])
        return Stored(draft.after, draft.before, rows, draft.effects, draft.duplicate)

    def _add_duplicate(self, author: str, client_id: str) -> bool:
        row = self._world.first_row(author, client_id)
        if row is None:
            return False
        live = self._live(row.conversation)
        now = live.conversation if live else None
        self._outcomes.append(Stored(now, now, (row,), (), duplicate=True) if now else Rejected("conflict", None))
        return True

    def _live(self, conversation: str) -> Live | None:
        return self.lives.get(conversation) or self._world.live(conversation)

    def _open_of(self, customer: str, topic: str) -> Live | None:
        key = (customer, topic)
        found = self._current.get(key) or self._world.open_of(customer, topic)
        live = self._live(found) if found is not None else None
        if live is not None and isinstance(live.conversation.state, Closed):
            return None
        return live

    def _plan(self, command: Command | Opening) -> _Draft | Rejected:
        if isinstance(command, Command):
            live = self._live(command.conversation)
            if live is None:
                return Rejected("unknown_conversation", None)
            return self._append(command, live, live.conversation, command.decide)
        opened = command.opened
        live = self._open_of(opened.customer, opened.topic)
        if live is not None:
            return self._append(command, live, live.conversation, command.decide)
        begun = start(command.conversation, opened, command.at, self._policy)
        outcome = self._append(command, Live(begun, GENESIS), None, command.decide)
        if isinstance(outcome, _Draft):
            self.opened.append(begun.id)
            self._current[opened.customer, opened.topic] = begun.id
        return outcome

    def _append(
        self, command: Command | Opening, live: Live, before: Conversation | None, decide: Any
    ) -> _Draft | Rejected:
        conversation, head = live.conversation, live.head
        try:
            happened: Sequence[Event] = decide(conversation) if decide is not None else ()
            if before is None:
                # The client id belongs to what the customer sent; to the first row only when he sent nothing.
                own = None if happened else command.client_id
                opened = command.opened if isinstance(command, Opening) else None
                row = self._row(conversation, opened, command, own, head, None)
                rows, head = [row], row[-1]
            else:
                rows = []
            effects: tuple[Effect, ...] = ()
            changes: list[tuple[str, int]] = []
            client_id = command.client_id
            for event in happened:
                stepped = step(conversation, event, command.at, self._policy)
                if isinstance(stepped, Late):
                    return Rejected(stepped.code, before)
                after = stepped.conversation
                capacity = None
                if after.state is not conversation.state:
                    held, holds = holder(conversation.state), holder(after.state)
                    if held != holds:
                        if holds is not None:
                            capacity = self._room(holds, changes)
                            changes.append((holds, 1))
                        if held is not None:
                            changes.append((held, -1))
                row = self._row(after, event, command, client_id, head, capacity)
                rows.append(row)
                head, client_id, conversation = row[-1], None, after
                if stepped.effects:
                    effects += stepped.effects
        except Refused as refused:
            return Rejected(refused.code, before)
        except IllegalEvent as illegal:
            return Rejected(illegal.code, before)
        begin = len(self.events)
        if rows:
            self._keep(rows, Live(conversation, head), changes)
            if effects or (happened and type(happened[-1]) is TicketAnswered):
                self._keep_tickets(conversation, before, happened, effects, command.at)
        return _Draft(before, conversation, begin, begin + len(rows), effects)

    def _room(self, agent: str, changes: list[tuple[str, int]]) -> int:
        capacity = self._world.capacity(agent)
        if capacity is None:
            raise Refused("unknown_agent")
        load = self._world.load(agent) + self.holders.get(agent, 0) + sum(n for who, n in changes if who == agent)
        if load >= capacity:
            raise Refused("no_capacity")
        return capacity

    def _row(
        self,
        after: Conversation,
        event: Event | Opened | None,
        command: Command | Opening,
        client_id: str | None,
        head: bytes,
        capacity: int | None,
    ) -> EventValues:
        kind, reader = _KIND[type(event)]
        holds = holder(after.state)
        at = float(command.at)
        values = (after.id, after.seq, at, after.segment, command.author, client_id, kind, reader, holds, capacity)
        head_bytes, body = orjson.dumps(values), orjson.dumps(event)
        if b"\\u0000" in head_bytes or (type(event) is Opened and b"\\u0000" in body):
            # PostgreSQL's text holds no NUL; refused everywhere alike.
            raise Refused("illegal_event")
        salt = self._next_salt()
        hashed = sha256(salt + body).digest()
        return (*values, body.decode(), salt, hashed, sha256(head + head_bytes + hashed).digest())

    def _next_salt(self) -> bytes:
        at = self._salt
        if at >= len(self._salts):
            self._salts, at = os.urandom(SALT_BYTES * 64), 0
        self._salt = at + SALT_BYTES
        return self._salts[at : self._salt]

    def _keep(self, rows: list[EventValues], live: Live, changes: list[tuple[str, int]]) -> None:
        self.events += rows
        self.lives[live.conversation.id] = live
        for agent, n in changes:
            self.holders[agent] = self.holders.get(agent, 0) + n

    def _keep_tickets(
        self,
        after: Conversation,
        before: Conversation | None,
        happened: Sequence[Event],
        effects: tuple[Effect, ...],
        at: float,
    ) -> None:
        for effect in effects:
            if isinstance(effect, OpenTicket):
                self.tickets.append(opened_ticket(effect, after, before, happened, at))
        for event in happened:
            if isinstance(event, TicketAnswered):
                self.answers.append(TicketAnswer(event.ticket, after.id, event.status, at))


def row_of(pos: int, values: EventValues) -> Row:
    """The row as readers see it."""
    conversation, seq, at, segment, author, client_id, kind, reader, _, _, body, _, _, _ = values
    return Row(pos, conversation, seq, at, segment, author, client_id, kind, reader, orjson.loads(body))  # type: ignore[arg-type]
