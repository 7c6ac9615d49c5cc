"""Rasa as an intent classifier for `evaluate intents`: trained, served and asked like any other, then stopped.

Rows labelled `oos` are an intent of their own beside the others, as Rasa's users teach what is out of scope. The score
of a text is Rasa's confidence in the best of the other labels. The threshold is chosen on the validation file, else on
a tenth of the training rows that is not taught; where neither holds an `oos` row it is the one of Rasa's
FallbackClassifier, since nothing says where scope ends.
"""

import io
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.evaluation.intents import IntentModel, Judged, threshold_of
from bot.evaluation.rows import OUT_OF_SCOPE, Labelled, locale_of
from bot.gate.logistic import fit_logistic, sigmoid
from bot.rasa.classifier import Confidences, trained_on
from bot.rasa.gate import odds
from bot.rasa.project import FALLBACK_AT, language_of

Wide = NDArray[np.float64]
# One row in so many of every label chooses the threshold.
_HELD_ONE_IN = 10
# Fewer held rows than this say nothing about how far a confidence is to be believed.
_ENOUGH_HELD = 50
_PENALTY = 1e-3


class RasaIntents:
    """Makes classifiers with Rasa's environment in that folder."""

    def __init__(self, environment: Path) -> None:
        self._environment = environment

    def fit(self, train: Sequence[Labelled], validation: Sequence[Labelled]) -> IntentModel:
        """Minutes. Raises RasaMissing, TrainingFailed, NotUp, all of them EngineFailed."""
        taught, held = (list(train), list(validation)) if validation else parted(train)
        language = language_of(locale_of([row.text for row in taught]))
        with ExitStack() as stack:
            # What Rasa prints while it trains is told only when it fails.
            rows = [(row.text, row.label) for row in taught]
            confidences, _ = stack.enter_context(trained_on(rows, language, self._environment, io.StringIO()))
            names = sorted({row.label for row in taught if row.in_scope})
            model = RasaIntentModel(names, confidences, held)
            model.closing = stack.pop_all()
        return model


def parted(train: Sequence[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """Rows to teach, and every tenth of each label to choose the threshold on; none if no `oos` row is among them."""
    seen: Counter[str] = Counter()
    taught, held = list[Labelled](), list[Labelled]()
    for row in train:
        seen[row.label] += 1
        (taught if seen[row.label] % _HELD_ONE_IN else held).append(row)
    return (taught, held) if any(not row.in_scope for row in held) else (list(train), [])


class RasaIntentModel:
    """Belongs to a running server, which `close` stops."""

    def __init__(
        self, names: Sequence[str], confidences: Callable[[str], Confidences], held: Sequence[Labelled]
    ) -> None:
        self.closing = ExitStack()
        self.threshold = FALLBACK_AT
        self._names = names
        self._confidences = confidences
        self._fitted: tuple[Wide, float] | None = None
        if not held:
            return
        signals, judged = self._look([row.text for row in held])
        right = judged.labels == np.array([row.label for row in held])
        if any(not row.in_scope for row in held):
            self.threshold = threshold_of(judged, held)
        if len(held) >= _ENOUGH_HELD:
            self._fitted = fit_logistic(signals, right.astype(np.float64), np.ones(len(held)), _PENALTY)

    def judge(self, texts: Sequence[str]) -> Judged:
        """Raises RasaFailed."""
        return self._look(texts)[1]

    def _look(self, texts: Sequence[str]) -> tuple[Wide, Judged]:
        found = [self._best(text) for text in texts]
        score = np.array([first for _, first, _ in found])
        signals = np.array([[odds(first), odds(first) - odds(second)] for _, first, second in found]).reshape(-1, 2)
        probability: Wide = score if self._fitted is None else sigmoid(signals @ self._fitted[0] + self._fitted[1])
        return signals, Judged(np.array([label for label, _, _ in found], np.str_), score, probability)

    def _best(self, text: str) -> tuple[str, float, float]:
        """The best label in scope, its confidence, and the next one's; Rasa names none for an empty text."""
        told = sorted(
            ((share, label) for label, share in self._confidences(text).items() if label != OUT_OF_SCOPE), reverse=True
        )
        if not told:
            return self._names[0], 0.0, 0.0
        return told[0][1], told[0][0], told[1][0] if len(told) > 1 else 0.0

    def close(self) -> None:
        self.closing.close()
