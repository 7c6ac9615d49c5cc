"""Vectors of texts that belong to entries, laid out so that an edit moves none but its own.

An entry's vectors stand together in a pool, entries in any order. What an edit changes is written behind the last one:
the vectors of all other entries stay where they are, and so does the mean that was subtracted from them. When there is
no room left, or much has gone, everything is laid out anew. A pool is only added to, so an index made before an edit
stays valid.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from simsimd import cdist

Array = NDArray[np.float32]
Bytes = NDArray[np.int8]
Places = NDArray[np.intp]
Keys = tuple[bytes, ...]
Reader = Callable[[Sequence[str], Sequence[bytes]], Array]
"""Raw vectors of texts with their keys, float32."""
# So many vectors fit into a processor's cache, with room for what is made of them.
_AT_ONCE = 512
# Room for edits: one more row to so many, and as many that are no longer anybody's. A mean is therefore never of a
# corpus that differed by more.
_ROOM = 8
# To lay out fewer rows than this takes no time: then the mean is always that of what is there.
_FEW = 4096
_LARGEST = 127
# To copy so few rows takes less time than to multiply entry by entry.
_COPIED = 64


def centre(vectors: Array, mean: Array) -> Array:
    """Vectors minus the mean, normalised again; a vector equal to the mean stays zero."""
    return centre_in_place(vectors.copy(), mean)


def centre_in_place(vectors: Array, mean: Array) -> Array:
    """`centre` in place: a corpus's vectors are half a gigabyte, and are gone through once, some at a time."""
    for start in range(0, len(vectors), _AT_ONCE):
        some = vectors[start : start + _AT_ONCE]
        some -= mean
        some /= np.maximum(np.sqrt(np.einsum("ij,ij->i", some, some)), 1e-9)[:, None]
    return vectors


@dataclass(frozen=True, slots=True)
class Coarse:
    """Vectors in int8 (n x dimensions) with a scale each. A cosine of two of them is off by less than a thousandth, a
    twentieth of what the encoders' own int8 products cost; memory, and with it the time to read many, is a quarter."""

    values: Bytes
    scales: Array

    @classmethod
    def of(cls, vectors: Array) -> "Coarse":
        made = cls(np.empty(vectors.shape, np.int8), np.empty(len(vectors), np.float32))
        made.write(0, vectors)
        return made

    def write(self, place: int, vectors: Array) -> None:
        """Takes vectors over, from that row on."""
        for start in range(0, len(vectors), _AT_ONCE):
            some = vectors[start : start + _AT_ONCE]
            scales = np.maximum(np.abs(some).max(axis=1), 1e-9) / np.float32(_LARGEST)
            rows = slice(place + start, place + start + len(some))
            np.rint(some / scales[:, None], out=self.values[rows], casting="unsafe")
            self.scales[rows] = scales

    def __len__(self) -> int:
        return len(self.values)

    def some(self, rows: slice | Places) -> "Coarse":
        """These rows; of a slice nothing is copied."""
        return Coarse(self.values[rows], self.scales[rows])

    def row(self, place: int) -> "Coarse":
        """One of them."""
        return self.some(slice(place, place + 1))

    def cosines(self, others: "Coarse") -> Array:
        """Products of all with all others (self x others)."""
        if not len(self) or not len(others):
            return np.zeros((len(self), len(others)), np.float32)
        # Sums of a thousand products still are whole numbers in float32.
        found: Array = np.asarray(cdist(self.values, others.values, "dot", out_dtype="float32"))
        found *= self.scales[:, None]
        found *= others.scales
        return found

    def plain(self) -> Array:
        """What they are, float32."""
        found: Array = self.values * self.scales[:, None]
        return found


@dataclass(frozen=True)
class Rows:
    """Vectors grouped by entry: those of entry `n` stand at `begins[n]` in the pool, `counts[n]` of them."""

    begins: Places
    counts: Places
    pool: Coarse

    @classmethod
    def of(cls, counts: Places, vectors: Coarse) -> "Rows":
        """Of vectors that stand entry by entry."""
        return cls(np.cumsum(counts) - counts, counts, vectors)

    @cached_property
    def offsets(self) -> Places:
        """How many rows all entries before each one have."""
        return np.asarray(np.cumsum(self.counts) - self.counts, np.intp)

    def among(self, chosen: Places, query: Coarse) -> tuple[Array, Places, Array]:
        """Cosines of the chosen entries' rows with one query, entry by entry; where each entry's end; and per entry the
        largest (0 for an entry without rows). Reads those rows and no others: all of them do not fit into a processor's
        cache."""
        begins, counts = self.begins[chosen], self.counts[chosen]
        ends = np.cumsum(counts)
        total = int(ends[-1]) if len(ends) else 0
        if total <= _COPIED:
            rows = np.arange(total) + np.repeat(begins - (ends - counts), counts)
            cosines = query.cosines(self.pool.some(rows))[0]
        else:
            cosines = self._products(begins.tolist(), counts.tolist(), total, query)
        most = np.zeros(len(chosen), np.float32)
        if total:
            filled = counts > 0
            most[filled] = np.maximum.reduceat(cosines, (ends - counts)[filled])
        return cosines, ends, most

    def _products(self, begins: list[int], counts: list[int], total: int, query: Coarse) -> Array:
        """Cosines of runs of the pool's rows, one behind the other: they are multiplied where they stand."""
        cosines, scales, end = np.empty(total, np.float32), np.empty(total, np.float32), 0
        for begin, count in zip(begins, counts, strict=True):
            if count:
                rows, places = slice(begin, begin + count), slice(end, end + count)
                # Not with `out`: SimSIMD 6.5 then gives away a reference to None that it does not own.
                cosines[places] = cdist(query.values, self.pool.values[rows], "dot", out_dtype="float32")
                scales[places] = self.pool.scales[rows]
                end += count
        cosines *= scales
        cosines *= query.scales[0]
        return cosines

    def nearest(self, queries: Coarse) -> Array:
        """The largest cosine per entry (queries x entries) of all rows; 0 for an entry without rows."""
        found = np.zeros((len(queries), len(self.counts)), np.float32)
        filled = np.flatnonzero(self.counts)
        if len(filled):
            every = self.pool.some(slice(int((self.begins + self.counts).max())))
            found[:, filled] = np.maximum.reduceat(
                queries.cosines(every)[:, self._places], self.offsets[filled], axis=1
            )
        return found

    @cached_property
    def _places(self) -> Places | slice:
        """Where in the pool every row stands."""
        if np.array_equal(self.begins, self.offsets):
            return slice(int(self.counts.sum()))
        return np.arange(int(self.counts.sum())) + np.repeat(self.begins - self.offsets, self.counts)


@dataclass(frozen=True, slots=True)
class Layout:
    """One encoder's centred vectors; `contents` tells the keys of each entry's texts, `sums` the sum of its vectors.
    Of the pool's rows the first `used` are taken."""

    contents: Sequence[Keys]
    mean: Array
    rows: Rows
    sums: Array
    used: int

    @classmethod
    def made(cls, contents: Sequence[Keys], texts: Sequence[Sequence[str]], read: Reader) -> "Layout":
        """From nothing."""
        vectors = _read(contents, texts, read)
        count = len(vectors)
        # One vector alone is no deviation from a mean.
        mean: Array = vectors.mean(axis=0) if count > 1 else np.zeros(vectors.shape[1], np.float32)
        centre_in_place(vectors, mean)
        size = count + (count // _ROOM if count >= _FEW else 0)
        # What is not written yet takes no memory.
        pool = Coarse(np.zeros((size, vectors.shape[1]), np.int8), np.zeros(size, np.float32))
        pool.write(0, vectors)
        rows = Rows.of(np.array([len(keys) for keys in contents], np.intp), pool)
        return cls(contents, mean, rows, _sums(rows.counts, vectors), count)

    def edited(self, contents: Sequence[Keys], texts: Sequence[Sequence[str]], read: Reader) -> "Layout":
        """Of other contents, what is the same taken over. At most one layout may be made of another one."""
        if list(contents) == list(self.contents):
            return self
        known = {keys: place for place, keys in enumerate(self.contents)}
        source = np.array([known.get(keys, -1) for keys in contents], np.intp)
        fresh = np.flatnonzero(source < 0)
        added = sum(len(contents[place]) for place in fresh.tolist())
        used, size = self.used + added, len(self.rows.pool)
        if size < _FEW or used > size or used - sum(map(len, contents)) > size // _ROOM:
            return Layout.made(contents, texts, read)
        some = fresh.tolist()
        vectors = _read([contents[place] for place in some], [texts[place] for place in some], read)
        pool = self.rows.pool
        pool.write(self.used, centre_in_place(vectors, self.mean))
        counts = np.array([len(keys) for keys in contents], np.intp)
        begins = self.rows.begins[source]
        begins[fresh] = self.used + np.cumsum(counts[fresh]) - counts[fresh]
        rows = Rows(begins, counts, pool)
        sums = self.sums[source]
        sums[fresh] = _sums(counts[fresh], vectors)
        return Layout(contents, self.mean, rows, sums, self.used + added)


def _read(contents: Sequence[Keys], texts: Sequence[Sequence[str]], read: Reader) -> Array:
    return read([text for some in texts for text in some], [key for keys in contents for key in keys])


def _sums(counts: Places, vectors: Array) -> Array:
    """Of vectors that stand entry by entry, the sum of each entry's (entries x dimensions)."""
    sums = np.zeros((len(counts), vectors.shape[1]), np.float32)
    filled = np.flatnonzero(counts)
    if len(filled):
        sums[filled] = np.add.reduceat(vectors, (np.cumsum(counts) - counts)[filled], axis=0)
    return sums
