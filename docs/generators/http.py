"""docs/reference/http.md from the routes."""

from __future__ import annotations

from typing import Any

from fastapi.routing import APIRoute

from app.gateway.pages import router as pages
from app.settings import Settings
from app.web import create_app
from docs.generators.frames import bounds, kind
from docs.generators.markdown import code, document, prose, table

HEAD = (
    "A running server gives its OpenAPI document at `GET /api/schema/openapi.json`. Errors are "
    "`{code, message, retry_after}` with a code of [errors](errors.md). Customers authorise with "
    "`Authorization: Bearer TOKEN` (identity token, visitor token or the session of the fall-back). Staff have a "
    "session cookie; whatever changes something also needs the header `X-CSRF-Token`."
)
TITLES = {"operations": "Operations", "customer": "Customers", "staff": "Staff"}


def operations(document: dict[str, Any]) -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    """Tag -> (method, path, operation)."""
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["other"])[0]
            found.setdefault(tag, []).append((method.upper(), path, operation))
    return found


def takes(operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    """Query parameters and body fields."""
    parts = [
        f"{code(p['name'])} ({kind(p['schema'])})"
        for p in operation.get("parameters", [])
        if p["in"] in ("query", "path")
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in body:
        definition = schemas[body["$ref"].rsplit("/", 1)[1]]
        required = set(definition.get("required", []))
        for name, schema in definition["properties"].items():
            left_out = "" if name in required else "?"
            of = f"list of {_of(schema['items'], schemas)}" if schema.get("type") == "array" else _of(schema, schemas)
            limit = f", {bounds(schema)}" if bounds(schema) else ""
            parts.append(f"{code(name + left_out)} ({of}{limit})")
    return ", ".join(parts)


def _of(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """References are written out here: they are short lists of words."""
    if "$ref" in schema:
        return kind(schemas[schema["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_of(part, schemas) for part in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_of(schema['items'], schemas)}"
    return kind(schema)


def page() -> str:
    api = create_app(Settings()).openapi()
    schemas = api.get("components", {}).get("schemas", {})
    blocks = [HEAD]
    for tag, found in operations(api).items():
        rows = [[f"`{method} {path}`", prose(op.get("description")), takes(op, schemas)] for method, path, op in found]
        blocks += [f"## {TITLES.get(tag, tag)}", table(["request", "meaning", "takes"], rows)]
    shown = []
    for route in pages.routes:
        if isinstance(route, APIRoute):
            about = prose(route.endpoint.__doc__ or f"{route.name.replace('_', ' ').capitalize()}.")
            shown += [[f"`{method} {route.path}`", about] for method in sorted(route.methods or ())]
    blocks += ["## Pages", table(["request", "meaning"], shown)]
    return document("HTTP", "the routes of app/gateway", *blocks)
