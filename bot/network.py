"""A network with one hidden layer: small enough for numpy to fit in minutes and to run in microseconds.

Several are fitted from different beginnings and laid side by side, their logits averaged, which is again one network:
alone, each answers for the chance of its beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
_SEEDS = (0, 1, 2)
# Columns of a block.
_UNITS = 192


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is fitted: Adam over so many rounds in batches, its steps falling to nothing; `decay` of the
    matrices in proportion to the steps; `dropped`: the share of hidden units left out of a step; `spread`: of the first
    matrix, for inputs of length one, whose single figures are small, more than 1."""

    units: int = 256
    rounds: int = 20
    batch: int = 128
    step: float = 2e-3
    decay: float = 1e-4
    dropped: float = 0.5
    spread: float = 3.0


VECTORS = Recipe()
"""For unit vectors."""


@dataclass(frozen=True)
class Network:
    """`first` (inputs x units), `second` (units x labels), and what is added after each."""

    first: Array
    first_bias: Array
    second: Array
    second_bias: Array

    def logits(self, rows: Array) -> Array:
        """Rows (texts x labels)."""
        # Few rows times all units at once would have BLAS copy the whole matrix first, twice the time of the product.
        hidden = np.concatenate([rows @ part for part in self._parts], axis=1)
        hidden += self.first_bias
        found: Array = np.maximum(hidden, 0, out=hidden) @ self.second + self.second_bias
        return found

    @cached_property
    def _parts(self) -> list[Array]:
        """`first` in blocks of columns, each of which is one piece of memory."""
        count = -(-self.first.shape[1] // _UNITS)
        return [np.ascontiguousarray(part) for part in np.array_split(self.first, count, axis=1)]


def fit_network(
    rows: Array, labels: NDArray[np.intp], classes: int, weights: NDArray[np.float64], recipe: Recipe = VECTORS
) -> Network:
    """Cross entropy of weighted rows; the same rows give the same network."""
    return beside([_fit_one(rows, labels, classes, weights.astype(np.float32), recipe, seed) for seed in _SEEDS])


def beside(networks: Sequence[Network]) -> Network:
    """One network whose logits are the mean of theirs."""
    share = np.float32(1 / len(networks))
    return Network(
        np.concatenate([each.first for each in networks], axis=1),
        np.concatenate([each.first_bias for each in networks]),
        np.concatenate([each.second for each in networks], axis=0) * share,
        np.asarray(sum(each.second_bias for each in networks) * share),
    )


def _fit_one(rows: Array, labels: NDArray[np.intp], classes: int, weights: Array, recipe: Recipe, seed: int) -> Network:
    chance = np.random.default_rng(seed)
    wanted = np.eye(classes, dtype=np.float32)[labels]
    count, width = rows.shape
    parts = [
        (chance.normal(0, recipe.spread / np.sqrt(width), (width, recipe.units))).astype(np.float32),
        np.zeros(recipe.units, np.float32),
        chance.normal(0, 1 / np.sqrt(recipe.units), (recipe.units, classes)).astype(np.float32),
        np.zeros(classes, np.float32),
    ]
    batch = min(recipe.batch, count)
    adam = _Adam(parts, recipe, recipe.rounds * (count // batch))
    for _ in range(recipe.rounds):
        order = chance.permutation(count)
        for start in range(0, count - batch + 1, batch):
            some = order[start : start + batch]
            inputs = rows[some]
            hidden = np.maximum(inputs @ parts[0] + parts[1], 0)
            kept = (chance.random(hidden.shape) > recipe.dropped).astype(np.float32) / np.float32(1 - recipe.dropped)
            thinned = hidden * kept
            logits = thinned @ parts[2] + parts[3]
            grown = np.exp(logits - logits.max(axis=1, keepdims=True))
            error = (grown / grown.sum(axis=1, keepdims=True) - wanted[some]) * (weights[some] / batch)[:, None]
            back = (error @ parts[2].T) * kept * (hidden > 0)
            adam.step([inputs.T @ back, back.sum(axis=0), thinned.T @ error, error.sum(axis=0)])
    return Network(*parts)


class _Adam:
    """Adam with decay of the matrices, its step falling to nothing over `steps`. Changes `parts` in place."""

    def __init__(self, parts: Sequence[Array], recipe: Recipe, steps: int) -> None:
        self._parts, self._recipe, self._steps, self._done = parts, recipe, steps, 0
        self._means = [np.zeros_like(part) for part in parts]
        self._squares = [np.zeros_like(part) for part in parts]

    def step(self, slopes: Sequence[Array]) -> None:
        self._done += 1
        size = np.float32(self._recipe.step * (1 - self._done / (self._steps + 1)))
        for part, slope, mean, square in zip(self._parts, slopes, self._means, self._squares, strict=True):
            mean += np.float32(0.1) * (slope - mean)
            square += np.float32(0.01) * (slope * slope - square)
            grown = np.sqrt(square / np.float32(1 - 0.99**self._done)) + np.float32(1e-8)
            change = mean / np.float32(1 - 0.9**self._done) / grown
            part -= size * (change + np.float32(self._recipe.decay if part.ndim == 2 else 0) * part)
