"""One locale of a corpus, laid out for ranking: signals of how near a text is to each entry.

| signal | what is compared with the text |
|---|---|
| phrasing | the nearest phrasing of the entry in this locale (centred cosine) |
| centroid | the middle of its phrasings |
| cross | its nearest phrasing in the other locales: the encoders are multilingual, and other words help |
| answer | the nearest of: its standard question and answer read as one passage, and pieces of a long answer |
| words | BM25 over character n-grams of all of it |

The first four by each encoder: what e5 sees, and (`use_…`) what USE sees. e5 cosines of unrelated texts sit between
.8 and .95, so a mean is subtracted from every vector and the rest normalised again before anything is compared. The
score is the weighted sum; the weights are those of a listwise softmax fitted on the held-out paraphrases
(`benchmarks/bot/signals.py`), so score differences are log odds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.engines.lexical import WordIndex
from bot.engines.port import Candidate, Ranking
from bot.engines.vectors import wording

Array = NDArray[np.float32]
Places = NDArray[np.intp]
VIEWS = ("phrasing", "centroid", "cross", "answer")
SIGNALS = (*VIEWS, *(f"use_{name}" for name in VIEWS), "words")
WEIGHTS = np.array([1.48, 1.35, 5.53, 9.45, 0.0, 0.4, 6.09, 5.26, 12.87], np.float32)
_NEIGHBOURS = 5
# What a trainer wrote under an entry is that entry, whatever the signals say.
_WORD_FOR_WORD = 20.0


def centre(vectors: Array, mean: Array) -> Array:
    """Vectors minus the mean, normalised again; a vector equal to the mean stays zero."""
    moved = vectors - mean
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    result: Array = (moved / np.maximum(lengths, 1e-9)).astype(np.float32)
    return result


@dataclass(frozen=True)
class Rows:
    """Vectors grouped by entry: `owners[i]` is the entry of row i, ascending."""

    owners: Places
    vectors: Array

    @cached_property
    def groups(self) -> tuple[Places, Places]:
        """The entries that have rows, and where their rows begin."""
        present, starts = np.unique(self.owners, return_index=True)
        return present, starts

    def nearest(self, similarities: Array, entries: int) -> Array:
        """The largest similarity per entry (queries x entries); 0 for an entry without rows."""
        found = np.zeros((len(similarities), entries), np.float32)
        if len(self.owners):
            present, starts = self.groups
            found[:, present] = np.maximum.reduceat(similarities, starts, axis=1)
        return found


@dataclass(frozen=True, slots=True)
class Wing:
    """The entries' vectors by one encoder; all but `mean` are centred."""

    mean: Array
    rows: Rows
    centroids: Array
    others: Rows
    answers: Rows

    def signals(self, queries: Array, near: Array) -> tuple[Array, Array, Array, Array]:
        """`VIEWS` of centred queries, each (queries x entries); `near`: their cosines with the rows."""
        entries = len(self.centroids)
        return (
            self.rows.nearest(near, entries),
            queries @ self.centroids.T,
            self.others.nearest(queries @ self.others.vectors.T, entries),
            self.answers.nearest(queries @ self.answers.vectors.T, entries),
        )


@dataclass(frozen=True, slots=True)
class Shelf:
    """Entries of one locale with everything their signals need: a wing per encoder, the leading one first;
    `wordings` are the places of the entries that have a phrasing word for word (`wording`)."""

    entry_ids: tuple[str, ...]
    phrasings: tuple[str, ...]
    wings: tuple[Wing, ...]
    words: WordIndex
    wordings: Mapping[str, tuple[int, ...]]

    def signals(self, texts: Sequence[str], vectors: Sequence[Array]) -> tuple[Array, Array, Array, Array]:
        """Signals (texts x entries x SIGNALS), the leading encoder's cosines with the phrasings, its centred vectors,
        and per text the share of unknown n-grams. `vectors`: the texts' raw ones by each encoder."""
        centred = [centre(block, wing.mean) for block, wing in zip(vectors, self.wings, strict=True)]
        near = [block @ wing.rows.vectors.T for block, wing in zip(centred, self.wings, strict=True)]
        found = np.zeros((len(texts), len(self.entry_ids), len(SIGNALS)), np.float32)
        for number, wing in enumerate(self.wings):
            for place, view in enumerate(wing.signals(centred[number], near[number])):
                found[:, :, number * len(VIEWS) + place] = view
        found[:, :, -1], unknown = self.words.score(texts)
        return found, near[0], centred[0], unknown

    def rank(
        self, texts: Sequence[str], vectors: Sequence[Array], k: int, hidden: Sequence[str | None] | None = None
    ) -> list[Ranking]:
        """Rankings of texts with their raw vectors; `hidden` leaves one entry out per text (to fit the gate)."""
        signals, near, queries, unknown = self.signals(texts, vectors)
        scores = signals @ WEIGHTS
        for place, text in enumerate(texts):
            scores[place, list(self.wordings.get(wording(text), ()))] += _WORD_FOR_WORD
        owners = self.wings[0].rows.owners
        rankings = []
        for place, text in enumerate(texts):
            left_out = hidden[place] if hidden else None
            if left_out in self.entry_ids:
                gone = self.entry_ids.index(left_out)
                scores[place, gone] = -np.inf
                signals[place, gone] = -1.0
                near[place, owners == gone] = -1.0
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
        owners = self.wings[0].rows.owners
        features["neighbours"] = float((owners[largest(near, _NEIGHBOURS)] == top).mean())
        candidates = []
        for entry, share in zip(order[:k], odds[:k], strict=True):
            begin, end = np.searchsorted(owners, [entry, entry + 1])
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
