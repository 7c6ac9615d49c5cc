"""Rows of the log as frames, for the reader they are meant for. What a customer may see of a body is an
allow-list per kind: a new field is invisible to him until somebody puts it here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from app.db.port import Row

VISIBLE: dict[str, tuple[str, ...]] = {
    "opened": ("topic", "locale", "previous"),
    "customer_wrote": ("text", "entry", "category", "masked"),
    "handoff_asked": ("by", "route"),
    "emergency_raised": ("kind", "route", "checklist"),
    "ticket_taken": ("ticket", "promised", "text"),
    "customer_closed": (),
    "bot_answered": ("text", "kind", "entry", "buttons", "related", "locale"),
    "bot_clarified": ("text", "choices"),
    "bot_form_asked": ("text", "buttons", "locale"),
    "bot_form_done": ("text", "outcome", "buttons", "locale"),
    "bot_asked_again": ("text",),
    "bot_gave_up": ("reason", "route"),
    "bot_silent": ("route", "broken"),
    "accepted": ("name",),
    "pulled": ("name",),
    "agent_wrote": ("text",),
    "transferred": ("route",),
    "agent_closed": ("outcome",),
    "lease_lost": (),
    "grace_over": (),
    "promise_broke": (),
    "away_too_long": ("ticket", "promised"),
    "idle_closed": (),
    "voted": ("about", "helpful"),
    "rated": ("segment", "score", "solved", "timeliness", "clarity", "comment"),
    "ticket_answered": ("ticket", "text", "status", "name"),
    "secret_masked": ("about", "kinds"),
}
"""Kinds that are missing are for staff only."""

Names = Callable[[str], str]
"""Agent id -> the name customers see."""


def visible_route(route: dict[str, Any]) -> dict[str, Any]:
    if "ticket" in route:
        return route
    return {"promise": route["promise"], "nobody": route["nobody"], "emergency": route["lane"] == 0}


def author(row: Row, names: Names, *, staff: bool) -> dict[str, Any]:
    """Who speaks. Customers see an agent's name, never his id."""
    kind, _, ident = row.author.partition(":")
    if kind == "agent":
        return {"kind": "agent", "id": ident if staff else None, "name": names(ident)}
    if kind == "customer":
        return {"kind": "customer", "id": ident if staff else None, "name": None}
    return {"kind": kind, "id": None, "name": None}


def for_customer(row: Row, names: Names) -> dict[str, Any] | None:
    """The event frame for the customer, None when the row is not for him."""
    fields = VISIBLE.get(row.kind)
    if fields is None or row.audience != "customer":
        return None
    body: dict[str, Any] = {} if row.body is None else {name: row.body[name] for name in fields if name in row.body}
    if "route" in body:
        body["route"] = visible_route(body["route"])
    return _frame(row, author(row, names, staff=False), body)


def for_staff(row: Row, names: Names) -> dict[str, Any]:
    return _frame(row, author(row, names, staff=True), row.body or {})


def _frame(row: Row, who: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "event",
        "conversation": row.conversation,
        "seq": row.seq,
        "at": row.at,
        "segment": row.segment,
        "kind": row.kind,
        "author": who,
        "body": body,
        "id": row.client_id,
    }


def dump(frame: dict[str, Any]) -> str:
    """A frame as the text that goes on the socket."""
    return orjson.dumps(frame).decode()
