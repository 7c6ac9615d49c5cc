"""One locale of a corpus, laid out for ranking: signals of how near a text is to each entry.

| signal | what is compared with the text |
|---|---|
| phrasing | the nearest phrasing of the entry in this locale (centred cosine) |
| centroid | the middle of its phrasings in all locales |
| cross | its nearest phrasing in the other locales: the encoders are multilingual, and other words help |
| answer | the nearest of: its standard question and answer read as one passage, and pieces of a long answer |
| words | BM25 over character n-grams of all of it |

The first four by each encoder: what e5 sees, and (`use_…`) what USE sees. e5 cosines of unrelated texts sit between
.8 and .95, so a mean is subtracted from every vector and the rest normalised again before anything is compared. The
score is the weighted sum; the weights are those of a listwise softmax fitted on the held-out paraphrases
(`benchmarks/bot/signals.py`), so score differences are log odds. A corpus of hardly more than standard questions and
answers has weights of its own: there the answers tell more.
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
_PHRASING, _CENTROID, _CROSS, _ANSWER = range(len(VIEWS))
SIGNALS = (*VIEWS, *(f"use_{name}" for name in VIEWS), "words")
WEIGHTS = np.array([6.86, 6.55, 3.39, 0.0, 4.34, 3.18, 1.95, 0.3, 21.16], np.float32)
BARE_WEIGHTS = np.array([1.48, 1.35, 5.53, 9.45, 0.0, 0.4, 6.09, 5.26, 12.87], np.float32)
# Phrasings an entry, on average, from which on a corpus is no longer bare.
_WORDED = 3
_NEIGHBOURS = 5
# Vectors that a processor's cache holds.
_AT_ONCE = 512
# Entries of which every signal is read.
_CHOSEN = 16
# What a trainer wrote under an entry is that entry, whatever the signals say.
_WORD_FOR_WORD = 20.0


def centre(vectors: Array, mean: Array) -> Array:
    """Vectors minus the mean, normalised again; a vector equal to the mean stays zero."""
    return centred(vectors.copy(), mean)


def centred(vectors: Array, mean: Array) -> Array:
    """`centre` in place: a corpus's vectors are half a gigabyte, and are gone through once, some at a time."""
    for start in range(0, len(vectors), _AT_ONCE):
        some = vectors[start : start + _AT_ONCE]
        some -= mean
        some /= np.maximum(np.sqrt(np.einsum("ij,ij->i", some, some)), 1e-9)[:, None]
    return vectors


@dataclass(frozen=True)
class Rows:
    """Vectors grouped by entry: `owners[i]` is the entry of row i, ascending. Float32: to turn
    half-precision rows into what can be multiplied takes longer than to multiply them."""

    owners: Places
    vectors: Array

    @cached_property
    def groups(self) -> tuple[Places, Places]:
        """The entries that have rows, and where their rows begin."""
        present, starts = np.unique(self.owners, return_index=True)
        return present, starts

    def among(self, chosen: Places, query: Array) -> tuple[Places, Array, Array]:
        """Of the chosen entries' rows: their places, their cosines with one query, and per entry the largest (0 for an
        entry without rows). Reads those rows and no others: all of them do not fit into a processor's cache."""
        begins = np.searchsorted(self.owners, chosen)
        counts = np.searchsorted(self.owners, chosen, side="right") - begins
        ends = np.cumsum(counts)
        places = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(begins - (ends - counts), counts)
        cosines = self.vectors[places] @ query
        most = np.zeros(len(chosen), np.float32)
        if len(places):
            filled = counts > 0
            most[filled] = np.maximum.reduceat(cosines, (ends - counts)[filled])
        return places, cosines, most

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

    @property
    def weights(self) -> Array:
        return WEIGHTS if len(self.phrasings) >= _WORDED * len(self.entry_ids) else BARE_WEIGHTS

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
        """Rankings of texts with their raw vectors; `hidden` leaves one entry out per text (to fit the gate).

        Middles, answers and words choose some entries out of all; every signal is then read of those.
        """
        centred = [centre(block, wing.mean) for block, wing in zip(vectors, self.wings, strict=True)]
        entries = len(self.entry_ids)
        first = np.zeros((len(texts), entries, len(SIGNALS)), np.float32)
        first[:, :, -1], unknown = self.words.score(texts)
        for number, (wing, queries) in enumerate(zip(self.wings, centred, strict=True)):
            first[:, :, number * len(VIEWS) + _CENTROID] = queries @ wing.centroids.T
            answers = queries @ wing.answers.vectors.T
            first[:, :, number * len(VIEWS) + _ANSWER] = wing.answers.nearest(answers, entries)
        rankings = []
        for place, text in enumerate(texts):
            exact = list(self.wordings.get(wording(text), ()))
            promise = first[place] @ self.weights
            promise[exact] += _WORD_FOR_WORD
            if hidden and hidden[place] in self.entry_ids:
                promise[self.entry_ids.index(hidden[place] or "")] = -np.inf
            chosen = largest(promise, max(_CHOSEN, k))
            chosen = np.sort(chosen[np.isfinite(promise[chosen])])
            facts = {"unknown": float(unknown[place]), "length": float(np.log1p(len(text)))}
            own = [block[place] for block in centred]
            ranking = self._one(chosen, first[place, chosen], own, np.isin(chosen, exact), facts, k)
            rankings.append(replace(ranking, vector=centred[0][place]))
        return rankings

    def _one(
        self,
        chosen: Places,
        signals: Array,
        queries: Sequence[Array],
        exact: NDArray[np.bool_],
        facts: Mapping[str, float],
        k: int,
    ) -> Ranking:
        """One text's ranking. `signals` (chosen x SIGNALS) hold middles, answers and words; the rest is read here."""
        if not len(chosen):
            return Ranking((), facts)
        seen: list[tuple[Places, Array]] = []
        for number, (wing, query) in enumerate(zip(self.wings, queries, strict=True)):
            rows, near, signals[:, number * len(VIEWS) + _PHRASING] = wing.rows.among(chosen, query)
            signals[:, number * len(VIEWS) + _CROSS] = wing.others.among(chosen, query)[2]
            seen.append((rows, near))
        scores: Array = (signals @ self.weights + exact * np.float32(_WORD_FOR_WORD)).astype(np.float32)
        order = largest(scores, max(k, _NEIGHBOURS))
        top = int(order[0])
        odds = np.exp(scores[order] - scores[top])
        features = dict(facts)
        best = np.partition(signals, -2, axis=0)[-2:] if len(signals) > 1 else np.vstack([0 * signals, signals])
        for number, name in enumerate(SIGNALS):
            own = float(signals[top, number])
            # The best of the others is the second when this one is the first.
            rest = float(best[0, number] if own >= best[1, number] else best[1, number])
            features[name], features[f"{name}_margin"] = own, own - rest
        features["share"] = float(odds[0] / odds[:_NEIGHBOURS].sum())
        features["margin"] = float(min(scores[top] - scores[order[1]], 20.0)) if len(order) > 1 else 20.0
        features["agreement"] = float((signals.argmax(axis=0) == top).mean())
        rows, near = seen[0]
        owners = self.wings[0].rows.owners[rows]
        features["neighbours"] = float((owners[largest(near, _NEIGHBOURS)] == chosen[top]).mean())
        candidates = []
        for place, share in zip(order[:k], odds[:k], strict=True):
            entry = int(chosen[place])
            begin, end = np.searchsorted(owners, [entry, entry + 1])
            phrasing = self.phrasings[int(rows[begin + np.argmax(near[begin:end])])]
            parts = {name: float(signals[place, number]) for number, name in enumerate(SIGNALS)}
            candidates.append(Candidate(self.entry_ids[entry], float(scores[place]), phrasing, float(share), parts))
        return Ranking(tuple(candidates), features)


def largest(values: Array, count: int) -> Places:
    """Places of the largest values, largest first."""
    count = min(count, len(values))
    some: Places = np.argpartition(-values, count - 1)[:count]
    return some[np.argsort(-values[some], kind="stable")]
