"""Multinomial logistic regression over a sparse and a dense block, with a penalty for each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

Array = NDArray[np.float64]
_ROUNDS = 150


@dataclass(frozen=True, slots=True)
class Fitted:
    """Coefficients (inputs x labels) of both blocks, and biases."""

    sparse: Array
    dense: Array
    bias: Array


def fit_softmax(
    sparse: csr_matrix | None,
    dense: Array,
    labels: NDArray[np.intp],
    classes: int,
    weights: Array,
    penalties: tuple[float, float],
) -> Fitted:
    """`labels` are class numbers of the rows; penalties (sparse, dense) are per unit of mean weight."""
    rows, wide = len(labels), 0 if sparse is None else sparse.shape[1]
    narrow = dense.shape[1]
    share = (weights / weights.sum())[:, None]
    wanted = np.eye(classes)[labels]
    ends = (wide * classes, (wide + narrow) * classes)
    columns = None if sparse is None else sparse.T.tocsr()

    def loss(packed: Array) -> tuple[float, Array]:
        pieces, inputs = packed[: ends[0]].reshape(wide, classes), packed[ends[0] : ends[1]].reshape(narrow, classes)
        logits = dense @ inputs + packed[ends[1] :]
        if sparse is not None:
            logits += sparse @ pieces
        logits -= logits.max(axis=1, keepdims=True)
        grown = np.exp(logits)
        total = grown.sum(axis=1, keepdims=True)
        value = float((share[:, 0] * (np.log(total[:, 0]) - logits[np.arange(rows), labels])).sum())
        value += 0.5 * penalties[0] * float((pieces**2).sum()) + 0.5 * penalties[1] * float((inputs**2).sum())
        error = share * (grown / total - wanted)
        parts = [(dense.T @ error + penalties[1] * inputs).ravel(), error.sum(axis=0)]
        if columns is not None:
            parts.insert(0, (columns @ error + penalties[0] * pieces).ravel())
        return value, np.concatenate(parts)

    found = minimize(
        loss, np.zeros(ends[1] + classes), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS, "maxfun": 400}
    ).x
    return Fitted(
        found[: ends[0]].reshape(wide, classes), found[ends[0] : ends[1]].reshape(narrow, classes), found[ends[1] :]
    )
