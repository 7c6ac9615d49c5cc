"""What each piece of a text (see `grams`) adds to one score or to several: the sparse half of a linear model."""

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


class PieceWeights:
    """`weights` (pieces x scores). Immutable; safe to share between threads."""

    def __init__(self, vocabulary: Sequence[str], weights: Array) -> None:
        self.places = {piece: place for place, piece in enumerate(vocabulary)}
        self.weights = weights

    def arrays(self) -> Mapping[str, Any]:
        """For an `.npz`: `vocabulary` (UTF-8, one piece a line), `weights` as int8 per score, since two digits are all
        that so few texts can tell, with `scale` (scores)."""
        scale = np.maximum(np.abs(self.weights).max(axis=0), 1e-9) / 127
        return {
            "vocabulary": as_bytes(self.places),
            "weights": np.round(self.weights / scale).astype(np.int8),
            "scale": scale.astype(np.float32),
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """From such arrays."""
        return cls(as_lines(stored["vocabulary"]), stored["weights"].astype(np.float32) * stored["scale"])


class Beside:
    """Weights of several models in one table: a text has many pieces, and all of them know most."""

    def __init__(self, *models: PieceWeights) -> None:
        vocabulary = {piece: None for model in models for piece in model.places}
        self._places = {piece: place for place, piece in enumerate(vocabulary)}
        # Behind a model's scores a column that counts the pieces it knows.
        self._spans = list[slice]()
        blocks, begin = [], 0
        for model in models:
            scores = model.weights.shape[1]
            block = np.zeros((len(vocabulary), scores + 1), np.float32)
            rows = [self._places[piece] for piece in model.places]
            block[rows, :scores], block[rows, scores] = model.weights, 1
            blocks.append(block)
            self._spans.append(slice(begin, begin + scores))
            begin += scores + 1
        self._weights = np.concatenate(blocks, axis=1)

    def sums(self, features: Set[str]) -> list[Array]:
        """Per model and score what the known ones of a text's features (`grams`) add, over the root of their number."""
        places = self._places
        # In order: a sum of float32 is not the same in any order, and that of a set of strings changes by process.
        known = sorted([place for feature in features if (place := places.get(feature)) is not None])
        total: Array = self._weights[known].sum(axis=0)
        return [total[span] * (max(float(total[span.stop]), 1.0) ** -0.5) for span in self._spans]


@lru_cache(maxsize=8)
def beside(*models: PieceWeights) -> Beside:
    """Made once: a corpus is published more often than a model."""
    return Beside(*models)


def as_bytes(lines: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def as_lines(stored: NDArray[np.uint8]) -> list[str]:
    return stored.tobytes().decode().split("\n")
