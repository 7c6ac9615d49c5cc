"""Figures of merit on rows small enough to count by hand."""

import numpy as np
import pytest

from bot.evaluation.metrics import (
    auroc,
    best_cut,
    calibration_error,
    cut_at,
    macro_f1,
    ranks_of,
    rejection_at_coverage,
)


def test_auroc_counts_pairs_and_halves_ties() -> None:
    score = np.array([0.9, 0.8, 0.8, 0.1])
    positive = np.array([True, True, False, False])
    assert auroc(score, positive) == pytest.approx(3.5 / 4)
    assert auroc(score, np.ones(4, bool)) is None


def test_rejection_is_counted_below_the_score_that_keeps_ninety_percent() -> None:
    score = np.concatenate([np.arange(10) / 10, [-1.0, 0.05, 0.1, 0.95]])
    in_scope = np.array([True] * 10 + [False] * 4)
    # Nine of ten stay from 0.1 on; an equal score is not below.
    assert rejection_at_coverage(score, in_scope, 0.9) == pytest.approx(2 / 4)
    assert rejection_at_coverage(score, np.ones(14, bool), 0.9) is None


def test_a_perfectly_told_probability_has_no_calibration_error() -> None:
    right = np.array([True] * 30 + [False] * 30)
    assert calibration_error(right.astype(float), right) == 0
    assert calibration_error(np.full(60, 0.5), right, bins=1) == 0
    assert calibration_error(np.ones(60), right, bins=1) == pytest.approx(0.5)


def test_macro_f1_weighs_labels_alike() -> None:
    right = np.array(["a", "a", "a", "b"])
    assert macro_f1(np.array(["a", "a", "a", "a"]), right) == pytest.approx((6 / 7 + 0) / 2)


def test_a_rejected_in_scope_row_counts_as_wrong() -> None:
    score = np.array([0.9, 0.7, 0.4, 0.3])
    in_scope = np.array([True, True, True, False])
    right = np.array([True, False, True, False])
    cut = cut_at(0.5, score, right, in_scope)
    assert (cut.in_scope_accuracy, cut.oos_recall) == (pytest.approx(1 / 3), 1.0)


def test_the_best_cut_lies_between_two_rows_and_maximises_the_mean() -> None:
    score = np.array([0.9, 0.8, 0.6, 0.4, 0.2])
    in_scope = np.array([True, True, False, True, False])
    right = in_scope.copy()
    threshold = best_cut(score, right, in_scope)
    # Keeping two of three loses less than letting one of two in, and equals it against keeping all three.
    best = max(
        (cut.in_scope_accuracy + (cut.oos_recall or 0)) / 2
        for cut in (cut_at(at, score, right, in_scope) for at in np.linspace(0, 1, 101))
    )
    found = cut_at(threshold, score, right, in_scope)
    assert (found.in_scope_accuracy + (found.oos_recall or 0)) / 2 == pytest.approx(best)
    assert threshold == pytest.approx(0.7)


def test_without_foreign_rows_nothing_is_rejected() -> None:
    score = np.array([0.5, 0.2])
    assert best_cut(score, np.ones(2, bool), np.ones(2, bool)) == pytest.approx(0.2)


def test_ranks_start_at_one_and_zero_is_absent() -> None:
    assert ranks_of([("a", "b"), ("a",)], ["b", "c"]).tolist() == [2, 0]
