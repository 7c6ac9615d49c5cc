"""Ticket rows that follow from events: written in the event's own transaction."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from app.db.port import Ticket
from conversation import Conversation
from conversation.effects import OpenTicket
from conversation.events import Event, TicketTaken
from conversation.states import Offered, Queued, WithAgent

NewTicket = Ticket
_ALPHABET = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@dataclass(frozen=True, slots=True)
class TicketAnswer:
    """``status`` after staff answered at ``at``; only a ticket of this conversation is touched."""

    ticket: str
    conversation: str
    status: Literal["open", "answered", "closed"]
    at: float


def short_form(ticket: str) -> str:
    """Eight characters without I, L, O, U for reading aloud, ``K7QM-2F9X``; 40 bits, so it opens only for the
    customer it belongs to."""
    text = b32encode(sha256(ticket.encode()).digest()[:5]).translate(_ALPHABET).decode()
    return f"{text[:4]}-{text[4:]}"


def opened_ticket(
    effect: OpenTicket,
    after: Conversation,
    before: Conversation | None,
    happened: Sequence[Event],
    at: float,
) -> NewTicket:
    """``text`` is what the customer wrote for it; ``skill`` that of the queue he leaves, empty when he was in none."""
    state = before.state if before is not None else after.state
    skill = state.place.skill if isinstance(state, Queued | Offered | WithAgent) else ""
    text = next((e.text for e in happened if isinstance(e, TicketTaken) and e.ticket == effect.ticket), "")
    return Ticket(
        id=effect.ticket,
        short=short_form(effect.ticket),
        conversation=after.id,
        customer=after.customer,
        reason=effect.reason,
        skill=skill,
        status="open",
        opened=at,
        promised=effect.promised,
        answered=None,
        text=text,
    )
