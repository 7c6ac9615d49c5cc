"""All staff sockets of this process: lists, offers, alarms."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from typing import Any

from app.auth.roles import Right
from app.db.port import Row, Stored
from app.desk.bus import ALL
from app.desk.desk import Desk
from app.desk.live import moved
from app.gateway.staff import StaffSession
from app.gateway.views import card, colleague, me, ticket_card
from conversation import Conversation
from conversation.states import Closed, Offered, WithAgent, holder

log = logging.getLogger(__name__)

COLLEAGUES_EVERY = 1.0
LAST = 160
"""Characters of a customer's newest message on his card."""
ABOUT_TICKETS = frozenset({"ticket_answered", "ticket_taken", "away_too_long"})
REMEMBERED = 20_000
"""Conversations whose newest message is kept for their cards."""


class Hub:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sessions: dict[str, set[StaffSession]] = {}
        self._last: OrderedDict[str, Row] = OrderedDict()
        self._earlier: dict[str, list[str]] = {}
        self._colleagues: str = ""
        desk.bus.listen(ALL, self.stored)
        desk.on_disabled.append(self.disabled)
        desk.typing.to_agent = self.typing

    @property
    def sessions(self) -> list[StaffSession]:
        return [s for of_one in self._sessions.values() for s in of_one]

    def add(self, session: StaffSession) -> None:
        self._sessions.setdefault(session.staff.id, set()).add(session)

    def remove(self, session: StaffSession) -> None:
        of_one = self._sessions.get(session.staff.id)
        if of_one is not None:
            of_one.discard(session)
            if not of_one:
                del self._sessions[session.staff.id]

    def disabled(self, agent: str) -> None:
        """Close all his sockets now; his conversations go back when the lease is seen gone."""
        for session in tuple(self._sessions.get(agent, ())):
            session.close("disabled")
        self._desk.later(self._desk.roster.leave(agent))

    def signed_out(self, agent: str) -> None:
        """All his sockets close: another tab is the same person at the same machine."""
        for session in tuple(self._sessions.get(agent, ())):
            session.close("signed_out")

    def typing(self, agent: str, frame: dict[str, Any]) -> None:
        for session in self._sessions.get(agent, ()):
            if frame["conversation"] in session.watched:
                session.send(frame)

    # --- what is stored ------------------------------------------------------------------------------------------

    def stored(self, stored: Stored) -> None:
        c = stored.conversation
        tickets = False
        for row in stored.rows:
            if row.kind == "customer_wrote":
                self._remember(row)
            elif row.kind in ABOUT_TICKETS or "ticket" in ((row.body or {}).get("route") or {}):
                tickets = True
        if moved(stored.before, c):
            self._moved(stored)
        if tickets:
            self._desk.later(self._tickets(c))

    def _moved(self, stored: Stored) -> None:
        before, c = stored.before, stored.conversation
        state = c.state
        if not self._sessions:
            return
        view = self.card(c)
        for session in self.sessions:
            session.changed(c, view)
        rung = before.state if before is not None else None
        if isinstance(state, Offered) and (not isinstance(rung, Offered) or rung.agent != state.agent):
            for session in self._sessions.get(state.agent, ()):
                session.ring(c)
        elif isinstance(rung, Offered) and rung.agent != holder(state):
            why = _why_over(stored)
            for session in self._sessions.get(rung.agent, ()):
                session.send({"type": "offer_over", "conversation": c.id, "why": why})

        if isinstance(state, WithAgent) and c.id not in self._earlier:
            self._desk.later(self._enrich(c))
        elif self._desk.live.get(c.id) is None:
            self._earlier.pop(c.id, None)

    async def _enrich(self, c: Conversation) -> None:
        """Who has the conversation may read what the customer asked before."""
        await self._find_earlier(c)
        current = self._desk.live.get(c.id)
        if current is not None:
            view = self.card(current)
            for session in self.sessions:
                if holder(current.state) == session.staff.id:
                    session.changed(current, view)

    async def _find_earlier(self, c: Conversation) -> None:
        found = await self._desk.store.of_customer(c.customer)
        self._earlier[c.id] = [other.id for other in found if other.id != c.id]

    def _remember(self, row: Row) -> None:
        """Also of those who still talk with the bot: when they are handed over, the card shows what they wrote."""
        last = self._last
        last[row.conversation] = row
        last.move_to_end(row.conversation)
        if len(last) > REMEMBERED:
            last.popitem(last=False)

    async def _tickets(self, c: Conversation) -> None:
        for ticket in await self._desk.store.tickets_of(c.customer):
            if ticket.conversation == c.id:
                view = ticket_card(ticket, c)
                for session in self.sessions:
                    if session.may(Right.ANSWER_TICKETS):
                        session.delta({"type": "ticket", "ticket": view})

    def card(self, c: Conversation) -> dict[str, Any]:
        row = self._last.get(c.id)
        if row is None or row.body is None:
            return card(self._desk, c, "", c.opened_at, self._earlier.get(c.id))
        return card(self._desk, c, str(row.body["text"])[:LAST], row.at, self._earlier.get(c.id))

    # --- lists ---------------------------------------------------------------------------------------------------

    async def welcome(self, session: StaffSession) -> dict[str, Any]:
        desk = self._desk
        tickets = []
        for ticket in await desk.store.tickets(("open",), 200) if session.may(Right.ANSWER_TICKETS) else ():
            c = await desk.store.conversation(ticket.conversation)
            if c is not None:
                tickets.append(ticket_card(ticket, c))
        canned = await desk.store.document("canned") or []
        for c in [c for c in desk.live.all() if session.sees(c)]:
            if c.id not in self._last:
                rows = await desk.store.rows(c.id, max(0, c.seq - 20), "customer")
                wrote = [r for r in rows if r.kind == "customer_wrote" and r.body is not None]
                if wrote:
                    self._remember(wrote[-1])
        for c in desk.live.held_by(session.staff.id):
            await self._find_earlier(c)
        # No await from here on: a delta that is sent meanwhile would carry a number of this snapshot.
        corpus, everybody = desk.worker.front.corpus, desk.roster.everybody()
        cards = [c for c in desk.live.all() if session.sees(c)]
        return {
            "type": "welcome",
            "v": 1,
            "n": session.n + 1,
            "me": me(desk, session.staff),
            "cards": [self.card(c) for c in cards],
            "tickets": tickets,
            "colleagues": [colleague(desk, s) for s in everybody if s.id != session.staff.id],
            "skills": sorted({skill for s in everybody for skill in s.skills}),
            "canned": canned,
            "variables": {"exchange_name": corpus.fill("{{exchange_name}}", desk.settings.default_locale)[0]},
            "now": time.time(),
            "beat": desk.settings.beat,
        }

    def colleagues(self) -> None:
        """Tell everybody who is there, when that has changed."""
        desk = self._desk
        everybody = desk.roster.everybody()
        views = {s.id: colleague(desk, s) for s in everybody}
        key = str(views)
        if key == self._colleagues:
            return
        self._colleagues = key
        for session in self.sessions:
            record = desk.roster.staff(session.staff.id)
            if record is not None:
                session.staff = record
            others = [v for ident, v in views.items() if ident != session.staff.id]
            session.delta({"type": "colleagues", "me": me(desk, session.staff), "colleagues": others})

    # --- clocks --------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Repeats alarms until acknowledged, and keeps the list of colleagues fresh. Until cancelled."""
        rung: dict[str, float] = {}
        while True:
            await asyncio.sleep(COLLEAGUES_EVERY)
            try:
                self.colleagues()
                self._alarms(rung)
            except Exception:
                log.exception("hub tick failed")

    def _alarms(self, rung: dict[str, float]) -> None:
        now = time.monotonic()
        alarms = self._desk.live.alarms
        for conversation in tuple(rung):
            if conversation not in alarms:
                del rung[conversation]
        for c in alarms.values():
            if now - rung.get(c.id, -1e9) < self._desk.settings.alarm_every:
                continue
            rung[c.id] = now
            held = c.state.agent if isinstance(c.state, WithAgent) else None
            since = (
                c.state.place.since
                if not isinstance(c.state, type(None)) and hasattr(c.state, "place")
                else c.opened_at
            )
            frame = {"type": "alarm", "conversation": c.id, "kind": c.alarm, "since": since, "card": self.card(c)}
            for session in self.sessions:
                if session.may(Right.SERVE_CUSTOMERS) and held in (None, session.staff.id):
                    session.send(frame)


def _why_over(stored: Stored) -> str:
    """Why an offer ended without the rung agent's taking it, for ``offer_over``."""
    match stored.conversation.state:
        case WithAgent():
            return "already_taken"
        case Closed():
            return "closed"
        case _:
            return "passed" if any(row.kind == "passed" for row in stored.rows) else "expired"
