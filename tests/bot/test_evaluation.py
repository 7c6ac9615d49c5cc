"""Evaluation from rows to figures, on encoders and engines small enough for a unit test."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.engines.intents import EmbeddedIntents
from bot.engines.toy import ToyEngine, ToyGate
from bot.evaluation.faq import FaqEngine, evaluate_faq
from bot.evaluation.intents import evaluate_intents
from bot.evaluation.rows import FaqQuery, FaqRow, Labelled, RowsError, read_faq, read_labelled, read_queries
from tests.bot.test_engines import HashingEncoder

INTENT_KEYS = [
    "accuracy",
    "threshold",
    "in_scope_accuracy",
    "oos_recall",
    "auroc",
    "rejection_at_90_coverage",
    "ece",
    "macro_f1",
    "ms_p50",
    "ms_p95",
    "train_seconds",
]
FAQ_KEYS = ["r1", "r3", "mrr", "auroc_answerable", "coverage", "wrong_rate", "ms_p50", "index_seconds"]
SUBJECTS = {
    "balance": "my account balance money left",
    "card": "card lost stolen replace",
    "limit": "daily limit raise more",
    "password": "password forgot reset login",
    "transfer": "send transfer friend pay",
    "rate": "exchange rate currency convert",
}


def rows_of(per_label: int, *, offset: int = 0) -> list[Labelled]:
    """Sentences of two words of their label's subject and one that any may have."""
    fillers = ["please", "now", "today", "help", "quickly", "thanks"]
    rows = []
    for label, words in SUBJECTS.items():
        known = words.split()
        for number in range(offset, offset + per_label):
            first, second = known[number % len(known)], known[(number // len(known) + number + 1) % len(known)]
            rows.append(Labelled(f"{first} {second} {fillers[number % len(fillers)]}", label))
    return rows


def foreign(count: int) -> list[Labelled]:
    return [Labelled(f"weather number{n} rain umbrella{n % 7}", "oos") for n in range(count)]


@pytest.fixture(scope="module")
def engine() -> EmbeddedIntents:
    return EmbeddedIntents((HashingEncoder(), HashingEncoder()))


@pytest.mark.parametrize("validated", [False, True])
@pytest.mark.parametrize("taught", [0, 30])
def test_intents_are_told_and_foreign_texts_rejected(engine: EmbeddedIntents, validated: bool, taught: int) -> None:
    validation = rows_of(6, offset=20) + foreign(40) if validated else []
    figures = evaluate_intents(engine, rows_of(20) + foreign(taught), rows_of(10, offset=40) + foreign(30), validation)
    assert list(figures) == INTENT_KEYS
    assert figures["accuracy"] > 0.95
    assert figures["auroc"] > 0.95
    assert figures["rejection_at_90_coverage"] > 0.9
    if validated or taught:
        assert figures["in_scope_accuracy"] > 0.85
        assert figures["oos_recall"] > 0.85


def test_without_foreign_rows_their_figures_are_null(engine: EmbeddedIntents) -> None:
    figures = evaluate_intents(engine, rows_of(8), rows_of(4, offset=8))
    assert figures["oos_recall"] is figures["auroc"] is figures["rejection_at_90_coverage"] is None
    json.dumps(figures, allow_nan=False)


def test_two_labels_and_two_rows_each_are_enough(engine: EmbeddedIntents) -> None:
    few = [row for row in rows_of(2) if row.label in ("card", "limit")]
    assert evaluate_intents(engine, few, few)["accuracy"] == 1.0
    with pytest.raises(RowsError):
        evaluate_intents(engine, [few[0], *foreign(30)], few)


def test_a_foreign_faq_is_indexed_and_asked() -> None:
    rows = [
        FaqRow("1", "How do I withdraw coins", ("withdraw my coins",), "Open the {{wallet}} page."),
        FaqRow("2", "Why is my deposit missing"),
        FaqRow("3", "Reset the password"),
    ]
    queries = [
        FaqQuery("withdraw coins", "1"),
        FaqQuery("deposit missing", "2"),
        FaqQuery("reset password", "3"),
        FaqQuery("weather tomorrow in paris", None),
    ]
    figures = evaluate_faq(FaqEngine(ToyEngine(), ToyGate()), rows, queries)
    assert list(figures) == FAQ_KEYS
    assert (figures["r1"], figures["r3"], figures["mrr"], figures["auroc_answerable"]) == (1.0, 1.0, 1.0, 1.0)
    assert (figures["coverage"], figures["wrong_rate"]) == (0.5, 0.0)


def written(folder: Path, rows: Sequence[Any]) -> Path:
    path = folder / "rows.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_rows_are_read_with_blank_lines_between(tmp_path: Path) -> None:
    path = written(tmp_path, [{"text": "你好\u2028", "label": "greet", "lang": "zh"}, "", {"text": "", "label": "oos"}])
    assert read_labelled(path) == [Labelled("你好\u2028", "greet"), Labelled("", "oos")]


def test_questions_of_one_id_are_one_entry(tmp_path: Path) -> None:
    path = written(tmp_path, [{"faq_id": 7, "question": "a"}, {"faq_id": "7", "question": "b", "answer": "c"}])
    rows = read_faq(path)
    assert rows == [FaqRow("7", "a", ("b",), "c")]
    queries = written(tmp_path, [{"text": "x", "faq_id": 7}, {"text": "y", "faq_id": None}])
    assert read_queries(queries, rows) == [FaqQuery("x", "7"), FaqQuery("y", None)]


@pytest.mark.parametrize(
    "row", ["{", "[]", {"text": 1, "label": "a"}, {"text": "a"}, {"label": "a"}], ids=["json", "list", "n", "l", "t"]
)
def test_a_wrong_row_is_told_with_its_place(tmp_path: Path, row: Any) -> None:
    with pytest.raises(RowsError, match=r"rows\.jsonl:2"):
        read_labelled(written(tmp_path, [{"text": "a", "label": "b"}, row]))


def test_an_unknown_id_an_empty_file_and_a_missing_one_are_errors(tmp_path: Path) -> None:
    rows = [FaqRow("1", "a")]
    with pytest.raises(RowsError, match="no entry"):
        read_queries(written(tmp_path, [{"text": "x", "faq_id": "2"}]), rows)
    with pytest.raises(RowsError, match="no rows"):
        read_labelled(written(tmp_path, []))
    with pytest.raises(RowsError, match="cannot be read"):
        read_labelled(tmp_path / "absent")
