"""docs/reference/frames.md from app/wire and conversation/events.py."""

from __future__ import annotations

from typing import Any

from app.wire.export import schemas
from conversation import events
from conversation.codec import KIND_OF
from docs.generators.markdown import code, document, prose, table

HEAD = (
    "One JSON object per text frame, told apart by `type`. Unknown types and unknown fields are refused in both "
    "directions. TypeScript types of the same schema are in `web/protocol/`; a running server gives the JSON Schema "
    "at `GET /api/schema/sockets.json`; as AsyncAPI: [asyncapi.json](asyncapi.json). Times are seconds since the "
    "epoch, durations seconds."
)
ROWS = (
    "An `event` frame carries one row of the conversation's log; `kind` says which of these its `body` is. Staff see "
    "all fields; a customer sees the part listed in `app/desk/rows.py`, and no rows that are for staff only."
)
UNIONS = {
    "from-customer": ("From the customer", "On `/ws/chat`. The first frame is `hello`."),
    "to-customer": ("To the customer", "On `/ws/chat`. The answer to `hello` is `welcome`."),
    "from-staff": ("From staff", "On `/ws/desk`. The first frame is `hello`."),
    "to-staff": ("To staff", "On `/ws/desk`. The answer to `hello` is `welcome`; deltas of the lists are numbered."),
}
_BOUNDS = {"minimum": "≥ {}", "maximum": "≤ {}", "minLength": "≥ {} characters", "maxLength": "≤ {} characters"}


def kind(schema: dict[str, Any]) -> str:
    """The type of a field in words, with a link where it is an object of its own."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "const" in schema:
        return code(schema["const"])
    if "enum" in schema:
        return " / ".join(code(value) for value in schema["enum"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(kind(part) for part in schema[several]))
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}" if schema.get("items") else "list"
    words = {"integer": "whole number", "string": "text", "boolean": "true / false", "null": "null"}
    return words.get(str(schema.get("type")), str(schema.get("type", "any")))


def bounds(schema: dict[str, Any]) -> str:
    parts = [schema, *schema.get("anyOf", [])]
    return ", ".join(text.format(int(part[name])) for part in parts for name, text in _BOUNDS.items() if name in part)


def fields(definition: dict[str, Any]) -> str:
    required = set(definition.get("required", []))
    rows = []
    for name, schema in definition.get("properties", {}).items():
        if name == "type" and "const" in schema:
            continue
        rows.append([code(name), kind(schema), "yes" if name in required else "", bounds(schema)])
    return table(["field", "type", "always", "bounds"], rows) if rows else "No fields."


def _members(schema: dict[str, Any]) -> dict[str, str]:
    """Wire type -> definition."""
    return {wire: ref.rsplit("/", 1)[1] for wire, ref in schema["discriminator"]["mapping"].items()}


def union(schema: dict[str, Any], title: str, text: str) -> list[str]:
    blocks = [f"## {title}", text]
    members = _members(schema)
    parts = sorted(set(schema["$defs"]) - set(members.values()))
    for wire, name in members.items():
        definition = schema["$defs"][name]
        about = prose(definition.get("description"))
        blocks += [f"### `{wire}`", *([about] if about else []), fields(definition)]
    for name in parts:
        definition = schema["$defs"][name]
        about = prose(definition.get("description"))
        blocks += [f"#### {name}", *([about] if about else []), fields(definition)]
    return blocks


def _rows(schema: dict[str, Any]) -> list[str]:
    blocks = ["## Rows", ROWS]
    for cls, wire in KIND_OF.items():
        reader = "Staff only. " if cls in events.STAFF_ONLY else ""
        definition = schema["$defs"][cls.__name__]
        about = prose(cls.__doc__) if not str(cls.__doc__).startswith(f"{cls.__name__}(") else ""
        blocks += [f"### `{wire}`", *([f"{reader}{about}".strip()] if reader or about else []), fields(definition)]
    for name in ("ToQueue", "ToTicket"):
        definition = schema["$defs"][name]
        blocks += [f"#### {name}", prose(getattr(events, name).__doc__), fields(definition)]
    return blocks


def page() -> str:
    found = schemas()
    blocks = [HEAD]
    for name, (title, text) in UNIONS.items():
        blocks += union(found[name], title, text)
    return document("Frames", "app/wire and conversation/events.py", *blocks, *_rows(found["rows"]))
