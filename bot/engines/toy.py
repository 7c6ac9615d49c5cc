"""A tiny exact engine for tests and for the self-test's broken servers: overlap of tokens, no model.

Tokens are latin words and single CJK characters. A phrasing's score is the F1 of its tokens against the text's: 1.0
for the same words, 0.0 for none in common.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.corpus import Corpus
from bot.engines.port import Candidate, EngineFailed, Query, Ranking, Thresholds

_TOKEN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]", re.IGNORECASE)


def tokens(text: str) -> frozenset[str]:
    """The set of lower-case latin words and single other letters."""
    return frozenset(_TOKEN.findall(text.casefold()))


def overlap(left: frozenset[str], right: frozenset[str]) -> float:
    """F1 of two token sets."""
    shared = len(left & right)
    return 2 * shared / (len(left) + len(right)) if shared else 0.0


@dataclass(frozen=True, slots=True)
class ToySettings:
    """How the toy misbehaves. `fail_after` rankings it raises EngineFailed for ever; None = never."""

    delay_ms: float = 0.0
    fail_after: int | None = None


class ToyEngine:
    """Deterministic token overlap."""

    name = "toy"
    warning: str | None = None

    def __init__(self, settings: ToySettings | None = None) -> None:
        self._settings = settings or ToySettings()
        self._asked = 0

    def index(self, corpus: Corpus, day: date) -> "ToyIndex":
        rows = {
            locale: tuple(
                (entry.id, phrasing, tokens(phrasing))
                for entry in corpus.answerable(locale, day)
                for phrasing in entry.locales[locale].phrasings
            )
            for locale in corpus.locales
        }
        return ToyIndex(corpus.version, rows, self)

    def misbehave(self, queries: int) -> None:
        """Waits and fails as the settings say."""
        if self._settings.delay_ms:
            time.sleep(self._settings.delay_ms / 1000)
        self._asked += queries
        if self._settings.fail_after is not None and self._asked > self._settings.fail_after:
            raise EngineFailed("the toy engine was told to fail")


class ToyIndex:
    """Rows of (entry id, phrasing, tokens) per locale."""

    def __init__(
        self, version: str, rows: dict[str, tuple[tuple[str, str, frozenset[str]], ...]], engine: ToyEngine
    ) -> None:
        self.version = version
        self.rows = rows
        self._engine = engine

    @property
    def locales(self) -> tuple[str, ...]:
        return tuple(self.rows)

    def rank(self, queries: Sequence[Query], k: int) -> list[Ranking]:
        self._engine.misbehave(len(queries))
        return [self._one(query, k) for query in queries]

    def _one(self, query: Query, k: int) -> Ranking:
        asked = tokens(query.text)
        best: dict[str, Candidate] = {}
        for entry_id, phrasing, words in self.rows.get(query.locale, ()):
            score = overlap(asked, words)
            if score > 0 and (entry_id not in best or score > best[entry_id].score):
                best[entry_id] = Candidate(entry_id, score, phrasing, score)
        order = sorted(best.values(), key=lambda found: (-found.score, found.entry_id))[:k]
        top = order[0].score if order else 0.0
        ranked = tuple(replace(found, share=(found.score / top) ** 4) for found in order)
        second = ranked[1].score if len(ranked) > 1 else 0.0
        return Ranking(ranked, {"top": top, "margin": top - second})


class ToyGate:
    """The score stands for the probability, less when a second entry scores nearly the same."""

    def probability(self, query: Query, ranking: Ranking) -> float:
        top, margin = ranking.features.get("top", 0.0), ranking.features.get("margin", 0.0)
        return top if margin >= 0.05 else min(top, 0.6)

    def of_subject(self, ranking: Ranking) -> bool:
        return False

    def thresholds(self, locale: str) -> Thresholds | None:
        return Thresholds(answer_at=0.7, clarify_at=0.45)
