"""Type-ahead and the table of contents: what can be offered without ranking."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bot.corpus import Category, Corpus, fallbacks
from bot.corpus.checks import key
from bot.verdicts import CategoryTitle, Choice

_BETWEEN = re.compile(r"\s*(?:与|和|、|/|&|\band\b)\s*")


@dataclass(frozen=True, slots=True)
class _Row:
    """`every`: all keys in one string, which a search reads at once."""

    entry_id: str
    title: str
    keys: tuple[str, ...]
    every: str


# Every publication asks for them; a corpus of 10,000 entries has as many.
@lru_cache(maxsize=1 << 15)
def _keys(phrasings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(key, phrasings))


class Suggestions:
    """Answerable entries per locale, prepared once per published corpus."""

    def __init__(self, corpus: Corpus, day: date) -> None:
        self._corpus = corpus
        self._rows = {
            locale: tuple(
                _Row(entry.id, corpus.fill(own.question, locale)[0], keys, "\n".join(keys))
                for entry in corpus.answerable(locale, day)
                for own in (entry.locales[locale],)
                for keys in (_keys(own.phrasings),)
            )
            for locale in corpus.locales
        }

        self._names = {
            tag: {
                key(name): category.id
                for category in reversed(corpus.categories)
                for name in _names(next((category.titles[t] for t in fallbacks(tag) if t in category.titles), ""))
            }
            for tag in self._rows
        }

    def _locale(self, locale: str) -> str:
        return next((tag for tag in fallbacks(locale) if self._rows.get(tag)), locale)

    def find(self, prefix: str, locale: str, n: int) -> list[Choice]:
        """Entries of which a phrasing starts with the text, then those of which one contains it; at most `n`."""
        typed = key(prefix)
        if not typed:
            return []
        ranked: list[tuple[int, int, Choice]] = []
        for place, row in enumerate(self._rows.get(self._locale(locale), ())):
            if typed not in row.every:
                continue
            rank = min(_rank(typed, text, first) for first, text in _numbered(row.keys))
            ranked.append((rank, place, Choice(row.entry_id, row.title)))
        return [choice for _, _, choice in sorted(ranked, key=lambda found: found[:2])[:n]]

    def categories(self, locale: str) -> list[CategoryTitle]:
        """Declared categories first, in their order, then others that have entries."""
        tag = self._locale(locale)
        present = dict.fromkeys(row.entry_id.split(".", 1)[0] for row in self._rows.get(tag, ()))
        declared = {category.id: category for category in self._corpus.categories}
        order = [name for name in declared if name in present] + [name for name in present if name not in declared]
        return [_title(name, declared.get(name), tag) for name in order]

    def named(self, text: str, locale: str) -> str | None:
        """The category whose heading, or one of the things it names, is all that was written: 充值, C2C, password."""
        return self._names.get(self._locale(locale), {}).get(key(text))

    def category_entries(self, category: str, locale: str) -> list[Choice]:
        rows = self._rows.get(self._locale(locale), ())
        return [Choice(row.entry_id, row.title) for row in rows if row.entry_id.split(".", 1)[0] == category]


def _names(title: str) -> list[str]:
    """A heading and what it names: "Fiat and C2C" is "Fiat", too; one of several is meant by the singular."""
    parts = [title, *_BETWEEN.split(title)]
    short = [part.removesuffix("交易").removesuffix(" trading") for part in parts]
    return [name for name in dict.fromkeys((*parts, *short, *(part.removesuffix("s") for part in short))) if name]


def _numbered(keys: tuple[str, ...]) -> list[tuple[bool, str]]:
    return [(place == 0, text) for place, text in enumerate(keys)]


def _rank(typed: str, text: str, standard: bool) -> int:
    if text.startswith(typed):
        return 0 if standard else 1
    if typed in text:
        return 2 if standard else 3
    return 4


def _title(name: str, category: Category | None, locale: str) -> CategoryTitle:
    if category is None:
        return CategoryTitle(name, name.replace("_", " ").capitalize())
    title = next((category.titles[tag] for tag in fallbacks(locale) if tag in category.titles), name)
    return CategoryTitle(name, title, category.greeting)


def headings_of(corpus: Corpus) -> tuple[str, ...]:
    """By what names the corpus calls its categories, in all languages."""
    return tuple(title for category in corpus.categories for title in category.titles.values())
