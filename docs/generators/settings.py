"""docs/reference/settings.md from app/settings.py."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic_core import PydanticUndefined

from app.settings import Settings
from docs.generators.markdown import code, document, prose, table

OTHERS = {
    "HONEYDESK_PASSWORD": "`honeydesk agents add` reads the new person's password here, so that it stands in no "
    "process list.",
    "HONEYDESK_TEST_PG_URL": "Tests use this PostgreSQL server instead of starting one from the binaries they find.",
    "HONEYDESK_PYTHON": "The Python that `npm run protocol` calls; default: `.venv/bin/python`.",
}
"""Variables that are read outside the settings object."""

HEAD = (
    "One frozen object, read once at the start from environment variables. A value that does not fit stops the "
    "process with `bad_setting` and the variable's name. Times are seconds. Lists are JSON. Administrators see the "
    "values in force at `GET /api/staff/settings`, without secrets."
)


def variable(field: str) -> str:
    return f"HONEYDESK_{field.upper()}"


def sections() -> dict[str, list[str]]:
    """Heading -> fields, from the ``# --- heading`` comments of the class."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in inspect.getsource(Settings).splitlines():
        if match := re.match(r"    # --- (.+)", line):
            heading = match[1]
            found[heading] = []
        elif (match := re.match(r"    (\w+): ", line)) and match[1] in Settings.model_fields:
            found[heading].append(match[1])
    return found


def kind(annotation: Any) -> str:
    """A type in words."""
    if get_origin(annotation) is Literal:
        return " / ".join(code(value) for value in get_args(annotation))
    if get_origin(annotation) is tuple:
        return "JSON list"
    parts = [a for a in get_args(annotation) or (annotation,) if a is not type(None)]
    words = {bool: "true / false", int: "whole number", float: "number", str: "text", Path: "path"}
    return " or ".join(words[part] for part in parts)


def default(value: Any) -> str:
    if value is None or value is PydanticUndefined:
        return "unset"
    if isinstance(value, (tuple, bool)):
        return code(json.dumps(value))
    return code(value) if str(value) else "empty"


def page() -> str:
    blocks = [HEAD]
    for heading, fields in sections().items():
        rows = []
        for name in fields:
            field = Settings.model_fields[name]
            meaning = prose(field.description)
            rows.append([code(variable(name)), kind(field.annotation), default(field.default), meaning])
        blocks += [f"## {heading[0].upper()}{heading[1:]}", table(["variable", "type", "default", "meaning"], rows)]
    blocks += ["## Read elsewhere", table(["variable", "meaning"], [[code(k), v] for k, v in OTHERS.items()])]
    return document("Settings", "app/settings.py", *blocks)
