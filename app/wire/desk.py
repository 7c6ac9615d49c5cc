"""Frames on ``/ws/desk``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from app.wire.base import (
    Ack,
    Author,
    Beat,
    Bye,
    ClientId,
    Error,
    Event,
    Frame,
    Id,
    Json,
    Seq,
    Text,
    TokenExpiring,
    Typing,
)

# --- from staff --------------------------------------------------------------------------------------------------


class Hello(Frame):
    """First frame, within five seconds. ``token`` for scripts; a browser is known by its session cookie and
    sends its ``csrf`` token."""

    type: Literal["hello"]
    v: Literal[1] = 1
    token: str | None = Field(default=None, max_length=4096)
    csrf: str | None = Field(default=None, max_length=200)


class Presence(Frame):
    """Ready for new conversations, or only connected."""

    type: Literal["presence"]
    id: ClientId
    ready: bool


class Accept(Frame):
    type: Literal["accept"]
    id: ClientId
    conversation: Id


class Pass(Frame):
    type: Literal["pass"]
    id: ClientId
    conversation: Id


class Pull(Frame):
    """Take from the list, also one that is being offered to another."""

    type: Literal["pull"]
    id: ClientId
    conversation: Id


class Send(Frame):
    type: Literal["send"]
    id: ClientId
    conversation: Id
    text: Text


class Note(Frame):
    type: Literal["note"]
    id: ClientId
    conversation: Id
    text: Text


class Transfer(Frame):
    """To a skill or to a colleague, with a note for whoever takes it; the waiting clock goes on."""

    type: Literal["transfer"]
    id: ClientId
    conversation: Id
    skill: Id | None = None
    agent: Id | None = None
    note: str = Field(default="", max_length=4000)


class Close(Frame):
    type: Literal["close"]
    id: ClientId
    conversation: Id
    outcome: Literal["solved", "unsolved"] = "solved"


class Watch(Frame):
    """Send me the rows of this conversation after this number, and live ones from then on."""

    type: Literal["watch"]
    id: ClientId
    conversation: Id
    after: Seq = 0


class Unwatch(Frame):
    type: Literal["unwatch"]
    conversation: Id


class AnswerTicket(Frame):
    type: Literal["ticket"]
    id: ClientId
    ticket: Id
    text: str = Field(default="", max_length=4000)
    status: Literal["answered", "closed", "open"] = "answered"


class AckAlarm(Frame):
    type: Literal["alarm"]
    id: ClientId
    conversation: Id


class IsTyping(Frame):
    type: Literal["typing"]
    conversation: Id


class Resync(Frame):
    """A gap in ``n``: send the lists again."""

    type: Literal["resync"]


FromStaff = Annotated[
    Hello
    | Presence
    | Accept
    | Pass
    | Pull
    | Send
    | Note
    | Transfer
    | Close
    | Watch
    | Unwatch
    | AnswerTicket
    | AckAlarm
    | IsTyping
    | Resync
    | Beat,
    Field(discriminator="type"),
]
from_staff: TypeAdapter[FromStaff] = TypeAdapter(FromStaff)

# --- to staff ----------------------------------------------------------------------------------------------------


class Customer(Frame):
    """What the panel shows; personal data is masked."""

    id: str
    name: str
    verified: bool
    tier: str = ""
    locale: str
    channel: str = "web"
    earlier: list[str] = []


class Card(Frame):
    """One conversation in a list. ``state`` as in the life cycle. ``unread`` counts the customer's messages
    since this agent last wrote or looked; ``last`` is the newest text (160 characters at most)."""

    conversation: str
    seq: int
    state: Literal["with_bot", "queued", "offered", "with_agent", "closed"]
    customer: Customer
    agent: Author | None = None
    offered_to: str | None = None
    until: float | None = None
    reason: str | None = None
    skill: str | None = None
    language: str | None = None
    lane: int | None = None
    since: float | None = None
    promise: float | None = None
    away: bool = False
    alarm: str | None = None
    last: str = ""
    last_at: float
    misses: int = 0


class Me(Frame):
    id: str
    name: str
    roles: list[str]
    skills: list[str]
    languages: list[str]
    capacity: int
    load: int
    ready: bool


class Colleague(Frame):
    id: str
    name: str
    ready: bool
    connected: bool
    load: int
    capacity: int
    skills: list[str]


class TicketCard(Frame):
    id: str
    short: str
    conversation: str
    customer: Customer
    status: Literal["open", "answered", "closed"]
    reason: str
    skill: str
    opened: float
    promised: float
    overdue: bool
    text: str = ""


class Canned(Frame):
    """A canned reply; ``{{customer}}``, ``{{agent}}`` and the corpus' variables are filled by the console."""

    id: str
    title: str
    text: str
    locale: str


class Welcome(Frame):
    """The snapshot of all lists; later ``card``, ``gone``, ``colleagues`` and ``tickets`` frames are deltas
    numbered ``n`` without gaps."""

    type: Literal["welcome"] = "welcome"
    v: Literal[1] = 1
    n: int
    me: Me
    cards: list[Card]
    tickets: list[TicketCard]
    colleagues: list[Colleague]
    skills: list[str]
    canned: list[Canned]
    variables: Json
    now: float
    beat: float


class CardChanged(Frame):
    type: Literal["card"] = "card"
    n: int
    card: Card


class CardGone(Frame):
    type: Literal["gone"] = "gone"
    n: int
    conversation: str


class Colleagues(Frame):
    type: Literal["colleagues"] = "colleagues"
    n: int
    me: Me
    colleagues: list[Colleague]


class TicketChanged(Frame):
    type: Literal["ticket"] = "ticket"
    n: int
    ticket: TicketCard


class Offer(Frame):
    """You are rung: accept or pass until ``until``."""

    type: Literal["offer"] = "offer"
    conversation: str
    until: float
    card: Card


class OfferOver(Frame):
    type: Literal["offer_over"] = "offer_over"
    conversation: str
    why: Literal["expired", "already_taken", "closed", "passed"]


class Alarm(Frame):
    """Repeats until acknowledged or accepted."""

    type: Literal["alarm"] = "alarm"
    conversation: str
    kind: str
    since: float
    card: Card


ToStaff = Annotated[
    Welcome
    | Event
    | Ack
    | Error
    | CardChanged
    | CardGone
    | Colleagues
    | TicketChanged
    | Offer
    | OfferOver
    | Alarm
    | Typing
    | TokenExpiring
    | Beat
    | Bye,
    Field(discriminator="type"),
]
to_staff: TypeAdapter[ToStaff] = TypeAdapter(ToStaff)

__all__ = ["Ack", "Event", "FromStaff", "Json", "ToStaff", "from_staff", "to_staff"]
