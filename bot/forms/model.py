"""Forms as data: what a customer is asked when he speaks of his own case, and what is then looked up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.corpus import fallbacks
from bot.entities import EntityType

Texts = Mapping[str, str]
"""By locale."""


def said_in(texts: Texts, locale: str) -> str:
    """The text by the locale's fall-backs; "" when there is none."""
    return next((texts[tag] for tag in (*fallbacks(locale), "en", "zh-CN") if tag in texts), "")


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing to know. Without `ask` it is taken when the customer tells it and never asked for; it is not asked for
    either when one of `unless` is known. `help` is told once, when the reply could not be used."""

    name: str
    type: EntityType
    ask: Texts = field(default_factory=dict)
    help: Texts = field(default_factory=dict)
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormSpec:
    """`about` and `trouble` must both be found in a text (`bot.detectors.normal`) that begins the form; `general`
    forbids it. `entry` is the FAQ entry offered beside; `lookup` the action that is asked when all is filled."""

    id: str
    title: Texts
    intro: Texts
    about: re.Pattern[str]
    trouble: re.Pattern[str]
    slots: tuple[Slot, ...]
    entry: str = ""
    lookup: str = ""
    general: re.Pattern[str] | None = None

    def slot(self, name: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.name == name), None)


@dataclass(frozen=True, slots=True)
class OwnCase:
    """What tells a customer's own case from a general question, and his replies within a form."""

    mine: re.Pattern[str]
    general: re.Pattern[str]
    strong: re.Pattern[str]
    skip: re.Pattern[str]
    cancel: re.Pattern[str]
    correction: re.Pattern[str]
    question: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Forms:
    """All forms of a corpus, by id, and what they share."""

    specs: Mapping[str, FormSpec]
    own: OwnCase


@dataclass(frozen=True, slots=True)
class Reply:
    """What the exchange's system said: sentences for the customer, and facts (name, value) for the agent's card."""

    texts: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


Looked = Reply | Literal["failed", "none"]
"""What came of a look-up: `none` when no connector is configured."""
