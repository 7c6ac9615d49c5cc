"""One locale of a corpus, laid out for ranking: signals of how near a text is to each entry.

| signal | what is compared with the text |
|---|---|
| phrasing | the nearest phrasing of the entry in this locale (centred cosine) |
| centroid | the middle of its phrasings in all locales |
| cross | its nearest phrasing in the other locales: the encoders are multilingual, and other words help |
| answer | the nearest of: its standard question and answer read as one passage, and pieces of a long answer |
| words | character n-grams of all of it (`bot.engines.lexical`) |

The first four by each encoder: (`use_…`) what USE sees, and what e5 sees. e5 cosines of unrelated texts sit between
.8 and .95, so a mean is subtracted from every vector and the rest normalised again before anything is compared. The
score is the weighted sum; the weights are those of a listwise softmax fitted on the held-out paraphrases
(`benchmarks/bot/signals.py`), so score differences are log odds. Words weigh less than fitted where wordings are many:
the paraphrases' authors choose words as the wordings' do, customers do not (`benchmarks/bot/gold.py`). A corpus with
few wordings, and one of hardly more than standard questions and answers, have weights of their own: there names, and
answers, tell more.

A cascade: the leading encoder is the cheap one, and what it is `SURE` of in a corpus with many wordings is not read by
the other one, which would hardly ever change it. The other one reads the chosen entries only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.engines.layout import Rows, centre
from bot.engines.lexical import Said, WordIndex, likeness
from bot.engines.port import Candidate, Ranking
from bot.engines.vectors import wording

Array = NDArray[np.float32]
Places = NDArray[np.intp]
OtherVectors = Callable[[Places], Sequence[Array]]
"""The other encoders' raw vectors of the texts at some places."""
VIEWS = ("phrasing", "centroid", "cross", "answer")
_PHRASING, _CENTROID, _CROSS, _ANSWER = range(len(VIEWS))
SIGNALS = (*(f"use_{name}" for name in VIEWS), *VIEWS, "words")
WEIGHTS = np.array([4.51, 2.99, 2.13, 0.55, 7.79, 6.57, 4.84, 0.0, 3.0], np.float32)
# Of the leading encoder and words alone.
LEADING_WEIGHTS = np.array([6.94, 5.23, 4.04, 0.0, 0.0, 0.0, 0.0, 0.0, 4.0], np.float32)
FEW_WEIGHTS = np.array([4.51, 2.99, 2.13, 0.55, 7.79, 6.57, 4.84, 0.0, 21.27], np.float32)
BARE_WEIGHTS = np.array([0.0, 0.4, 6.09, 5.26, 1.48, 1.35, 5.53, 9.45, 12.87], np.float32)
# The share of the first among five from which on both encoders together name the same entry in 999 of 1,000 paraphrases
# (`benchmarks/bot/signals.py`), and in every one of 500 questions of customers (`benchmarks/bot/gold.py`).
SURE = 0.95
# Phrasings an entry, on average, from which on a corpus is no longer bare, and from which on it has many.
_FEW, _MANY = 3, 12
_NEIGHBOURS = 5
# Entries of which every signal is read.
_CHOSEN = 10
# What a trainer wrote under an entry is that entry, whatever the signals say.
_WORD_FOR_WORD = 20.0


def is_worded(phrasings: int, entries: int) -> bool:
    """Whether that are many phrasings for so many entries."""
    return phrasings >= _MANY * entries


@dataclass(frozen=True, slots=True)
class Wing:
    """The entries' vectors by one encoder; all but `mean` are centred. `others`: those in each other locale."""

    mean: Array
    rows: Rows
    centroids: Array
    others: tuple[Rows, ...]
    answers: Rows

    def signals(self, queries: Array) -> tuple[Array, Array, Array, Array]:
        """`VIEWS` of centred queries, each (queries x entries)."""
        cross = [rows.nearest(queries) for rows in self.others]
        return (
            self.rows.nearest(queries),
            queries @ self.centroids.T,
            _most(cross, (len(queries), len(self.centroids))),
            self.answers.nearest(queries),
        )


def _most(found: Sequence[Array], shape: tuple[int, ...]) -> Array:
    """The largest of several; where there are none, nothing is near."""
    return np.max(found, axis=0) if found else np.zeros(shape, np.float32)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Entries of one locale with everything their signals need: a wing per encoder, the leading one first;
    `wordings` are the places of the entries that have a phrasing word for word (`wording`)."""

    entry_ids: tuple[str, ...]
    phrasings: tuple[str, ...]
    wings: tuple[Wing, ...]
    words: WordIndex
    wordings: Mapping[str, tuple[int, ...]]
    cascade: bool = True

    @property
    def bare(self) -> bool:
        """Hardly more than standard questions and answers."""
        return len(self.phrasings) < _FEW * len(self.entry_ids)

    @property
    def worded(self) -> bool:
        """With many phrasings an entry."""
        return is_worded(len(self.phrasings), len(self.entry_ids))

    def weights(self, wings: int) -> Array:
        """Of the signals, when so many encoders have read the text."""
        if not self.worded:
            return BARE_WEIGHTS if self.bare else FEW_WEIGHTS
        return WEIGHTS if wings > 1 else LEADING_WEIGHTS

    def signals(self, texts: Sequence[str], vectors: Sequence[Array]) -> Array:
        """Signals of all entries (texts x entries x SIGNALS). `vectors`: the texts' raw ones by each encoder."""
        found = np.zeros((len(texts), len(self.entry_ids), len(SIGNALS)), np.float32)
        for number, (block, wing) in enumerate(zip(vectors, self.wings, strict=True)):
            for place, view in enumerate(wing.signals(centre(block, wing.mean))):
                found[:, :, number * len(VIEWS) + place] = view
        found[:, :, -1] = self.words.score([self.words.read(text) for text in texts])
        return found

    def rank(
        self,
        texts: Sequence[str],
        leading: Array,
        others: OtherVectors | None,
        k: int,
        hidden: Sequence[str | None] | None = None,
    ) -> list[Ranking | None]:
        """Rankings of texts with their raw vectors: the leading encoder's, and the others' when they are asked for;
        None for a text of which they are needed, and `others` is None. `hidden` leaves one entry out per text (to fit
        the gate).

        Middles and words choose some entries out of all, in a bare corpus answers as well; every signal is then read
        of those.
        """
        whole = not self.worded or len(self.wings) == 1 or not self.cascade
        if whole and others is None:
            return [None] * len(texts)
        said = [self.words.read(text) for text in texts]
        scores = self.words.score(said)
        asked = (leading, *others(np.arange(len(texts)))) if whole and others is not None else (leading,)
        centred = [centre(block, wing.mean) for block, wing in zip(asked, self.wings, strict=False)]
        promises = self._promises(scores, centred)
        drafts = []
        for place, text in enumerate(texts):
            facts = {"unknown": said[place].unknown, "length": float(np.log1p(len(text)))}
            left_out = hidden[place] if hidden else None
            draft = self._chosen(text, said[place], promises[place], scores[place], facts, k, left_out)
            for number, block in enumerate(centred):
                draft.read(self.wings[number], number, block[place])
            drafts.append(draft)
        seen = [[block[place] for block in centred] for place in range(len(texts))]
        unsure = [] if whole else [place for place, draft in enumerate(drafts) if self._share(draft) < SURE]
        rankings: list[Ranking | None] = [None] * len(texts)
        for place in sorted({*range(len(texts))} - {*unsure}):
            rankings[place] = self._ranking(drafts[place], len(centred), k)
        if unsure and others is not None:
            # All of them now choose the entries: the right one may be none of those that the cheap part looked at.
            blocks = [centred[0][unsure]]
            blocks += map(centre, others(np.array(unsure)), (wing.mean for wing in self.wings[1:]))
            promises = self._promises(scores[unsure], blocks)
            for row, place in enumerate(unsure):
                left_out = hidden[place] if hidden else None
                draft = self._chosen(
                    texts[place], said[place], promises[row], scores[place], drafts[place].facts, k, left_out
                )
                draft.read(self.wings[0], 0, blocks[0][row], drafts[place])
                for number, block in enumerate(blocks[1:], 1):
                    draft.read(self.wings[number], number, block[row])
                rankings[place] = self._ranking(draft, len(self.wings), k)
                seen[place] = [block[row] for block in blocks]
        return [found and replace(found, vector=self._vector(own)) for found, own in zip(rankings, seen, strict=True)]

    def _vector(self, seen: Sequence[Array]) -> Array:
        """What the encoders see of a text, one behind the other; nothing where one has not read it."""
        missing = sum(len(wing.mean) for wing in self.wings[len(seen) :])
        return np.concatenate([*seen, np.zeros(missing, np.float32)])

    def _chosen(
        self,
        text: str,
        said: Said,
        promise: Array,
        words: Array,
        facts: Mapping[str, float],
        k: int,
        hidden: str | None,
    ) -> "_Reading":
        """The entries that promise most, and those that have the text word for word, but for the hidden one."""
        exact = list(self.wordings.get(wording(text), ()))
        promise[exact] += _WORD_FOR_WORD
        if hidden in self.entry_ids:
            promise[self.entry_ids.index(hidden or "")] = -np.inf
        chosen = largest(promise, max(_CHOSEN, k))
        chosen = np.sort(chosen[np.isfinite(promise[chosen])])
        return _Reading(said, chosen, np.isin(chosen, exact), words[chosen], facts)

    def _promises(self, words: Array, centred: Sequence[Array]) -> Array:
        """What tells which entries are looked at (texts x entries), read of all of them."""
        weights = self.weights(len(centred))
        found: Array = words * weights[-1]
        read = list(enumerate(zip(self.wings, centred, strict=False)))
        # With few wordings there may be very many entries, and one encoder's middles tell enough to choose some.
        for number, (wing, queries) in read if self.worded or self.bare else read[-1:]:
            found += queries @ wing.centroids.T * weights[number * len(VIEWS) + _CENTROID]
            if self.bare:
                answers = wing.answers.nearest(queries)
                found += answers * weights[number * len(VIEWS) + _ANSWER]
        return found

    def _scores(self, draft: "_Reading", wings: int) -> Array:
        """Of the chosen entries, by what so many encoders have read."""
        bonus = draft.exact * np.float32(_WORD_FOR_WORD)
        scores: Array = (draft.signals @ self.weights(wings) + bonus).astype(np.float32)
        return scores

    def _share(self, draft: "_Reading") -> float:
        """How plausible the leading encoder's first is among the first few; 1 when there is none to doubt."""
        if not len(draft.chosen):
            return 1.0
        scores = self._scores(draft, 1)
        first = scores[largest(scores, _NEIGHBOURS)]
        return float(1 / np.exp(first - first[0]).sum())

    def _ranking(self, draft: "_Reading", wings: int, k: int) -> Ranking:
        """The ranking of a text that so many encoders have read; without its vector."""
        chosen, signals = draft.chosen, draft.signals
        if not len(chosen):
            return Ranking((), draft.facts)
        scores = self._scores(draft, wings)
        order = largest(scores, max(k, _NEIGHBOURS))
        top = int(order[0])
        odds = np.exp(scores[order] - scores[top])
        features = dict(draft.facts)
        best = np.partition(signals, -2, axis=0)[-2:] if len(signals) > 1 else np.vstack([0 * signals, signals])
        for number, name in enumerate(SIGNALS):
            own = float(signals[top, number])
            # The best of the others is the second when this one is the first.
            rest = float(best[0, number] if own >= best[1, number] else best[1, number])
            features[name], features[f"{name}_margin"] = own, own - rest
        features["share"] = float(odds[0] / odds[:_NEIGHBOURS].sum())
        features["margin"] = float(min(scores[top] - scores[order[1]], 20.0)) if len(order) > 1 else 20.0
        read = [*range(len(VIEWS) * wings), -1]
        features["agreement"] = float((signals[:, read].argmax(axis=0) == top).mean())
        features["alone"] = float(wings < len(self.wings))
        if wings == len(self.wings):
            # Scores of other weights: how sure a share is differs.
            features |= {"whole_share": features["share"], "whole_margin": features["margin"]}
        rows, near = draft.nearest
        owners = self.wings[0].rows.owners[rows]
        features["neighbours"] = float((owners[largest(near, _NEIGHBOURS)] == chosen[top]).mean())
        candidates = []
        for place, share in zip(order[:k], odds[:k], strict=True):
            entry = int(chosen[place])
            begin, end = np.searchsorted(owners, [entry, entry + 1])
            phrasing = self.phrasings[int(rows[begin + np.argmax(near[begin:end])])]
            parts = {name: float(signals[place, number]) for number, name in enumerate(SIGNALS)}
            candidates.append(Candidate(self.entry_ids[entry], float(scores[place]), phrasing, float(share), parts))
        second = order[1] if len(order) > 1 else order[0]
        features |= self.words.overlap(draft.said, int(chosen[top]), int(chosen[second]))
        features["wording_overlap"] = likeness(draft.said.kinds, candidates[0].phrasing) if candidates else 0.0
        return Ranking(tuple(candidates), features)


class _Reading:
    """A text on its way to a ranking: the chosen entries and their signals (chosen x SIGNALS), zero until an encoder's
    are read."""

    def __init__(
        self, said: Said, chosen: Places, exact: NDArray[np.bool_], words: Array, facts: Mapping[str, float]
    ) -> None:
        self.said, self.chosen, self.exact, self.facts = said, chosen, exact, facts
        self.signals = np.zeros((len(chosen), len(SIGNALS)), np.float32)
        self.signals[:, -1] = words
        # Places of the chosen entries' phrasings with the cosines of the encoder that read last.
        self.nearest: tuple[Places, Array] = (np.zeros(0, np.intp), np.zeros(0, np.float32))

    def read(self, wing: Wing, number: int, query: Array, before: "_Reading | None" = None) -> None:
        """`VIEWS` by that encoder; the query is centred. What an earlier reading of the same text has is not read
        again, and then `nearest` is not known."""
        own = self.signals[:, number * len(VIEWS) : (number + 1) * len(VIEWS)]
        rest = np.ones(len(self.chosen), np.bool_)
        if before is not None and len(before.chosen):
            place = np.minimum(np.searchsorted(before.chosen, self.chosen), len(before.chosen) - 1)
            rest = before.chosen[place] != self.chosen
            own[~rest] = before.signals[place[~rest], number * len(VIEWS) : (number + 1) * len(VIEWS)]
        some = self.chosen[rest]
        if not len(some):
            return
        places, near, own[rest, _PHRASING] = wing.rows.among(some, query)
        own[rest, _CENTROID] = wing.centroids[some] @ query
        own[rest, _CROSS] = _most([rows.among(some, query)[2] for rows in wing.others], (len(some),))
        own[rest, _ANSWER] = wing.answers.among(some, query)[2]
        if before is None:
            self.nearest = places, near


def largest(values: Array, count: int) -> Places:
    """Places of the largest values, largest first."""
    count = min(count, len(values))
    some: Places = np.argpartition(-values, count - 1)[:count]
    return some[np.argsort(-values[some], kind="stable")]
