"""A linear model over pieces of the text and over what the patterns found: needs no encoder, takes microseconds.

One `.npz` without pickle beside the rules, written by `bot.detectors.fit`: the pieces' weights per label, `hits`
(labels x labels: what a pattern's detail adds), `bias` (labels), `thresholds` (kinds in the order of `ORDER`), `labels`
(UTF-8, one name a line).
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from io import BytesIO
from math import exp, log
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from bot.detectors.kinds import LABELS, NAMES, ORDER, SPANS, Detection, DetectionKind
from bot.detectors.pieceweights import PieceWeights, as_bytes, as_lines

Array = NDArray[np.float32]
FILE = "surface.npz"
_TINY = 1e-9


class SurfaceMismatch(ValueError):
    """The file was fitted for other labels."""

    code = "surface_mismatch"


def scores(logits: Array) -> dict[DetectionKind, float]:
    """Log odds of each kind against everything else, the other kinds too."""
    # Fifteen numbers: plain Python takes a third of numpy's time.
    values = logits.tolist()
    most = max(values)
    shares = [exp(value - most) for value in values]
    total, found = sum(shares), dict[DetectionKind, float]()
    for kind, span in SPANS.items():
        own = sum(shares[span])
        found[kind] = log(own + _TINY) - log(total - own + _TINY)
    return found


def strongest(logits: Array, kind: DetectionKind) -> Detection:
    """The likeliest label of a kind."""
    span = SPANS[kind]
    return cast(Detection, LABELS[span.start + int(logits[span].argmax())])


class SurfaceModel:
    """Immutable; safe to share between threads."""

    def __init__(self, pieces: PieceWeights, hits: Array, bias: Array, thresholds: Sequence[float]) -> None:
        self.pieces, self._hits, self._bias = pieces, hits, bias
        self.thresholds = dict(zip(ORDER, map(float, thresholds), strict=True))

    def logits(self, sums: Array) -> Array:
        """Logits per label of a text, without patterns, from what its `pieces` make of its `grams`."""
        found: Array = sums + self._bias
        return found

    def with_hits(self, logits: Array, hits: Sequence[Detection]) -> Array:
        """Logits once the patterns have spoken."""
        for hit in hits:
            logits = logits + self._hits[LABELS.index(hit)]
        return logits

    def write(self, file: IO[bytes]) -> None:
        """One `.npz`."""
        np.savez_compressed(
            file,
            **self.pieces.arrays(),
            hits=self._hits.astype(np.float32),
            bias=self._bias.astype(np.float32),
            thresholds=np.array([self.thresholds[kind] for kind in ORDER], np.float32),
            labels=as_bytes(NAMES),
        )


def read_surface(file: IO[bytes] | Path) -> SurfaceModel:
    """Raises SurfaceMismatch when the labels are others than ours."""
    with np.load(file, allow_pickle=False) as stored:
        if as_lines(stored["labels"]) != list(NAMES):
            raise SurfaceMismatch("the surface model knows other labels: run `python -m bot.detectors.fit`")
        pieces = PieceWeights.read(stored)
        return SurfaceModel(pieces, stored["hits"], stored["bias"], stored["thresholds"].tolist())


def patterns_alone() -> SurfaceModel:
    """A model that knows no pieces and believes every hit of the patterns: what there is before the first fit."""
    size = len(LABELS)
    bias = np.full(size, -10.0, np.float32)
    bias[0] = 0.0
    none = PieceWeights([], np.zeros((0, size), np.float32))
    return SurfaceModel(none, np.eye(size, dtype=np.float32) * 20, bias, (0.0,) * len(ORDER))


@cache
def shipped_surface() -> SurfaceModel:
    """The model of this package, read once (0.1 s), or the patterns alone where none was fitted yet."""
    file = resources.files("bot.detectors").joinpath("rules", FILE)
    return read_surface(BytesIO(file.read_bytes())) if file.is_file() else patterns_alone()
