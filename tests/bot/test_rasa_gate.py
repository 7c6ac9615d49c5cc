"""Thresholds of a Rasa model: from held-out rows, or none."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.corpus import Corpus
from bot.rasa.environment import RasaMissing, interpreter
from bot.rasa.gate import (
    NEVER,
    Calibration,
    Question,
    calibrate,
    calibration_from,
    calibration_to,
    features_of,
    questions,
    wish_threshold,
)
from bot.rasa.parse import Parse


def rows(count: int = 150) -> list[Question]:
    found = [Question(f"q{n}", "en", f"a.e{n % 30}", "paraphrase") for n in range(count)]
    found += [Question(f"q{n}", "en", f"a.e{n % 30}", "known") for n in range(count)]
    return found + [Question(f"x{n}", "en", None, "given") for n in range(count)]


def reader(sure: bool) -> Callable[[str], Parse]:
    """Knows every question; `sure`: and tells them from what it does not know."""

    def parse(text: str) -> Parse:
        number = int(text[1:])
        # No two alike: a threshold cannot stand between equals.
        confidence = (0.9 if text[0] == "q" or not sure else 0.2) - number / 5000
        return Parse("faq", 0.9, confidence, ((f"a.e{number % 30}", confidence), ("a.other", 0.05)))

    return parse


def test_a_model_that_knows_what_it_does_not_know_may_answer() -> None:
    found = calibrate(rows(), reader(sure=True))
    thresholds = found.thresholds["en"]
    assert found.probability(features_of(reader(True)("q1"))) >= thresholds.answer_at >= thresholds.clarify_at
    assert found.probability(features_of(reader(True)("x1"))) < thresholds.clarify_at
    assert found.figures["en"]["r1"] == 1.0
    assert found.figures["en"]["coverage_answerable"] == 1.0
    assert found.figures["en"]["wrong_among_answered"] < 0.05


def test_a_model_that_answers_everything_alike_may_not() -> None:
    found = calibrate(rows(), reader(sure=False))
    assert found.thresholds == {}
    assert found.figures["en"]["r1"] == 1.0


def test_without_held_out_questions_there_are_no_thresholds() -> None:
    assert calibrate([row for row in rows() if row.kind == "known"], reader(True)).thresholds == {}


def test_a_calibration_survives_the_file() -> None:
    found = calibrate(rows(), reader(sure=True))
    assert calibration_from(json.loads(json.dumps(calibration_to(found)))) == found


@pytest.mark.parametrize("entries", [(), (("a", 1.0),), (("a", 0.0), ("b", 0.0))])
def test_features_are_finite(entries: tuple[tuple[str, float], ...]) -> None:
    features = features_of(Parse("", 0.0, 1.0, entries))
    assert all(-20 < value < 20 for value in features.values())
    assert 0.0 <= Calibration((1.0, 1.0, 1.0), 0.0).probability(features) <= 1.0


def test_a_wish_counts_from_where_questions_are_hardly_ever_taken_for_one() -> None:
    questions_ = [Parse("faq", 0.9, 0.9, ())] * 196
    mistaken = [Parse("handoff", confidence, 0.1, ()) for confidence in (0.99, 0.95, 0.8, 0.6)]
    assert 0.8 < wish_threshold([*questions_, *mistaken]) < 0.81
    assert wish_threshold(questions_) == 0.5
    assert Calibration((), 0.0).wish_at == NEVER


def test_the_exam_holds_only_rows_whose_entry_is_there(small: Corpus, tmp_path: Path) -> None:
    lines = [
        {"text": "stop my payout", "entry": "withdraw.cancel", "locale": "en"},
        {"text": "kyc?", "entry": "kyc.how", "locale": "en"},
        {"text": "取消", "entry": "withdraw.cancel", "locale": "zh-CN"},
    ]
    (tmp_path / "paraphrases.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    (tmp_path / "unanswered.jsonl").write_text(json.dumps({"text": "nft?", "locale": "en"}))
    found = questions(small, tmp_path, "en")
    assert [row.text for row in found if row.kind != "known"] == ["stop my payout", "nft?"]
    assert all(row.entry in small.entries for row in found if row.kind == "known")


def test_an_interpreter_that_rasa_cannot_use_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASA_PYTHON", "/bin/false")
    with pytest.raises(RasaMissing, match="RASA_PYTHON"):
        interpreter()
