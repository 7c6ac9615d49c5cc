"""Conversations and events as plain JSON values, and back. The wire name of an event is its class name in
snake case (``CustomerWrote`` -> ``customer_wrote``)."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import Any

from conversation.events import EVENTS, Event, Opened, Route, ToQueue, ToTicket
from conversation.machine import Conversation
from conversation.states import STATES, Place, State, Turn


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


KIND_OF: dict[type, str] = {kind: _snake(kind.__name__) for kind in (Opened, *EVENTS)}
EVENT_OF: dict[str, type] = {name: kind for kind, name in KIND_OF.items()}
_STATE_OF: dict[str, type[State]] = {_snake(kind.__name__): kind for kind in STATES}
_NAME_OF_STATE: dict[type, str] = {kind: name for name, kind in _STATE_OF.items()}
_FIELDS: dict[type, tuple[str, ...]] = {
    kind: tuple(f.name for f in fields(kind))
    for kind in (Opened, *EVENTS, *STATES, ToQueue, ToTicket, Turn, Place, Conversation)
}
_TUPLES = frozenset({"masked", "buttons", "related", "choices", "kinds"})


def state_name(state: State) -> str:
    """``with_bot``, ``queued``, ``offered``, ``with_agent`` or ``closed``."""
    return _NAME_OF_STATE[type(state)]


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in _FIELDS[type(value)]}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def encode_event(event: Event | Opened) -> tuple[str, dict[str, Any]]:
    """``(kind, body)``; the body holds JSON values only."""
    body = {name: _plain(getattr(event, name)) for name in _FIELDS[type(event)]}
    return KIND_OF[type(event)], body


def _route(value: dict[str, Any]) -> Route:
    return ToTicket(**value) if "ticket" in value else ToQueue(**value)


def decode_event(kind: str, body: dict[str, Any]) -> Event | Opened:
    """The inverse of ``encode_event``. Raises KeyError for an unknown kind, TypeError for unknown fields."""
    values = dict(body)
    for name in _TUPLES & values.keys():
        values[name] = tuple(values[name])
    if "route" in values:
        values["route"] = _route(values["route"])
    event: Event | Opened = EVENT_OF[kind](**values)
    return event


def to_json(conversation: Conversation) -> dict[str, Any]:
    """The snapshot as JSON values; the state is ``{"kind": ..., **its fields}``."""
    plain: dict[str, Any] = _plain(conversation)
    plain["state"] = {"kind": state_name(conversation.state), **plain["state"]}
    return plain


def from_json(value: dict[str, Any]) -> Conversation:
    """The inverse of ``to_json``."""
    values = dict(value)
    state = dict(values.pop("state"))
    kind = _STATE_OF[state.pop("kind")]
    if state.get("place") is not None:
        place = dict(state["place"])
        place["not_to"] = tuple((agent, until) for agent, until in place["not_to"])
        state["place"] = Place(**place)
    if state.get("turn") is not None:
        state["turn"] = Turn(**state["turn"])
    return Conversation(**values, state=kind(**state))
