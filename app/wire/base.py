"""What all frames share. Unknown fields are refused in both directions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

VERSION = 1
MAX_TEXT = 4_000
"""Characters in one message."""

ClientId = Annotated[str, StringConstraints(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
"""Made by the client, unique per author over all conversations: a retry with the same id is stored once."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.:@-]+$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]
Locale = Annotated[
    str, StringConstraints(min_length=2, max_length=12, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")
]
Seq = Annotated[int, Field(ge=0, le=2**53)]
Json = dict[str, Any]


class Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Author(Frame):
    """Who speaks: always shown. ``name`` is what the reader may see of him."""

    kind: Literal["customer", "bot", "agent", "system"]
    id: str | None = None
    name: str | None = None


class Event(Frame):
    """One row of the conversation's log, as this reader may see it. ``kind`` and ``body`` as in
    ``conversation/events.py`` (snake case). ``at`` is seconds since the epoch."""

    type: Literal["event"] = "event"
    conversation: str
    seq: int
    at: float
    segment: int
    kind: str
    author: Author
    body: Json
    id: str | None = None


class Ack(Frame):
    """Sent only when the row is on disk. ``duplicate``: it had been stored before, ``seq`` is the first row's.
    ``conversation`` differs from the one written to when that was closed and a linked one was opened."""

    type: Literal["ack"] = "ack"
    id: str
    conversation: str
    seq: int
    duplicate: bool = False
    masked: list[str] = []


class Error(Frame):
    """Nothing was stored for ``id``. ``code`` is stable and documented; ``retry_after`` in seconds."""

    type: Literal["error"] = "error"
    code: str
    message: str
    id: str | None = None
    conversation: str | None = None
    retry_after: float | None = None


class Beat(Frame):
    """Heartbeat, both ways, with the last number seen. The server answers a client's."""

    type: Literal["beat"] = "beat"
    seq: Seq = 0


class Bye(Frame):
    """The server closes this socket on purpose; reconnect after so many seconds (None: do not)."""

    type: Literal["bye"] = "bye"
    code: str
    reconnect_in: float | None = None


class TokenExpiring(Frame):
    """Send a fresh token before then. An anonymous visitor gets his: ``visitor`` is the one to keep from now on."""

    type: Literal["token_expiring"] = "token_expiring"
    in_seconds: float
    visitor: str | None = None


class Typing(Frame):
    type: Literal["typing"] = "typing"
    conversation: str
    author: Author
