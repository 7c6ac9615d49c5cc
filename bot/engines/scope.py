"""How foreign is a text to a set of labelled ones? The signals that the intent gate reads.

| signal | what |
|---|---|
| top, margin | largest score of the kernel head and its lead; scores go to zero far from all rows |
| likelihood, energy | log probability of the label and log-sum-exp, at the fitted temperature |
| density | logarithm of the kernel's sum over all rows |
| near | mean similarity of the five nearest rows |
| neighbours | share of the five nearest that have the chosen label |
| length | logarithm of the text's length |
| nearest, by each encoder and by TF-IDF | cosine of the nearest row |
| relative, by each encoder | Mahalanobis distance to the nearest label minus that to the whole, one covariance |
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.engines.kernel import SHARPNESS, Rows

Array = NDArray[np.float32]
Wide = NDArray[np.float64]
Places = NDArray[np.intp]
_NEAR = 5
_LEAST_SHRINK = 0.1
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Spread:
    """Middles and covariances of labelled rows by one encoder."""

    within: Array
    middles: Array
    whole: Array
    centre: Array

    @classmethod
    def of(cls, rows: Array, labels: Places, classes: int) -> "Spread":
        counts = np.bincount(labels, minlength=classes).astype(np.float32)
        sums = np.zeros((classes, rows.shape[1]), np.float32)
        np.add.at(sums, labels, rows)
        middles: Array = (sums / np.maximum(counts, 1)[:, None]).astype(np.float32)
        centre: Array = rows.mean(axis=0).astype(np.float32)
        within = _whitening(rows - middles[labels])
        return cls(within, middles @ within, _whitening(rows - centre), centre)

    def relative(self, rows: Array) -> Array:
        """How much nearer to a label than to everything."""
        moved = rows @ self.within
        near = (moved**2).sum(axis=1)[:, None] - 2 * moved @ self.middles.T + (self.middles**2).sum(axis=1)
        far = (((rows - self.centre) @ self.whole) ** 2).sum(axis=1)
        result: Array = far - near.min(axis=1)
        return result


@dataclass(frozen=True, slots=True)
class Scope:
    """What signals are computed from: the labelled rows' labels and their spread by each encoder."""

    labels: Places
    spreads: tuple[Spread, ...]

    @classmethod
    def fit(cls, rows: Rows, labels: Places, classes: int) -> "Scope":
        return cls(labels, tuple(Spread.of(block, labels, classes) for block in rows.dense))

    def relative(self, rows: Rows) -> Array:
        """By each encoder (rows x encoders); fair only for rows that were not fitted on."""
        pairs = zip(self.spreads, rows.dense, strict=True)
        return np.stack([spread.relative(block) for spread, block in pairs], axis=1)

    def signals(
        self, rows: Rows, similarity: Array, nearest: Array, scores: Array, sharp: float, relative: Array | None = None
    ) -> Wide:
        """Signals (rows x signals). `nearest` is that of `Rows.compare`; `sharp`: inverse temperature of the scores.
        Of rows that were fitted on, `similarity`, `nearest`, `scores` and `relative` are those without the row."""
        best = scores.argmax(axis=1)
        every = np.arange(len(best))
        count = min(_NEAR, similarity.shape[1])
        places = np.argpartition(-similarity, count - 1, axis=1)[:, :count]
        close = np.take_along_axis(similarity, places, axis=1)
        top = np.partition(scores, -2, axis=1)
        energy = sharp * top[:, -1] + np.log(np.exp(sharp * (scores - top[:, -1:])).sum(axis=1))
        columns = (
            top[:, -1],
            top[:, -1] - top[:, -2],
            sharp * scores[every, best] - energy,
            energy,
            np.log(np.exp(SHARPNESS * (similarity - 1)).mean(axis=1)),
            close.mean(axis=1),
            (self.labels[places] == best[:, None]).mean(axis=1),
            np.log1p(rows.lengths),
            *nearest.T,
            *(self.relative(rows) if relative is None else relative).T,
        )
        return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)


def relative_unseen(rows: Rows, labels: Places, classes: int) -> Array:
    """`Scope.relative` of labelled rows, each by a fit on four fifths that it is not in."""
    fold = np.random.default_rng(1).permutation(len(rows)) % _FOLDS
    found = np.zeros((len(rows), len(rows.dense)), np.float32)
    for number in range(_FOLDS):
        seen, asked = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if len(seen) == 0:
            continue
        kept, own = np.unique(labels[seen], return_inverse=True)
        found[asked] = Scope.fit(rows.some(seen), own, len(kept)).relative(rows.some(asked))
    return found


def _whitening(rows: Array) -> Array:
    """A matrix that makes the rows' covariance, shrunk the more the fewer they are, the unit matrix."""
    covariance = (rows.T @ rows / max(1, len(rows) - 1)).astype(np.float64)
    size = len(covariance)
    shrink = max(_LEAST_SHRINK, size / (size + len(rows)))
    shrunk = (1 - shrink) * covariance + shrink * (np.trace(covariance) / size + 1e-9) * np.eye(size)
    result: Array = np.linalg.inv(np.linalg.cholesky(shrunk)).T.astype(np.float32)
    return result
