"""The store, as the rest of the program sees it. Three implementations pass one contract suite: memory
(shipped, for trying things out), SQLite (default) and PostgreSQL (several processes).

Everything about conversations goes through ``submit``: one command is one atomic change; many share a commit
and each succeeds or fails alone. A result is only given when it is on disk. Times are seconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from app.db.outcome import Outcome
from conversation import Conversation
from conversation.effects import Effect
from conversation.events import Audience, Event, Opened, TicketReason

RejectCode = str
"""Why a command changed nothing: the codes of ``conversation.table.Late``, or ``no_capacity``, ``unknown_agent``,
``unknown_conversation``, ``illegal_event``, ``conflict`` (three lost races in a row), ``too_many_open``."""

Decide = Callable[[Conversation], Sequence[Event]]
"""Pure and quick: given the snapshot, the events to append, in order (empty: nothing to do). Run again after a
lost race. May raise ``Refused``."""


class StoreError(Exception):
    """Base of what a store raises. ``code`` is stable."""

    code = "store_error"


class StoreUnavailable(StoreError):
    """The database cannot be reached or its disk is full; nothing was stored, try again later."""

    code = "store_unavailable"


class StoreLocked(StoreError):
    """Another process holds this data folder."""

    code = "store_locked"


class Refused(Exception):
    """Raised by a ``Decide`` to change nothing; becomes ``Rejected(code)``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# What is made for every message is a NamedTuple: a frozen dataclass sets each field through ``object.__setattr__``.


class Row(NamedTuple):
    """One row of a log as stored. ``author`` is ``customer:<id>``, ``agent:<id>``, ``bot`` or ``system``;
    ``segment`` is the one the conversation is in after the row (a boundary row begins the new one); ``body`` is
    the encoded event (None once erased). ``pos`` orders rows over all conversations."""

    pos: int
    conversation: str
    seq: int
    at: float
    segment: int
    author: str
    client_id: str | None
    kind: str
    audience: Audience
    body: dict[str, Any] | None


class Command(NamedTuple):
    """``author`` and ``client_id`` (unique per author over all conversations) make a retry find its first row.
    ``client_id`` marks the first event of ``decide``'s result. The capacity of an agent who becomes the holder
    (``conversation.states.holder``) is checked by the store in the same transaction, for every command."""

    conversation: str
    author: str
    decide: Decide
    at: float
    client_id: str | None = None


class Opening(NamedTuple):
    """Find the customer's open conversation on this topic, or begin one under ``conversation`` (a fresh random
    id); then do ``decide`` on it in the same transaction. With ``client_id`` known already: the first row is
    returned and nothing is opened."""

    conversation: str
    opened: Opened
    author: str
    at: float
    decide: Decide | None = None
    client_id: str | None = None


class Stored(NamedTuple):
    """``rows`` are the new rows (the first row of old when ``duplicate``); ``before`` the snapshot they were
    decided on, None for a new conversation; ``effects`` those of all rows in order, none when duplicate."""

    conversation: Conversation
    before: Conversation | None
    rows: tuple[Row, ...]
    effects: tuple[Effect, ...]
    duplicate: bool = False


class Rejected(NamedTuple):
    """A lost race or a refusal, as a value. ``conversation`` is the current snapshot, when there is one."""

    code: RejectCode
    conversation: Conversation | None


Result = Stored | Rejected


@dataclass(frozen=True, slots=True)
class Staff:
    """``password`` is an argon2id hash, ``totp`` the base32 secret; both may be empty (token sign-in only)."""

    id: str
    name: str
    email: str
    roles: tuple[str, ...]
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    capacity: int
    disabled: bool = False
    password: str = ""
    totp: str = ""
    totp_step: int = 0
    """Last used time step of the one-time code: none is accepted twice."""


@dataclass(frozen=True, slots=True)
class Presence:
    """A lease renewed by heartbeat. ``ready`` is apart from being connected (``until`` in the future)."""

    agent: str
    node: str
    ready: bool
    until: float
    since: float


@dataclass(frozen=True, slots=True)
class Ticket:
    """``id`` holds >= 80 random bits; ``short`` is for reading aloud and opens only for the same customer."""

    id: str
    short: str
    conversation: str
    customer: str
    reason: TicketReason
    skill: str
    status: Literal["open", "answered", "closed"]
    opened: float
    promised: float
    answered: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Session:
    """A staff session; only the SHA-256 of its token is stored."""

    token_hash: str
    staff: str
    csrf: str
    created: float
    expires: float
    idle_expires: float


@dataclass(frozen=True, slots=True)
class Audit:
    """``who`` did ``what`` (sign_in, sign_in_refused, conversation_read, staff_disabled ...) to ``target``."""

    at: float
    who: str
    what: str
    target: str
    detail: dict[str, Any]


class Signer(Protocol):
    """Signs the heads of closed conversations with a key kept outside the database (Ed25519)."""

    def sign(self, data: bytes, /) -> bytes: ...

    def verify(self, signature: bytes, data: bytes, /) -> bool: ...


class Store(Protocol):
    name: Literal["memory", "sqlite", "postgresql"]

    async def start(self) -> None:
        """Take the lock, migrate, open. Raises ``StoreLocked`` or ``StoreUnavailable``."""

    async def close(self) -> None:
        """Flush what was submitted, then close."""

    # --- conversations
    def submit(self, command: Command | Opening) -> Outcome[Result]:
        """Queue for the next group commit. Never blocks; the awaitable raises ``StoreUnavailable``."""

    async def conversation(self, conversation: str) -> Conversation | None: ...

    async def current(self, customer: str, topic: str) -> Conversation | None:
        """The open conversation of this customer on this topic."""

    async def rows(self, conversation: str, after: int, audience: Audience, limit: int = 500) -> Sequence[Row]:
        """Rows with seq > after that this audience may read, ascending. 'staff' reads customer rows too."""

    async def feed(self, after: int, limit: int = 500) -> Sequence[Row]:
        """Rows of all conversations with pos > after, in order; never a row before one that may still come."""

    async def newest(self) -> int:
        """The highest position that is visible, 0 in an empty log."""

    async def queue(self) -> Sequence[Conversation]:
        """All queued and offered conversations by (lane, order)."""

    async def held(self, agent: str) -> Sequence[Conversation]:
        """Offered to or with this agent."""

    async def talking(self) -> Sequence[Conversation]:
        """All conversations offered to or with any agent."""

    async def due(self, now: float, limit: int = 500) -> Sequence[Conversation]:
        """Conversations whose deadline has passed, earliest first."""

    async def next_deadline(self) -> float | None: ...

    async def loads(self) -> dict[str, int]:
        """Agent -> conversations offered to or with him."""

    async def of_customer(self, customer: str, limit: int = 20) -> Sequence[Conversation]:
        """His conversations, newest first."""

    # --- tickets (rows are written by effects ``OpenTicket`` and by ``TicketAnswered`` rows, in their transaction)
    async def ticket(self, ticket: str) -> Ticket | None: ...

    async def ticket_by_short(self, short: str, customer: str) -> Ticket | None: ...

    async def tickets(self, status: Iterable[str] = ("open",), limit: int = 200) -> Sequence[Ticket]:
        """By promised time, overdue first."""

    async def tickets_of(self, customer: str, limit: int = 20) -> Sequence[Ticket]: ...

    # --- staff, presence, sessions, audit
    async def staff(self, agent: str) -> Staff | None: ...

    async def all_staff(self) -> Sequence[Staff]: ...

    async def save_staff(self, staff: Staff) -> None: ...

    async def use_totp_step(self, agent: str, step: int) -> bool:
        """Record the step if it is later than the last used one; False when it is not (replay)."""

    async def renew(self, presence: Presence) -> None: ...

    async def presences(self) -> Sequence[Presence]: ...

    async def drop_presence(self, agent: str) -> None: ...

    async def save_session(self, session: Session) -> None: ...

    async def session(self, token_hash: str) -> Session | None: ...

    async def drop_sessions(self, staff: str) -> None: ...

    async def drop_session(self, token_hash: str) -> None: ...

    async def audit(self, entries: Sequence[Audit]) -> None: ...

    async def audited(self, limit: int = 200, who: str | None = None) -> Sequence[Audit]: ...

    # --- settings and corpus versions: small JSON documents by key
    async def document(self, key: str) -> Any | None: ...

    async def save_document(self, key: str, value: Any) -> None: ...

    # --- operations
    async def now(self) -> float:
        """The database's clock where several processes share it, else this process's."""

    async def stats(self) -> dict[str, float]:
        """For /metrics: commits, batch size, commit p50 and p99 in seconds, queued commands, oldest_waiting
        (seconds), tickets_overdue, events, conversations."""

    async def backup(self, path: str) -> int:
        """A consistent copy taken through the writer; holds every row acknowledged before the call returned.
        Returns the number of rows."""

    async def erase(self, conversation: str) -> int:
        """Remove the bodies and salts of a closed conversation's rows, the customer's name and its tickets'
        texts; headers and chain stay. Returns the number of rows erased. Raises ``Refused('still_open')``."""

    async def ping(self) -> None:
        """Raises ``StoreUnavailable`` unless a write can be committed now."""
