"""The embedded intent classifier: a kernel head over both encoders and TF-IDF, and a gate that knows what is foreign.

The gate is logistic over the signals of `bot.engines.scope`, fitted on rows that the head judging them has not seen:
labelled rows each without itself, rows labelled `oos`, and the rows of a validation file. Where hardly a row is
labelled `oos`, whole labels are held out by turns and play them; beside real ones that was found to help nothing. It
gives two probabilities: that a text is in scope (the score), and that its label is right.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from bot.engines import EngineSettings
from bot.engines.kernel import MOST_ROWS, Rows, Space, even_sample, fit_votes, kernel
from bot.engines.scope import Scope, relative_unseen
from bot.engines.vectors import Encoder
from bot.evaluation.intents import IntentModel, Judged, threshold_of
from bot.evaluation.rows import OUT_OF_SCOPE, Labelled
from bot.gate.logistic import fit_logistic, sigmoid

Array = NDArray[np.float32]
Wide = NDArray[np.float64]
Places = NDArray[np.intp]
Mask = NDArray[np.bool_]
_FOLDS = 4
# Fewer `oos` rows than this are not enough to fit a gate on.
_ENOUGH_FOREIGN = 20
_GATE_PENALTY = 1e-3
# What played `oos` rows weigh in the probability that a label is right: some foreign texts come everywhere.
_PLAYED_SHARE = 0.1
_AT_ONCE = 1024
_NAME_BREAK = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def embedded_intents(settings: EngineSettings) -> "EmbeddedIntents":
    """With the encoders of a models folder. Raises EncoderMissing, EncoderDamaged."""
    from bot.encoder.runtime import OnnxEncoder
    from bot.encoder.use import UseEncoder

    leading = OnnxEncoder.open(settings.encoder, cache=0, workers=os.cpu_count() or 1)
    return EmbeddedIntents((leading, UseEncoder.open(settings.second, cache=0, prefer="fp32")))


class EmbeddedIntents:
    """Makes classifiers on the given encoders."""

    def __init__(self, encoders: Sequence[Encoder]) -> None:
        self._encoders = tuple(encoders)

    def fit(self, train: Sequence[Labelled], validation: Sequence[Labelled]) -> IntentModel:
        names = np.array(sorted({row.label for row in train if row.in_scope}))
        place = {str(name): number for number, name in enumerate(names)}
        known = [row for row in train if row.in_scope]
        labels = np.array([place[row.label] for row in known], np.intp)
        kept = even_sample(labels, MOST_ROWS)
        texts, labels = [known[index].text for index in kept], labels[kept]
        real, spoken = len(texts), [(place[name], words) for name in place if (words := spoken_name(name))]
        texts += [words for _, words in spoken]
        labels = np.concatenate([labels, np.array([label for label, _ in spoken], np.intp)])
        vectors = self._vectors(texts)
        space = Space.of(texts, vectors)
        rows = space.rows(texts, vectors)
        others = [*(row for row in train if not row.in_scope), *validation]
        head, trial = _Head.fit(rows, labels, len(names), real, played=_foreign(others) < _ENOUGH_FOREIGN)
        if others:
            asked = space.rows([row.text for row in others], self._vectors([row.text for row in others]))
            told, signals = head.look(asked)
            right = np.array([place.get(row.label, -1) for row in others], np.intp)
            trial = trial.with_rows(signals, told, right, len(validation))
        gate = _Gate.fit(trial)
        judged = Judged(names[trial.told], gate.in_scope(trial.signals), gate.is_right(trial.signals)).some(trial.held)
        true = [Labelled("", str(names[right]) if right >= 0 else OUT_OF_SCOPE) for right in trial.labels[trial.held]]
        return EmbeddedModel(self._encoders, names, space, head, gate, threshold_of(judged, true))

    def _vectors(self, texts: Sequence[str]) -> tuple[Array, ...]:
        return tuple(encoder.encode(texts, "query") for encoder in self._encoders)


def spoken_name(label: str) -> str:
    """A label as words, "" when it has none: `card_arrival` says what its rows are about, and is worth one of them."""
    words = _NAME_BREAK.sub(" ", label).split()
    letters = [word for word in words if len(word) > 2 or _WIDE.search(word)]
    return " ".join(words).casefold() if len("".join(letters)) > 3 or any(map(_WIDE.search, letters)) else ""


def _foreign(rows: Sequence[Labelled]) -> int:
    return sum(not row.in_scope for row in rows)


@dataclass(frozen=True, slots=True)
class _Trial:
    """Rows judged by a head that has not seen them. `labels`: their own, -1 = none that the head knows; `held`: those
    that choose the threshold; `played`: those whose label was hidden to play out of scope."""

    signals: Wide
    told: Places
    labels: Places
    held: Mask
    played: Mask

    @property
    def inside(self) -> Mask:
        found: Mask = self.labels >= 0
        return found

    @property
    def right(self) -> Mask:
        found: Mask = self.labels == self.told
        return found

    def with_rows(self, signals: Wide, told: Places, labels: Places, validation: int) -> "_Trial":
        """More rows, of which the last `validation` came in a file of their own: then they alone are held."""
        held = np.zeros(len(told), np.bool_)
        held[len(told) - validation :] = validation > 0
        before = self.held & (validation == 0)
        return _Trial(
            np.concatenate([self.signals, signals]),
            np.concatenate([self.told, told]),
            np.concatenate([self.labels, labels]),
            np.concatenate([before, held if validation else ~held]),
            np.concatenate([self.played, np.zeros(len(told), np.bool_)]),
        )


@dataclass(frozen=True, slots=True)
class _Head:
    """Votes of labelled rows, with the temperature at which their scores are probabilities."""

    rows: Rows
    votes: Array
    sharp: float
    scope: Scope

    @classmethod
    def fit(cls, rows: Rows, labels: Places, classes: int, real: int, *, played: bool) -> tuple["_Head", _Trial]:
        """The head, and its first `real` rows judged without themselves; with `played` also without their label."""
        similarity, words = rows.compare(rows)
        votes, alone = fit_votes(kernel(similarity.copy()), labels, classes, alone=True)
        assert alone is not None  # noqa: S101 - asked for
        sharp = _temperature(alone[:real], labels[:real])
        scope = Scope.fit(rows, labels, classes)
        head = cls(rows, votes, sharp, scope)
        relative = relative_unseen(rows, labels, classes)
        np.fill_diagonal(similarity, -1)
        parts = []
        for start in range(0, real, _AT_ONCE):
            part = np.arange(start, min(real, start + _AT_ONCE))
            given = similarity[part], words[part], alone[part], sharp, relative[part]
            parts.append(scope.signals(rows.some(part), *given))
        signals, told = np.concatenate(parts), alone[:real].argmax(axis=1)
        everybody = np.ones(real, np.bool_)
        trial = _Trial(signals, told, labels[:real], everybody, ~everybody)
        return head, _with_played(trial, rows, similarity, labels, classes, sharp) if played else trial

    def look(self, rows: Rows) -> tuple[Places, Wide]:
        """Per row the place of its label among the names, and its signals."""
        told, parts = [], []
        for start in range(0, len(rows), _AT_ONCE):
            some = rows.some(np.arange(start, min(len(rows), start + _AT_ONCE)))
            similarity, words = some.compare(self.rows)
            scores = kernel(similarity.copy()) @ self.votes
            told.append(scores.argmax(axis=1))
            parts.append(self.scope.signals(some, similarity, words, scores, self.sharp))
        return np.concatenate(told), np.concatenate(parts)


def _with_played(trial: _Trial, rows: Rows, similarity: Array, labels: Places, classes: int, sharp: float) -> _Trial:
    """Labels are hidden by turns; their rows come in again as rows that no label fits."""
    turn = np.random.default_rng(0).permutation(classes) % _FOLDS
    signals, told = [trial.signals], [trial.told]
    for fold in range(_FOLDS if classes > _FOLDS else 0):
        hidden = np.flatnonzero(turn[trial.labels[~trial.played]] == fold)
        seen = np.flatnonzero(turn[labels] != fold)
        kept, own = np.unique(labels[seen], return_inverse=True)
        pairs = kernel(similarity[np.ix_(seen, seen)])
        # Row and column of a row itself hold 1; the full matrix carries -1 there.
        pairs[np.diag_indices(len(seen))] = 1
        votes, _ = fit_votes(pairs, own, len(kept))
        scope, left = Scope.fit(rows.some(seen), own, len(kept)), rows.some(seen)
        for start in range(0, len(hidden), _AT_ONCE):
            part = hidden[start : start + _AT_ONCE]
            some = rows.some(part)
            near, words = some.compare(left)
            scores = kernel(near.copy()) @ votes
            told.append(kept[scores.argmax(axis=1)])
            signals.append(scope.signals(some, near, words, scores, sharp))
    more = sum(map(len, told)) - len(trial.told)
    played = np.concatenate([trial.played, np.ones(more, np.bool_)])
    return _Trial(
        np.concatenate(signals),
        np.concatenate(told),
        np.concatenate([trial.labels, np.full(more, -1, np.intp)]),
        np.concatenate([trial.held, np.ones(more, np.bool_)]),
        played,
    )


def _temperature(scores: Array, labels: Places) -> float:
    """The inverse temperature that makes the scores of rows judged without themselves likeliest."""
    every = np.arange(len(labels))

    def loss(log_sharp: float) -> float:
        moved = np.exp(log_sharp) * (scores - scores.max(axis=1, keepdims=True))
        return float((np.log(np.exp(moved).sum(axis=1)) - moved[every, labels]).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(0, 5), method="bounded").x))


@dataclass(frozen=True, slots=True)
class _Gate:
    """Two logistic functions of standardised signals."""

    centre: Wide
    scale: Wide
    inside: tuple[Wide, float]
    right: tuple[Wide, float]

    @classmethod
    def fit(cls, trial: _Trial) -> "_Gate":
        centre, scale = trial.signals.mean(axis=0), trial.signals.std(axis=0) + 1e-6
        rows = (trial.signals - centre) / scale
        # In scope and foreign weigh the same.
        counts = np.maximum(np.bincount(trial.inside, minlength=2), 1)
        even = 1 / counts[trial.inside.astype(np.intp)]
        held = trial.held
        weights = np.ones(int(held.sum()))
        played = trial.played[held]
        if played.any():
            weights[played] = _PLAYED_SHARE * (~played).sum() / played.sum()
        return cls(
            centre,
            scale,
            fit_logistic(rows, trial.inside.astype(np.float64), even, _GATE_PENALTY),
            fit_logistic(rows[held], trial.right[held].astype(np.float64), weights, _GATE_PENALTY),
        )

    def in_scope(self, signals: Wide) -> Wide:
        """Probability that a label fits, where as many texts are foreign as not."""
        return sigmoid((signals - self.centre) / self.scale @ self.inside[0] + self.inside[1])

    def is_right(self, signals: Wide) -> Wide:
        """Probability that the label is right."""
        return sigmoid((signals - self.centre) / self.scale @ self.right[0] + self.right[1])


@dataclass(frozen=True, slots=True)
class EmbeddedModel:
    """A fitted classifier."""

    encoders: tuple[Encoder, ...]
    names: NDArray[np.str_]
    space: Space
    head: _Head
    gate: _Gate
    threshold: float

    def judge(self, texts: Sequence[str]) -> Judged:
        rows = self.space.rows(texts, [encoder.encode(texts, "query") for encoder in self.encoders])
        told, signals = self.head.look(rows)
        return Judged(self.names[told], self.gate.in_scope(signals), self.gate.is_right(signals))

    def close(self) -> None:
        """Nothing runs."""
