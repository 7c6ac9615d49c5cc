"""From probabilities on held-out rows to thresholds, by a stated risk; and the curves that show how good they are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# One-sided 90 %.
_Z = 1.2815515655446004
# Fewer answered rows than this say nothing about a risk of a few percent.
_ENOUGH = 30
# Neighbours in probability that are looked at together.
_WINDOW = 400


@dataclass(frozen=True, slots=True)
class Held:
    """Held-out rows: probability, whether the first candidate was right, whether it was among the choices offered,
    whether the text has an answer at all, and the row's weight in the assumed mix."""

    probability: Array
    right: NDArray[np.bool_]
    offered: NDArray[np.bool_]
    answerable: NDArray[np.bool_]
    weight: Array

    def only(self, mask: NDArray[np.bool_]) -> "Held":
        return Held(
            self.probability[mask], self.right[mask], self.offered[mask], self.answerable[mask], self.weight[mask]
        )


def upper_bound(wrong: Array, weight: Array) -> float:
    """One-sided 90 % Wilson bound on a weighted share, with Kish's effective number of rows."""
    total = float(weight.sum())
    if total == 0:
        return 1.0
    count = total**2 / float((weight**2).sum())
    share = float((wrong * weight).sum()) / total
    middle = share + _Z**2 / (2 * count)
    spread = _Z * float(np.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2)))
    return (middle + spread) / (1 + _Z**2 / count)


def answer_threshold(held: Held, risk: float, *, bounded: bool = True) -> float | None:
    """The lowest threshold from which on wrong answers stay within `risk`: their bound, or with `bounded` false their
    share as it was found. None when there is none."""
    order = np.argsort(-held.probability)
    wrong = (~held.right[order]).astype(np.float64)
    weight = held.weight[order]
    told = held.probability[order]
    best: float | None = None
    for end in range(_ENOUGH, len(order) + 1):
        if end < len(order) and told[end] == told[end - 1]:
            # Rows of one probability are answered together or not at all.
            continue
        share = upper_bound(wrong[:end], weight[:end]) if bounded else _share(wrong[:end], weight[:end])
        if share <= risk:
            best = float(told[end - 1])
    return best


def expected_threshold(held: Held, risk: float) -> float | None:
    """The lowest threshold from which on the share of wrong answers that the probabilities themselves expect is within
    `risk`. None when there is none. For a calibrated gate of which few rows stand at the top, whose count is noise."""
    order = np.argsort(-held.probability)
    told, weight = held.probability[order], held.weight[order]
    expected = np.cumsum((1 - told) * weight) / np.cumsum(weight)
    within = np.flatnonzero(expected <= risk)
    return float(told[within[-1]]) if len(within) >= _ENOUGH else None


def answer_floor(validation: Held, risk: float) -> float | None:
    """Where answers may begin at the lowest, by rows that nothing is fitted on: both what was counted and what the
    probabilities expect is within the risk, a count of some hundred answers alone being noise. None when nothing is."""
    counted, expected = answer_threshold(validation, risk, bounded=False), expected_threshold(validation, risk)
    return None if counted is None or expected is None else max(counted, expected)


def rounded_up(threshold: float) -> float:
    """To four digits, so that the file is readable and no more is answered than was found to be safe."""
    return float(np.ceil(threshold * 1e4) / 1e4)


def _share(wrong: Array, weight: Array) -> float:
    return float((wrong * weight).sum() / weight.sum())


def choice_threshold(held: Held, answer_at: float, share: float) -> float:
    """The lowest threshold below `answer_at` at which choices still pay: of the texts right around it, the right
    entry is among the choices in `share` of cases. Not an average over all that lies above."""
    below = held.only(held.probability < answer_at)
    order = np.argsort(-below.probability)
    if len(order) < _WINDOW:
        return answer_at
    weight = below.weight[order]
    box = np.ones(_WINDOW)
    hits = np.convolve(weight * below.offered[order], box, "valid") / np.convolve(weight, box, "valid")
    poor = np.flatnonzero(hits < share)
    end = int(poor[0]) if len(poor) else len(hits) - 1
    return float(below.probability[order[end + _WINDOW // 2]])


def summary(held: Held, answer_at: float, clarify_at: float) -> dict[str, float]:
    """What the thresholds mean on the held-out rows, in the assumed mix."""
    answered = held.probability >= answer_at
    unsure = ~answered & (held.probability >= clarify_at)
    known = held.answerable
    weight = held.weight

    def part(mask: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float:
        total = float(weight[whole].sum())
        return round(float(weight[mask & whole].sum()) / total, 4) if total else 0.0

    return {
        "rows": float(len(weight)),
        "coverage": part(answered, np.ones_like(answered)),
        "coverage_answerable": part(answered, known),
        "wrong_among_answered": part(~held.right, answered),
        "wrong_bound_90": round(upper_bound((~held.right[answered]).astype(float), weight[answered]), 4),
        "clarified_answerable": part(unsure, known),
        "right_among_choices": part(held.offered, unsure),
        "answered_or_offered_answerable": part((answered & held.right) | (unsure & held.offered), known),
        "unanswerable_answered": part(answered, ~known),
    }


def reliability(held: Held, bins: int = 10) -> list[dict[str, float]]:
    """Equal-mass bins: mean probability told, share right, rows."""
    order = np.argsort(held.probability)
    curve = []
    for some in np.array_split(order, bins):
        weight = held.weight[some]
        told = float((held.probability[some] * weight).sum() / weight.sum())
        right = float((held.right[some] * weight).sum() / weight.sum())
        curve.append({"told": round(told, 4), "right": round(right, 4), "rows": float(len(some))})
    return curve


def calibration_error(held: Held, bins: int = 15) -> float:
    """Expected calibration error over equal-mass bins, weighted."""
    order = np.argsort(held.probability)
    total = float(held.weight.sum())
    error = 0.0
    for some in np.array_split(order, bins):
        weight = held.weight[some]
        error += abs(float((weight * (held.probability[some] - held.right[some])).sum()))
    return round(error / total, 4)


def risk_coverage(held: Held, points: int = 40) -> list[dict[str, float]]:
    """What answering more costs: from the surest row down, share of the mix answered and wrong among them."""
    order = np.argsort(-held.probability, kind="stable")
    weight = held.weight[order]
    answered = np.cumsum(weight)
    wrong = np.cumsum(weight * ~held.right[order])
    curve = []
    for place in np.unique(np.linspace(_ENOUGH, len(order) - 1, points).astype(int)) if len(order) > _ENOUGH else ():
        share = float(answered[place] / answered[-1])
        curve.append({"coverage": round(share, 4), "wrong": round(float(wrong[place] / answered[place]), 4)})
    return curve
