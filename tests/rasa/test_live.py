"""The engine's contract on the real Rasa. One training of two languages for all tests, and one more for the swap."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest

from bot.engines.port import Query, Ranking
from bot.rasa.live import LOOPBACK
from bot.rasa.project import PHRASINGS, evenly
from tests.rasa.conftest import ROOT, TODAY, Theatre, first

LOCALES = ("zh-CN", "en")


def rank(theatre: Theatre, queries: Sequence[Query], entries: int = 20, k: int = 5) -> list[Ranking]:
    return theatre.engine.index(first(entries), TODAY).rank(queries, k)


def test_known_wordings_are_understood(theatre: Theatre) -> None:
    corpus = first(20)
    for locale in LOCALES:
        entries = list(corpus.answerable(locale, TODAY))
        # Of many wordings, some were taught; the others are another question.
        rows = [(e.id, text) for e in entries for text in evenly(e.locales[locale].phrasings, PHRASINGS)]
        rankings = rank(theatre, [Query(text, locale) for _, text in rows])
        assert all(ranking.reading is not None for ranking in rankings)
        right = sum(r.candidates[0].entry_id == entry for (entry, _), r in zip(rows, rankings, strict=True))
        assert right / len(rows) >= 0.95


def test_paraphrases_it_never_saw_are_understood_far_above_chance(theatre: Theatre) -> None:
    corpus = first(20)
    lines = [
        json.loads(line)
        for path in sorted((ROOT / "faq_corpus" / "eval").glob("paraphrases*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    rows = [line for line in lines if line["entry"] in corpus.entries and line["locale"] in LOCALES]
    rankings = rank(theatre, [Query(row["text"], row["locale"]) for row in rows])
    right = sum(r.candidates[0].entry_id == row["entry"] for row, r in zip(rows, rankings, strict=True))
    assert right / len(rows) >= 0.3


def test_candidates_are_distinct_best_first_and_at_most_k(theatre: Theatre) -> None:
    (ranking,) = rank(theatre, [Query("提币怎么办", "zh-CN")], k=3)
    scores = [candidate.score for candidate in ranking.candidates]
    assert len({candidate.entry_id for candidate in ranking.candidates}) == len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    assert ranking.candidates[0].share == 1.0


@pytest.mark.parametrize("text", ["?!", "👍", "\u200b", "x" * 5000, "/handoff", "{x}", "[a](b)", "/restart"])
def test_any_text_can_be_ranked_and_none_is_a_command(theatre: Theatre, text: str) -> None:
    for locale in LOCALES:
        (ranking,) = rank(theatre, [Query(text, locale)])
        assert ranking.reading is not None
        assert ranking.reading.entities == ()
        # An intent named outright would come with exactly 1.
        assert (ranking.reading.intent, ranking.reading.confidence) != (text.removeprefix("/"), 1.0)


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("我的USDT走TRC20提现没到账", "zh-CN", {("coin", "USDT"), ("network", "TRC20")}),
        ("withdraw 500 USDT over ERC20 to me@example.com", "en", {("amount", "500"), ("email", "me@example.com")}),
    ],
)
def test_details_are_found_where_they_stand(
    theatre: Theatre, text: str, locale: str, expected: set[tuple[str, str]]
) -> None:
    (ranking,) = rank(theatre, [Query(text, locale)])
    assert ranking.reading is not None
    found = {(mention.type, text[mention.start : mention.end]) for mention in ranking.reading.entities}
    assert expected <= found


def test_wishes_are_intents_of_their_own(theatre: Theatre) -> None:
    (chinese,) = rank(theatre, [Query("我要人工客服", "zh-CN")])
    (english,) = rank(theatre, [Query("let me talk to a human agent", "en")])
    assert [r.reading.intent if r.reading else "" for r in (chinese, english)] == ["handoff", "handoff"]


def test_thresholds_come_from_held_out_questions_and_figures_are_kept(theatre: Theatre) -> None:
    for language, locale in (("zh", "zh-CN"), ("en", "en")):
        live = theatre.stage.live[language]
        assert live.calibration.figures[locale]["rows"] > 300
        assert 0.0 < live.calibration.wish_at <= 1.01
        assert any(live.url.startswith(f"http://{host}:") for host in LOOPBACK)


def test_a_new_model_goes_live_without_one_unanswered_question(theatre: Theatre) -> None:
    whole = first(21)
    (new,) = islice(whole.entries.values(), 20, None)
    question = Query(new.locales["zh-CN"].question, "zh-CN")
    (before,) = rank(theatre, [question], entries=21)
    assert new.id not in [candidate.entry_id for candidate in before.candidates]
    theatre.learn(whole, "zh")
    index = theatre.engine.index(whole, TODAY)
    swap = threading.Thread(target=theatre.stage.look)
    swap.start()
    unanswered, asked = 0, 0
    while swap.is_alive():
        (ranking,) = index.rank([question], 3)
        asked += 1
        unanswered += ranking.reading is None
    swap.join()
    assert (unanswered, theatre.stage.live["zh"].corpus) == (0, "first-21"), theatre.said
    assert asked > 20
    (after,) = index.rank([question], 3)
    assert after.candidates[0].entry_id == new.id


def test_a_dead_server_is_the_fall_backs_turn_until_it_is_up_again(theatre: Theatre) -> None:
    os.killpg(theatre.stage.pid("en"), signal.SIGKILL)
    (ranking,) = rank(theatre, [Query("how to withdraw", "en")])
    assert ranking.reading is None
    theatre.stage.look()
    (again,) = rank(theatre, [Query("how to withdraw", "en")])
    assert again.reading is not None


def test_foreign_rows_are_taught_and_measured_by_the_command(theatre: Theatre, tmp_path: Path) -> None:
    shapes = {
        "pay": ("pay {} for lunch", "send {} to a friend", "transfer {}"),
        "rain": ("will it rain on {}", "weather {}", "{} sun"),
    }
    words = ("monday", "tuesday", "ten", "twenty", "me", "paul")
    for part, some in (("train", words[:4]), ("test", words[4:])):
        rows = [
            {"text": text.format(word), "label": label}
            for label, texts in shapes.items()
            for text in texts
            for word in some
        ]
        (tmp_path / f"{part}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    files = ("--train", str(tmp_path / "train.jsonl"), "--test", str(tmp_path / "test.jsonl"))
    command = [sys.executable, "-m", "app.cli", "bot", "evaluate", "intents", *files, "--engine", "rasa"]
    env = {**os.environ, "HONEYDESK_DATA_DIR": str(tmp_path / "data"), "HONEYDESK_RASA_VENV": str(theatre.venv)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["accuracy"] >= 0.8
