"""A conversation as the columns of its snapshot row, and back. The indexed projections of the state (kind,
agent, lane, queue order, deadline) are written here and nowhere else."""

from __future__ import annotations

from typing import Any

import orjson

from conversation import Conversation, codec, from_json
from conversation.states import STATES, Closed, Offered, Queued, State, WithAgent, WithBot, deadline

IDENTITY = ("customer", "topic", "verified", "tier", "name", "previous", "channel", "opened_at")
"""Columns written once, when the conversation is opened."""

MOVING = ("seq", "turns", "segment", "locale", "alarm", "kind", "agent", "lane", "queue_order", "deadline", "state")
"""Columns written after every row, in the order of ``moving``."""

_KIND: dict[type[State], str] = {kind: codec.state_name(kind.__new__(kind)) for kind in STATES}

Moving = tuple[int, int, int, str, str | None, str, str | None, int | None, float | None, float | None, str]


def identity(conversation: Conversation) -> tuple[Any, ...]:
    c = conversation
    return (c.customer, c.topic, c.verified, c.tier, c.name, c.previous, c.channel, c.opened_at)


def _queue_place(state: State) -> tuple[int | None, float | None]:
    if isinstance(state, Queued | Offered):
        return state.place.lane, state.place.order
    return None, None


def moving(conversation: Conversation) -> Moving:
    """The values of ``MOVING``; the state is JSON without its kind, which has its own column."""
    c, state = conversation, conversation.state
    lane, order = _queue_place(state)
    agent = state.agent if isinstance(state, WithAgent | Offered) else None
    text = orjson.dumps(state).decode()
    return (
        c.seq,
        c.turns,
        c.segment,
        c.locale,
        c.alarm,
        _KIND[type(state)],
        agent,
        lane,
        order,
        deadline(state),
        text,
    )


def restore(row: Any) -> Conversation:
    """The inverse: ``row`` maps the columns ``id``, ``IDENTITY`` and ``MOVING`` to their values."""
    state = orjson.loads(row["state"])
    state["kind"] = row["kind"]
    return from_json(
        {
            "id": row["id"],
            "customer": row["customer"],
            "topic": row["topic"],
            "locale": row["locale"],
            "verified": bool(row["verified"]),
            "tier": row["tier"],
            "name": row["name"],
            "previous": row["previous"],
            "channel": row["channel"],
            "opened_at": row["opened_at"],
            "seq": row["seq"],
            "turns": row["turns"],
            "segment": row["segment"],
            "alarm": row["alarm"],
            "state": state,
        }
    )


def only_longer(old: Conversation | None, now: Conversation) -> bool:
    """Whether nothing of the snapshot but its number differs: most messages of a chat. Not once it is closed: every
    head of a closed conversation is signed."""
    return (
        old is not None
        and old.state is now.state
        and not isinstance(now.state, Closed)
        and old.turns == now.turns
        and old.segment == now.segment
        and old.locale == now.locale
        and old.alarm == now.alarm
    )


def only_talk(old: Conversation | None, now: Conversation) -> bool:
    """Whether the indexed columns of the state but for the deadline stay as they are."""
    if old is None:
        return False
    if isinstance(now.state, WithAgent):
        return isinstance(old.state, WithAgent) and old.state.agent == now.state.agent
    return isinstance(now.state, WithBot) and isinstance(old.state, WithBot)
