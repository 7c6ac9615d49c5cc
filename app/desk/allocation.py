"""Gives waiting conversations to agents: ``handoff.match`` proposes, the store's conditional write decides.

One task per process. It runs after every release, arrival or change of presence, never because a client polls,
and again until nothing more can be matched.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from app.db.port import Command, Refused, Result, Stored
from app.desk.live import Live, waiting
from app.desk.queue import Queue
from app.desk.roster import Roster
from app.desk.routing import Routing
from conversation import Conversation
from conversation.events import Event, OfferMade
from conversation.states import Queued
from handoff.match import match

log = logging.getLogger(__name__)

PAUSE = 0.02
"""Seconds between two runs at least: a burst of changes is one run."""

Submit = Callable[[Command], Awaitable[Result]]


class Allocator:
    def __init__(
        self,
        live: Live,
        roster: Roster,
        routing: Routing,
        queue: Queue,
        submit: Submit,
        moved: Callable[[list[str]], None],
    ) -> None:
        self._live = live
        self._roster = roster
        self._routing = routing
        self._queue = queue
        self._submit = submit
        self._moved = moved
        self._wanted = asyncio.Event()
        self._busy = 0.0
        """Seconds of the loop's time that the present run has taken."""

    def want(self) -> None:
        """Something changed: run soon."""
        self._wanted.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            self._busy = 0.0
            try:
                await self.allocate()
            except Exception:
                # The next change, or the sweeper's tick, tries again; nobody loses his place meanwhile.
                log.exception("allocation failed")
            # A long queue makes a run dear: never more than a tenth of the loop's time goes into it. Waiting for the
            # store is not work: counted as such, a busy store would leave customers waiting beside free agents.
            await asyncio.sleep(max(PAUSE, 9 * self._busy))

    async def allocate(self) -> int:
        """Offer until nothing matches. Returns the number of offers made."""
        made = 0
        while True:
            now, began = time.time(), time.monotonic()
            queue = [waiting(c) for c in self._live.waiting()]
            pairs = match(queue, self._roster.agents(now), now, self._routing.policy)
            self._busy += time.monotonic() - began
            if not pairs:
                break
            offers = [self._submit(self._offer(p.conversation_id, p.agent_id, p.seq, now)) for p in pairs]
            results = await asyncio.gather(*offers)
            won = sum(isinstance(r, Stored) for r in results)
            made += won
            for result in results:
                if not isinstance(result, Stored) and result.conversation is not None:
                    self._live.put(result.conversation)
            if not won:
                break
        began = time.monotonic()
        self._moved(self._queue.recompute(time.time()))
        self._busy += time.monotonic() - began
        return made

    def _offer(self, conversation: str, agent: str, seq: int, now: float) -> Command:
        until = now + self._routing.policy.ring

        def decide(current: Conversation) -> Sequence[Event]:
            if current.seq < seq or not isinstance(current.state, Queued):
                raise Refused("already_taken")
            if current.state.place.away_since is not None:
                raise Refused("away")
            return (OfferMade(agent, until),)

        return Command(conversation, "system", decide, now)
