"""What the two pages show besides the rows of the log: the customer's state, the agents' cards."""

from __future__ import annotations

import time
from typing import Any

from app.db.port import Staff, Ticket
from app.desk.desk import Desk
from app.desk.live import VISITOR
from app.ids import short_of
from conversation import Conversation
from conversation.codec import state_name
from conversation.states import EMERGENCY, Closed, Offered, Queued, WithAgent, WithBot, open_turn

NOBODY: tuple[str, ...] = ("send", "handoff")
"""What can be done before there is a conversation."""


def can(conversation: Conversation | None) -> list[str]:
    """What the customer can do now."""
    if conversation is None:
        return list(NOBODY)
    match conversation.state:
        case WithBot():
            return ["send", "handoff", "ticket", "vote", "close", "download"]
        case Queued() | Offered():
            return ["send", "ticket", "vote", "close", "download"]
        case WithAgent():
            return ["send", "vote", "close", "download"]
        case Closed():
            return ["send", "handoff", "rate", "download"]


def ticket_view(ticket: Ticket, base: str) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "short": ticket.short or short_of(ticket.id),
        "status": ticket.status,
        "reason": ticket.reason,
        "opened": ticket.opened,
        "promised": ticket.promised,
        "url": f"{base}/t/{ticket.id}",
    }


def queue_view(desk: Desk, conversation: Conversation) -> dict[str, Any] | None:
    state = conversation.state
    if not isinstance(state, Queued | Offered):
        return None
    standing = desk.queue.standing(conversation.id)
    place = state.place
    return {
        "position": standing.position if standing else 1,
        "p50": standing.p50 if standing else None,
        "p90": standing.p90 if standing else None,
        "since": place.since,
        "promise": place.promise,
        "ticket_offered": place.ticket_offered,
        "emergency": place.lane == EMERGENCY,
        "why": None,
    }


def state_view(
    desk: Desk, conversation: Conversation | None, tickets: list[dict[str, Any]], seq: int | None = None
) -> dict[str, Any]:
    """A ``StateView`` frame."""
    frame: dict[str, Any] = {
        "type": "state",
        "conversation": conversation.id if conversation else "",
        "seq": (conversation.seq if seq is None else seq) if conversation else 0,
        "segment": conversation.segment if conversation else 1,
        "owner": "bot",
        "agent": None,
        "thinking": False,
        "queue": None,
        "can": can(conversation),
        "survey": [],
        "tickets": tickets,
    }
    if conversation is None:
        return frame
    state = conversation.state
    frame["thinking"] = open_turn(state) is not None
    match state:
        case WithBot():
            pass
        case Queued() | Offered():
            frame["owner"] = "queue"
            frame["queue"] = queue_view(desk, conversation)
        case WithAgent():
            frame["owner"] = "agent"
            frame["agent"] = {"kind": "agent", "id": None, "name": desk.roster.name(state.agent)}
        case Closed():
            frame["owner"] = "closed"
            frame["survey"] = [conversation.segment - 1]
    return frame


def masked_name(conversation: Conversation) -> str:
    """What staff see of a name before it is revealed: the first letter."""
    if conversation.name:
        return conversation.name[0] + "***"
    ident = conversation.customer.partition(":")[2]
    return f"{ident[:3]}***{ident[-2:]}" if len(ident) > 6 else ident


def customer_view(conversation: Conversation, earlier: list[str] | None = None) -> dict[str, Any]:
    return {
        "id": conversation.customer,
        "name": masked_name(conversation),
        "verified": conversation.verified,
        "tier": conversation.tier or ("visitor" if conversation.customer.startswith(VISITOR) else ""),
        "locale": conversation.locale,
        "channel": conversation.channel,
        "earlier": earlier or [],
    }


def card(
    desk: Desk, c: Conversation, last: str = "", last_at: float | None = None, earlier: list[str] | None = None
) -> dict[str, Any]:
    """A ``Card``."""
    state = c.state
    place = state.place if isinstance(state, Queued | Offered | WithAgent) else None
    holder = state.agent if isinstance(state, WithAgent) else None
    return {
        "conversation": c.id,
        "seq": c.seq,
        "state": state_name(state),
        "customer": customer_view(c, earlier),
        "agent": {"kind": "agent", "id": holder, "name": desk.roster.name(holder)} if holder else None,
        "offered_to": state.agent if isinstance(state, Offered) else None,
        "until": state.until if isinstance(state, Offered) else None,
        "reason": place.reason if place else None,
        "skill": place.skill if place else None,
        "language": place.language if place else None,
        "lane": place.lane if place else None,
        "since": place.since if place else None,
        "promise": place.promise if place else None,
        "away": bool(place and place.away_since is not None),
        "alarm": c.alarm,
        "last": last[:160],
        "last_at": last_at if last_at is not None else time.time(),
        "misses": state.misses if isinstance(state, WithBot) else 0,
    }


def me(desk: Desk, staff: Staff) -> dict[str, Any]:
    now = time.time()
    return {
        "id": staff.id,
        "name": staff.name,
        "roles": list(staff.roles),
        "skills": list(staff.skills),
        "languages": list(staff.languages),
        "capacity": staff.capacity,
        "load": desk.live.loads.get(staff.id, 0),
        "ready": desk.roster.is_ready(staff.id, now),
    }


def colleague(desk: Desk, staff: Staff) -> dict[str, Any]:
    now = time.time()
    return {
        "id": staff.id,
        "name": staff.name,
        "ready": desk.roster.is_ready(staff.id, now),
        "connected": desk.roster.is_connected(staff.id, now),
        "load": desk.live.loads.get(staff.id, 0),
        "capacity": staff.capacity,
        "skills": list(staff.skills),
    }


def ticket_card(ticket: Ticket, conversation: Conversation) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "short": ticket.short or short_of(ticket.id),
        "conversation": ticket.conversation,
        "customer": customer_view(conversation),
        "status": ticket.status,
        "reason": ticket.reason,
        "skill": ticket.skill,
        "opened": ticket.opened,
        "promised": ticket.promised,
        "overdue": ticket.status == "open" and ticket.promised < time.time(),
        "text": ticket.text[:500],
    }
