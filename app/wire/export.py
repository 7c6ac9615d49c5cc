"""The wire schema as JSON Schema, for the TypeScript types: ``python -m app.wire.export`` prints one JSON object
whose keys are the generated files' names.

``to-*`` are in serialisation mode (a field with a default is always present), ``from-*`` in validation mode (it
may be left out). ``rows`` maps each kind of event row to its body as staff see it; what a customer sees of a
body is a part of that (``app/desk/rows.py``).
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from app.wire.customer import from_customer, to_customer
from app.wire.desk import from_staff, to_staff
from conversation.codec import KIND_OF

Schema = dict[str, Any]


class Untitled(GenerateJsonSchema):
    """Without a title per field, which the generator would turn into a type alias each."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _schema(adapter: TypeAdapter[Any], mode: JsonSchemaMode, title: str) -> Schema:
    schema = adapter.json_schema(mode=mode, schema_generator=Untitled)
    for definition in schema["$defs"].values():
        properties = definition.get("properties", {})
        if mode == "serialization":
            definition["required"] = sorted(properties)
        elif "const" in properties.get("type", {}):
            # The union is told apart by ``type``: nobody may leave it out.
            definition["required"] = sorted({*definition.get("required", []), "type"})
    return {**schema, "title": title}


def _rows() -> Schema:
    definitions: Schema = {}
    for kind in KIND_OF:
        body = TypeAdapter(kind).json_schema(mode="serialization", schema_generator=Untitled)
        definitions.update(body.pop("$defs", {}))
        # Written by the codec field by field: every field is present.
        definitions[kind.__name__] = {
            **body,
            "required": list(body.get("properties", {})),
            "additionalProperties": False,
        }
    for name in ("ToQueue", "ToTicket"):
        definitions[name] |= {"required": list(definitions[name]["properties"]), "additionalProperties": False}
    return {
        "title": "Rows",
        "description": "Event kind to body.",
        "type": "object",
        "properties": {wire: {"$ref": f"#/$defs/{kind.__name__}"} for kind, wire in KIND_OF.items()},
        "required": list(KIND_OF.values()),
        "additionalProperties": False,
        "$defs": definitions,
    }


def schemas() -> dict[str, Schema]:
    """File name (without suffix) to JSON Schema."""
    return {
        "from-customer": _schema(from_customer, "validation", "FromCustomer"),
        "to-customer": _schema(to_customer, "serialization", "ToCustomer"),
        "from-staff": _schema(from_staff, "validation", "FromStaff"),
        "to-staff": _schema(to_staff, "serialization", "ToStaff"),
        "rows": _rows(),
    }


if __name__ == "__main__":
    json.dump(schemas(), sys.stdout, indent=1, sort_keys=True, ensure_ascii=False)
