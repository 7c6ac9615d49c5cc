"""What USE-multilingual sees of a token by itself: its vector, and what the branches make of that.

Both depend on nothing else, and customers use few of the hundred thousand tokens: what is known of the last ones is
kept, which spares a fifth of the work of a text.
"""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Places = NDArray[np.intp]
TABLE_FILE, TOKENS_FILE = "table.npy", "tokens.npz"
# Parts of the table with a scale each; token n is in part n % CHUNKS.
CHUNKS = 17
# Tokens that are remembered, 5 KB each; a text has 130 at most.
_REMEMBERED = 8192


@dataclass(frozen=True, slots=True)
class Projection:
    """`scale` and `low` of each of the table's parts, `weights` (512 x 768) and `bias`; then a layer norm
    with `gain`, `shift` (768 each) and `epsilon` (one figure). float32, so is the product: with int8 weights here a
    text's vector agrees with the exact one to .982, without to .999."""

    scale: Array
    low: Array
    weights: Array
    bias: Array
    gain: Array
    shift: Array
    epsilon: Array

    def write(self, path: Path) -> None:
        """An `.npz` without pickle."""
        np.savez(path, allow_pickle=False, **{name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def read(cls, path: Path) -> Self:
        with np.load(path, allow_pickle=False) as stored:
            return cls(**{name: stored[name].astype(np.float32) for name in cls.__slots__})

    def inner(self, words: Array) -> Array:
        """What the branches begin with (tokens x 768)."""
        found: Array = words @ self.weights
        found += self.bias
        found -= found.mean(axis=1, keepdims=True)
        spread = np.sqrt(np.einsum("ij,ij->i", found, found) / found.shape[1] + self.epsilon)
        found /= spread[:, None]
        found *= self.gain
        found += self.shift
        return found


class Tokens:
    """The tokens of an encoder's folder; their table is read from disk as needed. Several threads may use it."""

    def __init__(self, table: Any, projection: Projection, size: int = _REMEMBERED) -> None:
        """`table` (tokens x 512, uint8)."""
        self._table, self._projection = table, projection
        self._places = np.full(len(table), -1, np.intp)
        self._words = np.empty((size, table.shape[1]), np.float32)
        self._inner = np.empty((size, len(projection.bias)), np.float32)
        self._used = 0
        self._lock = Lock()

    @classmethod
    def open(cls, directory: Path) -> Self:
        table = np.load(directory / TABLE_FILE, mmap_mode="r", allow_pickle=False)
        return cls(table, Projection.read(directory / TOKENS_FILE))

    def read(self, tokens: Places) -> tuple[Array, Array]:
        """Their vectors (tokens x 512), and what the branches make of each (tokens x 768). No more at once than are
        remembered."""
        with self._lock:
            places = self._places[tokens]
            if len(places) and places.min() < 0:
                self._learn(np.unique(tokens[places < 0]), tokens)
                places = self._places[tokens]
            return self._words[places], self._inner[places]

    def _learn(self, missing: Places, wanted: Places) -> None:
        if self._used + len(missing) > len(self._words):
            self._places.fill(-1)
            self._used = 0
            missing = np.unique(wanted)
        rows = slice(self._used, self._used + len(missing))
        part = missing % CHUNKS
        words = self._table[missing].astype(np.float32)
        words *= self._projection.scale[part, None]
        words += self._projection.low[part, None]
        self._words[rows], self._inner[rows] = words, self._projection.inner(words)
        self._places[missing] = np.arange(rows.start, rows.stop)
        self._used = rows.stop
