"""The exam that a gate is fitted on: texts of the repository with their right entries, ranked.

| rows | share of the assumed mix |
|---|---|
| phrasings as they stand: the commonest wordings, which many customers type | .10 |
| `eval/paraphrases*`, written without sight of the entry's phrasings | .31 |
| these once more with their own entry hidden: the answer is missing, a near one is there | .05 |
| `eval/customers`, in the shapes of real texts, without sight of the FAQ: two readers found an answer | .15 |
| of these, what neither found an answer for, one in five | .07 |
| `eval/unanswered`: of our subject, but no entry is right | .20 |
| `eval/out_of_scope`: about something else | .12 |
| `eval/customers_later`: as customers', by writers later than all that the corpus was written from | none |

So .44 of the questions are assumed to have no answer. The last kind is for validation, nothing is fitted on it: what is
held out of `eval/customers` is answered better than new writers' texts, since entries and wordings were written for it.
A customer's text for which one reader alone found an answer is left out, but for the last kind.
"""

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.corpus import Corpus
from bot.decision import plausible
from bot.engines.embedded import EmbeddedEngine, EmbeddedIndex
from bot.engines.port import Query, Ranking
from bot.gate.risk import Held

Array = NDArray[np.float64]
SHARES = {
    "known": 0.1,
    "paraphrase": 0.31,
    "hidden": 0.05,
    "customer": 0.15,
    "customer unanswered": 0.07,
    "unanswered": 0.2,
    "given": 0.12,
    "later": 0.0,
    "later unanswered": 0.0,
}
ANSWERABLE = ("known", "paraphrase", "similar", "customer", "later")
LATER = ("later", "later unanswered")
FOLDS = 5
# One phrasing of so many is asked: each is found, and they weigh little.
_KNOWN = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One text of the exam. `entry` is the right one, None when there is none; `also`: others that two readers call
    right, or of a customer's text that either reader does; `crypto`: of our subject at all."""

    query: Query
    entry: str | None
    crypto: bool
    kind: str
    also: tuple[str, ...] = ()

    def is_right(self, entry: str | None) -> bool:
        return entry is not None and (entry == self.entry or entry in self.also)


@dataclass(frozen=True, slots=True)
class Exam:
    """Ranked rows. `group` is the fold, the same for all rows of an entry."""

    rows: tuple[Row, ...]
    rankings: tuple[Ranking, ...]
    group: NDArray[np.intp]
    shares: Mapping[str, float] = field(default_factory=lambda: SHARES)

    @property
    def answerable(self) -> NDArray[np.bool_]:
        return np.array([row.kind in ANSWERABLE for row in self.rows])

    @property
    def later(self) -> NDArray[np.bool_]:
        """Rows that nothing is fitted on."""
        return np.array([row.kind in LATER for row in self.rows])

    @property
    def right(self) -> NDArray[np.bool_]:
        pairs = zip(self.rows, self.rankings, self.answerable, strict=True)
        return np.array([known and row.is_right(top(ranking)) for row, ranking, known in pairs])

    @property
    def offered(self) -> NDArray[np.bool_]:
        pairs = zip(self.rows, self.rankings, self.answerable, strict=True)
        return np.array(
            [known and any(map(row.is_right, plausible(ranking.candidates))) for row, ranking, known in pairs]
        )

    @property
    def weights(self) -> Array:
        """Each kind of rows has its share of the mix."""
        counts = Counter(row.kind for row in self.rows)
        return np.array([self.shares[row.kind] / counts[row.kind] for row in self.rows])

    def held(self, probability: Array) -> Held:
        """The rows with these probabilities."""
        return Held(probability, self.right, self.offered, self.answerable, self.weights)


def top(ranking: Ranking) -> str | None:
    """The first candidate's entry."""
    return ranking.candidates[0].entry_id if ranking.candidates else None


def read_exam(folder: Path, entries: Sequence[str], locales: Sequence[str]) -> list[Row]:
    """The rows of an `eval` folder whose entry and locale exist."""
    rows = []
    also = {(line["text"], line["entry"]): tuple(line["also"]) for line in _lines(folder / "also_right.jsonl")}
    for path in sorted(folder.glob("paraphrases*.jsonl")):
        for line in _lines(path):
            if line["entry"] in entries:
                known = also.get((line["text"], line["entry"]), ())
                rows.append(Row(Query(line["text"], line["locale"]), line["entry"], True, "paraphrase", known))
    for name, crypto, kind in (("out_of_scope", False, "given"), ("unanswered", True, "unanswered")):
        for line in _lines(folder / f"{name}.jsonl"):
            rows.append(Row(Query(line["text"], line["locale"]), None, crypto, kind))
    for name, kind in (("customers", "customer"), ("customers_later", "later")):
        for line in _lines(folder / f"{name}.jsonl"):
            query = Query(line["text"], line["locale"])
            found = [entry for entry in dict.fromkeys([*line["a"], *line["b"]]) if entry in entries]
            # Where readers disagree nothing is learned, but an answer that neither accepts is wrong.
            if found and (kind == "later" or (line["a"] and line["b"])):
                rows.append(Row(query, found[0], True, kind, tuple(found[1:])))
            elif not line["a"] and not line["b"]:
                rows.append(Row(query, None, True, f"{kind} unanswered"))
    return [row for row in rows if row.query.locale in locales]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def sit_exam(engine: EmbeddedEngine, corpus: Corpus, rows: Sequence[Row], day: date) -> tuple[Exam, Exam]:
    """The given rows and some phrasings, ranked by the leading encoder alone and by all of them; paraphrases a second
    time with their own entry hidden."""
    whole = engine.index(corpus, day)
    known = [
        Row(Query(text, locale), entry.id, True, "known")
        for entry in corpus.entries.values()
        for locale, own in entry.locales.items()
        for text in own.phrasings
        if zlib.crc32(text.encode()) % _KNOWN == 0
    ]
    taken = [*with_hidden(rows), *known]
    both = ranked(whole, taken)
    group = np.array([fold_of(row.entry or row.query.text) for row in taken])
    # In a corpus in which all encoders read everything, that is the quick ranking as well.
    quick = tuple(ranking if alone is None else alone for alone, ranking in both)
    return Exam(tuple(taken), quick, group), Exam(tuple(taken), tuple(ranking for _, ranking in both), group)


def fold_of(name: str) -> int:
    return zlib.crc32(name.encode()) % FOLDS


def with_hidden(rows: Sequence[Row]) -> list[Row]:
    """The rows, and those with an entry once more to be asked without it. A customer's text may have several right
    entries: to hide one proves nothing."""
    known = [row for row in rows if row.entry is not None and row.kind not in ("customer", *LATER)]
    return [*rows, *(replace(row, kind="hidden") for row in known)]


def ranked(index: EmbeddedIndex, rows: Sequence[Row]) -> list[tuple[Ranking | None, Ranking]]:
    """See `EmbeddedIndex.rank_twice`."""
    hidden = [row.entry if row.kind == "hidden" else None for row in rows]
    return index.rank_twice([row.query for row in rows], 5, hidden)
