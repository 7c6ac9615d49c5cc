"""Reads a foreign Rasa 3.x project as it lies on disk, whatever its files are called: Rasa goes by keys, so do we."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

FindingCode = Literal[
    "action_dropped",
    "annotation_dropped",
    "bad_yaml",
    "condition_dropped",
    "empty",
    "form_dropped",
    "html_removed",
    "intent_renamed",
    "intent_without_answer",
    "old_format",
    "part_dropped",
    "response_unused",
    "slot_dropped",
    "slot_in_answer",
    "story_dropped",
    "unknown_key",
    "variation_dropped",
]
_SKIPPED = frozenset({"models", "tests", "results", ".rasa", ".git", "node_modules", "actions"})
# Read, or without meaning for us: how the project is trained, reached and stored.
_KEYS = frozenset(
    {"version", "nlu", "stories", "rules", "responses", "intents", "entities", "slots", "forms", "actions"}
    | {"session_config", "e2e_actions", "recipe", "language", "pipeline", "policies", "assistant_id", "config"}
)
_SETTINGS = frozenset({"credentials.yml", "endpoints.yml", "credentials.yaml", "endpoints.yaml"})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was not taken over as it was. `where`: file and name."""

    code: FindingCode
    where: str
    message: str


@dataclass(slots=True)
class Foreign:
    """One project, parts merged over its files as Rasa merges them; blocks and rules with the file they stand in."""

    language: str = ""
    nlu: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    rules: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    stories: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    responses: dict[str, list[Any]] = field(default_factory=dict)
    slots: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def project_folders(folder: Path) -> list[Path]:
    """The folder itself, or those below it that are projects of their own (one per language, as we export them)."""
    if (folder / "config.yml").is_file() or (folder / "domain.yml").is_file():
        return [folder]
    below = sorted(path.parent for path in folder.glob("*/config.yml"))
    return below or [folder]


def read_project(folder: Path) -> Foreign:
    """Everything that could be read; what could not is among the findings."""
    found = Foreign()
    for path in _files(folder):
        name = str(path.relative_to(folder))
        if path.suffix == ".md":
            found.findings.append(Finding("old_format", name, "Markdown is Rasa 2's format: convert it with Rasa"))
            continue
        try:
            body = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            found.findings.append(Finding("bad_yaml", name, str(error).replace("\n", " ")))
            continue
        if isinstance(body, dict):
            _take(found, name, body)
    return found


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if not path.is_file() or _SKIPPED & set(parts[:-1]) or path.name in _SETTINGS:
            continue
        if path.suffix in (".yml", ".yaml") or (path.suffix == ".md" and parts[0] == "data"):
            yield path


def _take(found: Foreign, name: str, body: Mapping[str, Any]) -> None:
    if str(body.get("version", "3.1")).split(".", 1)[0] not in ("3",):
        found.findings.append(Finding("old_format", name, f"version {body['version']}, read as 3.1"))
    for key in sorted(set(map(str, body)) - _KEYS):
        found.findings.append(Finding("unknown_key", name, key))
    if isinstance(body.get("language"), str):
        found.language = body["language"]
    for key, into in (("nlu", found.nlu), ("rules", found.rules), ("stories", found.stories)):
        into += [(name, block) for block in body.get(key) or () if isinstance(block, dict)]
    for utter, variations in (body.get("responses") or {}).items():
        found.responses.setdefault(str(utter), []).extend(variations or ())
    for key, names in (("slots", found.slots), ("forms", found.forms)):
        names += [str(one) for one in body.get(key) or ()]
    found.actions += [next(iter(one)) if isinstance(one, dict) else str(one) for one in body.get("actions") or ()]
