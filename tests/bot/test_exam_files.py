"""What ranking and gate are examined on stands nowhere in what they know."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.corpus import load_corpus
from bot.engines.vectors import wording

CORPUS = Path(__file__).parents[2] / "faq_corpus"
KNOWN = {
    wording(text)
    for entry in load_corpus(CORPUS).entries.values()
    for own in entry.locales.values()
    for text in own.phrasings
}
FILES = sorted(
    path
    for name in ("paraphrases*", "customers*", "unanswered", "out_of_scope")
    for path in (CORPUS / "eval").glob(f"{name}.jsonl")
)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_no_line_of_the_exam_is_a_wording_of_the_corpus(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows
    assert [row["text"] for row in rows if wording(row["text"]) in KNOWN] == []


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_no_text_is_asked_twice(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [text for text, times in Counter(row["text"] for row in rows).items() if times > 1] == []
