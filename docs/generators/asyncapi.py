"""docs/reference/asyncapi.json: both sockets as an AsyncAPI 3.0 document."""

from __future__ import annotations

import json
from typing import Any

from app.wire.export import schemas

Json = dict[str, Any]

CHANNELS = {
    "chat": ("/ws/chat", "Customers.", "from-customer", "to-customer"),
    "desk": ("/ws/desk", "Staff.", "from-staff", "to-staff"),
}
"""Name -> address, meaning, schema of frames to the server, schema of frames from it."""


def page() -> str:
    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def document() -> Json:
    channels: Json = {}
    operations: Json = {}
    components: Json = {}
    found = schemas()
    components.update(_definitions("rows", found["rows"]))
    for name, (address, about, incoming, outgoing) in CHANNELS.items():
        messages: Json = {}
        for action, union in (("receive", incoming), ("send", outgoing)):
            components.update(_definitions(union, found[union]))
            members = found[union]["discriminator"]["mapping"]
            keys = [f"{union}.{wire}" for wire in members]
            for wire, ref in members.items():
                definition = ref.rsplit("/", 1)[1]
                messages[f"{union}.{wire}"] = {
                    "name": wire,
                    "payload": {"$ref": f"#/components/schemas/{union}.{definition}"},
                }
            operations[f"{name}.{action}"] = {
                "action": action,
                "channel": {"$ref": f"#/channels/{name}"},
                "messages": [{"$ref": f"#/channels/{name}/messages/{key}"} for key in keys],
            }
        channels[name] = {"address": address, "description": about, "messages": messages}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Honeydesk sockets",
            "version": "1",
            "description": "One JSON object per text frame. `receive` is what the server receives.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"schemas": components},
    }


def _definitions(union: str, schema: Json) -> Json:
    """The union's definitions under names of their own, references with them."""
    return {f"{union}.{name}": _renamed(union, body) for name, body in schema["$defs"].items()}


def _renamed(union: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: of.replace("#/$defs/", f"#/components/schemas/{union}.") if key == "$ref" else _renamed(union, of)
            for key, of in value.items()
        }
    if isinstance(value, list):
        return [_renamed(union, item) for item in value]
    return value
