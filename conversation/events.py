"""Everything that can happen to a conversation. One event is one row of its log; the log's header holds the
number, time and author, the fields below are the row's body. Texts are masked before an event exists.

``AUDIENCE`` says who may read a row: what is for staff never reaches the customer's socket.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from conversation.states import CloseOutcome, Form, HandoffReason

Audience = Literal["customer", "staff", "supervisor"]
EmergencyKind = Literal["account_taken", "unauthorised_withdrawal", "wrong_address", "secret_given"]
TicketReason = Literal["off_hours", "nobody", "queue_full", "promise", "away", "asked"]


@dataclass(frozen=True, slots=True)
class ToQueue:
    """Decided by routing before the event: where the conversation waits. ``promise`` is the time by which a
    person was promised (or the end of opening hours, if earlier); ``connected`` whether the customer is there."""

    skill: str
    language: str
    order: float
    promise: float
    lane: int = 1
    wanted: str | None = None
    connected: bool = True
    nobody: bool = False


@dataclass(frozen=True, slots=True)
class ToTicket:
    """Decided by routing before the event: no queue now, a ticket with a promised time."""

    ticket: str
    why: TicketReason
    promised: float


Route = ToQueue | ToTicket


@dataclass(frozen=True, slots=True)
class Opened:
    """First row of every log."""

    customer: str
    topic: str
    locale: str
    verified: bool = False
    tier: str = ""
    name: str = ""
    previous: str | None = None
    channel: str = "web"


@dataclass(frozen=True, slots=True)
class CustomerWrote:
    """A message. ``entry`` is set when a choice or quick reply was clicked instead of typed; ``masked`` names
    the kinds of secrets removed from ``text`` before it was stored."""

    text: str
    entry: str | None = None
    category: str | None = None
    masked: tuple[str, ...] = ()
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class HandoffAsked:
    """The customer wants a person."""

    by: Literal["button", "words", "feedback"]
    route: Route


@dataclass(frozen=True, slots=True)
class EmergencyRaised:
    kind: EmergencyKind
    route: Route
    checklist: str = ""


@dataclass(frozen=True, slots=True)
class TicketTaken:
    """The customer prefers a ticket to (further) waiting."""

    ticket: str
    promised: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class CustomerClosed:
    pass


@dataclass(frozen=True, slots=True)
class CustomerAway:
    """His last connection is gone."""


@dataclass(frozen=True, slots=True)
class CustomerBack:
    pass


@dataclass(frozen=True, slots=True)
class BotAnswered:
    """``kind``: an entry of the corpus, small talk, or a refusal at a boundary. ``confidence`` in 0..1. ``resumes``:
    a question in the middle of a form was answered, and the form goes on where it was."""

    turn: int
    text: str
    kind: Literal["entry", "chat", "refusal"] = "entry"
    entry: str | None = None
    version: str = ""
    confidence: float | None = None
    buttons: tuple[dict[str, Any], ...] = ()
    related: tuple[dict[str, Any], ...] = ()
    locale: str = ""
    resumes: bool = False


@dataclass(frozen=True, slots=True)
class BotFormAsked:
    """The bot asks for the next slot of a form about the customer's own case."""

    turn: int
    text: str
    form: Form
    buttons: tuple[dict[str, Any], ...] = ()
    locale: str = ""


@dataclass(frozen=True, slots=True)
class BotFormDone:
    """A form ended. ``outcome``: the look-up ``answered``, it ``failed``, there is none (``noted``), the customer must
    first ``sign_in``, or he ``cancelled``. ``form`` is what was filled; ``facts`` what the exchange's system said, for
    the agent's card."""

    turn: int
    text: str
    form: Form
    outcome: Literal["answered", "failed", "noted", "sign_in", "cancelled"]
    facts: tuple[tuple[str, str], ...] = ()
    buttons: tuple[dict[str, Any], ...] = ()
    locale: str = ""


@dataclass(frozen=True, slots=True)
class BotClarified:
    turn: int
    text: str
    choices: tuple[dict[str, Any], ...]
    confidence: float | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class BotAskedAgain:
    turn: int
    text: str
    confidence: float | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class BotGaveUp:
    """The bot hands over by itself."""

    turn: int
    reason: HandoffReason
    route: Route
    confidence: float | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class BotHadNothing:
    """While the customer waits the bot neither clarifies nor hands over again: the turn ends without a word."""

    turn: int


@dataclass(frozen=True, slots=True)
class BotSilent:
    """The turn's deadline passed, or the engine failed (``broken``)."""

    turn: int
    route: Route
    broken: bool = False


@dataclass(frozen=True, slots=True)
class OfferMade:
    agent: str
    until: float


@dataclass(frozen=True, slots=True)
class Accepted:
    agent: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Pulled:
    """An agent takes it from the list himself, also one that is being offered to another."""

    agent: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    agent: str


@dataclass(frozen=True, slots=True)
class OfferExpired:
    agent: str


@dataclass(frozen=True, slots=True)
class AgentWrote:
    agent: str
    text: str
    masked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transferred:
    """Back to the queue for another skill or agent; the waiting clock goes on from the first queueing."""

    agent: str
    route: ToQueue


@dataclass(frozen=True, slots=True)
class AgentClosed:
    agent: str
    outcome: CloseOutcome = "solved"


@dataclass(frozen=True, slots=True)
class LeaseLost:
    agent: str


@dataclass(frozen=True, slots=True)
class LeaseRegained:
    agent: str


@dataclass(frozen=True, slots=True)
class GraceOver:
    """``connected``: whether the customer is there at this moment; in the log of a conversation with an agent his
    coming and going is not written."""

    agent: str
    promise: float
    connected: bool = True


@dataclass(frozen=True, slots=True)
class PromiseBroke:
    """About to break, so that it does not: the customer is offered a ticket and keeps his place."""


@dataclass(frozen=True, slots=True)
class AwayTooLong:
    ticket: str
    promised: float


@dataclass(frozen=True, slots=True)
class IdleClosed:
    pass


@dataclass(frozen=True, slots=True)
class Noted:
    """An internal note by a member of staff."""

    agent: str
    text: str
    masked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voted:
    """Thumbs up or down on the bot's message number ``about``."""

    about: int
    helpful: bool


@dataclass(frozen=True, slots=True)
class Rated:
    """CSAT of one segment; scores 1..5, ``solved`` None when not said."""

    segment: int
    score: int
    solved: bool | None = None
    timeliness: int | None = None
    clarity: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class TicketAnswered:
    """Staff answered or moved the ticket; ``status`` as the ticket's own."""

    ticket: str
    agent: str
    text: str
    status: Literal["open", "answered", "closed"] = "answered"
    name: str = ""


@dataclass(frozen=True, slots=True)
class AlarmAcknowledged:
    agent: str


@dataclass(frozen=True, slots=True)
class SecretMasked:
    """Told to the customer at once after something secret was removed from message number ``about``."""

    about: int
    kinds: tuple[str, ...] = field(default=())


Event = (
    CustomerWrote
    | HandoffAsked
    | EmergencyRaised
    | TicketTaken
    | CustomerClosed
    | CustomerAway
    | CustomerBack
    | BotAnswered
    | BotFormAsked
    | BotFormDone
    | BotClarified
    | BotAskedAgain
    | BotGaveUp
    | BotHadNothing
    | BotSilent
    | OfferMade
    | Accepted
    | Pulled
    | Passed
    | OfferExpired
    | AgentWrote
    | Transferred
    | AgentClosed
    | LeaseLost
    | LeaseRegained
    | GraceOver
    | PromiseBroke
    | AwayTooLong
    | IdleClosed
    | Noted
    | Voted
    | Rated
    | TicketAnswered
    | AlarmAcknowledged
    | SecretMasked
)
"""All but ``Opened``, which is not a step but the beginning."""

EVENTS: tuple[type[Event], ...] = Event.__args__

ANNOTATIONS: frozenset[type[Event]] = frozenset({Noted, Voted, Rated, TicketAnswered, AlarmAcknowledged, SecretMasked})
"""Rows that belong to the conversation but change nothing of whose turn it is; welcome in every state."""

STAFF_ONLY: frozenset[type] = frozenset(
    {
        Noted,
        OfferMade,
        Passed,
        OfferExpired,
        LeaseRegained,
        BotHadNothing,
        CustomerAway,
        CustomerBack,
        AlarmAcknowledged,
    }
)


def audience(kind: type) -> Audience:
    """Who may read rows of this event type."""
    return "staff" if kind in STAFF_ONLY else "customer"
