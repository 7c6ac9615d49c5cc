"""What a wish for a person, for a ticket, and an emergency come to in the state the conversation is in."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from app import ids
from app.desk.desk import Desk
from bot.verdicts import Emergency
from conversation import Conversation
from conversation.events import EmergencyRaised, Event, HandoffAsked, TicketTaken
from conversation.states import EMERGENCY, Queued, WithAgent, WithBot


def handoff(desk: Desk, c: Conversation, by: Any) -> Sequence[Event]:
    """Asking again while queued is no mistake, and changes nothing."""
    if not isinstance(c.state, WithBot):
        return ()
    return (HandoffAsked(by, desk.routing.route(c.customer, c.locale, c.tier, time.time())),)


def emergency(desk: Desk, c: Conversation, look: Emergency) -> Sequence[Event]:
    """Nothing more for whom somebody serves already, or who waits in the front lane."""
    state = c.state
    if isinstance(state, WithAgent) or (isinstance(state, Queued) and state.place.lane == EMERGENCY):
        return ()
    route = desk.routing.route(c.customer, c.locale, c.tier, time.time(), emergency=True)
    return (EmergencyRaised(look.kind, route, look.checklist),)


def ticket(desk: Desk, c: Conversation, text: str) -> Sequence[Event]:
    """With the time that the queue of his language promises."""
    now = time.time()
    promised = desk.routing.promise(desk.routing.group(c.locale, emergency=False, now=now), now)
    return (TicketTaken(ids.ticket_id(), promised, text),)
