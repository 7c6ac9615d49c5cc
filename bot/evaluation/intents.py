"""`evaluate intents`: fit on one file, choose the threshold on another or a part of it, measure on a third."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.evaluation.metrics import (
    Array,
    auroc,
    best_cut,
    calibration_error,
    cut_at,
    macro_f1,
    rejection_at_coverage,
)
from bot.evaluation.rows import OUT_OF_SCOPE, Labelled, RowsError

# Texts that are timed one by one.
TIMED = 200


@dataclass(frozen=True, slots=True)
class Judged:
    """What a classifier says about texts: the best in-scope label, a score that is high in scope, and the probability
    that the label is right. All of one length."""

    labels: NDArray[np.str_]
    score: Array
    probability: Array

    def some(self, mask: NDArray[np.bool_]) -> "Judged":
        return Judged(self.labels[mask], self.score[mask], self.probability[mask])


class IntentModel(Protocol):
    """A fitted classifier."""

    @property
    def threshold(self) -> float:
        """From which score on a text is in scope; chosen on rows that were not fitted on."""

    def judge(self, texts: Sequence[str]) -> Judged: ...

    def close(self) -> None:
        """Ends what `fit` started. Nothing may be judged afterwards."""


class IntentEngine(Protocol):
    """Makes classifiers. Raises EngineFailed."""

    def fit(self, train: Sequence[Labelled], validation: Sequence[Labelled]) -> IntentModel:
        """`validation` may be empty: then a part of `train` is held out to choose the threshold."""


def evaluate_intents(
    engine: IntentEngine,
    train: Sequence[Labelled],
    test: Sequence[Labelled],
    validation: Sequence[Labelled] = (),
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Any]:
    """The figures of the contract; None where the test rows hold none of what a figure needs. Raises RowsError."""
    if len({row.label for row in train if row.in_scope}) < 2:
        raise RowsError("training rows need at least two labels besides `oos`")
    began = clock()
    model = engine.fit(train, validation)
    seconds = clock() - began
    try:
        times = _timed(model, test, clock)
        judged = model.judge([row.text for row in test])
    finally:
        model.close()
    right_labels = np.array([row.label for row in test])
    in_scope = right_labels != OUT_OF_SCOPE
    right = (judged.labels == right_labels) & in_scope
    cut = cut_at(model.threshold, judged.score, right, in_scope)
    known = in_scope.any()
    return {
        "accuracy": _rounded(float(right[in_scope].mean()) if known else None),
        "threshold": float(model.threshold),
        "in_scope_accuracy": _rounded(cut.in_scope_accuracy if known else None),
        "oos_recall": _rounded(cut.oos_recall),
        "auroc": _rounded(auroc(judged.score, in_scope)),
        "rejection_at_90_coverage": _rounded(rejection_at_coverage(judged.score, in_scope, 0.9)),
        "ece": _rounded(calibration_error(judged.probability, right)),
        "macro_f1": _rounded(macro_f1(judged.labels[in_scope], right_labels[in_scope])),
        "ms_p50": _rounded(float(np.percentile(times, 50)), 3),
        "ms_p95": _rounded(float(np.percentile(times, 95)), 3),
        "train_seconds": _rounded(seconds, 2),
    }


def _timed(model: IntentModel, test: Sequence[Labelled], clock: Callable[[], float]) -> list[float]:
    """Milliseconds of some texts, one by one."""
    times = []
    for row in test[:: max(1, len(test) // TIMED)][:TIMED]:
        one = clock()
        model.judge([row.text])
        times.append((clock() - one) * 1000)
    return times


def threshold_of(judged: Judged, rows: Sequence[Labelled]) -> float:
    """The threshold that maximises (in-scope accuracy + out-of-scope recall) / 2 on held-out rows."""
    labels = np.array([row.label for row in rows])
    in_scope = labels != OUT_OF_SCOPE
    return best_cut(judged.score, (judged.labels == labels) & in_scope, in_scope)


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
