"""The corpus: read, checked, filled, written back."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.corpus import Corpus, CorpusError, load_corpus, read_corpus, to_document, write_corpus
from bot.corpus.checks import check, key
from bot.corpus.document import from_document
from bot.corpus.nlu import Intent, TrainingData, read_nlu, write_nlu
from tests.bot.conftest import TODAY, corpus_of, row, small_document


def codes(document: dict[str, object]) -> set[str]:
    corpus, problems = from_document(document)
    return {problem.code for problem in [*problems, *check(corpus)]}


def test_what_is_exported_reads_back_equal(small: Corpus, tmp_path: Path) -> None:
    training = TrainingData((Intent("handoff", "en", ("get me a person",), "en"),))
    whole = replace(small, texts={"greeting": {"en": "Hello\nthere"}}, nlu=training)
    write_corpus(whole, tmp_path)
    again = load_corpus(tmp_path, version=whole.version)
    assert again == whole
    assert corpus_of(to_document(again), whole.version) == whole


def test_the_shipped_corpus_can_be_used() -> None:
    corpus, problems = read_corpus(Path(__file__).parents[2] / "faq_corpus")
    assert [str(problem) for problem in problems if problem.fatal] == []
    assert len(corpus.entries) >= 60
    assert {"zh-CN", "en"} <= set(corpus.locales)
    assert all({"zh-CN", "en"} <= set(entry.locales) for entry in corpus.entries.values())
    withheld = [corpus.withheld(e, t, TODAY) for e in corpus.entries.values() for t in e.locales]
    assert withheld == [None] * len(withheld)


def test_the_version_follows_the_content() -> None:
    first, second = corpus_of(small_document()), small_document()
    second["texts"] = {"greeting": {"en": "Hi"}}
    assert first.version == corpus_of(small_document()).version
    assert first.version != corpus_of(second).version


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "NoDot"}, "bad_entry_id"),
        ({"owner": ""}, "missing_field"),
        ({"reviewed": "yesterday"}, "bad_date"),
        ({"surprise": 1}, "unknown_field"),
        ({"related": ["no.such"]}, "unknown_related"),
        ({"buttons": [{"kind": "dance"}]}, "bad_button"),
        ({"buttons": [{"kind": "link", "url": "https://elsewhere.example"}]}, "literal_url"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, object], code: str) -> None:
    document = {"entries": [row("a.b", ("问",), ("ask",), "answer") | change]}
    assert code in codes(document)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("Pay {{nobody_declared}}.", "undeclared_variable"),
        ("<b>bold</b>", "html_in_answer"),
        ("See https://elsewhere.example now", "literal_url"),
        ("", "missing_field"),
    ],
)
def test_a_wrong_answer_is_named(answer: str, code: str) -> None:
    assert code in codes({"entries": [row("a.b", ("问",), ("ask",), answer)]})


def test_one_wording_in_two_entries_is_reported_once_with_both() -> None:
    document = {"entries": [row("a.b", ("问",), ("Ask me!",), "x"), row("a.c", ("答",), ("ask ME",), "x")]}
    corpus, _ = from_document(document)
    assert [(p.where, p.code) for p in check(corpus) if p.code == "duplicate_phrasing"] == [
        ("a.c:en", "duplicate_phrasing")
    ]


def test_an_empty_corpus_is_no_corpus() -> None:
    assert codes({"entries": []}) == {"no_entries"}


def test_every_problem_is_raised_at_once_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "entries").mkdir()
    bad = [row("a.b", ("问",), ("ask",), "<i>"), row("a.b", ("问",), ("ask",), "fine")]
    (tmp_path / "entries" / "a.yml").write_text(yaml.safe_dump(bad, allow_unicode=True), encoding="utf-8")
    (tmp_path / "entries" / "b.yml").write_text("- [", encoding="utf-8")
    with pytest.raises(CorpusError) as raised:
        load_corpus(tmp_path)
    found = {(problem.where, problem.code) for problem in raised.value.problems}
    assert ("a.yml:a.b", "duplicate_id") in found
    assert ("b.yml", "bad_yaml") in found


def test_outside_a_demonstration_a_demo_figure_withholds_its_entry(small: Corpus) -> None:
    real = replace(small, demo=False)
    withheld = real.withheld(real.entries["withdraw.pending"], "en", TODAY)
    assert withheld is not None
    assert (withheld.code, withheld.detail) == ("variable_unset", "help_url, review_hours")


def test_an_entry_is_answerable_on_its_days_only() -> None:
    document = {"entries": [row("a.b", ("问",), ("ask",), "x", valid_from="2026-01-10", valid_until="2026-01-12")]}
    corpus = corpus_of(document)
    days = [9, 10, 12, 13]
    answerable = [bool(list(corpus.answerable("en", date(2026, 1, day)))) for day in days]
    assert answerable == [False, True, True, False]


def test_punctuation_width_and_case_do_not_make_another_wording() -> None:
    assert key("Ｗhere  is my USDT?!") == key("where is my usdt")


def test_nlu_keeps_what_it_does_not_know_and_reads_annotated_examples(tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text(
        'version: "3.1"\nnlu:\n'
        "  - intent: deposit\n    metadata: {language: en}\n    examples: |\n      - where is my [usdt](coin)\n"
        "  - synonym: tether\n    examples: |\n      - usdt\n",
        encoding="utf-8",
    )
    data = read_nlu(tmp_path)
    assert data.intents == (Intent("deposit", "en", ("where is my [usdt](coin)",), "en"),)
    assert data.intents[0].texts == ("where is my usdt",)
    write_nlu(data, tmp_path / "out")
    assert read_nlu(tmp_path / "out") == data
