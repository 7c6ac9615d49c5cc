"""What the fits of the detectors' models share: folds by text, rows of pieces, held-out figures and limits."""

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.detectors.grams import grams
from bot.detectors.softmax import Fitted, fit_softmax

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]
"""Which rows, one value each."""
FittedModel = TypeVar("FittedModel")
_FOLDS = 5
_PENALTIES = (5e-6, 3e-5)


def folds_of(texts: Sequence[str]) -> NDArray[np.intp]:
    """The fold of every text: the same text is always in the same one."""
    return np.array([zlib.crc32(b"fold " + text.encode()) % _FOLDS for text in texts], np.intp)


def crossed(
    folds: NDArray[np.intp], fit: Callable[[Chosen], FittedModel], logits: Callable[[FittedModel, Chosen], Array]
) -> tuple[Array, FittedModel]:
    """Logits of every row (rows x labels) from a model fitted without its fold, and the model fitted on all."""
    whole = fit(np.ones(len(folds), np.bool_))
    parts = []
    for fold in range(_FOLDS):
        outside = folds == fold
        parts.append((outside, logits(fit(~outside), outside)))
    held_out = np.zeros((len(folds), parts[0][1].shape[1]))
    for outside, values in parts:
        held_out[outside] = values
    return held_out, whole


class PieceRows:
    """Texts in their normal form as rows of known pieces, beside columns of another kind (`dense`)."""

    def __init__(self, forms: Sequence[str], dense: Array) -> None:
        pieces = [sorted(grams(form)) for form in forms]
        counts = Counter(piece for some in pieces for piece in some)
        # What stands in one text alone tells nothing of others.
        self.vocabulary = [piece for piece, count in counts.items() if count > 1]
        places = {piece: place for place, piece in enumerate(self.vocabulary)}
        self._known = _matrix([[places[piece] for piece in some if piece in places] for some in pieces], len(places))
        self._dense = dense

    def crossed(
        self, labels: NDArray[np.intp], count: int, weights: Array, folds: NDArray[np.intp]
    ) -> tuple[Array, Fitted]:
        """`crossed` of a softmax regression on them; `count` labels, one weight a row."""

        def fit(some: Chosen) -> Fitted:
            return fit_softmax(self._known[some], self._dense[some], labels[some], count, weights[some], _PENALTIES)

        def logits(fitted: Fitted, some: Chosen) -> Array:
            return np.asarray(self._known[some] @ fitted.sparse + self._dense[some] @ fitted.dense + fitted.bias)

        return crossed(folds, fit, logits)


def _matrix(rows: Sequence[Sequence[int]], width: int) -> csr_matrix:
    """Known pieces of each text as a row of one length."""
    sizes = [len(row) for row in rows]
    values = np.concatenate([np.full(size, max(size, 1) ** -0.5) for size in sizes])
    columns = np.array([place for row in rows for place in row], np.intp)
    return csr_matrix((values, columns, np.concatenate([[0], np.cumsum(sizes)])), shape=(len(rows), width))


def lowest(scores: Array, allowed: float) -> float:
    """The lowest limit that no larger share of the scores than `allowed` reaches."""
    taken = int(allowed * len(scores))
    ordered = np.sort(scores)[::-1]
    return float(ordered[taken]) + 1e-3 if taken < len(ordered) else 20.0
