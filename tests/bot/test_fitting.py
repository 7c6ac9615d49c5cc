"""What the fits of the detectors share, and by what rule limits are chosen."""

import numpy as np
import pytest

from bot.detectors.anger import Anger
from bot.detectors.classifier import meant_of
from bot.detectors.detection import Detectors
from bot.detectors.examples import Example
from bot.detectors.fit import DENIED, LOST, ORDINARY_ALARMS, Rows, denial, doubt, groups, meanings, scores_of, threshold
from bot.detectors.fitting import PieceRows, crossed, folds_of, lowest
from bot.detectors.grams import grams
from bot.detectors.kinds import LABELS, NAMES, ORDER, SPANS
from bot.detectors.pieceweights import PieceWeights

PERSON = NAMES.index("asked")
TAX = NAMES.index("tax_advice")


@pytest.mark.parametrize(("allowed", "taken"), [(0.0, 0), (0.2, 2), (0.29, 2), (0.5, 5), (1.0, 10)])
def test_the_lowest_limit_takes_no_more_than_is_allowed(allowed: float, taken: int) -> None:
    scores = np.random.default_rng(0).permutation(10).astype(float)
    limit = lowest(scores, allowed)
    assert (scores >= limit).sum() in ({taken} if taken < 10 else {0})


def test_equal_scores_stay_together_below_the_limit() -> None:
    assert (np.array([1.0, 1.0, 1.0, 0.0]) >= lowest(np.array([1.0, 1.0, 1.0, 0.0]), 0.5)).sum() == 0


def test_the_stricter_of_both_limits_holds_and_what_is_taken_already_does_not_count() -> None:
    examples = [
        *(Example(f"wish {n}", PERSON, "exam") for n in range(10)),
        *(Example(f"like one {n}", 0, "exam", "handoff") for n in range(200)),
        *(Example(f"ordinary {n}", 0, "question") for n in range(200)),
    ]
    logits = np.zeros((len(examples), len(LABELS)))
    logits[:, PERSON] = np.linspace(-5, 5, len(examples))
    nothing = np.zeros(len(examples), np.bool_)
    limit = threshold(examples, logits, "handoff", 1.0, nothing)
    parts, scores = groups(examples, "handoff"), scores_of(logits, "handoff")
    # The ordinary questions score highest here, so theirs is the limit.
    assert (scores[parts["ordinary"]] >= limit).sum() == int(200 * ORDINARY_ALARMS["handoff"])
    taken = parts["ordinary"] & (scores >= limit)
    assert threshold(examples, logits, "handoff", 1.0, taken) < limit


def _wishes() -> tuple[list[Example], np.ndarray]:
    """A thousand wishes for a person, each with higher log odds than the one before it, and two other rows."""
    examples = [
        *(Example(f"wish {n}", PERSON, "exam") for n in range(1000)),
        Example("like one", 0, "exam", "handoff"),
        Example("ordinary", 0, "question"),
    ]
    logits = np.zeros((len(examples), len(LABELS)))
    logits[:, PERSON] = np.linspace(-20, 20, len(examples))
    return examples, logits


def test_no_larger_share_of_the_recognised_is_denied_than_is_allowed() -> None:
    examples, logits = _wishes()
    taken = np.arange(len(examples)) >= 500
    limit = denial(examples, logits, "handoff", taken)
    wishes = np.arange(len(examples)) < 1000
    assert 0 < (scores_of(logits, "handoff") < limit)[taken & wishes].mean() <= DENIED["handoff"] + 1 / 500


def test_of_what_both_encoders_recognise_no_larger_share_passes_than_is_allowed() -> None:
    examples, logits = _wishes()
    scores, place = scores_of(logits, "handoff"), np.arange(len(examples))
    recognised, spoken = (place >= 500) & (place < 1000), place == 500
    limit = doubt(examples, logits, "handoff", recognised, spoken)
    # What nobody recognises does not count, nor what is read whatever the leading encoder makes of it.
    assert LOST["handoff"] * 499 < 1
    assert limit == pytest.approx(scores[501], abs=1e-4)
    assert limit <= scores[501]
    everything = doubt(examples, logits, "handoff", place < 1000, np.zeros(len(examples), np.bool_))
    assert everything < limit
    with pytest.raises(ValueError, match="handoff, recognised by both"):
        doubt(examples, logits, "handoff", place < 0, spoken)
    with pytest.raises(ValueError, match="handoff, recognised by both"):
        doubt(examples, logits, "handoff", recognised, recognised)


def test_rows_mean_what_the_classifier_would_say_of_them() -> None:
    kinds = {"emergency": NAMES.index("account_taken"), "handoff": PERSON, "boundary": TAX}
    #                 likelier than all else by so much, the row's meaning where the first look spoke or did not
    told = [(PERSON, 1.0, "handoff", None), (PERSON, 3.0, "handoff", "handoff"), (TAX, -1.0, None, None)]
    logits = np.full((len(told), len(LABELS)), -20.0)
    logits[:, 0] = 0.0
    for row, (label, odds, _, _) in enumerate(told):
        logits[row, label] = odds
    seconds, denials = dict.fromkeys(ORDER, 2.0), dict.fromkeys(ORDER, 0.0)
    for place, spoken in ((2, True), (3, False)):
        taken = {kind: np.full(len(told), spoken and kind == "handoff") for kind in kinds}
        assert meanings(logits, taken, seconds, denials).tolist() == [row[place] for row in told]
    both = np.full((1, len(LABELS)), -20.0)
    both[0, kinds["emergency"]], both[0, TAX] = 0.0, 1.0
    nothing = {kind: np.zeros(1, np.bool_) for kind in ORDER}
    assert meanings(both, nothing, dict.fromkeys(ORDER, -2.0), denials).tolist() == ["emergency"]


def test_without_rows_to_choose_by_no_limit_is_made_up() -> None:
    with pytest.raises(ValueError, match="handoff, look-alikes"):
        groups([Example("a person", PERSON, "exam"), Example("what is bitcoin", 0, "question")], "handoff")


def test_what_the_first_look_does_not_heed_is_not_heard() -> None:
    rows = Rows([Example(text, 0, "question") for text in ("?!", "hello", "how do I pay tax on this")])
    logits = np.zeros((3, len(LABELS)))
    logits[:, TAX] = logits[:, PERSON] = 4.0
    heard = rows.heard(logits)
    assert (heard[0, 1:] == -20).all()
    assert heard[1, TAX] == -20
    assert heard[1, PERSON] == 4
    assert heard[2].tolist() == logits[2].tolist()


def test_rows_read_of_a_long_text_what_serving_reads() -> None:
    long = "word " * 2000 + "let me talk to a human"
    (form,) = Rows([Example(long, 0, "question")]).forms
    assert len(form) < len(long) / 2
    assert "human" in form


def test_an_emergency_goes_before_all_and_else_the_likeliest_is_meant() -> None:
    limits = dict.fromkeys(ORDER, -1.0)
    assert meant_of({"emergency": -0.5, "handoff": 3.0, "boundary": 2.0}, limits) == "emergency"
    assert meant_of({"emergency": -2.0, "handoff": 1.0, "boundary": 2.0}, limits) == "boundary"
    assert meant_of({"emergency": -2.0, "handoff": 1.0, "boundary": -2.0}, limits) == "handoff"
    assert meant_of({"emergency": -2.0, "handoff": -2.0, "boundary": -2.0}, limits) is None


def test_every_label_of_a_kind_and_no_other_is_in_its_span() -> None:
    for kind, span in SPANS.items():
        own = [place for place, label in enumerate(LABELS) if label is not None and label.kind == kind]
        assert own == list(range(span.start, span.stop))


def test_no_row_is_judged_by_a_model_that_has_seen_it() -> None:
    folds = folds_of([f"text {n}" for n in range(200)])
    seen: list[frozenset[int]] = []

    def fit(some: np.ndarray) -> frozenset[int]:
        seen.append(frozenset(np.flatnonzero(some).tolist()))
        return seen[-1]

    def logits(fitted: frozenset[int], some: np.ndarray) -> np.ndarray:
        return np.array([[float(place in fitted)] for place in np.flatnonzero(some)])

    held_out, whole = crossed(folds, fit, logits)
    assert held_out.sum() == 0
    assert whole == frozenset(range(200))
    assert folds.tolist() == folds_of([f"text {n}" for n in range(200)]).tolist()


def test_pieces_tell_labels_apart_and_fits_are_the_same_each_time() -> None:
    forms = [f"{word} number {n}" for n in range(60) for word in ("refund", "weather")]
    labels = np.array([n % 2 for n in range(120)])
    again = [PieceRows(forms, np.zeros((120, 1))).crossed(labels, 2, np.ones(120), folds_of(forms)) for _ in range(2)]
    held_out, fitted = again[0]
    assert ((held_out[:, 1] > held_out[:, 0]) == labels).all()
    assert np.array_equal(held_out, again[1][0])
    assert np.array_equal(fitted.sparse, again[1][1].sparse)


def test_what_stands_in_one_text_alone_is_no_piece_to_learn() -> None:
    known = PieceRows(["hello zebra", "hello there"], np.zeros((2, 1))).vocabulary
    assert set(known) == grams("hello zebra") & grams("hello there")


def test_another_model_of_anger_can_be_given() -> None:
    pieces = sorted(grams("dreadful"))
    model = Anger(PieceWeights(pieces, np.full((len(pieces), 1), 2.0, np.float32)), hit=0.0, bias=-1.0, threshold=0.5)
    assert Detectors(anger=model).angry("dreadful")
    assert not Detectors(anger=model).angry("lovely")
