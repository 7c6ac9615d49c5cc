"""One locale of a corpus, laid out for ranking: five signals of how near a text is to each entry.

| signal | what is compared with the text |
|---|---|
| phrasing | the nearest phrasing of the entry in this locale (centred cosine) |
| centroid | the middle of its phrasings |
| cross | its nearest phrasing in the other locales: e5 is multilingual, and other words help |
| answer | its standard question and answer, read as one passage |
| words | BM25 over character n-grams of all of it |

e5 cosines of unrelated texts sit between .8 and .95, so a mean is subtracted from every vector and the rest
normalised again before anything is compared. The score is the weighted sum; the weights are those of a listwise
softmax fitted on the held-out paraphrases (`benchmarks/bot/signals.py`), so score differences are log odds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.engines.lexical import WordIndex
from bot.engines.port import Candidate, Ranking

Array = NDArray[np.float32]
Places = NDArray[np.intp]
SIGNALS = ("phrasing", "centroid", "cross", "answer", "words")
WEIGHTS = np.array([2.94, 4.14, 8.29, 9.41, 23.6], np.float32)
_NEIGHBOURS = 5


def centre(vectors: Array, mean: Array) -> Array:
    """Vectors minus the mean, normalised again; a vector equal to the mean stays zero."""
    moved = vectors - mean
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    result: Array = (moved / np.maximum(lengths, 1e-9)).astype(np.float32)
    return result


@dataclass(frozen=True, slots=True)
class Rows:
    """Vectors grouped by entry: `owners[i]` is the entry of row i, ascending."""

    owners: Places
    vectors: Array

    def nearest(self, similarities: Array, entries: int) -> Array:
        """The largest similarity per entry (queries x entries); 0 for an entry without rows."""
        found = np.zeros((len(similarities), entries), np.float32)
        if len(self.owners):
            present, starts = np.unique(self.owners, return_index=True)
            found[:, present] = np.maximum.reduceat(similarities, starts, axis=1)
        return found


@dataclass(frozen=True, slots=True)
class Shelf:
    """Entries of one locale with everything their signals need."""

    entry_ids: tuple[str, ...]
    phrasings: tuple[str, ...]
    mean: Array
    rows: Rows
    centroids: Array
    others: Rows
    answers: Array
    words: WordIndex

    def rank(
        self, texts: Sequence[str], vectors: Array, k: int, hidden: Sequence[str | None] | None = None
    ) -> list[Ranking]:
        """Rankings of texts with their raw vectors; `hidden` leaves one entry out per text (to fit the gate)."""
        entries = len(self.entry_ids)
        queries = centre(vectors, self.mean)
        near = queries @ self.rows.vectors.T
        words, unknown = self.words.score(texts)
        signals = np.stack(
            [
                self.rows.nearest(near, entries),
                queries @ self.centroids.T,
                self.others.nearest(queries @ self.others.vectors.T, entries),
                queries @ self.answers.T,
                words,
            ],
            axis=2,
        )
        scores = signals @ WEIGHTS
        rankings = []
        for place, text in enumerate(texts):
            left_out = hidden[place] if hidden else None
            if left_out in self.entry_ids:
                gone = self.entry_ids.index(left_out)
                scores[place, gone] = -np.inf
                signals[place, gone] = -1.0
                near[place, self.rows.owners == gone] = -1.0
            facts = {"unknown": float(unknown[place]), "length": float(np.log1p(len(text)))}
            ranking = self._one(near[place], signals[place], scores[place], facts, k)
            rankings.append(replace(ranking, vector=queries[place]))
        return rankings

    def _one(self, near: Array, signals: Array, scores: Array, facts: Mapping[str, float], k: int) -> Ranking:
        order = largest(scores, max(k, _NEIGHBOURS))
        order = order[np.isfinite(scores[order])]
        if not len(order):
            return Ranking((), facts)
        top = int(order[0])
        odds = np.exp(scores[order] - scores[top])
        features = dict(facts)
        for number, name in enumerate(SIGNALS):
            rest = np.delete(signals[:, number], top)
            features[name] = float(signals[top, number])
            features[f"{name}_margin"] = float(signals[top, number] - (rest.max() if len(rest) else 0.0))
        features["share"] = float(odds[0] / odds[:_NEIGHBOURS].sum())
        features["margin"] = float(min(scores[top] - scores[order[1]], 20.0)) if len(order) > 1 else 20.0
        features["agreement"] = float((signals.argmax(axis=0) == top).mean())
        features["neighbours"] = float((self.rows.owners[largest(near, _NEIGHBOURS)] == top).mean())
        candidates = []
        for entry, share in zip(order[:k], odds[:k], strict=True):
            begin, end = np.searchsorted(self.rows.owners, [entry, entry + 1])
            best = int(begin + np.argmax(near[begin:end]))
            parts = {name: float(signals[entry, number]) for number, name in enumerate(SIGNALS)}
            identity, score = self.entry_ids[entry], float(scores[entry])
            candidates.append(Candidate(identity, score, self.phrasings[best], float(share), parts))
        return Ranking(tuple(candidates), features)


def largest(values: Array, count: int) -> Places:
    """Places of the largest values, largest first."""
    count = min(count, len(values))
    some: Places = np.argpartition(-values, count - 1)[:count]
    return some[np.argsort(-values[some], kind="stable")]
