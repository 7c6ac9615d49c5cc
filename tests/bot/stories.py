"""Reads `stories/` of a corpus folder: conversations as data, what the customer says and what the bot must do.

How one is written stands in faq_corpus/README.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

NOON = datetime(2026, 11, 25, 12, 0)
"""When a story happens that does not say it: a Wednesday."""
DECISIONS = ("answer", "clarify", "ask_again", "handoff", "emergency", "refuse", "form", "chat", "silent")
"""What the customer gets; `silent`: he waits for a person already, and the bot has nothing to add."""


class StoryError(ValueError):
    """A file of stories cannot be used; the message names file, story and field."""

    code = "story_error"


@dataclass(frozen=True, slots=True)
class Expected:
    """What must hold for one turn; an empty field says nothing.

    `entries`: one of them is the answer, or is among the choices. `reasons`: one of them is the reason of a hand-over,
    the boundary of a refusal, the kind of an emergency, the topic of small talk, or how a form ended. `asks`: the slot
    that is asked for; `slots`: what the form knows by then, among other things. `says`: parts of the text."""

    decisions: tuple[str, ...] = ()
    not_decisions: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    form: str = ""
    asks: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    offers_person: bool | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One turn. `texts`: the messages written before the bot answers; `click`: the entry of the choice or button he
    clicks instead. `system`: what the exchange's system says if the turn completes a form: sentences, "failed", or
    "none", when no connector is configured."""

    expected: Expected
    texts: tuple[str, ...] = ()
    click: str = ""
    system: tuple[str, ...] | str = "none"

    @property
    def shown(self) -> str:
        return f"[click] {self.click}" if self.click else " / ".join(self.texts)


@dataclass(frozen=True, slots=True)
class Story:
    file: str
    name: str
    locale: str
    steps: tuple[Step, ...]
    now: datetime = NOON
    verified: bool = True
    """Whether the exchange has signed who the customer is."""

    @property
    def id(self) -> str:
        return f"{self.file}:{self.name}"


def load_stories(folder: Path) -> tuple[Story, ...]:
    """Every story of a folder, by file. Raises StoryError, also when there is none."""
    stories: dict[str, Story] = {}
    for path in sorted(folder.glob("*.yml")):
        for story in read_stories(path.read_text(encoding="utf-8"), path.stem):
            if story.name in stories:
                raise StoryError(f"{story.id}: the name is taken by {stories[story.name].id}")
            stories[story.name] = story
    if not stories:
        raise StoryError(f"{folder} has no stories")
    return tuple(stories.values())


def read_stories(text: str, file: str) -> Iterator[Story]:
    """The stories of one file's text. Raises StoryError."""
    try:
        rows = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise StoryError(f"{file}: {error}") from error
    if not isinstance(rows, list):
        raise StoryError(f"{file}: a file holds a list of stories")
    for number, row in enumerate(rows, 1):
        yield _story(row, file, number)


def _story(row: Any, file: str, number: int) -> Story:
    place = f"{file}:{row.get('name', number) if isinstance(row, dict) else number}"
    body = _mapping(row, place, {"name", "locale", "now", "verified", "turns"}, {"name", "locale", "turns"})
    verified = body.get("verified", True)
    if not isinstance(verified, bool):
        raise StoryError(f"{place}: verified is true or false")
    turns = body["turns"]
    if not isinstance(turns, list):
        raise StoryError(f"{place}: turns is a list")
    steps = tuple(_step(turn, f"{place}, turn {at}") for at, turn in enumerate(turns, 1))
    return Story(file, str(body["name"]), str(body["locale"]), steps, _moment(body.get("now", NOON), place), verified)


def _moment(value: Any, place: str) -> datetime:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise StoryError(f"{place}: now is a day and a time, such as 2026-11-25 12:00") from error
    if found.tzinfo is not None:
        raise StoryError(f"{place}: now is the clock on the customer's wall, without a time zone")
    return found


def _step(row: Any, place: str) -> Step:
    body = _mapping(row, place, {"customer", "click", "system", "bot"}, {"bot"})
    if ("customer" in body) == ("click" in body):
        raise StoryError(f"{place}: the customer either writes (customer) or clicks (click)")
    system = body.get("system", "none")
    if system not in ("none", "failed"):
        system = _texts(system, f"{place}: system")
    return Step(
        expected=_expected(body["bot"], f"{place}: bot"),
        texts=_texts(body["customer"], f"{place}: customer") if "customer" in body else (),
        click=str(body.get("click", "")),
        system=system,
    )


_FIELDS = {
    *("decision", "not_decision", "entry", "entry_in", "reason", "choices_include"),
    *("form", "asks", "slots", "says", "offers_person"),
}


def _expected(row: Any, place: str) -> Expected:
    body = _mapping(row, place, _FIELDS)
    if not {"decision", "not_decision"} & body.keys():
        raise StoryError(f"{place}: decision or not_decision is missing")
    if {"entry", "entry_in"} <= body.keys():
        raise StoryError(f"{place}: either entry or entry_in")
    slots, offers = body.get("slots", {}), body.get("offers_person")
    if not isinstance(slots, dict):
        raise StoryError(f"{place}: slots is a mapping of slot to value")
    if offers is not None and not isinstance(offers, bool):
        raise StoryError(f"{place}: offers_person is true or false")
    return Expected(
        decisions=_decisions(body, "decision", place),
        not_decisions=_decisions(body, "not_decision", place),
        entries=_field(body, "entry", place) + _field(body, "entry_in", place),
        reasons=_field(body, "reason", place),
        choices=_field(body, "choices_include", place),
        form=str(body.get("form", "")),
        asks=str(body.get("asks", "")),
        slots={str(name): str(value) for name, value in slots.items()},
        says=_field(body, "says", place),
        offers_person=offers,
    )


def _decisions(body: Mapping[str, Any], name: str, place: str) -> tuple[str, ...]:
    found = _field(body, name, place)
    if unknown := set(found) - set(DECISIONS):
        raise StoryError(f"{place}: {name} is one of {', '.join(DECISIONS)}, not {', '.join(sorted(unknown))}")
    return found


def _field(body: Mapping[str, Any], name: str, place: str) -> tuple[str, ...]:
    return _texts(body[name], f"{place}: {name}") if name in body else ()


def _texts(value: Any, place: str) -> tuple[str, ...]:
    """One text, or a list of them."""
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise StoryError(f"{place}: a text, or a list of texts, is needed; quote numbers")
    return tuple(texts)


def _mapping(row: Any, place: str, fields: Collection[str], needed: Collection[str] = ()) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise StoryError(f"{place}: a mapping with {', '.join(sorted(fields))} is needed")
    if unknown := row.keys() - set(fields):
        raise StoryError(f"{place}: unknown fields {', '.join(sorted(map(str, unknown)))}")
    for name in sorted(needed):
        if not row.get(name):
            raise StoryError(f"{place}: {name} is missing")
    return row
