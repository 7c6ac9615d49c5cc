"""`honeydesk bot` as a user runs it: a process of its own, the real encoders, no server and no data folder."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.commands import app
from tests.bot.test_evaluation import FAQ_KEYS, INTENT_KEYS, foreign, rows_of

ROOT = Path(__file__).parents[2]
ASK_KEYS = {"text", "decision", "entry", "confidence", "intent", "entities", "reason", "version", "ms", "masked"}
DECISIONS = {"answer", "clarify", "ask_again", "handoff", "emergency", "refuse", "form", "chat"}


def honeydesk(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HONEYDESK_DATA_DIR": str(folder / "none")}
    command = [sys.executable, "-m", "app.cli", "bot", *map(str, arguments)]
    return subprocess.run(
        command, check=False, cwd=folder, env=environment, capture_output=True, text=True, timeout=240
    )


def lines_of(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def written(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


ASKED = [
    {"text": "转人工"},
    {"text": ""},
    {"text": "My account was hacked and someone is withdrawing my coins right now", "lang": "en"},
    {"text": "昨天提现 1.2k USDT 走 TRC20 还没到账", "lang": "zh", "now": "2026-11-20T10:00:00+08:00"},
    {"text": "hello", "lang": "en-GB"},
    {"text": "should I buy bitcoin now?", "lang": "en"},
    {"text": "怎么修改登录密码"},
    {"text": "my card is 4111 1111 1111 1111", "lang": "en"},
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("ask")
    found = lines_of(honeydesk(folder, "ask", "--file", written(folder / "q.jsonl", ASKED)))
    assert not (folder / "none").exists()
    return found


def test_one_object_a_row_in_order_also_for_an_empty_text(told: list[dict[str, Any]]) -> None:
    assert [row["text"] for row in told] == [row["text"] for row in ASKED]
    for row in told:
        assert set(row) - {"choices"} == ASK_KEYS
        assert row["decision"] in DECISIONS
        assert (row["entry"] is not None) == (row["decision"] in ("answer", "clarify"))
        assert ("choices" in row) == (row["decision"] == "clarify")
        assert row["ms"] > 0
        assert re.fullmatch(r"[0-9a-f]{6,}", row["version"])


def test_decisions_and_reasons_have_the_names_of_the_contract(told: list[dict[str, Any]]) -> None:
    assert (told[0]["decision"], told[0]["reason"], told[0]["intent"]) == ("handoff", "asked", "handoff")
    assert told[2]["decision"] == "emergency"
    assert told[4]["decision"] == "chat"
    assert (told[5]["decision"], told[5]["reason"]) == ("refuse", "investment_advice")


def test_entities_are_substrings_with_their_normal_form(told: list[dict[str, Any]]) -> None:
    found = {entity["type"]: entity for entity in told[3]["entities"]}
    assert all(set(entity) == {"type", "value", "normalised", "valid"} for entity in told[3]["entities"])
    assert all(entity["value"] in told[3]["text"] for entity in told[3]["entities"])
    assert found["amount"]["normalised"] == "1200"
    assert found["coin"]["normalised"] == "USDT"
    assert found["network"]["normalised"] == "TRON"
    assert found["time"]["normalised"] == "2026-11-19"


def test_secrets_are_masked_as_they_would_be_stored(told: list[dict[str, Any]]) -> None:
    assert "4111" not in told[7]["masked"]
    assert told[6]["masked"] == told[6]["text"]


def test_one_text_is_one_line(tmp_path: Path) -> None:
    (row,) = lines_of(honeydesk(tmp_path, "ask", "agent please", "--locale", "en"))
    assert row["decision"] == "handoff"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ask",), "usage"),
        (("ask", "hello", "--engine", "none"), "unknown_engine"),
        (("ask", "--file", "absent.jsonl"), "bad_rows"),
        (("evaluate", "intents", "--train", "absent.jsonl", "--test", "absent.jsonl"), "bad_rows"),
        (("evaluate", "faq", "--corpus", "absent.jsonl", "--queries", "absent.jsonl"), "bad_rows"),
    ],
)
def test_what_cannot_be_done_is_one_line_on_stderr(arguments: tuple[str, ...], code: str) -> None:
    done = CliRunner().invoke(app, ["bot", *arguments])
    assert (done.exit_code, done.stdout) == (1, "")
    assert re.fullmatch(rf"honeydesk: {code}: .+\n", done.stderr)


def test_intents_are_evaluated(tmp_path: Path) -> None:
    def saved(name: str, rows: list[Any]) -> Path:
        return written(tmp_path / name, [{"text": row.text, "label": row.label} for row in rows])

    train, test = saved("a", rows_of(12) + foreign(20)), saved("b", rows_of(6, offset=12) + foreign(10))
    (figures,) = lines_of(honeydesk(tmp_path, "evaluate", "intents", "--train", train, "--test", test, "--val", test))
    assert list(figures) == INTENT_KEYS
    assert figures["accuracy"] > 0.9
    assert figures["oos_recall"] > 0.9


def test_a_faq_is_evaluated(tmp_path: Path) -> None:
    rows = [
        {"faq_id": "w", "question": "How do I withdraw coins?", "answer": "Open Assets and choose Withdraw."},
        {"faq_id": "d", "question": "Where is my deposit?", "similar": ["deposit not arrived"]},
        {"faq_id": 3, "question": "How do I reset my password?"},
    ]
    asked = [
        {"text": "I want to take my crypto out", "faq_id": "w"},
        {"text": "forgot my password", "faq_id": 3},
        {"text": "what is the capital of France", "faq_id": None},
    ]
    corpus, queries = written(tmp_path / "c", rows), written(tmp_path / "q", asked)
    (figures,) = lines_of(honeydesk(tmp_path, "evaluate", "faq", "--corpus", corpus, "--queries", queries))
    assert list(figures) == FAQ_KEYS
    assert figures["r1"] == 1.0
    assert 0 <= figures["auroc_answerable"] <= 1
