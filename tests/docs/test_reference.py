"""The reference pages say what the code says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from app.settings import Settings
from docs.generators import asyncapi, client, settings, stale

ROOT = Path(__file__).resolve().parents[2]


def test_no_page_differs_from_the_code() -> None:
    assert stale() == [], "write them again: make docs"


def test_every_setting_is_explained_under_a_heading() -> None:
    listed = [name for fields in settings.sections().values() for name in fields]
    assert listed == list(Settings.model_fields)
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_variable_that_is_read_anywhere_is_documented() -> None:
    known = {settings.variable(name) for name in Settings.model_fields} | set(settings.OTHERS)
    used: dict[str, str] = {}
    for folder in ("app", "bot", "handoff", "conversation", "tests", "benchmarks", "web", ".ci"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in (".py", ".mjs", ".ts", "") and "node_modules" not in path.parts:
                text = path.read_text("utf-8", errors="ignore")
                used |= dict.fromkeys(re.findall(r"\bHONEYDESK_[A-Z][A-Z_]*[A-Z]\b", text), str(path))
    assert {name: path for name, path in used.items() if name not in known} == {}


def test_every_command_of_the_client_is_documented() -> None:
    assert client.known() == set(client.LOCAL) | set(client.CUSTOMER) | set(client.AGENT)


def test_every_reference_in_the_asyncapi_document_leads_somewhere() -> None:
    document = asyncapi.document()

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [found for part in value.values() for found in references(part)]
        return [found for part in value for found in references(part)] if isinstance(value, list) else []

    for reference in references(document):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
        assert target, reference
    assert json.loads(asyncapi.page()) == document
