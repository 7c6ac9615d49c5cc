"""A staff session: what an agent's frames do. Knows no transport."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from app.auth.roles import Right, Role, may
from app.db.outcome import Outcome
from app.db.port import Audit, Command, Refused, Rejected, Result, Staff, Stored
from app.desk.desk import Desk
from app.desk.rows import dump, for_staff
from app.gateway.customer import PAGE
from app.gateway.errors import ERRORS, Rejection
from app.gateway.out import Out
from app.masking import mask
from app.wire import desk as wire
from conversation import Conversation
from conversation.events import (
    Accepted,
    AgentClosed,
    AgentWrote,
    AlarmAcknowledged,
    Event,
    Noted,
    Passed,
    Pulled,
    TicketAnswered,
    ToQueue,
    Transferred,
)
from conversation.states import Closed, Offered, Queued, WithAgent, holder

if TYPE_CHECKING:
    from app.gateway.hub import Hub

log = logging.getLogger(__name__)


class StaffSession:
    """One socket of one member of staff. ``watched`` maps a conversation to the last row sent."""

    def __init__(self, desk: Desk, hub: Hub, staff: Staff, out: Out) -> None:
        self.desk = desk
        self.hub = hub
        self.staff = staff
        self._out = out
        self.author = f"agent:{staff.id}"
        self.n = 0
        self.cards: set[str] = set()
        self.watched: dict[str, int] = {}
        self._catching: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def roles(self) -> list[Role]:
        """As the roster has them now: a right withdrawn is withdrawn on open sockets too."""
        staff = self.desk.roster.staff(self.staff.id) or self.staff
        return [Role(r) for r in staff.roles]

    def may(self, right: Right) -> bool:
        return may(self.roles, right)

    # --- beginning and end ---------------------------------------------------------------------------------------

    async def start(self) -> None:
        await self.desk.roster.came(self.staff.id)
        self.hub.add(self)
        await self.snapshot()
        self.desk.allocator.want()

    async def snapshot(self) -> None:
        """All lists; deltas count on from here."""
        frame = await self.hub.welcome(self)
        self.cards = {c["conversation"] for c in frame["cards"]}
        self.n = frame["n"]
        self._out.frame(frame)
        for c in self.desk.live.held_by(self.staff.id):
            if isinstance(c.state, Offered):
                self.ring(c)

    def end(self) -> None:
        self.hub.remove(self)
        for conversation in tuple(self.watched):
            self._unwatch(conversation)
        self.desk.roster.went(self.staff.id)
        for task in self._tasks:
            task.cancel()

    def close(self, why: str) -> None:
        self._out.close(why)

    # --- what he is told -----------------------------------------------------------------------------------------

    def send(self, frame: dict[str, Any]) -> None:
        self._out.frame(frame)

    def delta(self, frame: dict[str, Any]) -> None:
        """A numbered change of a list."""
        self.n += 1
        self._out.frame({**frame, "n": self.n})

    def error(self, code: str, ident: str | None, conversation: str | None = None) -> None:
        message = ERRORS[code][1] if code in ERRORS else code
        self._out.frame(
            {
                "type": "error",
                "code": code,
                "message": message,
                "id": ident,
                "conversation": conversation,
                "retry_after": None,
            }
        )

    def sees(self, c: Conversation) -> bool:
        """Whether the conversation belongs into one of his lists."""
        state = c.state
        if isinstance(state, WithAgent):
            return state.agent == self.staff.id
        return isinstance(state, Queued | Offered) and self.may(Right.SERVE_CUSTOMERS)

    def changed(self, c: Conversation, view: dict[str, Any]) -> None:
        """A card appeared, changed or went."""
        if self.sees(c):
            self.cards.add(c.id)
            self.delta({"type": "card", "card": view})
        elif c.id in self.cards:
            self.cards.discard(c.id)
            self.delta({"type": "gone", "conversation": c.id})

    def ring(self, c: Conversation) -> None:
        state = c.state
        if isinstance(state, Offered) and state.agent == self.staff.id:
            self._out.frame({"type": "offer", "conversation": c.id, "until": state.until, "card": self.hub.card(c)})

    def stored(self, stored: Stored) -> None:
        """New rows of a watched conversation."""
        c = stored.conversation
        last = self.watched.get(c.id)
        if last is None or c.id in self._catching or c.seq <= last:
            return
        if not stored.rows or stored.rows[0].seq != last + 1:
            self._task(self._catch_up(c.id))
            return
        for row in stored.rows:
            self.watched[c.id] = row.seq
            self._out.put(dump(for_staff(row, self.desk.roster.name)))
        before = stored.before
        if isinstance(c.state, WithAgent) and (before is None or holder(before.state) != c.state.agent):
            self._task(self._still_reads(c))

    async def _still_reads(self, c: Conversation) -> None:
        """Somebody has the conversation now: whoever was only reading along in the queue stops."""
        if self._reads(c) or await self._of_a_ticket(c):
            return
        self._unwatch(c.id)
        self.error("forbidden", None, c.id)

    async def _catch_up(self, conversation: str) -> None:
        self._catching.add(conversation)
        try:
            while conversation in self.watched:
                after = self.watched[conversation]
                rows = await self.desk.store.rows(conversation, after, "staff", PAGE)
                for row in rows:
                    if row.seq > self.watched.get(conversation, row.seq):
                        self.watched[conversation] = row.seq
                        self._out.put(dump(for_staff(row, self.desk.roster.name)))
                current = self.desk.live.get(conversation)
                if len(rows) < PAGE and (current is None or current.seq <= self.watched.get(conversation, current.seq)):
                    return
                if not rows:
                    return
        finally:
            self._catching.discard(conversation)

    def _task(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- what he does --------------------------------------------------------------------------------------------

    def handle(self, frame: Any) -> None:
        """One valid frame. Raises Rejection."""
        me, name = self.staff.id, self.staff.name
        if isinstance(frame, wire.Unwatch):
            return self._unwatch(frame.conversation)
        if isinstance(frame, wire.IsTyping):
            return self.desk.typing.agent(self.desk.live.get(frame.conversation), me)
        if isinstance(frame, wire.Resync):
            return self._task(self.snapshot())
        if isinstance(frame, wire.Watch):
            return self._task(self._watch(frame))
        if isinstance(frame, wire.AnswerTicket):
            self._need(Right.ANSWER_TICKETS)
            return self._task(self._answer_ticket(frame))
        self._need(Right.SERVE_CUSTOMERS)
        match frame:
            case wire.Presence():
                self._task(self._presence(frame))
            case wire.Accept():
                self._do(frame, lambda c: (Accepted(me, name),))
            case wire.Pass():
                self._do(frame, lambda c: (Passed(me),))
            case wire.Pull():
                self._do(frame, lambda c: (Pulled(me, name),))
            case wire.Send():
                self._text(frame)
                masked = mask(frame.text)
                self._do(frame, lambda c: (AgentWrote(me, masked.text, masked.kinds),), masked.kinds)
            case wire.Note():
                self._text(frame)
                masked = mask(frame.text)
                self._do(frame, lambda c: self._noted(c, masked.text, masked.kinds), masked.kinds)
            case wire.Transfer():
                self._transfer(frame)
            case wire.Close():
                self._do(frame, lambda c: (AgentClosed(me, frame.outcome),))
            case wire.AckAlarm():
                self._do(frame, lambda c: (AlarmAcknowledged(me),) if c.alarm else ())
            case _:
                raise Rejection("unsupported")
        return None

    def _need(self, right: Right) -> None:
        if not self.may(right):
            raise Rejection("forbidden")

    @staticmethod
    def _text(frame: wire.Send | wire.Note) -> None:
        if not frame.text.strip():
            raise Rejection("empty_text")

    def _noted(self, c: Conversation, text: str, kinds: tuple[str, ...]) -> Sequence[Event]:
        if not self._reads(c):
            raise Refused("forbidden")
        return (Noted(self.staff.id, text, kinds),)

    async def _presence(self, frame: wire.Presence) -> None:
        await self.desk.roster.set_ready(self.staff.id, frame.ready)
        self._ack(frame.id, "", 0)
        self.hub.colleagues()
        self.desk.allocator.want()

    def _transfer(self, frame: wire.Transfer) -> None:
        me = self.staff.id
        wanted = frame.agent
        if wanted is not None:
            colleague = self.desk.roster.staff(wanted)
            if colleague is None or colleague.disabled:
                raise Rejection("unknown_agent")
        skill = frame.skill
        if skill is not None and not any(skill in s.skills for s in self.desk.roster.everybody()):
            raise Rejection("unknown_skill")
        masked = mask(frame.note)

        def decide(c: Conversation) -> Sequence[Event]:
            state = c.state
            if not isinstance(state, WithAgent):
                raise Refused("not_yours")
            now = time.time()
            here = self.desk.attendance.is_here(c.customer, c.topic)
            promise = self.desk.routing.wait_until(now)
            target = skill or state.place.skill
            route = ToQueue(target, state.place.language, state.place.order, promise, state.place.lane, wanted, here)
            note = [Noted(me, masked.text, masked.kinds)] if masked.text.strip() else []
            return [*note, Transferred(me, route)]

        self._do(frame, decide)

    async def _answer_ticket(self, frame: wire.AnswerTicket) -> None:
        ticket = await self.desk.store.ticket(frame.ticket)
        if ticket is None:
            return self.error("unknown_ticket", frame.id)
        text = mask(frame.text).text
        event = TicketAnswered(ticket.id, self.staff.id, text, frame.status, self.staff.name)
        command = Command(ticket.conversation, self.author, lambda c: (event,), time.time(), frame.id)
        self._submit(command, frame.id, ticket.conversation, ())
        return None

    def beat(self) -> None:
        """His lease holds on."""
        self._task(self.desk.roster.beat(self.staff.id))

    # --- reading -------------------------------------------------------------------------------------------------

    def _reads(self, c: Conversation) -> bool:
        """Own, waiting, or of a customer whom he serves now; supervisors all."""
        if self.may(Right.READ_ALL_CONVERSATIONS) or isinstance(c.state, Queued | Offered):
            return True
        if holder(c.state) == self.staff.id:
            return True
        return any(held.customer == c.customer for held in self.desk.live.held_by(self.staff.id))

    async def _watch(self, frame: wire.Watch) -> None:
        c = self.desk.live.get(frame.conversation) or await self.desk.store.conversation(frame.conversation)
        allowed = c is not None and (self._reads(c) or await self._of_a_ticket(c) or await self._was_mine(c))
        if c is None or not allowed:
            await self._audit("read_refused", frame.conversation)
            return self.error("unknown_conversation", frame.id, frame.conversation)
        if frame.after > c.seq:
            self.error("sequence_ahead", frame.id, c.id)
        await self._audit("conversation_read", c.id)
        if c.id not in self.watched:
            self.desk.bus.listen(("conversation", c.id), self.stored)
        self.watched[c.id] = min(frame.after, c.seq) if frame.after <= c.seq else 0
        self._ack(frame.id, c.id, c.seq)
        await self._catch_up(c.id)
        return None

    async def _of_a_ticket(self, c: Conversation) -> bool:
        if not self.may(Right.ANSWER_TICKETS):
            return False
        return any(t.conversation == c.id for t in await self.desk.store.tickets_of(c.customer))

    async def _was_mine(self, c: Conversation) -> bool:
        if not isinstance(c.state, Closed):
            return False
        rows = await self.desk.store.rows(c.id, max(0, c.seq - PAGE), "staff")
        return any(r.author == self.author for r in rows)

    def _unwatch(self, conversation: str) -> None:
        if self.watched.pop(conversation, None) is not None:
            self.desk.bus.forget(("conversation", conversation), self.stored)

    async def _audit(self, what: str, target: str) -> None:
        await self.desk.store.audit([Audit(time.time(), self.staff.id, what, target, {})])

    # --- storing -------------------------------------------------------------------------------------------------

    def _do(self, frame: Any, decide: Callable[[Conversation], Sequence[Event]], masked: tuple[str, ...] = ()) -> None:
        command = Command(frame.conversation, self.author, decide, time.time(), frame.id)
        self._submit(command, frame.id, frame.conversation, masked)

    def _submit(self, command: Command, ident: str, conversation: str, masked: tuple[str, ...]) -> None:
        self.desk.submit(command).add_done_callback(lambda f: self._done(f, ident, conversation, masked))

    def _done(self, outcome: Outcome[Result], ident: str, conversation: str, masked: tuple[str, ...]) -> None:
        error = outcome.exception()
        if error is not None:
            code = getattr(error, "code", "store_unavailable")
            return self.error(code if code in ERRORS else "store_unavailable", ident, conversation)
        result = outcome.result()
        if isinstance(result, Rejected):
            if result.code == "already_yours" and result.conversation is not None:
                return self._ack(ident, conversation, result.conversation.seq)
            return self.error(result.code, ident, conversation)
        rows = result.rows
        seq = next((r.seq for r in rows if r.client_id == ident), result.conversation.seq)
        self._ack(ident, conversation, seq, duplicate=result.duplicate, masked=masked)
        if result.conversation.state and isinstance(result.conversation.state, WithAgent):
            self.desk.roster.took(self.staff.id, time.time())
        return None

    def _ack(
        self, ident: str, conversation: str, seq: int, *, duplicate: bool = False, masked: tuple[str, ...] = ()
    ) -> None:
        self._out.frame(
            {
                "type": "ack",
                "id": ident,
                "conversation": conversation,
                "seq": seq,
                "duplicate": duplicate,
                "masked": list(masked),
            }
        )
