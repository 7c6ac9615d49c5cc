"""Who is at the other end: customers' connections (a queued customer who is away keeps his place but is not
rung for), agents' leases (lost -> grace -> front of the queue)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.db.port import Command
from conversation import Conversation
from conversation.events import CustomerAway, CustomerBack, Event, LeaseLost, LeaseRegained
from conversation.states import Offered, Queued, WithAgent

if TYPE_CHECKING:
    from app.desk.desk import Desk

log = logging.getLogger(__name__)

EVERY = 0.5


class Attendance:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._here: dict[tuple[str, str], int] = {}
        self._gone: dict[tuple[str, str], float] = {}

    # --- customers ----------------------------------------------------------------------------------------------

    def came(self, customer: str, topic: str) -> None:
        """A connection of this customer opened."""
        key = (customer, topic)
        self._here[key] = self._here.get(key, 0) + 1
        self._gone.pop(key, None)
        for c in self._desk.live.waiting():
            if c.customer == customer and c.topic == topic:
                self._tell(c, CustomerBack())

    def went(self, customer: str, topic: str) -> None:
        key = (customer, topic)
        left = self._here.get(key, 0) - 1
        if left > 0:
            self._here[key] = left
        else:
            self._here.pop(key, None)
            self._gone[key] = time.monotonic()

    def is_here(self, customer: str, topic: str) -> bool:
        return (customer, topic) in self._here

    def queued(self, c: Conversation) -> None:
        """He may have come back between the look at who is here and the commit that queued him as absent."""
        state = c.state
        if isinstance(state, Queued) and state.place.away_since is not None and self.is_here(c.customer, c.topic):
            self._tell(c, CustomerBack())

    def absent(self, conversations: Iterable[Conversation]) -> None:
        """After a start nobody is connected yet: give them the usual time to come back."""
        for c in conversations:
            if not self.is_here(c.customer, c.topic):
                self._gone.setdefault((c.customer, c.topic), time.monotonic())

    def _tell(self, c: Conversation, event: Event) -> None:
        self._desk.submit(Command(c.id, "system", lambda _: (event,), time.time()))

    # --- the clock ----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                self._sweep_customers()
                self._sweep_agents()
            except Exception:
                log.exception("attendance sweep failed")

    def _sweep_customers(self) -> None:
        limit = time.monotonic() - self._desk.settings.away_after
        late = [key for key, since in self._gone.items() if since <= limit]
        if not late:
            return
        gone = set(late)
        for key in late:
            del self._gone[key]
        for c in self._desk.live.waiting():
            if (c.customer, c.topic) in gone:
                self._tell(c, CustomerAway())

    def _sweep_agents(self) -> None:
        now = time.time()
        roster = self._desk.roster
        for c in self._desk.live.all():
            state = c.state
            if isinstance(state, Queued):
                continue
            here = roster.is_connected(state.agent, now) if isinstance(state, Offered | WithAgent) else True
            if (isinstance(state, Offered) and not here) or (
                isinstance(state, WithAgent) and not here and state.lost is None
            ):
                self._tell(c, LeaseLost(state.agent))
            elif isinstance(state, WithAgent) and here and state.lost is not None:
                self._tell(c, LeaseRegained(state.agent))
