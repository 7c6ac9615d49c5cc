"""Figures of merit. Pure functions of arrays; None where a figure has no rows to stand on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
BINS = 15


def auroc(score: Array, positive: Mask) -> float | None:
    """Probability that a positive row scores above a negative one, ties counting half."""
    positives = int(positive.sum())
    negatives = len(positive) - positives
    if not positives or not negatives:
        return None
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[place]
    wins = float(ranks[positive].sum()) - positives * (positives + 1) / 2
    return wins / (positives * negatives)


def rejection_at_coverage(score: Array, in_scope: Mask, coverage: float) -> float | None:
    """Share of the other rows below the score that keeps `coverage` of the in-scope rows."""
    kept = np.sort(score[in_scope])[::-1]
    if not len(kept) or in_scope.all():
        return None
    limit = kept[min(len(kept) - 1, int(np.ceil(coverage * len(kept))) - 1)]
    return float((score[~in_scope] < limit).mean())


def calibration_error(probability: Array, right: Mask, bins: int = BINS) -> float | None:
    """Expected calibration error over equal-mass bins."""
    if not len(probability):
        return None
    order = np.argsort(probability, kind="stable")
    error = 0.0
    for some in np.array_split(order, min(bins, len(order))):
        error += abs(float((probability[some] - right[some]).sum()))
    return error / len(order)


def macro_f1(told: NDArray[np.str_], right: NDArray[np.str_]) -> float | None:
    """Mean F1 over the labels that the rows have."""
    labels = np.unique(right)
    if not len(labels):
        return None
    total = 0.0
    for label in labels:
        hits = int(((told == label) & (right == label)).sum())
        total += 2 * hits / (int((told == label).sum()) + int((right == label).sum()))
    return total / len(labels)


@dataclass(frozen=True, slots=True)
class Cut:
    """A threshold and what it means: in-scope rows at or above it and right, the others below it."""

    threshold: float
    in_scope_accuracy: float
    oos_recall: float | None


def cut_at(threshold: float, score: Array, right: Mask, in_scope: Mask) -> Cut:
    """A rejected in-scope row counts as wrong."""
    accepted = score >= threshold
    accuracy = float((accepted & right)[in_scope].mean()) if in_scope.any() else 0.0
    recall = float((~accepted)[~in_scope].mean()) if (~in_scope).any() else None
    return Cut(threshold, accuracy, recall)


def best_cut(score: Array, right: Mask, in_scope: Mask) -> float:
    """The threshold with the largest mean of in-scope accuracy and out-of-scope recall: between two rows' scores."""
    order = np.argsort(-score, kind="stable")
    inside = in_scope[order]
    hits = np.concatenate([[0], np.cumsum(right[order] & inside)]) / max(1, int(in_scope.sum()))
    slips = np.concatenate([[0], np.cumsum(~inside)]) / max(1, int((~in_scope).sum()))
    value = hits - slips
    # Between equal scores nothing can be cut.
    ordered = score[order]
    possible = np.concatenate([[True], ordered[1:] != ordered[:-1], [True]])
    count = int(np.argmax(np.where(possible, value, -np.inf)))
    if count == 0:
        return float(np.nextafter(ordered[0], np.inf))
    if count == len(ordered):
        return float(ordered[-1])
    return float((ordered[count - 1] + ordered[count]) / 2)


def ranks_of(ranked: list[tuple[str, ...]], right: list[str]) -> NDArray[np.intp]:
    """Places, from 1, of the right ids in the rankings; 0 = not there."""
    places = [ids.index(known) + 1 if known in ids else 0 for ids, known in zip(ranked, right, strict=True)]
    return np.array(places, np.intp)
