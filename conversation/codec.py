"""Conversations and events as plain JSON values, and back. The wire name of an event is its class name in
snake case (``CustomerWrote`` -> ``customer_wrote``).

A class's fields are read with one ``attrgetter``; only the few fields that hold more than a plain value are
looked at a second time. Every message passes here once or twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, NamedTuple

from conversation.events import EVENTS, Event, Opened, Route, ToQueue, ToTicket
from conversation.machine import Conversation
from conversation.states import STATES, Form, Place, State, Turn


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


KIND_OF: dict[type, str] = {kind: _snake(kind.__name__) for kind in (Opened, *EVENTS)}
EVENT_OF: dict[str, type] = {name: kind for kind, name in KIND_OF.items()}
_STATE_OF: dict[str, type[State]] = {_snake(kind.__name__): kind for kind in STATES}
_NAME_OF_STATE: dict[type, str] = {kind: name for name, kind in _STATE_OF.items()}

_TUPLES = frozenset({"masked", "buttons", "related", "choices", "kinds"})
_PAIRS = frozenset({"slots", "facts"})
_DEEP = _TUPLES | _PAIRS | {"route", "state", "place", "turn", "not_to", "form", "skipped"}
"""Fields that may hold something else than a string, a number, a truth value or None."""


class _Shape(NamedTuple):
    """How a class is taken apart: its field names, all its values at once, and the names worth a second look."""

    names: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]]
    deep: tuple[str, ...]


def _shape(kind: type) -> _Shape:
    names = tuple(f.name for f in fields(kind))
    values: Callable[[Any], tuple[Any, ...]]
    if len(names) > 1:
        values = attrgetter(*names)
    else:  # attrgetter gives a bare value for one name, and takes no fewer

        def values(value: Any) -> tuple[Any, ...]:
            return tuple(getattr(value, name) for name in names)

    return _Shape(names, values, tuple(name for name in names if name in _DEEP))


_SHAPES: dict[type, _Shape] = {
    kind: _shape(kind) for kind in (Opened, *EVENTS, *STATES, ToQueue, ToTicket, Turn, Place, Form, Conversation)
}


def state_name(state: State) -> str:
    """``with_bot``, ``queued``, ``offered``, ``with_agent`` or ``closed``."""
    return _NAME_OF_STATE[type(state)]


def _apart(value: Any) -> dict[str, Any]:
    names, values, deep = _SHAPES[type(value)]
    plain = dict(zip(names, values(value), strict=True))
    for name in deep:
        inner = plain[name]
        if inner is not None:
            plain[name] = _plain(inner) if inner else []
    return plain


def _plain(value: Any) -> Any:
    if type(value) in _SHAPES:
        return _apart(value)
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def encode_event(event: Event | Opened) -> tuple[str, dict[str, Any]]:
    """``(kind, body)``; the body holds JSON values only."""
    return KIND_OF[type(event)], _apart(event)


def _route(value: dict[str, Any]) -> Route:
    return ToTicket(**value) if "ticket" in value else ToQueue(**value)


def _form(value: dict[str, Any]) -> Form:
    return Form(**{**value, "slots": _pairs(value["slots"]), "skipped": tuple(value["skipped"])})


def _pairs(value: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, said) for name, said in value)


def decode_event(kind: str, body: dict[str, Any]) -> Event | Opened:
    """The inverse of ``encode_event``. Raises KeyError for an unknown kind, TypeError for unknown fields."""
    values = dict(body)
    for name in _TUPLES & values.keys():
        values[name] = tuple(values[name])
    if "route" in values:
        values["route"] = _route(values["route"])
    elif "form" in values:
        values["form"] = _form(values["form"])
        if "facts" in values:
            values["facts"] = _pairs(values["facts"])
    event: Event | Opened = EVENT_OF[kind](**values)
    return event


def to_json(conversation: Conversation) -> dict[str, Any]:
    """The snapshot as JSON values; the state is ``{"kind": ..., **its fields}``."""
    names, values, _ = _SHAPES[Conversation]
    plain = dict(zip(names, values(conversation), strict=True))
    state = conversation.state
    plain["state"] = {"kind": _NAME_OF_STATE[type(state)], **_apart(state)}
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
    if state.get("form") is not None:
        state["form"] = _form(state["form"])
    return Conversation(**values, state=kind(**state))
