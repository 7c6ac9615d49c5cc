"""`bot evaluate` and `bot ask` on Rasa, with the double's processes (tests/rasa has the real one)."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.engines import EngineSettings, faq_engine, intent_engine
from bot.engines.port import RiskGate
from bot.engines.rasa_faq import lesson
from bot.engines.rasa_intents import parted
from bot.evaluation.faq import corpus_of, evaluate_faq
from bot.evaluation.intents import evaluate_intents
from bot.evaluation.rows import FaqQuery, FaqRow, Labelled
from bot.rasa.gate import Question
from bot.rasa.project import FALLBACK_AT
from tests.bot.test_evaluation import FAQ_KEYS, INTENT_KEYS, foreign, rows_of
from tests.support import rasa_double

ROOT = Path(__file__).resolve().parents[2]
FAQ = [
    FaqRow(
        f"{{{n}}} é", f"How do I verb{n} noun{n}", tuple(f"verb{n} noun{n} {word}" for word in ("help", "why", "now"))
    )
    for n in range(40)
]


@pytest.fixture
def settings(tmp_path: Path) -> EngineSettings:
    exam = tmp_path / "eval"
    exam.mkdir()
    rows = [{"text": f"weather in town {n}", "locale": "en"} for n in range(30)]
    (exam / "out_of_scope.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return EngineSettings(venv=rasa_double.environment(tmp_path / "venv"), exam=exam)


def test_intents_are_taught_measured_and_the_server_stopped(settings: EngineSettings) -> None:
    engine = intent_engine("rasa", settings)
    figures = evaluate_intents(engine, rows_of(20) + foreign(30), rows_of(10, offset=40) + foreign(30))
    assert list(figures) == INTENT_KEYS
    assert figures["accuracy"] > 0.9
    assert figures["auroc"] > 0.9
    assert figures["oos_recall"] > 0.9
    assert 0 < figures["threshold"] < 1
    model = engine.fit(rows_of(2), [])
    assert model.judge(["transfer"]).labels == ["transfer"]
    model.close()
    with pytest.raises(RuntimeError):
        model.judge(["transfer"])


def test_where_nothing_is_out_of_scope_the_threshold_is_rasas_own(settings: EngineSettings) -> None:
    model = intent_engine("rasa", settings).fit(rows_of(2), rows_of(1, offset=9))
    try:
        judged = model.judge(["", "lost card please"])
        assert model.threshold == FALLBACK_AT
        assert judged.score[0] == 0.0
        assert judged.labels[1] == "card"
    finally:
        model.close()


def test_every_tenth_row_of_a_label_is_held() -> None:
    rows = [Labelled(str(n), label) for n in range(20) for label in ("a", "oos")]
    taught, held = parted(rows)
    assert [(row.text, row.label) for row in held] == [("9", "a"), ("9", "oos"), ("19", "a"), ("19", "oos")]
    assert len(taught) + len(held) == len(rows)
    only = [row for row in rows if row.in_scope]
    assert parted(only) == (only, [])


def test_a_foreign_faq_is_taught_and_asked(settings: EngineSettings) -> None:
    queries = [FaqQuery(row.similar[0].removesuffix(" help"), row.faq_id) for row in FAQ] + [
        FaqQuery("rain tomorrow", None)
    ] * 9
    with closing(faq_engine("rasa", settings)) as tool:
        figures = evaluate_faq(tool, FAQ, queries)
        assert list(figures) == FAQ_KEYS
        assert (figures["r1"], figures["auroc_answerable"]) == (1.0, 1.0)
        assert figures["coverage"] > 0.5
        assert figures["wrong_rate"] == 0.0
        assert isinstance(tool.gate, RiskGate)
        strict, loose = (tool.gate.threshold_at("en", risk) for risk in (0.05, 0.5))
    assert strict is not None
    assert loose is not None
    assert loose <= strict


def test_without_similar_questions_nothing_is_held_back_and_nothing_answered(settings: EngineSettings) -> None:
    rows = [FaqRow(row.faq_id, row.question) for row in FAQ]
    with closing(faq_engine("rasa", settings)) as tool:
        figures = evaluate_faq(tool, rows, [FaqQuery(rows[0].question, rows[0].faq_id)])
    assert (figures["r1"], figures["coverage"], figures["wrong_rate"]) == (1.0, 0.0, None)


def test_some_entries_lose_one_wording_to_the_exam() -> None:
    corpus = corpus_of([*FAQ[:4], FaqRow("few", "Why", ("why so",))], "en")
    ids = {f"e{number}": name for number, name in enumerate(corpus.entries)}
    taught, held = lesson(corpus, ids, "en")
    assert held[0] == Question("verb0 noun0 now", "en", "e0", "paraphrase")
    assert {row.entry for row in held} == {"e0", "e1", "e2", "e3"}
    sizes = [len(entry.locales["en"].phrasings) for entry in taught.entries.values()]
    assert sizes == [3, 3, 3, 3, 2]
    # Rasa wants a response to say something.
    assert all(entry.locales["en"].answer for entry in taught.entries.values())


# --- the command line -------------------------------------------------------------------------------------------------


def honeydesk(*arguments: str, data: Path, venv: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("HONEYDESK_")}
    folders = {"DATA_DIR": data, "RASA_DIR": data / "rasa", "RASA_VENV": venv, "CORPUS_DIR": data / "corpus"}
    env |= {f"HONEYDESK_{name}": str(path) for name, path in folders.items()}
    command = [sys.executable, "-m", "app.cli", "bot", *arguments, "--engine", "rasa"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Rows of every kind, written."""
    shapes: dict[str, Sequence[Any]] = {
        "rows": [{"text": row.text, "label": row.label} for row in rows_of(3)],
        "faq": [{"faq_id": row.faq_id, "question": row.question, "similar": row.similar} for row in FAQ],
        "queries": [{"text": "my verb0", "faq_id": FAQ[0].faq_id}, {"text": "rain", "faq_id": None}],
    }
    for name, rows in shapes.items():
        (tmp_path / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return {name: str(tmp_path / f"{name}.jsonl") for name in shapes}


def commands(files: dict[str, str]) -> list[tuple[str, ...]]:
    return [
        ("evaluate", "intents", "--train", files["rows"], "--test", files["rows"]),
        ("evaluate", "faq", "--corpus", files["faq"], "--queries", files["queries"]),
        ("ask", "hello"),
    ]


def test_without_an_environment_every_command_says_so(tmp_path: Path, files: dict[str, str]) -> None:
    for command in commands(files):
        done = honeydesk(*command, data=tmp_path / "data", venv=tmp_path / "nowhere")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("honeydesk: rasa_missing: ")


def test_with_one_figures_are_told_and_a_server_must_be_live_to_be_asked(tmp_path: Path, files: dict[str, str]) -> None:
    venv = rasa_double.environment(tmp_path / "venv")
    intents, faq, ask = (honeydesk(*command, data=tmp_path / "data", venv=venv) for command in commands(files))
    assert list(json.loads(intents.stdout)) == INTENT_KEYS, intents.stderr
    assert list(json.loads(faq.stdout)) == FAQ_KEYS, faq.stderr
    assert (ask.returncode, ask.stdout) == (1, "")
    assert ask.stderr.startswith("honeydesk: rasa_not_running: ")
