"""A customer's session: what his frames do, and what he is told. Knows no transport; a socket or the HTTP
fall-back gives it an outbox and hands it frames."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from app import ids
from app.db.outcome import Outcome
from app.db.port import Command, Opening, Refused, Rejected, Result, Stored
from app.desk import turns
from app.desk.desk import Desk
from app.desk.rows import dump, for_customer
from app.gateway.errors import ERRORS, Rejection
from app.gateway.greeting import greeting
from app.gateway.identity import Who
from app.gateway.out import Out
from app.gateway.views import state_view, ticket_view
from app.gateway.wishes import emergency, handoff, ticket
from app.masking import mask
from app.wire import customer as wire
from bot.verdicts import Emergency, HandedOff
from conversation import Conversation
from conversation.events import (
    CustomerClosed,
    CustomerWrote,
    Event,
    Opened,
    Rated,
    SecretMasked,
    Voted,
)
from conversation.states import Closed, WithAgent, WithBot

log = logging.getLogger(__name__)

PAGE = 500
"""Rows read at a time when catching up."""

OPENS = ("closed", "illegal_event", "unknown_conversation")
"""Why a command on a known conversation is tried again as an opening."""

Decide = Callable[[Conversation], Sequence[Event]]


class CustomerSession:
    """One connection of one customer. ``seq`` is the last row of ``current`` that was looked at."""

    def __init__(self, desk: Desk, who: Who, out: Out, hello: wire.Hello) -> None:
        self.desk = desk
        self.who = who
        self._out = out
        self._hello = hello
        self.topic = hello.topic
        self.author = f"customer:{who.customer}"
        self.locale = hello.locale or who.locale or desk.settings.default_locale
        self.current: Conversation | None = None
        self.seq = 0
        self._live = False
        self._dirty = False
        self._catching: asyncio.Task[None] | None = None
        self._sent: set[str] = set()
        self._tickets: list[dict[str, Any]] = []
        self._shown: tuple[Any, ...] | None = None
        self.expiry: asyncio.TimerHandle | None = None

    # --- beginning and end --------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Welcome, the rows after ``hello.after``, then live. Listens before it reads, so that nothing falls
        between."""
        store, who, hello = self.desk.store, self.who, self._hello
        self.desk.bus.listen((who.customer, self.topic), self.stored)
        self.desk.typing.to_customer.listen(who.customer, self.topic, self._out.frame)
        self.desk.moved.listen(who.customer, self.topic, self.show)
        self.desk.attendance.came(who.customer, self.topic)
        # An identity made a moment ago has nothing stored: a flood of new visitors costs no look-up.
        new = not who.verified and not hello.visitor
        found = self._newer(None if new else await store.current(who.customer, self.topic))
        if hello.conversation and (found is None or found.id != hello.conversation):
            asked = await store.conversation(hello.conversation)
            if asked is None or asked.customer != who.customer:
                self.error("unknown_conversation", None)
            elif found is None:
                found = asked
        after = hello.after if found is not None and found.id == hello.conversation else 0
        if found is not None and after > found.seq:
            self.error("sequence_ahead", None)
            after = 0
        self.current, self.seq = found, after
        earlier: list[str] = []
        if not new:
            await self._read_tickets()
            before = await store.of_customer(who.customer)
            found = self._newer(found)
            earlier = [c.id for c in before if found is None or c.id != found.id]
        if found is not None:
            self.locale = hello.locale or found.locale
        self._out.frame(
            {
                "type": "welcome",
                "v": 1,
                "me": {"kind": "customer", "id": who.customer, "name": who.name or None},
                "verified": who.verified,
                "locale": self.locale,
                "visitor": who.token,
                "state": state_view(self.desk, found, self._tickets),
                "greeting": greeting(self.desk, self.locale),
                "now": time.time(),
                "beat": self.desk.settings.beat,
                "earlier": earlier,
            }
        )
        await self._catch_up()

    def _newer(self, found: Conversation | None) -> Conversation | None:
        """What was read, or what was stored while it was being read."""
        told = self.current
        if told is None or (found is not None and found.id == told.id and found.seq >= told.seq):
            return found
        return told

    def end(self) -> None:
        """The connection is gone."""
        self.desk.bus.forget((self.who.customer, self.topic), self.stored)
        self.desk.typing.to_customer.forget(self.who.customer, self.topic, self._out.frame)
        self.desk.moved.forget(self.who.customer, self.topic, self.show)
        self.desk.attendance.went(self.who.customer, self.topic)
        if self._catching is not None:
            self._catching.cancel()
        if self.expiry is not None:
            self.expiry.cancel()

    # --- what he is told -----------------------------------------------------------------------------------------

    def stored(self, stored: Stored) -> None:
        """A change of one of his conversations is on disk."""
        c = stored.conversation
        if self.current is None or (c.id != self.current.id and self._follows(c)):
            self.current, self.seq, self._shown = c, 0, None
        if c.id != self.current.id:
            return
        if c.seq < self.current.seq:
            return
        before, self.current = self.current, c
        if not self._live:
            self._dirty = True
            return
        if not stored.rows or stored.rows[0].seq != self.seq + 1:
            self._live = False
            self._catch_up_soon()
            return
        for row in stored.rows:
            self.seq = row.seq
            if row.client_id in self._sent:
                continue
            frame = for_customer(row, self.desk.roster.name)
            if frame is not None:
                self._out.put(dump(frame))
        if isinstance(before.state, WithAgent) and isinstance(c.state, WithAgent) and not stored.effects:
            return  # the hot path: nothing that the state view shows has changed
        self._opened_tickets(stored)
        self.show()

    def _follows(self, c: Conversation) -> bool:
        """A linked conversation opened after the one shown here was closed."""
        return (
            self.current is not None
            and isinstance(self.current.state, Closed)
            and c.opened_at >= self.current.opened_at
        )

    def show(self) -> None:
        """Send the state when it differs from what was sent last."""
        frame = state_view(self.desk, self.current, self._tickets, self.seq)
        key = tuple(str(frame[name]) for name in frame if name != "seq")
        if key != self._shown:
            self._shown = key
            self._out.frame(frame)

    def _opened_tickets(self, stored: Stored) -> None:
        if any("ticket" in str(r.kind) or "ticket" in ((r.body or {}).get("route") or {}) for r in stored.rows) or any(
            r.kind == "away_too_long" for r in stored.rows
        ):
            self.desk.later(self._refresh_tickets())

    async def _refresh_tickets(self) -> None:
        await self._read_tickets()
        self.show()

    async def _read_tickets(self) -> None:
        tickets = await self.desk.store.tickets_of(self.who.customer)
        self._tickets = [ticket_view(t, self.desk.settings.public_url) for t in tickets]

    def _catch_up_soon(self) -> None:
        if self._catching is None or self._catching.done():
            self._catching = asyncio.create_task(self._catch_up())

    async def _catch_up(self) -> None:
        """Read from the log until nothing is missing; what is stored meanwhile sets ``_dirty``."""
        while self.current is not None:
            self._dirty = False
            conversation = self.current.id
            rows = await self.desk.store.rows(conversation, self.seq, "customer", PAGE)
            if self.current.id != conversation:
                continue
            for row in rows:
                frame = for_customer(row, self.desk.roster.name)
                if frame is not None and row.seq > self.seq:
                    self._out.put(dump(frame))
                self.seq = max(self.seq, row.seq)
            if len(rows) < PAGE and not self._dirty:
                # Rows that are not for customers count as seen as well.
                self.seq = max(self.seq, self.current.seq)
                break
        self._live = True
        self.show()

    def error(self, code: str, ident: str | None, retry_after: float | None = None) -> None:
        self._out.frame(
            {
                "type": "error",
                "code": code,
                "message": ERRORS[code][1] if code in ERRORS else code,
                "id": ident,
                "conversation": self.current.id if self.current else None,
                "retry_after": retry_after,
            }
        )

    # --- what he does --------------------------------------------------------------------------------------------

    def handle(self, frame: Any) -> None:
        """One valid frame. Raises Rejection for what cannot be done."""
        match frame:
            case wire.Send():
                self._send(frame)
            case wire.Handoff():
                self._do(frame.id, lambda c: handoff(self.desk, c, "button"), opens=True)
            case wire.TakeTicket():
                self._take_ticket(frame)
            case wire.Vote():
                event = Voted(frame.about, frame.helpful)
                self._do(frame.id, lambda c: self._vote(c, event))
            case wire.Rate():
                self._rate(frame)
            case wire.Close():
                self._do(frame.id, lambda c: (CustomerClosed(),))
            case wire.Suggest():
                found = self.desk.worker.front.suggest(frame.prefix, self.locale, 5)
                items = [{"kind": "entry", "label": x.title, "id": x.entry_id, "url": None} for x in found]
                self._out.frame({"type": "suggestions", "id": frame.id, "items": items})
            case _:
                raise Rejection("unsupported")

    def _send(self, frame: wire.Send) -> None:
        if not frame.text.strip():
            raise Rejection("empty_text")
        masked = mask(frame.text)
        text, kinds = masked.text, masked.kinds
        if frame.entry == text:
            # A deep link knows only the id: what the customer sees is the question it stands for.
            answered = self.desk.worker.front.answer_entry(frame.entry, self.locale)
            text = answered.title if answered is not None else text
        state = self.current.state if self.current is not None else None
        look = None
        if not isinstance(state, WithAgent) and not frame.entry and not frame.category:
            look = self.desk.worker.front.first_look(text, turns.glance(self.current, self.locale, datetime.now()))
        wrote = CustomerWrote(text, frame.entry, frame.category, kinds)

        def decide(c: Conversation) -> Sequence[Event]:
            events: list[Event] = [wrote]
            if kinds:
                events.append(SecretMasked(c.seq + 1, kinds))
            if isinstance(look, Emergency):
                events += emergency(self.desk, c, look)
            elif isinstance(look, HandedOff) and isinstance(c.state, WithBot):
                events += handoff(self.desk, c, "words")
            return events

        if not kinds:
            # His own text is not echoed to him: the ack tells its number.
            self._sent.add(frame.id)
        self._do(frame.id, decide, opens=True, masked=kinds)

    def _take_ticket(self, frame: wire.TakeTicket) -> None:
        masked = mask(frame.text)
        self._do(frame.id, lambda c: ticket(self.desk, c, masked.text), opens=True, masked=masked.kinds)

    def _vote(self, c: Conversation, event: Voted) -> Sequence[Event]:
        if event.about > c.seq:
            raise Refused("malformed")
        return (event,)

    def _rate(self, frame: wire.Rate) -> None:
        comment = mask(frame.comment).text
        event = Rated(frame.segment, frame.score, frame.solved, frame.timeliness, frame.clarity, comment)

        def decide(c: Conversation) -> Sequence[Event]:
            if frame.segment > c.segment:
                raise Refused("malformed")
            return (event,)

        conversation = self.current.id if self.current is not None else ""
        self._do(frame.id, decide, once=f"rate:{conversation}:{frame.segment}")

    def typing(self) -> None:
        """Shown to the agent who has the conversation; never stored."""
        if self.current is not None and isinstance(self.current.state, WithAgent):
            self.desk.typing.customer(self.current)

    # --- storing -------------------------------------------------------------------------------------------------

    def _do(
        self, ident: str, decide: Decide, *, opens: bool = False, masked: tuple[str, ...] = (), once: str | None = None
    ) -> None:
        """Submit; the answer is an ack when it is on disk, else an error. What may happen only ``once`` has a key
        of its own instead of the frame's id: the second time the first row is returned."""
        c = self.current
        if c is None or isinstance(c.state, Closed):
            if opens:
                return self._open(ident, decide, masked)
            if c is None:
                self._sent.discard(ident)
                raise Rejection("unknown_conversation")
        command = Command(c.id, self.author, decide, time.time(), once or ident)
        self.desk.submit(command).add_done_callback(lambda f: self._done(f, ident, decide if opens else None, masked))
        return None

    def _open(self, ident: str, decide: Decide, masked: tuple[str, ...]) -> None:
        previous = self.current.id if self.current is not None else None
        opened = Opened(
            customer=self.who.customer,
            topic=self.topic,
            locale=self.locale,
            verified=self.who.verified,
            tier=self.who.tier,
            name=self.who.name,
            previous=previous,
            channel=self._hello.channel,
        )
        opening = Opening(ids.conversation_id(), opened, self.author, time.time(), decide, ident)
        self.desk.submit(opening).add_done_callback(lambda f: self._done(f, ident, None, masked))

    def _done(self, outcome: Outcome[Result], ident: str, again: Decide | None, masked: tuple[str, ...]) -> None:
        error = outcome.exception()
        if error is not None:
            self._sent.discard(ident)
            code = getattr(error, "code", "store_unavailable")
            if code == "store_error":
                log.error("a command failed", exc_info=error)
            self.error(code if code in ERRORS else "store_unavailable", ident)
            return
        result = outcome.result()
        if isinstance(result, Rejected):
            if again is not None and result.code in OPENS:
                return self._open(ident, again, masked)
            self._sent.discard(ident)
            return self.error(result.code, ident)
        rows = result.rows
        if rows and rows[0].client_id == ident:
            seq = rows[0].seq
        else:
            last = rows[-1].seq if rows else result.conversation.seq
            seq = next((r.seq for r in rows if r.client_id == ident), last)
        ack = {
            "type": "ack",
            "id": ident,
            "conversation": rows[0].conversation if rows else result.conversation.id,
            "seq": seq,
            "duplicate": result.duplicate,
            "masked": list(masked),
        }
        self._sent.discard(ident)
        if result.duplicate and self._behind(result.conversation, seq):
            return self.desk.later(self._catch_up_then(result.conversation, ack))
        self._out.frame(ack)
        if not rows:
            self._shown = None
            self.show()
        return None

    def _behind(self, c: Conversation, seq: int) -> bool:
        """Whether this connection was not told yet of what a retry finds stored: by his other socket, or elsewhere."""
        if self.current is None or c.id != self.current.id:
            return self.current is None or self._follows(c)
        return self.seq < seq

    async def _catch_up_then(self, c: Conversation, ack: dict[str, Any]) -> None:
        """Rows first: an acknowledgement's number is never ahead of what was shown."""
        if self.current is None or c.id != self.current.id:
            self.current, self.seq, self._shown = c, 0, None
        self._live = False
        await self._catch_up()
        self._out.frame(ack)
