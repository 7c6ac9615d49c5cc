"""``step``: the only way from one conversation to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, make_dataclass
from typing import Any, Literal, NamedTuple

from conversation.effects import Effect
from conversation.events import (
    Accepted,
    AlarmAcknowledged,
    CustomerWrote,
    EmergencyKind,
    EmergencyRaised,
    Event,
    Opened,
    Pulled,
)
from conversation.policy import Policy
from conversation.states import Closed, Offered, Queued, State, WithAgent, WithBot, open_turn, owner
from conversation.table import TABLE, Late, Now

Due = Literal["bot_silent", "idle", "promise", "away", "offer_expired", "grace_over"]


class IllegalEvent(Exception):
    """The event cannot happen in this state: a bug of the caller or an attack. Nothing was changed."""

    code = "illegal_event"


@dataclass(frozen=True, slots=True)
class Conversation:
    """The snapshot after event number ``seq``. ``turns`` counts the questions put to the bot, ``segment`` the
    stretches of one owner (1 is the bot's first). ``alarm`` is an emergency nobody has acknowledged yet."""

    id: str
    customer: str
    topic: str
    locale: str
    verified: bool
    tier: str
    name: str
    previous: str | None
    channel: str
    opened_at: float
    seq: int
    turns: int
    segment: int
    alarm: EmergencyKind | None
    state: State


class Stepped(NamedTuple):
    conversation: Conversation
    effects: tuple[Effect, ...]


_Draft: Any = make_dataclass("_Draft", [(f.name, Any) for f in fields(Conversation)], slots=True)
"""A conversation while it is being made. A frozen dataclass sets each field through ``object.__setattr__``, which for
fifteen fields was a quarter of the price of a step; a draft has the same slots, is filled plainly, and becomes a
``Conversation``, immutable like any other, before anybody sees it."""

_CALMS: frozenset[type[Event]] = frozenset({Accepted, Pulled, AlarmAcknowledged})
"""After these somebody looks after the emergency."""


def _changed_hands(before: State, after: State) -> bool:
    """Whether another owner has the conversation now; for most messages two types are all there is to compare."""
    if before is after or (type(before) is type(after) and not isinstance(after, WithAgent)):
        return False
    return owner(before) != owner(after)


def start(conversation_id: str, event: Opened, at: float, policy: Policy) -> Conversation:
    """The conversation after its first row (seq 1): with the bot."""
    return Conversation(
        id=conversation_id,
        customer=event.customer,
        topic=event.topic,
        locale=event.locale,
        verified=event.verified,
        tier=event.tier,
        name=event.name,
        previous=event.previous,
        channel=event.channel,
        opened_at=at,
        seq=1,
        turns=0,
        segment=1,
        alarm=None,
        state=WithBot(misses=0, clarified=0, turn=None, idle=at + policy.bot_idle),
    )


def step(conversation: Conversation, event: Event, at: float, policy: Policy) -> Stepped | Late:
    """What follows when ``event`` happens at ``at`` (seconds since the epoch).

    Returns ``Late`` for a harmless race (nothing is stored). Raises ``IllegalEvent`` where the table has no cell.
    """
    before = conversation.state
    kind = type(event)
    cell = TABLE.get((type(before), kind))
    if cell is None:
        raise IllegalEvent(f"{kind.__name__} in {type(before).__name__}")
    if isinstance(cell, Late):
        return cell
    outcome = cell.handler(before, event, Now(at, policy, conversation.turns, conversation.segment))
    if isinstance(outcome, Late):
        return outcome
    state, effects = outcome
    turn = open_turn(state)
    turns = conversation.turns if turn is None or turn.number < conversation.turns else turn.number
    locale, alarm = conversation.locale, conversation.alarm
    if isinstance(event, CustomerWrote):
        locale = event.locale or locale
    elif isinstance(event, EmergencyRaised):
        alarm = event.kind
    elif kind in _CALMS:
        alarm = None
    after = _Draft(  # positional, in the order of the fields
        conversation.id,
        conversation.customer,
        conversation.topic,
        locale,
        conversation.verified,
        conversation.tier,
        conversation.name,
        conversation.previous,
        conversation.channel,
        conversation.opened_at,
        conversation.seq + 1,
        turns,
        conversation.segment + _changed_hands(before, state),
        alarm,
        state,
    )
    after.__class__ = Conversation
    return Stepped(after, effects)


def due(conversation: Conversation, now: float) -> Due | None:
    """What the sweeper must make happen at ``now``, None when the deadline has not passed."""
    state = conversation.state
    turn = open_turn(state)
    if turn is not None and turn.deadline <= now and not isinstance(state, Offered):
        return "bot_silent"
    match state:
        case WithBot():
            return "idle" if turn is None and state.idle <= now else None
        case Queued():
            if state.deadline > now:
                return None
            return "away" if state.place.ticket_offered and state.place.away_since is not None else "promise"
        case Offered():
            return "offer_expired" if state.until <= now else None
        case WithAgent():
            if state.grace is not None:
                return "grace_over" if state.grace <= now else None
            return "idle" if state.idle <= now else None
        case Closed():
            return None


def replay(
    conversation_id: str, opened: Opened, at: float, events: Iterable[tuple[Event, float]], policy: Policy
) -> Conversation:
    """The snapshot again, from the log. Raises ``IllegalEvent`` when the log is not one this table could write."""
    conversation = start(conversation_id, opened, at, policy)
    for event, when in events:
        stepped = step(conversation, event, when, policy)
        if isinstance(stepped, Late):
            raise IllegalEvent(f"row {conversation.seq + 1}: {type(event).__name__} is {stepped.code}")
        conversation = stepped.conversation
    return conversation
