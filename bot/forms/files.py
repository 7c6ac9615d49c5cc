"""Reads `forms/` of a corpus folder: one form per YAML file, and `own.yml` with what all of them share."""

import re
from pathlib import Path
from typing import Any

import yaml

from bot.entities import TYPES
from bot.forms.model import Forms, FormSpec, OwnCase, Slot, Texts

OWN = "own.yml"
# `\b` in a form is the edge of a word in letters. Chinese, Japanese and Korean characters are letters to `re` too, so
# that "我的withdraw" would hold no word.
_LETTER = r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
_EDGE = f"(?:(?<!{_LETTER})(?={_LETTER})|(?<={_LETTER})(?!{_LETTER}))"


class FormError(ValueError):
    """A file of forms cannot be used; the message names file and field."""

    code = "form_error"


def load_forms(folder: Path) -> Forms | None:
    """The forms of a folder; None when it does not exist. Raises FormError, or OSError."""
    if not (folder / OWN).is_file():
        return None
    own = _yaml(folder / OWN)
    shared = OwnCase(**{name: _pattern(own.get(name), f"{OWN}:{name}") for name in OwnCase.__dataclass_fields__})
    specs = {}
    for path in sorted(folder.glob("*.yml")):
        if path.name != OWN:
            spec = _spec(_yaml(path), path.name)
            specs[spec.id] = spec
    return Forms(specs, shared)


def _yaml(path: Path) -> dict[str, Any]:
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise FormError(f"{path.name}: {error}") from error
    if not isinstance(body, dict):
        raise FormError(f"{path.name}: a form is a mapping")
    return body


_FIELDS = {"id", "title", "intro", "about", "trouble", "general", "entry", "lookup", "slots"}
_SLOT_FIELDS = {"name", "type", "ask", "help", "unless"}


def _spec(body: dict[str, Any], name: str) -> FormSpec:
    if unknown := body.keys() - _FIELDS:
        raise FormError(f"{name}: unknown fields {', '.join(sorted(unknown))}")
    for needed in ("id", "title", "intro", "about", "trouble"):
        if not body.get(needed):
            raise FormError(f"{name}: {needed} is missing")
    slots = tuple(_slot(row, name) for row in body.get("slots") or ())
    known = {slot.name for slot in slots}
    for slot in slots:
        if unknown := set(slot.unless) - known:
            raise FormError(f"{name}:{slot.name}: unless names no slot: {', '.join(sorted(unknown))}")
    return FormSpec(
        id=str(body["id"]),
        title=_texts(body["title"], f"{name}:title"),
        intro=_texts(body["intro"], f"{name}:intro"),
        about=_pattern(body["about"], f"{name}:about"),
        trouble=_pattern(body["trouble"], f"{name}:trouble"),
        slots=slots,
        entry=str(body.get("entry", "")),
        lookup=str(body.get("lookup", "")),
        general=_pattern(body["general"], f"{name}:general") if body.get("general") else None,
    )


def _slot(row: Any, name: str) -> Slot:
    if not isinstance(row, dict) or row.keys() - _SLOT_FIELDS or row.get("type") not in TYPES or not row.get("name"):
        raise FormError(f"{name}: a slot has name, type (of {', '.join(TYPES)}), ask, help, unless: {row}")
    place = f"{name}:{row['name']}"
    return Slot(
        name=str(row["name"]),
        type=row["type"],
        ask=_texts(row.get("ask") or {}, f"{place}:ask"),
        help=_texts(row.get("help") or {}, f"{place}:help"),
        unless=tuple(map(str, row.get("unless") or ())),
    )


def _texts(value: Any, place: str) -> Texts:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise FormError(f"{place}: texts by locale are needed")
    return {str(tag): text.strip() for tag, text in value.items()}


def _pattern(value: Any, place: str) -> re.Pattern[str]:
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list) or not parts or not all(isinstance(part, str) for part in parts):
        raise FormError(f"{place}: a regular expression, or a list of them, is needed")
    try:
        return re.compile("|".join(f"(?:{part})" for part in parts).replace(r"\b", _EDGE), re.IGNORECASE)
    except re.error as error:
        raise FormError(f"{place}: {error}") from error
