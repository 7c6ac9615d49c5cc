"""Thresholds by risk, the artefact, and the gate that reads it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.encoder.adapter import PLACE as ADAPTER
from bot.encoder.build import identity_with
from bot.encoder.use_build import USE_ID
from bot.engines.embedded import identity_of
from bot.engines.port import Candidate, Query, Ranking, Thresholds
from bot.gate import FittedGate, GateMismatch, GateModel, NoGate, read_gate
from bot.gate.exam import FOLDS, Exam, Row, read_exam
from bot.gate.fit import fit_network_rows, fit_rows, held_out, rounded, settled
from bot.gate.logistic import fit_logistic, sigmoid
from bot.gate.model import FEATURES, threshold_at
from bot.gate.risk import (
    Held,
    answer_floor,
    answer_threshold,
    calibration_error,
    choice_threshold,
    risk_coverage,
    summary,
    upper_bound,
)

MODELS = Path(__file__).parents[2] / "models"
SHIPPED = MODELS / "gate" / "manifest.json"


def held(rows: int = 2000, seed: int = 1) -> Held:
    """Calibrated rows: right with exactly the probability told; offered a little more often."""
    draws = np.random.default_rng(seed)
    probability = draws.uniform(size=rows)
    right = draws.uniform(size=rows) < probability
    return Held(probability, right, right | (draws.uniform(size=rows) < 0.2), np.ones(rows, bool), np.ones(rows))


def test_the_bound_shrinks_with_rows_and_ignores_the_scale_of_weights() -> None:
    few, many = upper_bound(np.zeros(20), np.ones(20)), upper_bound(np.zeros(400), np.ones(400))
    assert 0 < many < few < 0.1
    assert upper_bound(np.zeros(20), np.full(20, 7.0)) == pytest.approx(few)
    assert upper_bound(np.zeros(0), np.zeros(0)) == 1.0


def test_the_threshold_keeps_the_risk() -> None:
    rows = held()
    at = answer_threshold(rows, 0.1)
    assert at is not None
    answered = rows.probability >= at
    assert upper_bound((~rows.right[answered]).astype(float), rows.weight[answered]) <= 0.1
    assert 0.7 < at < 0.9
    assert answer_threshold(rows, 0.2) < at  # type: ignore[operator]


def test_where_nothing_qualifies_there_is_no_threshold() -> None:
    rows = held()
    hopeless = Held(rows.probability, np.zeros_like(rows.right), rows.offered, rows.answerable, rows.weight)
    assert answer_threshold(hopeless, 0.05) is None


def test_answers_to_new_writers_begin_where_count_and_expectation_allow_it() -> None:
    probability = np.linspace(0.5, 0.999, 400)
    everything = np.ones(400, np.bool_)

    def rows(right: NDArray[np.bool_]) -> Held:
        return Held(probability, right, everything, everything, np.ones(400))

    # Nothing wrong was counted; the mean of what is answered is expected to be .97.
    expected = answer_floor(rows(everything), 0.03)
    assert expected is not None
    assert expected == pytest.approx(0.94, abs=0.005)
    # One of five is wrong down there: by the count fewer may be answered.
    counted = answer_floor(rows((probability > 0.955) | (np.arange(400) % 5 > 0)), 0.03)
    assert counted is not None
    assert expected + 0.003 < counted < 0.956
    assert answer_floor(rows(~everything), 0.03) is None


def test_choices_stop_where_they_no_longer_pay() -> None:
    rows = held()
    at = choice_threshold(rows, 0.85, 0.5)
    assert 0.25 < at < 0.5
    assert choice_threshold(rows.only(rows.probability > 0.99), 0.995, 0.5) == 0.995


def test_the_summary_counts_what_was_answered() -> None:
    figures = summary(held(), 0.8, 0.4)
    assert figures["coverage"] == pytest.approx(0.2, abs=0.03)
    assert figures["wrong_among_answered"] == pytest.approx(0.1, abs=0.03)
    assert calibration_error(held()) < 0.05


def test_answering_more_costs_more() -> None:
    curve = risk_coverage(held())
    assert [point["coverage"] for point in curve] == sorted(point["coverage"] for point in curve)
    assert curve[0]["wrong"] < 0.1 < curve[-1]["wrong"]
    assert curve[-1]["coverage"] == 1.0


def test_logistic_regression_finds_the_odds() -> None:
    draws = np.random.default_rng(3)
    rows = draws.standard_normal((4000, 2))
    labels = (draws.uniform(size=4000) < sigmoid(rows @ np.array([2.0, -1.0]) + 0.5)).astype(float)
    found, intercept = fit_logistic(rows, labels, np.ones(4000), 1e-6)
    assert found == pytest.approx([2.0, -1.0], abs=0.25)
    assert intercept == pytest.approx(0.5, abs=0.15)


def model() -> GateModel:
    size = len(FEATURES)
    return GateModel(
        encoder="encoder-1",
        fitted_on="corpus-1",
        unanswerable_share=0.4,
        risk=0.05,
        centre=(0.0,) * size,
        scale=(1.0,) * size,
        coefficients=(2.0,) + (0.0,) * (size - 1),
        intercept=-1.0,
        domain=(0.0, 0.0),
        domain_intercept=0.0,
        subject_at=1.0,
        thresholds={"int8": {"en": Thresholds(0.8, 0.4)}},
        figures={"int8": {"reliability": [{"told": 0.5, "right": 0.5}]}},
    )


def test_the_artefact_reads_back_and_names_its_encoder(tmp_path: Path) -> None:
    path = tmp_path / "gate" / "manifest.json"
    model().write(path)
    assert read_gate(path, "encoder-1") == model()
    with pytest.raises(GateMismatch):
        read_gate(path, "encoder-2")
    with pytest.raises(GateMismatch):
        read_gate(tmp_path / "absent.json", "encoder-1")


def test_the_probability_is_that_of_the_formula() -> None:
    gate = FittedGate(model(), "int8")
    ranking = Ranking((Candidate("a", 1.0, "", 1.0),), {FEATURES[0]: 0.5}, np.zeros(2, np.float32))
    assert gate.probability(Query("x", "en"), ranking) == pytest.approx(0.5)
    assert gate.probability(Query("x", "en"), Ranking(())) == 0.0
    assert gate.thresholds("en") == Thresholds(0.8, 0.4)
    assert gate.thresholds("ko") is None
    assert FittedGate(model(), "fp32").thresholds("en") is None


def test_hidden_units_add_to_the_log_odds(tmp_path: Path) -> None:
    size = len(FEATURES)
    # Speaks where the first feature is above 1, and takes 3 away there for every unit of it.
    own = replace(model(), units=((1.0,) + (0.0,) * (size - 1),), unit_bias=(-1.0,), unit_out=(-3.0,))
    own.write(tmp_path / "gate.json")
    gate = FittedGate(read_gate(tmp_path / "gate.json", "encoder-1"), "int8")
    for value, logit in ((0.5, 0.0), (1.5, 2 * 1.5 - 1 - 3 * 0.5), (50.0, 2 * 5 - 1 - 3 * 4)):
        ranking = Ranking((Candidate("a", 1.0, "", 1.0),), {FEATURES[0]: value}, np.zeros(2, np.float32))
        assert gate.probability(Query("x", "en"), ranking) == pytest.approx(float(sigmoid(np.array(logit))))


def test_a_gate_with_hidden_units_learns_what_depends_on_each_other() -> None:
    draws = np.random.default_rng(5)
    features = draws.standard_normal((4000, len(FEATURES)))
    right = (features[:, 0] > 0) == (features[:, 1] > 0)
    parts = {"logistic": fit_rows, "hidden": fit_network_rows}
    shares = {}
    for name, fit in parts.items():
        told = fit(features[:3000], right[:3000], np.ones(3000)).probability(features[3000:])
        shares[name] = float(((told > 0.5) == right[3000:]).mean())
    assert shares["logistic"] < 0.6
    assert shares["hidden"] > 0.85


def test_what_two_readers_call_right_is_right(tmp_path: Path) -> None:
    (tmp_path / "paraphrases.one.jsonl").write_text(
        '{"text": "stuck", "locale": "en", "entry": "a"}\n{"text": "lost", "locale": "en", "entry": "a"}\n'
    )
    (tmp_path / "also_right.jsonl").write_text('{"text": "stuck", "locale": "en", "entry": "a", "also": ["b"]}\n')
    for name in ("out_of_scope", "unanswered"):
        (tmp_path / f"{name}.jsonl").write_text('{"text": "zebra", "locale": "en"}\n')
    labels = [(["a"], ["c", "a"]), ([], []), (["a"], [])]
    lines = [json.dumps({"text": f"told {n}", "locale": "en", "a": a, "b": b}) for n, (a, b) in enumerate(labels)]
    (tmp_path / "customers.jsonl").write_text("\n".join(lines))
    (tmp_path / "customers_later.jsonl").write_text("\n".join(lines))
    stuck, lost, *others, told, mute, agreed, without, disputed = read_exam(tmp_path, ("a", "b", "c"), ("en",))
    assert [row.kind for row in (agreed, without, disputed)] == ["later", "later unanswered", "later"]
    assert [disputed.is_right(entry) for entry in ("a", "c")] == [True, False]
    assert [told.is_right(entry) for entry in ("a", "b", "c")] == [True, False, True]
    assert (told.kind, mute.kind, mute.entry) == ("customer", "customer unanswered", None)
    assert [stuck.is_right(entry) for entry in ("a", "b", "c", None)] == [True, True, False, False]
    assert [lost.is_right(entry) for entry in ("a", "b")] == [True, False]
    assert not any(row.is_right(entry) for row in others for entry in ("a", None))


def test_a_text_surely_of_the_subject_is_told_by_its_vector() -> None:
    gate = FittedGate(replace(model(), domain=(1.0, 0.0), subject_at=0.5), "int8")
    candidates = (Candidate("a", 1.0, "", 1.0),)
    for value, sure in ((0.6, True), (0.4, False)):
        assert gate.of_subject(Ranking(candidates, {}, np.array([value, 0.0], np.float32))) is sure
    assert not gate.of_subject(Ranking(candidates))
    assert not NoGate().of_subject(Ranking(candidates))


def test_what_looks_like_a_strangers_and_is_improbable_is_hopeless() -> None:
    gate = FittedGate(replace(model(), domain=(1.0, 0.0), read_from=0.4), "int8")
    candidates = (Candidate("a", 1.0, "", 1.0),)

    def ranking(told: float, first: float) -> Ranking:
        return Ranking(candidates, {FEATURES[0]: first}, np.array([told, 0.0], np.float32))

    improbable, likelier = ranking(-1.0, 0.0), ranking(-1.0, 1.0)
    query = Query("x", "en")
    assert gate.probability(query, improbable) < 0.4 < gate.probability(query, likelier)
    assert gate.is_hopeless(query, improbable)
    assert not gate.is_hopeless(query, likelier)
    assert not gate.is_hopeless(query, ranking(1.0, 0.0))
    assert not gate.is_hopeless(query, Ranking(candidates))
    assert not FittedGate(replace(model(), domain=(1.0, 0.0)), "int8").is_hopeless(query, improbable)


def test_the_exam_is_told_as_the_cascade_ranks_it() -> None:
    """Sure, hopeless, in doubt, and improbable but a customer's."""
    shares, told, domains = (0.95, 0.3, 0.3, 0.3), (0.9, 0.01, 0.3, 0.01), (1.0, -1.0, -1.0, 1.0)
    rows = tuple(Row(Query(f"text {n}", "en"), "b", True, "paraphrase") for n in range(4))

    def exam(entry: str, alone: float) -> Exam:
        some = (Candidate(entry, 1.0, "", 1.0),)
        return Exam(rows, tuple(Ranking(some, {"share": share, "alone": alone}) for share in shares), np.zeros(4))

    quick, whole = exam("a", 1.0), exam("b", 0.0)
    found = settled(quick, whole, [np.array(told), np.full(4, 0.7)], [np.array(domains), np.full(4, 2.0)])
    assert found.alone.tolist() == [True, True, False, False]
    assert [ranking.features["alone"] for ranking in found.exam.rankings] == [1.0, 1.0, 0.0, 0.0]
    assert found.held.probability.tolist() == [0.9, 0.01, 0.7, 0.7]
    assert found.held.right.tolist() == [False, False, True, True]
    assert found.domain.tolist() == [1.0, -1.0, 2.0, 2.0]


def test_a_row_is_judged_by_a_gate_that_did_not_see_its_fold() -> None:
    """Twice the same rows, ranked well and ranked badly: the fold's own rows say the opposite of all others."""
    count = 200
    group = np.arange(count) % FOLDS
    rows = tuple(Row(Query(f"text {n}", "en"), "a", True, "paraphrase") for n in range(count))
    values = np.random.default_rng(2).standard_normal(count)
    features = np.zeros((count, len(FEATURES)))
    features[:, 0] = values
    right = np.where(group == 0, values < 0, values > 0)
    found = tuple(Ranking((Candidate("a" if good else "b", 1.0, "", 1.0),)) for good in right)
    exam = Exam(rows, found, group)
    first, second = held_out([exam, exam], [features, features], fit_rows)
    assert first.tolist() == second.tolist()
    own = group == 0
    assert ((first[own] > 0.5) == (values[own] > 0)).mean() > 0.9


def test_nothing_is_fitted_on_validation_rows() -> None:
    """Half of the rows are for validation and say the opposite."""
    count = 400
    later = np.arange(count) % 2 == 0
    rows = tuple(
        Row(Query(f"text {n}", "en"), "a", True, "later" if n % 2 == 0 else "paraphrase") for n in range(count)
    )
    values = np.random.default_rng(2).standard_normal(count)
    features = np.zeros((count, len(FEATURES)))
    features[:, 0] = values
    right = np.where(later, values < 0, values > 0)
    found = tuple(Ranking((Candidate("a" if good else "b", 1.0, "", 1.0),)) for good in right)
    exam = Exam(rows, found, np.arange(count) // 2 % FOLDS)
    assert exam.later.tolist() == later.tolist()
    told, _ = held_out([exam, exam], [features, features], fit_rows)
    assert ((told > 0.5) == (values > 0)).mean() > 0.9


def test_the_shipped_gate_belongs_to_the_encoder_that_setup_builds() -> None:
    shipped = read_gate(SHIPPED, identity_of(USE_ID, identity_with(MODELS / ADAPTER)))
    assert shipped.risk == 0.03
    for runtime in ("int8", "fp32"):
        for locale in ("zh-CN", "en"):
            both = shipped.thresholds[runtime][locale]
            assert 0 < both.clarify_at <= both.answer_at < 1
            assert shipped.figures[runtime][locale]["wrong_bound_90"] <= shipped.risk


def test_a_foreign_faq_is_answered_at_the_risk_asked_for() -> None:
    own = replace(model(), figures={"risks": {"en": {"0.02": 0.9, "0.05": 0.8, "0.1": 0.7}}})
    assert threshold_at(own, "en", 0.05) == 0.8
    assert threshold_at(own, "en", 0.07) == 0.8
    assert threshold_at(own, "en", 0.5) == 0.7
    assert threshold_at(own, "en", 0.01) is threshold_at(own, "ko", 0.05) is None


def test_the_gate_for_foreign_faqs_keeps_its_risks() -> None:
    shipped = read_gate(SHIPPED.with_name("faq.json"), identity_of(USE_ID, identity_with(MODELS / ADAPTER)))
    for locale in ("zh-CN", "en"):
        within = [threshold_at(shipped, locale, risk) for risk in (0.05, 0.1, 0.2)]
        assert all(at is not None for at in within)
        assert within == sorted(within, reverse=True)  # type: ignore[type-var]


@pytest.mark.parametrize("name", ["manifest.json", "faq.json"])
def test_a_shipped_gate_has_a_probability_for_every_ranking(name: str) -> None:
    """What never varied in fitting (`cross`, in a FAQ of one language) must not make it no number."""
    found = read_gate(SHIPPED.with_name(name), identity_of(USE_ID, identity_with(MODELS / ADAPTER)))
    gate = FittedGate(found, "int8")
    vector = np.zeros(len(found.domain), np.float32)
    for features in ({}, {"share": 0.9, "margin": 3.0, "phrasing": 0.8, "cross": 0.0}):
        ranking = Ranking((Candidate("a", 1.0, "", 1.0),), features, vector)
        assert 0 < gate.probability(Query("x", "en"), ranking) < 1


def test_what_never_varies_has_a_scale_that_survives_rounding() -> None:
    draws = np.random.default_rng(3)
    features = np.column_stack([draws.standard_normal(60), np.zeros(60)])
    fitted = fit_rows(features, features[:, 0] > 0, np.ones(60))
    assert rounded(fitted.scale)[1] == 1.0
    assert np.isfinite(fitted.probability(features)).all()


def test_without_a_gate_nothing_is_answered() -> None:
    ranking = Ranking((Candidate("a", 1.0, "", 1.0),), {"share": 0.7})
    assert NoGate().probability(Query("x", "en"), ranking) == 0.7
    assert NoGate().thresholds("en") is None
