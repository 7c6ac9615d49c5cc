"""One locale of a corpus, laid out for ranking: signals of how near a text is to each entry.

| signal | what is compared with the text |
|---|---|
| phrasing | the nearest phrasing of the entry in this locale (centred cosine) |
| centroid | the middle of its phrasings in all locales |
| cross | its nearest phrasing in the other locales: the encoders are multilingual, and other words help |
| answer | the nearest of: its standard question and answer read as one passage, and pieces of a long answer |
| words | character n-grams of all of it (`bot.engines.lexical`) |
| plenty | how many phrasings it has here against the mean: of many, one is near by chance |

The first four by each encoder: (`use_…`) what USE sees, and what e5 sees. e5 cosines of unrelated texts sit between
.8 and .95, so a mean is subtracted from every vector and the rest normalised again before anything is compared. The
score is the weighted sum; the weights are those of a listwise softmax fitted on the held-out paraphrases and on texts
in the shapes of customers' (`benchmarks/bot/signals.py`), so score differences are log odds. Words weigh two thirds
of what was fitted where wordings are many: the authors of those texts choose words as the wordings' do, customers do
not (`benchmarks/bot/gold.py`). A corpus with few wordings, and one of hardly more than standard questions and answers,
have weights of their own: there names, and answers, tell more.

A cascade: the leading encoder is the cheap one, and what it is `SURE` of in a corpus with many wordings is not read by
the other one, which would hardly ever change it; nor is what it takes for a stranger's (`bot.gate`). Of all entries
middles are read, of some chosen ones every signal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, log1p

import numpy as np
from numpy.typing import NDArray

from bot.engines.layout import Coarse, Rows, centre
from bot.engines.lexical import Said, WordIndex, likeness
from bot.engines.port import Candidate, Ranking
from bot.engines.vectors import wording

Array = NDArray[np.float32]
Places = NDArray[np.intp]
VIEWS = ("phrasing", "centroid", "cross", "answer")
_PHRASING, _CENTROID, _CROSS, _ANSWER = range(len(VIEWS))
SIGNALS = (*(f"use_{name}" for name in VIEWS), *VIEWS, "words")
MARGINS = tuple(f"{name}_margin" for name in SIGNALS)
_WORDS, _PLENTY = len(SIGNALS) - 1, len(SIGNALS)
# What a score is made of.
PARTS = (*SIGNALS, "plenty")
WEIGHTS = np.array([3.7, 0.0, 2.9, 0.0, 6.0, 2.0, 6.7, 0.8, 3.0, -1.9], np.float32)
# Of the leading encoder and words alone.
LEADING_WEIGHTS = np.array([6.4, 2.3, 5.0, 0.5, 0.0, 0.0, 0.0, 0.0, 3.8, -2.7], np.float32)
FEW_WEIGHTS = np.array([4.51, 2.99, 2.13, 0.55, 7.79, 6.57, 4.84, 0.0, 21.27, 0.0], np.float32)
BARE_WEIGHTS = np.array([0.0, 0.4, 6.09, 5.26, 1.48, 1.35, 5.53, 9.45, 12.87, 0.0], np.float32)
# The share of the first among five from which on the leading encoder and words are enough: both encoders together then
# name the same entry in 996 of 1,000 texts (`benchmarks/bot/signals.py`), and the gate, which is fitted on rankings by
# the leading encoder alone as well, answers as many. From .9 on it would be 999; below .8 more answers would be wrong.
SURE = 0.8
# How much the middles by each encoder, and words, tell which entries are looked at when all have read the text: 16
# entries hold no more right ones than 8 chosen so.
CHOOSING = np.array([0.0, 5.0, 0.0, 0.0, 0.0, 6.0, 0.0, 0.0, 6.0, 0.0], np.float32)
# Phrasings an entry, on average, from which on a corpus is no longer bare, and from which on it has many.
_FEW, _MANY = 3, 12
_NEIGHBOURS = 5
# An entry counts as having no fewer and no more phrasings than so many times the mean: a new one has few, and is not
# for that the likelier answer.
_LEAST_PLENTY, _MOST_PLENTY = 0.5, 2.0
# Entries of which every signal is read.
_CHOSEN = 8
# By the leading encoder alone none but the first five that promise less than the first by more (log odds): of 928
# texts none was the first then, and 16 the second.
_BEHIND = 3.0
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
    centroids: Coarse
    others: tuple[Rows, ...]
    answers: Rows

    def signals(self, queries: Coarse) -> tuple[Array, Array, Array, Array]:
        """`VIEWS` of centred queries, each (queries x entries)."""
        cross = [rows.nearest(queries) for rows in self.others]
        return (
            self.rows.nearest(queries),
            queries.cosines(self.centroids),
            _most(cross, (len(queries), len(self.centroids))),
            self.answers.nearest(queries),
        )


def _most(found: Sequence[Array], shape: tuple[int, ...]) -> Array:
    """The largest of several; where there are none, nothing is near."""
    return np.max(found, axis=0) if found else np.zeros(shape, np.float32)


@dataclass(frozen=True)
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

    @cached_property
    def plenty(self) -> Array:
        """The logarithm of how many phrasings each entry has against the mean, within limits."""
        counts = self.wings[0].rows.counts
        mean = max(float(counts.mean()), 1.0) if len(counts) else 1.0
        return np.log(np.clip(counts / mean, _LEAST_PLENTY, _MOST_PLENTY)).astype(np.float32)

    def weights(self, wings: int) -> Array:
        """Of the parts, when so many encoders have read the text."""
        if not self.worded:
            return BARE_WEIGHTS if self.bare else FEW_WEIGHTS
        return WEIGHTS if wings > 1 else LEADING_WEIGHTS

    def parts(self, texts: Sequence[str], vectors: Sequence[Array]) -> Array:
        """Of all entries (texts x entries x PARTS). `vectors`: the texts' raw ones by each encoder."""
        found = np.zeros((len(texts), len(self.entry_ids), len(PARTS)), np.float32)
        for number, (block, wing) in enumerate(zip(vectors, self.wings, strict=True)):
            for place, view in enumerate(wing.signals(Coarse.of(centre(block, wing.mean)))):
                found[:, :, number * len(VIEWS) + place] = view
        found[:, :, _WORDS] = self.words.score([self.words.read(text) for text in texts])
        found[:, :, _PLENTY] = self.plenty
        return found

    @property
    def whole(self) -> bool:
        """Whether all encoders read every text."""
        return not self.worded or len(self.wings) == 1 or not self.cascade

    def begun(
        self, texts: Sequence[str], leading: Array, k: int, hidden: Sequence[str | None] | None = None
    ) -> list["Draft"]:
        """Texts with the leading encoder's raw vectors on their way to a ranking: read by it and by words, unless all
        encoders read them together. `hidden` leaves one entry out per text (to fit the gate)."""
        said = [self.words.read(text) for text in texts]
        scores = self.words.score(said)
        centred = centre(leading, self.wings[0].mean)
        drafts = []
        for place, text in enumerate(texts):
            exact = self.wordings.get(wording(text), ())
            left_out = hidden[place] if hidden else None
            without = self.entry_ids.index(left_out) if left_out and left_out in self.entry_ids else None
            drafts.append(Draft(text, said[place], scores[place], centred[place], exact, without))
        if not self.whole:
            asked = Coarse.of(centred)
            for row, promise in enumerate(self._promises(scores, [asked])):
                self._read(drafts[row], promise, [asked.row(row)], k)
        return drafts

    def quick(self, draft: "Draft", k: int) -> Ranking:
        """The ranking of a text by the leading encoder and words."""
        return self._ranking(draft, [draft.leading], k)

    def ranked(self, drafts: Sequence["Draft"], others: Sequence[Array], k: int) -> list[Ranking]:
        """Rankings by all encoders; `others`: the other ones' raw vectors of the texts.

        Middles and words choose some entries out of all, in a bare corpus answers as well; every signal is then read
        of those. The right one may be none of those that the leading encoder looked at.
        """
        blocks = [np.stack([draft.leading for draft in drafts])]
        blocks += [centre(block, wing.mean) for block, wing in zip(others, self.wings[1:], strict=True)]
        asked = [Coarse.of(block) for block in blocks]
        rankings = []
        for row, promise in enumerate(self._promises(np.stack([draft.words for draft in drafts]), asked)):
            self._read(drafts[row], promise, [block.row(row) for block in asked], k)
            rankings.append(self._ranking(drafts[row], [block[row] for block in blocks], k))
        return rankings

    def _read(self, draft: "Draft", promise: Array, asked: Sequence[Coarse], k: int) -> None:
        """The entries that promise most, and those that have the text word for word, but for the hidden one, by the
        encoders whose vectors are there."""
        promise[list(draft.wordings)] += _WORD_FOR_WORD
        if draft.hidden is not None:
            promise[draft.hidden] = -np.inf
        chosen = largest(promise, max(_CHOSEN, k))
        if len(asked) < len(self.wings):
            near = promise[chosen] >= promise[chosen[0]] - _BEHIND
            near[: max(_NEIGHBOURS, k)] = True
            chosen = chosen[near]
        draft.look_at(np.sort(chosen[np.isfinite(promise[chosen])]))
        for number, query in enumerate(asked):
            draft.read(self.wings[number], number, query)

    def _promises(self, words: Array, asked: Sequence[Coarse]) -> Array:
        """What tells which entries are looked at (texts x entries), read of all of them."""
        weights = CHOOSING if self.worded and len(asked) > 1 else self.weights(len(asked))
        found: Array = words * weights[_WORDS] + self.plenty * weights[_PLENTY]
        read = list(enumerate(zip(self.wings, asked, strict=False)))
        # With few wordings there may be very many entries, and one encoder's middles tell enough to choose some.
        for number, (wing, queries) in read if self.worded or self.bare else read[-1:]:
            found += queries.cosines(wing.centroids) * weights[number * len(VIEWS) + _CENTROID]
            if self.bare:
                answers = wing.answers.nearest(queries)
                found += answers * weights[number * len(VIEWS) + _ANSWER]
        return found

    def _scores(self, draft: "Draft", wings: int) -> Array:
        """Of the chosen entries, by what so many encoders have read."""
        weights = self.weights(wings)
        scores: Array = draft.signals @ weights[:_PLENTY] + self.plenty[draft.chosen] * weights[_PLENTY]
        if draft.wordings:
            scores += draft.exact * np.float32(_WORD_FOR_WORD)
        return scores

    def _ranking(self, draft: "Draft", seen: Sequence[Array], k: int) -> Ranking:
        """The ranking of a text that these encoders have read; its vector is what they see, one behind the other, and
        nothing where one has not read it."""
        missing = sum(len(wing.mean) for wing in self.wings[len(seen) :])
        vector = np.concatenate([*seen, np.zeros(missing, np.float32)])
        features = {"unknown": draft.said.unknown, "length": log1p(len(draft.text))}
        chosen, signals, wings = draft.chosen, draft.signals, len(seen)
        if not len(chosen):
            return Ranking((), features, vector)
        # So few figures: plain Python takes half of numpy's time.
        scores = self._scores(draft, wings).tolist()
        order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)[: max(k, _NEIGHBOURS)]
        top = order[0]
        odds = [exp(scores[place] - scores[top]) for place in order]
        views = signals.T.tolist()
        features |= zip(SIGNALS, (view[top] for view in views), strict=True)
        features |= zip(MARGINS, (_margin(view, top) for view in views), strict=True)
        features["share"] = odds[0] / sum(odds[:_NEIGHBOURS])
        features["margin"] = min(scores[top] - scores[order[1]], 20.0) if len(order) > 1 else 20.0
        read = [*views[: len(VIEWS) * wings], views[_WORDS]]
        features["agreement"] = sum(view.index(max(view)) == top for view in read) / len(read)
        features["alone"] = float(wings < len(self.wings))
        if wings == len(self.wings):
            # Scores of other weights: how sure a share is differs.
            features |= {"whole_share": features["share"], "whole_margin": features["margin"]}
        near, ends = draft.nearest
        begins = [0, *ends.tolist()]
        closest = some_largest(near, _NEIGHBOURS).tolist()
        own_ones = range(begins[top], begins[top + 1])
        features["neighbours"] = sum(place in own_ones for place in closest) / max(1, len(closest))
        candidates = []
        for place, share in zip(order[:k], odds[:k], strict=True):
            entry = int(chosen[place])
            nearest = int(near[begins[place] : begins[place + 1]].argmax())
            phrasing = self.phrasings[int(self.wings[0].rows.offsets[entry]) + nearest]
            candidates.append(Candidate(self.entry_ids[entry], scores[place], phrasing, share))
        other = order[1] if len(order) > 1 else order[0]
        features |= self.words.overlap(draft.said, int(chosen[top]), int(chosen[other]))
        features["wording_overlap"] = likeness(draft.said.kinds, candidates[0].phrasing) if candidates else 0.0
        return Ranking(tuple(candidates), features, vector)


def is_sure(ranking: Ranking) -> bool:
    """Whether the leading encoder and words, which made it, are enough; so they are where there is nothing to doubt."""
    return ranking.features.get("share", 1.0) >= SURE


class Draft:
    """A text on its way to a ranking: what words and the leading encoder see of it, the places of the entries that have
    it word for word, and the one to be left out; then the chosen entries with their signals (chosen x SIGNALS), zero
    until an encoder's are read."""

    def __init__(
        self, text: str, said: Said, words: Array, leading: Array, wordings: Sequence[int], hidden: int | None
    ) -> None:
        self.text, self.said, self.words, self.leading = text, said, words, leading
        self.wordings, self.hidden = wordings, hidden
        self.chosen: Places = np.zeros(0, np.intp)
        self.signals = np.zeros((0, len(SIGNALS)), np.float32)
        # Which encoders have read which of the chosen entries.
        self._known = np.zeros((0, 0), np.bool_)
        # Cosines of the chosen entries' phrasings by the encoder that read all of them last, and where each one's end.
        self.nearest: tuple[Array, Places] = (np.zeros(0, np.float32), np.zeros(0, np.intp))

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Which of the chosen entries have the text word for word."""
        return np.isin(self.chosen, self.wordings)

    def look_at(self, chosen: Places) -> None:
        """Chooses entries (ascending). What is known of those that were chosen before stays."""
        signals = np.zeros((len(chosen), len(SIGNALS)), np.float32)
        signals[:, _WORDS] = self.words[chosen]
        known = np.zeros((len(SIGNALS) // len(VIEWS), len(chosen)), np.bool_)
        if len(self.chosen):
            before = np.minimum(np.searchsorted(self.chosen, chosen), len(self.chosen) - 1)
            same = self.chosen[before] == chosen
            signals[same] = self.signals[before[same]]
            known[:, same] = self._known[:, before[same]]
        self.chosen, self.signals, self._known = chosen, signals, known

    def read(self, wing: Wing, number: int, query: Coarse) -> None:
        """`VIEWS` by that encoder of the entries that it has not read; the query is centred."""
        known = self._known[number]
        # A view of all of them is written in half the time.
        rest = ~known if known.any() else slice(None)
        some = self.chosen[rest]
        if not len(some):
            return
        own = self.signals[:, number * len(VIEWS) : (number + 1) * len(VIEWS)]
        near, ends, own[rest, _PHRASING] = wing.rows.among(some, query)
        own[rest, _CENTROID] = query.cosines(wing.centroids.some(some))[0]
        own[rest, _CROSS] = _most([rows.among(some, query)[2] for rows in wing.others], (len(some),))
        own[rest, _ANSWER] = wing.answers.among(some, query)[2]
        self._known[number] = True
        if len(some) == len(self.chosen):
            self.nearest = near, ends


def _margin(view: list[float], place: int) -> float:
    """By how much one is above the best of the others; of one alone, above nothing."""
    others = max((*view[:place], *view[place + 1 :]), default=0.0)
    return view[place] - others


def some_largest(values: Array, count: int) -> Places:
    """Places of the largest values, in any order; `count` is at least 1."""
    count = min(count, len(values))
    found: Places = np.argpartition(values, len(values) - count)[len(values) - count :]
    return found


def largest(values: Array, count: int) -> Places:
    """Places of the largest values, largest first; `count` is at least 1."""
    some = some_largest(values, count)
    return some[np.argsort(-values[some], kind="stable")]
