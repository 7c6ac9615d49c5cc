"""Frames on ``/ws/chat``."""

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
    Locale,
    Seq,
    Text,
    TokenExpiring,
    Typing,
)

# --- from the customer -------------------------------------------------------------------------------------------


class Hello(Frame):
    """First frame, within five seconds. ``token``: identity signed by the exchange; ``visitor``: an anonymous
    visitor's own token from an earlier welcome; neither: a new visitor. ``after``: last number seen of
    ``conversation`` (0: from the beginning)."""

    type: Literal["hello"]
    v: Literal[1] = 1
    token: str | None = Field(default=None, max_length=4096)
    visitor: str | None = Field(default=None, max_length=4096)
    conversation: Id | None = None
    after: Seq = 0
    topic: Id = "support"
    locale: Locale | None = None
    channel: Literal["web", "app", "client"] = "web"


class Send(Frame):
    """A typed message, or a clicked choice (``entry``) or category, whose title is then ``text``."""

    type: Literal["send"]
    id: ClientId
    text: Text
    entry: Id | None = None
    category: Id | None = None


class Handoff(Frame):
    """转人工 by button."""

    type: Literal["handoff"]
    id: ClientId


class TakeTicket(Frame):
    """A ticket instead of (further) waiting; ``text`` is added to it."""

    type: Literal["ticket"]
    id: ClientId
    text: str = Field(default="", max_length=4000)


class Vote(Frame):
    type: Literal["vote"]
    id: ClientId
    about: Seq
    helpful: bool


class Rate(Frame):
    """CSAT of one segment, scores 1..5."""

    type: Literal["rate"]
    id: ClientId
    segment: int = Field(ge=1, le=10_000)
    score: int = Field(ge=1, le=5)
    solved: bool | None = None
    timeliness: int | None = Field(default=None, ge=1, le=5)
    clarity: int | None = Field(default=None, ge=1, le=5)
    comment: str = Field(default="", max_length=1000)


class Close(Frame):
    type: Literal["close"]
    id: ClientId


class Suggest(Frame):
    """Type-ahead: standard questions that begin like this or mean this."""

    type: Literal["suggest"]
    id: ClientId
    prefix: str = Field(min_length=1, max_length=80)


class IsTyping(Frame):
    type: Literal["typing"]


class FreshToken(Frame):
    """The answer to ``token_expiring``."""

    type: Literal["token"]
    token: str = Field(max_length=4096)


FromCustomer = Annotated[
    Hello | Send | Handoff | TakeTicket | Vote | Rate | Close | Suggest | IsTyping | FreshToken | Beat,
    Field(discriminator="type"),
]
from_customer: TypeAdapter[FromCustomer] = TypeAdapter(FromCustomer)

# --- to the customer ---------------------------------------------------------------------------------------------

Can = Literal["send", "handoff", "ticket", "close", "vote", "rate", "download"]


class QueueView(Frame):
    """``position`` 1 is next. The wait in seconds: about ``p50``, in nine of ten cases at most ``p90``; None
    when no honest figure can be told. ``why`` says why a position grew."""

    position: int
    p50: float | None = None
    p90: float | None = None
    since: float
    promise: float
    ticket_offered: bool = False
    emergency: bool = False
    why: Literal["transfer", "priority"] | None = None


class TicketView(Frame):
    id: str
    short: str
    status: Literal["open", "answered", "closed"]
    reason: str
    opened: float
    promised: float
    url: str


class StateView(Frame):
    """Everything the widget needs besides the rows: whose turn it is and what the customer can do."""

    type: Literal["state"] = "state"
    conversation: str
    seq: int
    segment: int
    owner: Literal["bot", "queue", "agent", "closed"]
    agent: Author | None = None
    thinking: bool = False
    queue: QueueView | None = None
    can: list[Can]
    survey: list[int] = []
    tickets: list[TicketView] = []


class Choice(Frame):
    """A button: an entry to ask, a category to open, a person, a link, or a reply (``say``) whose label is sent as a
    message."""

    kind: Literal["entry", "category", "handoff", "link", "say"]
    label: str
    id: str | None = None
    url: str | None = None


class Greeting(Frame):
    """Says it is a program, who is there today, and offers topics."""

    text: str
    hours: str
    wait: str | None = None
    categories: list[Choice]
    hot: list[Choice] = []


class Welcome(Frame):
    """Answer to hello: the snapshot. Rows after ``after`` follow as events up to ``state.seq``, then live ones.
    ``visitor`` is the token an anonymous visitor must keep."""

    type: Literal["welcome"] = "welcome"
    v: Literal[1] = 1
    me: Author
    verified: bool
    locale: str
    visitor: str | None = None
    state: StateView
    greeting: Greeting
    now: float
    beat: float
    earlier: list[str] = []


class Suggestions(Frame):
    type: Literal["suggestions"] = "suggestions"
    id: str
    items: list[Choice]


ToCustomer = Annotated[
    Welcome | Event | StateView | Ack | Error | Typing | Suggestions | TokenExpiring | Beat | Bye,
    Field(discriminator="type"),
]
to_customer: TypeAdapter[ToCustomer] = TypeAdapter(ToCustomer)

__all__ = ["FromCustomer", "Json", "ToCustomer", "from_customer", "to_customer"]
