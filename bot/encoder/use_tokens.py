"""What USE-multilingual sees of a token by itself: its vector, and what its branches begin with.

Both depend on nothing else and are the same in every text, so they stand in tables, of which the rows that are needed
are read from disk by memory map: the product that makes the second of the first would be a third of the work of a text.
"""

import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Places = NDArray[np.intp]
TABLE_FILE, SCALES_FILE, INNER_FILE = "table.npy", "scales.npz", "inner.npy"
FILES = (TABLE_FILE, SCALES_FILE, INNER_FILE)
# Parts of the table with a scale each; token n is in part n % CHUNKS.
CHUNKS = 17
_AT_ONCE = 4096


class Tokens:
    """The tables in an encoder's folder. Several threads may use it."""

    def __init__(self, directory: Path) -> None:
        self._table = _mapped(directory / TABLE_FILE)
        self._inner = _mapped(directory / INNER_FILE)
        with np.load(directory / SCALES_FILE, allow_pickle=False) as stored:
            self._scale, self._low = (stored[name].astype(np.float32) for name in ("scale", "lo"))

    def words(self, tokens: Places) -> Array:
        """Their vectors (tokens x 512)."""
        return _plain(self._table[tokens], tokens % CHUNKS, self._scale, self._low)

    def inner(self, tokens: Places) -> Array:
        """What the branches begin with (tokens x 768)."""
        found: Array = self._inner[tokens]
        return found


def _plain(rows: NDArray[np.uint8], parts: Places, scale: Array, low: Array) -> Array:
    found = rows.astype(np.float32)
    found *= scale[parts, None]
    found += low[parts, None]
    return found


def _mapped(path: Path) -> Any:
    found = np.load(path, mmap_mode="r", allow_pickle=False)
    if isinstance(found.base, mmap.mmap) and hasattr(mmap, "MADV_RANDOM"):
        # Rows stand in no order in which they are asked for: what is near one need not be read as well.
        found.base.madvise(mmap.MADV_RANDOM)
    return found


def write_tables(directory: Path, table: NDArray[np.uint8], weights: Mapping[str, Array]) -> None:
    """`table` (tokens x 512). `weights`: `scale` and `lo` of the table's parts, and of the branches' beginning `proj`
    (512 x 768), `proj_b`, and a layer norm's `ln_g`, `ln_b` and `eps`. That product stays exact: with int8 weights here
    a text's vector agrees with the exact one to .982, without to .999."""
    np.save(directory / TABLE_FILE, table, allow_pickle=False)
    np.savez(directory / SCALES_FILE, allow_pickle=False, scale=weights["scale"], lo=weights["lo"])
    inner = np.empty((len(table), len(weights["proj_b"])), np.float32)
    for start in range(0, len(table), _AT_ONCE):
        some = np.arange(start, min(start + _AT_ONCE, len(table)))
        words = _plain(table[some], some % CHUNKS, weights["scale"], weights["lo"])
        inner[some] = _normed(words @ weights["proj"] + weights["proj_b"], weights)
    np.save(directory / INNER_FILE, inner, allow_pickle=False)


def _normed(rows: Array, weights: Mapping[str, Array]) -> Array:
    rows = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.square(rows).mean(axis=1, keepdims=True) + weights["eps"])
    normal: Array = rows / spread * weights["ln_g"] + weights["ln_b"]
    return normal
