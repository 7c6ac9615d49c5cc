"""The corpus as immutable values: entries, variables, categories, fixed texts.

Locales are BCP 47 tags as in the files ("zh-CN", "en"). An answer is a template: `{{name}}` is replaced by the value
of a variable when the answer is shown, so a figure that the exchange sets stands in one place. A variable without a
value withholds every entry that names it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal

from bot.corpus.nlu import TrainingData

ButtonKind = Literal["entry", "handoff", "link"]
BUTTON_KINDS: tuple[ButtonKind, ...] = ("entry", "handoff", "link")
PLACEHOLDER = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")

# Where a locale has no text of its own, the first of these that has one is used.
_FALLBACKS: Mapping[str, tuple[str, ...]] = {
    "zh-TW": ("zh-CN", "en"),
    "zh-CN": ("zh-TW", "en"),
    "en": ("zh-CN",),
}


def fallbacks(locale: str) -> tuple[str, ...]:
    """The locale itself, then those that stand in for it."""
    return (locale, *_FALLBACKS.get(locale, ("en", "zh-CN")))


@dataclass(frozen=True, slots=True)
class Variable:
    """A figure that the exchange sets. `values` are its own, `demo` what a demonstration shows; both by locale,
    "" = every locale. `source` is the stem of the file it stands in."""

    name: str
    demo: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    note: str = ""
    source: str = "common"

    def value(self, locale: str, *, demo: bool) -> str | None:
        """The value for a locale, by its fall-backs; the demo value only if `demo`; None when unset."""
        for values in (self.values, self.demo) if demo else (self.values,):
            for tag in (*fallbacks(locale), ""):
                if values.get(tag):
                    return values[tag]
        return None


@dataclass(frozen=True, slots=True)
class Button:
    """Shown under an answer. `target` is an entry id or a URL template; `labels` by locale, may be empty."""

    kind: ButtonKind
    target: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Localised:
    """An entry in one locale."""

    question: str
    similar: tuple[str, ...]
    answer: str

    @property
    def phrasings(self) -> tuple[str, ...]:
        """The standard question first, then the similar ones."""
        return (self.question, *self.similar)


@dataclass(frozen=True, slots=True)
class Entry:
    """One FAQ entry. Valid from `valid_from` to `valid_until`, both inclusive; None = no bound."""

    id: str
    owner: str
    reviewed: date
    locales: Mapping[str, Localised]
    sensitive: bool = False
    related: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def category(self) -> str:
        return self.id.split(".", 1)[0]

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )

    def localised(self, locale: str) -> tuple[str, Localised] | None:
        """The best locale there is, and the entry in it; None when no fall-back exists."""
        for tag in fallbacks(locale):
            if tag in self.locales:
                return tag, self.locales[tag]
        return None


@dataclass(frozen=True, slots=True)
class Category:
    """A heading of the help centre; `titles` by locale; `greeting`: a quick reply under the bot's greeting."""

    id: str
    titles: Mapping[str, str]
    greeting: bool = False


@dataclass(frozen=True, slots=True)
class Withheld:
    """An entry that may not be shown now, and why."""

    entry_id: str
    locale: str
    code: Literal["variable_unset", "not_valid_today"]
    detail: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything the bot knows. `version` names the content; a store may put its own name there.

    With `demo`, demo values stand in for figures that the exchange has not set.
    """

    entries: Mapping[str, Entry]
    variables: Mapping[str, Variable] = field(default_factory=dict)
    categories: tuple[Category, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    version: str = "unversioned"
    demo: bool = True
    nlu: TrainingData = field(default_factory=TrainingData)
    traditional: Mapping[str, str] = field(default_factory=dict)
    """Overrides of what OpenCC makes of our simplified Chinese (`bot.chinese`)."""

    @property
    def locales(self) -> tuple[str, ...]:
        """Locales that at least one entry has, most complete first."""
        counts: dict[str, int] = {}
        for entry in self.entries.values():
            for tag in entry.locales:
                counts[tag] = counts.get(tag, 0) + 1
        return tuple(sorted(counts, key=lambda tag: (-counts[tag], tag)))

    def fill(self, template: str, locale: str) -> tuple[str, tuple[str, ...]]:
        """The template with its variables' values, and the names of those that have none."""
        if "{{" not in template:
            return template, ()
        unset: list[str] = []

        def value(match: re.Match[str]) -> str:
            found = self._value(match[1], locale)
            if found is None:
                unset.append(match[1])
                return match[0]
            return found

        return PLACEHOLDER.sub(value, template), tuple(unset)

    def _value(self, name: str, locale: str) -> str | None:
        variable = self.variables.get(name)
        return variable.value(locale, demo=self.demo) if variable else None

    def withheld(self, entry: Entry, locale: str, day: date) -> Withheld | None:
        """Why the entry may not be answered in that locale on that day; None = it may."""
        if not entry.valid_on(day):
            return Withheld(entry.id, locale, "not_valid_today", f"{entry.valid_from} to {entry.valid_until}")
        asked = {name for text in _shown(entry, locale) for name in _placeholders(text)}
        names = sorted(name for name in asked if self._value(name, locale) is None)
        if names:
            return Withheld(entry.id, locale, "variable_unset", ", ".join(names))
        return None

    def answerable(self, locale: str, day: date) -> Iterator[Entry]:
        """Entries written in exactly that locale that may be answered on that day."""
        for entry in self.entries.values():
            if locale in entry.locales and self.withheld(entry, locale, day) is None:
                yield entry

    def text(self, name: str, locale: str) -> str | None:
        """A fixed text by name, by the locale's fall-backs, variables filled; None when there is none."""
        by_locale = self.texts.get(name, {})
        for tag in fallbacks(locale):
            if tag in by_locale:
                return self.fill(by_locale[tag], tag)[0]
        return None


@lru_cache(maxsize=1 << 16)
def _placeholders(template: str) -> tuple[str, ...]:
    return tuple(PLACEHOLDER.findall(template))


def _shown(entry: Entry, locale: str) -> Sequence[str]:
    own = entry.locales[locale]
    return (own.question, own.answer, *(button.target for button in entry.buttons if button.kind == "link"))
