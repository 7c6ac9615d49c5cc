"""The five states of a conversation. A state carries exactly its own data: a queued conversation has no
agent, one with an agent cannot lack it. All times are seconds since the epoch (float); every state but
``Closed`` has a deadline, and what it means is said beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never

CloseOutcome = Literal["solved", "unsolved", "left", "idle", "ticketed"]
HandoffReason = Literal[
    "asked", "unsure", "sensitive", "anger", "emergency", "bot_silent", "bot_broken", "feedback", "transfer"
]

NORMAL, EMERGENCY = 1, 0
"""Lanes of the queue: every conversation of lane 0 is served before any of lane 1."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question put to the bot. A reply names the turn it answers and is dropped unless it is this one."""

    number: int
    deadline: float


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue. It belongs to the conversation, not to a socket, and survives offers that fail.

    ``order`` is ``since`` minus a constant head start, so nobody starves; lower is served first.
    ``not_to`` are agents who passed or let an offer run out, each with the time until which he is skipped.
    """

    since: float
    order: float
    lane: int
    reason: HandoffReason
    skill: str
    language: str
    promise: float
    wanted: str | None = None
    not_to: tuple[tuple[str, float], ...] = ()
    ticket_offered: bool = False
    away_since: float | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """What the bot is asking for, one slot at a time. ``slots`` are (slot, normalised value) in the order they came;
    ``asked`` is the slot the customer was asked for last ("" before the first question), ``tries`` how often his reply
    to it could not be used. It lives while the bot has the conversation; its rows stay in the log for the agent."""

    name: str
    slots: tuple[tuple[str, str], ...] = ()
    skipped: tuple[str, ...] = ()
    asked: str = ""
    tries: int = 0


@dataclass(frozen=True, slots=True)
class WithBot:
    """Owner: the bot. Deadline: bot silent -> a person; nobody wrote -> close. ``form``: the slots being filled."""

    misses: int
    clarified: int
    turn: Turn | None
    idle: float
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """Owner: nobody. Deadline: the promise is about to break -> a ticket is offered; never an automatic close
    of somebody who is here. May carry one open turn: the bot goes on answering until an agent accepts."""

    place: Place
    turn: Turn | None
    deadline: float


@dataclass(frozen=True, slots=True)
class Offered:
    """Owner: nobody yet; ``agent`` is being rung and one unit of his capacity is reserved.
    Deadline: not answered -> back to ``place``."""

    agent: str
    until: float
    place: Place
    turn: Turn | None


@dataclass(frozen=True, slots=True)
class WithAgent:
    """Owner: ``agent``. ``lost`` is when his lease ran out, None while it holds. Deadline: lease lost and grace
    over -> front of the queue; nobody wrote for long -> close. ``place`` keeps the waiting clock for a transfer."""

    agent: str
    place: Place
    idle: float
    lost: float | None = None
    grace: float | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """Terminal. A later message opens a linked conversation."""

    at: float
    outcome: CloseOutcome


State = WithBot | Queued | Offered | WithAgent | Closed
STATES: tuple[type[State], ...] = (WithBot, Queued, Offered, WithAgent, Closed)


def deadline(state: State) -> float | None:
    """When the sweeper must look at this state again; None only for ``Closed``."""
    match state:
        case WithBot():
            return state.turn.deadline if state.turn else state.idle
        case Queued():
            return min(state.deadline, state.turn.deadline) if state.turn else state.deadline
        case Offered():
            return state.until
        case WithAgent():
            return state.idle if state.grace is None else state.grace
        case Closed():
            return None
    assert_never(state)


_HELD = (Offered, WithAgent)


def holder(state: State) -> str | None:
    """The agent one unit of whose capacity this conversation takes (rung or talking), else None."""
    return state.agent if isinstance(state, _HELD) else None


def owner(state: State) -> str:
    """Whose turn it is to speak: ``bot``, ``queue``, ``agent:<id>`` or ``nobody`` (closed)."""
    match state:
        case WithBot():
            return "bot"
        case Queued() | Offered():
            return "queue"
        case WithAgent():
            return f"agent:{state.agent}"
        case Closed():
            return "nobody"
    assert_never(state)


_ASKABLE = (WithBot, Queued, Offered)


def open_turn(state: State) -> Turn | None:
    """The turn the bot is being asked, if any."""
    return state.turn if isinstance(state, _ASKABLE) else None
