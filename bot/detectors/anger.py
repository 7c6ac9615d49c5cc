"""Whether a customer is beyond patience: a linear model over pieces of the text and over whether a pattern spoke.

It never decides alone: an answer gets a person offered below it, an unsure turn goes to a person. One `.npz` without
pickle beside the rules, written by `bot.detectors.fit_anger`: the pieces' weights, `hit` (what a pattern adds), `bias`
and `threshold`, log odds all of them.
"""

from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from bot.detectors.patterns import PatternSet, load_patterns
from bot.detectors.pieceweights import PieceWeights

Array = NDArray[np.float32]
FILE = "anger.npz"


class Anger:
    """Immutable; safe to share between threads."""

    def __init__(self, pieces: PieceWeights, hit: float, bias: float, threshold: float) -> None:
        self.pieces, self._hit, self._bias, self._threshold = pieces, hit, bias, threshold
        self._patterns: PatternSet = load_patterns("anger")

    def is_in(self, form: str, known: set[str], sums: Array) -> bool:
        """Whether the log odds of a text reach the threshold."""
        return self.log_odds(form, known, sums) >= self._threshold

    def log_odds(self, form: str, known: set[str], sums: Array) -> float:
        """That the customer is beyond patience, from a text in its normal form with its `needles.pieces`, and from what
        this model's `pieces` make of its `grams`."""
        spoken = self._patterns.find(form, known) is not None
        return float(sums[0]) + self._bias + (self._hit if spoken else 0.0)

    def write(self, file: IO[bytes]) -> None:
        """One `.npz`."""
        numbers = {"hit": self._hit, "bias": self._bias, "threshold": self._threshold}
        parts: dict[str, Any] = {**self.pieces.arrays(), **numbers}
        np.savez_compressed(file, **parts)


def read_anger(file: IO[bytes] | Path) -> Anger:
    """The model in such a file."""
    with np.load(file, allow_pickle=False) as stored:
        return Anger(PieceWeights.read(stored), *(float(stored[name]) for name in ("hit", "bias", "threshold")))


@cache
def shipped_anger() -> Anger:
    """The model of this package, read once."""
    return read_anger(BytesIO(resources.files("bot.detectors").joinpath("rules", FILE).read_bytes()))
