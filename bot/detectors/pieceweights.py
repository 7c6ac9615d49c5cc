"""What each piece of a text (see `grams`) adds to one score or to several: the sparse half of a linear model."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


class PieceWeights:
    """`weights` (pieces x scores). Immutable; safe to share between threads."""

    def __init__(self, vocabulary: Sequence[str], weights: Array) -> None:
        self._places = {piece: place for place, piece in enumerate(vocabulary)}
        self._weights = weights

    def sums(self, features: Set[str]) -> Array:
        """Per score what the known ones of a text's features (`grams`) add, over the root of their number."""
        places = self._places
        # In order: a sum of float32 is not the same in any order, and that of a set of strings changes by process.
        known = sorted([place for feature in features if (place := places.get(feature)) is not None])
        found: Array = self._weights[known].sum(axis=0) * (max(len(known), 1) ** -0.5)
        return found

    def arrays(self) -> Mapping[str, Any]:
        """For an `.npz`: `vocabulary` (UTF-8, one piece a line), `weights` as int8 per score, since two digits are all
        that so few texts can tell, with `scale` (scores)."""
        scale = np.maximum(np.abs(self._weights).max(axis=0), 1e-9) / 127
        return {
            "vocabulary": as_bytes(self._places),
            "weights": np.round(self._weights / scale).astype(np.int8),
            "scale": scale.astype(np.float32),
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """From such arrays."""
        return cls(as_lines(stored["vocabulary"]), stored["weights"].astype(np.float32) * stored["scale"])


def as_bytes(lines: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def as_lines(stored: NDArray[np.uint8]) -> list[str]:
    return stored.tobytes().decode().split("\n")
