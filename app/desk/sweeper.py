"""The one clock: looks for conversations whose deadline has passed and makes happen what it means."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from app import ids
from app.db.port import Command, Refused, Result, Store, StoreUnavailable
from app.desk.routing import Routing
from conversation import Conversation, due
from conversation.events import (
    AwayTooLong,
    BotSilent,
    Event,
    GraceOver,
    IdleClosed,
    OfferExpired,
    PromiseBroke,
    Route,
)
from conversation.states import Offered, Queued, WithAgent, open_turn
from handoff.model import Group

log = logging.getLogger(__name__)

TICK = 0.25
"""Seconds between two looks."""


class Sweeper:
    def __init__(
        self,
        store: Store,
        routing: Routing,
        submit: Callable[[Command], Awaitable[Result]],
        is_here: Callable[[str, str], bool],
    ) -> None:
        self._is_here = is_here
        self._store = store
        self._routing = routing
        self._submit = submit

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(TICK)
            try:
                await self.sweep()
            except StoreUnavailable as error:
                log.warning("sweep postponed: %s", error.code)
            except Exception:
                log.exception("sweep failed")

    async def sweep(self) -> int:
        """One look. Returns the number of deadlines handled."""
        now = await self._store.now()
        late = await self._store.due(now)
        if late:
            await asyncio.gather(*(self._submit(self.command(c.id, now)) for c in late))
        return len(late)

    def command(self, conversation: str, now: float) -> Command:
        def decide(current: Conversation) -> Sequence[Event]:
            event = self.event(current, now)
            if event is None:
                raise Refused("no_change")
            return (event,)

        return Command(conversation, "system", decide, now)

    def event(self, c: Conversation, now: float) -> Event | None:
        """What the passed deadline of this conversation means, None when it has none (any more)."""
        what = due(c, now)
        state = c.state
        match what:
            case None:
                return None
            case "bot_silent":
                turn = open_turn(state)
                return BotSilent(turn.number, self._route(c, now)) if turn else None
            case "idle":
                return IdleClosed()
            case "promise":
                return PromiseBroke()
            case "away":
                if not isinstance(state, Queued):
                    return None
                group = Group(state.place.skill, state.place.language)
                return AwayTooLong(ids.ticket_id(), self._routing.promise(group, now))
            case "offer_expired":
                return OfferExpired(state.agent) if isinstance(state, Offered) else None
            case "grace_over":
                if not isinstance(state, WithAgent):
                    return None
                return GraceOver(state.agent, self._routing.wait_until(now), self._is_here(c.customer, c.topic))

    def _route(self, c: Conversation, now: float) -> Route:
        here = self._is_here(c.customer, c.topic)
        return self._routing.route(c.customer, c.locale, c.tier, now, connected=here)
