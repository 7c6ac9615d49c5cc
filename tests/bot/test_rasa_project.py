"""What is written for Rasa: complete, and safe from what people type."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bot.corpus import Corpus, load_corpus
from bot.corpus.nlu import Intent, TrainingData
from bot.rasa.entities import PATTERNS
from bot.rasa.markup import literal, plain
from bot.rasa.project import MAX_EPOCHS, UNSPOKEN, epochs, evenly, projects, write_project
from tests.bot.conftest import TODAY, corpus_of, small_document

WISHES = TrainingData(
    (
        Intent("handoff", "zh-CN", ("转人工",), "zh"),
        Intent("handoff", "en", ("get me a [person](who)",), "en"),
        Intent("greet", "ja", ("こんにちは",), "other"),
    )
)


@pytest.fixture
def corpus(small: Corpus) -> Corpus:
    return replace(small, nlu=WISHES)


def files(corpus: Corpus, language: str) -> dict[str, object]:
    (project,) = [p for p in projects(corpus, TODAY) if p.language == language]
    return {name: yaml.safe_load(text) for name, text in project.files.items()}


def examples(written: dict[str, object], intent: str) -> list[str]:
    blocks = written["data/nlu.yml"]["nlu"]  # type: ignore[index]
    (body,) = [block["examples"] for block in blocks if block.get("intent") == intent]
    return [line.removeprefix("- ") for line in body.splitlines()]


def test_there_is_one_project_per_language_with_its_tokenizer(corpus: Corpus) -> None:
    pipelines = {p.language: yaml.safe_load(p.files["config.yml"])["pipeline"] for p in projects(corpus, TODAY)}
    assert {language: steps[0]["name"] for language, steps in pipelines.items()} == {
        "zh": "JiebaTokenizer",
        "en": "WhitespaceTokenizer",
    }
    for steps in pipelines.values():
        trained = {step["name"]: step for step in steps if "epochs" in step}
        assert set(trained) == {"DIETClassifier", "ResponseSelector"}
        assert all(step["number_of_transformer_layers"] == 0 for step in trained.values())
        assert all(0 < step["epochs"] <= 50 for step in trained.values())


def test_entries_are_one_retrieval_intent_with_an_answer_each(corpus: Corpus) -> None:
    written = files(corpus, "zh")
    assert examples(written, "faq/withdraw.pending") == ["提币一直处理中怎么办", "提现两小时没到账"]
    domain = written["domain.yml"]
    assert domain["intents"] == ["faq", "handoff", "inform"]  # type: ignore[index]
    answer, counted = domain["responses"]["utter_faq/withdraw.pending"]  # type: ignore[index]
    assert answer == {"text": "Reviews take up to 24 hours. See https://help.example.com."}
    assert counted["channel"] == UNSPOKEN
    rules = {r["rule"]: r["steps"] for r in written["data/rules.yml"]["rules"]}  # type: ignore[index]
    assert rules["faq"] == [{"intent": "faq"}, {"action": "utter_faq"}]
    assert set(rules) == {"faq", "handoff", "inform", "nlu_fallback"}
    spoken = {step["action"] for steps in rules.values() for step in steps if "action" in step} - {"utter_faq"}
    assert spoken <= set(domain["responses"])  # type: ignore[index]


def test_of_many_wordings_some_are_taught_the_standard_question_among_them(corpus: Corpus) -> None:
    entry = corpus.entries["withdraw.pending"]
    many = replace(entry.locales["en"], similar=tuple(f"wording {n}" for n in range(99)))
    grown = replace(corpus, entries={**corpus.entries, entry.id: replace(entry, locales={"en": many})})
    (project,) = [p for p in projects(grown, TODAY, 4) if p.language == "en"]
    taught = examples({name: yaml.safe_load(text) for name, text in project.files.items()}, f"faq/{entry.id}")
    assert taught == [many.question, "wording 24", "wording 49", "wording 74"]
    assert evenly("abc", 3) == ["a", "b", "c"]


def test_a_withheld_entry_is_not_taught(corpus: Corpus) -> None:
    assert "utter_faq/fees.table" not in files(corpus, "zh")["domain.yml"]["responses"]  # type: ignore[index]


def test_trainers_annotations_stay_and_let_diet_learn_entities(corpus: Corpus) -> None:
    written = files(corpus, "en")
    assert examples(written, "handoff") == ["get me a [person](who)"]
    learns = {
        language: step["entity_recognition"]
        for language in ("zh", "en")
        for step in files(corpus, language)["config.yml"]["pipeline"]  # type: ignore[index]
        if step["name"] == "DIETClassifier"
    }
    assert learns == {"zh": False, "en": True}


def test_every_pattern_has_an_example_for_rasa_ignores_it_otherwise(corpus: Corpus) -> None:
    for language in ("zh", "en"):
        shown = " ".join(examples(files(corpus, language), "inform"))
        words = re.sub(r"\[(.+?)\]\(\w+\)", r"\1", shown)
        assert all(f"]({name})" in shown and re.search(pattern, words) for name, pattern in PATTERNS.items())


def test_a_wording_belongs_to_one_intent(corpus: Corpus) -> None:
    document = small_document()
    document["entries"][0]["locales"]["en"]["similar"].append("My deposit has not arrived!")  # type: ignore[index]
    written = files(corpus_of(document), "en")
    assert "My deposit has not arrived!" in examples(written, "faq/withdraw.pending")
    names = [block.get("intent") for block in written["data/nlu.yml"]["nlu"]]  # type: ignore[index]
    assert "faq/deposit.missing" not in names


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("[x](coin) stuck", "［x］(coin) stuck"),
        ('[x]{"entity": "coin"}', '［x］{"entity": "coin"}'),
        ("/handoff", "／handoff"),
        ('  /faq{"a": 1}', '  ／faq{"a": 1}'),
        ("two\nlines", "two lines"),
        ("either/or", "either/or"),
    ],
)
def test_what_customers_type_is_never_markup(typed: str, seen: str) -> None:
    assert plain(typed) == seen
    assert len(plain(typed)) == len(typed)


def test_markup_in_a_phrasing_is_taught_as_words() -> None:
    document = small_document()
    document["entries"][1]["locales"]["en"]["similar"] = ["- [cancel](action): yes", "/cancel"]  # type: ignore[index]
    taught = examples(files(corpus_of(document), "en"), "faq/withdraw.cancel")
    assert taught[1:] == ["- ［cancel］(action): yes".removeprefix("- "), "／cancel"] or taught[1:] == [
        "- ［cancel］(action): yes",
        "／cancel",
    ]


def test_braces_in_an_answer_are_no_slots() -> None:
    assert literal('{"code": 1}') == '{{"code": 1}}'


def test_many_examples_are_shown_less_often() -> None:
    assert epochs(10) == MAX_EPOCHS == 50
    assert 15 <= epochs(4000) < epochs(2000) < 50
    assert epochs(10**6) == 15


def test_the_shipped_corpus_becomes_two_complete_projects(tmp_path: Path) -> None:
    corpus = load_corpus(Path(__file__).parents[2] / "faq_corpus")
    found = projects(corpus, TODAY)
    assert {project.language for project in found} == {"zh", "en"}
    for project in found:
        assert project.entries == len(corpus.entries)
        names = {str(path.relative_to(tmp_path)) for path in write_project(project, tmp_path)}
        assert {"config.yml", "domain.yml", "data/nlu.yml", "data/rules.yml"} <= names
