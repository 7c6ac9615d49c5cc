"""What the outside must do after a step, as data. Each has one performer, and each is idempotent: after a
crash ``pending`` derives from the state alone what is still to be done."""

from __future__ import annotations

from dataclasses import dataclass

from conversation.events import EmergencyKind, TicketReason
from conversation.states import Closed, Offered, Queued, State, WithAgent, WithBot


@dataclass(frozen=True, slots=True)
class AskBot:
    turn: int


@dataclass(frozen=True, slots=True)
class FindAgent:
    """Somebody waits: run the allocation."""


@dataclass(frozen=True, slots=True)
class Ring:
    agent: str
    until: float


@dataclass(frozen=True, slots=True)
class Release:
    """One unit of this agent's capacity is free again: drain the queue."""

    agent: str


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Written in the same transaction as the event, under the id the event names."""

    ticket: str
    reason: TicketReason
    promised: float


@dataclass(frozen=True, slots=True)
class RequestFreeze:
    kind: EmergencyKind


@dataclass(frozen=True, slots=True)
class RaiseAlarm:
    """Repeats at the console until acknowledged."""

    kind: EmergencyKind


@dataclass(frozen=True, slots=True)
class OfferTicket:
    """The promise is about to break, or nobody is there: offer a ticket, the place is kept."""


@dataclass(frozen=True, slots=True)
class OfferSurvey:
    segment: int


Effect = AskBot | FindAgent | Ring | Release | OpenTicket | RequestFreeze | RaiseAlarm | OfferTicket | OfferSurvey


def pending(state: State) -> tuple[Effect, ...]:
    """The effects that a process which has just started must perform for a conversation in this state."""
    match state:
        case WithBot() if state.turn:
            return (AskBot(state.turn.number),)
        case Queued():
            ask: tuple[Effect, ...] = (AskBot(state.turn.number),) if state.turn else ()
            return (*ask, FindAgent())
        case Offered():
            ask = (AskBot(state.turn.number),) if state.turn else ()
            return (*ask, Ring(state.agent, state.until))
        case WithBot() | WithAgent() | Closed():
            return ()
