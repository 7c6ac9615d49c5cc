"""Foreign Rasa projects as a corpus, and an honest report of the rest."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.corpus import Corpus, load_corpus, write_corpus
from bot.corpus.nlu import Intent, TrainingData
from bot.rasa.conversion import import_rasa
from bot.rasa.project import projects, write_project
from tests.bot.conftest import TODAY

BANK = {
    "config.yml": "recipe: default.v1\nlanguage: en\npipeline: []\n",
    "credentials.yml": "rest:\n",
    "domain.yml": """
version: "3.1"
intents: [greet, faq, card_lost, transfer, balance, chitchat_weather]
slots:
  amount: {type: text}
forms:
  transfer_form: {required_slots: [amount]}
actions: [action_balance, utter_card_lost]
responses:
  utter_greet:
    - text: Hello there
  utter_card_lost:
    - text: "Block it in the app.<br>Then call {hotline}."
      buttons: [{title: Call, payload: /call}]
    - text: Oh no! Block it.
  utter_card_more:
    - text: A new one takes {delivery days} days.
  utter_faq/opening_hours:
    - text: "From 9 to 17, as JSON: {{}}"
  utter_cheer:
    - image: https://example.com/tiger.jpg
""",
    "data/nlu.yml": """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hi
      - hello
  - intent: card_lost
    examples: |
      - I lost my [Visa](card_type)
      - my [card]{"entity": "card_type", "value": "debit"} is gone
  - intent: faq/opening_hours
    examples: |
      - when are you open
      - opening hours
  - intent: transfer
    examples:
      - text: send [5](amount) to Ann
      - text: transfer money
  - synonym: debit
    examples: |
      - debit card
  - regex: iban
    examples: |
      - [A-Z]{2}[0-9]{20}
  - lookup: card_type
    examples: |
      - Visa
      - Maestro
""",
    "data/rules.yml": """
version: "3.1"
rules:
  - rule: lost
    steps:
      - intent: card_lost
      - action: utter_card_lost
      - action: utter_card_more
  - rule: faq
    steps:
      - intent: faq
      - action: utter_faq
  - rule: ask for the form
    steps:
      - intent: transfer
      - action: transfer_form
      - active_loop: transfer_form
""",
    "data/stories.yml": """
version: "3.1"
stories:
  - story: long
    steps:
      - intent: greet
      - action: utter_greet
      - intent: balance
      - action: action_balance
""",
    "data/broken.yml": "nlu: [",
    "data/old.md": "## intent:greet\\n- hi",
}


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    for name, text in BANK.items():
        path = tmp_path / "bank" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "bank"


def test_questions_with_answers_become_entries(bank: Path) -> None:
    corpus, _ = import_rasa(bank, TODAY)
    assert set(corpus.entries) == {"faq.card-lost", "faq.opening-hours"}
    lost = corpus.entries["faq.card-lost"].locales["en"]
    assert lost.phrasings == ("I lost my Visa", "my card is gone")
    assert lost.answer == "Block it in the app.\nThen call {{hotline}}.\n\nA new one takes {{delivery_days}} days."
    assert corpus.entries["faq.opening-hours"].locales["en"].answer == "From 9 to 17, as JSON: {}"


def test_a_slot_in_an_answer_withholds_it_until_somebody_sets_it(bank: Path) -> None:
    corpus, _ = import_rasa(bank, TODAY)
    withheld = corpus.withheld(corpus.entries["faq.card-lost"], "en", TODAY)
    assert withheld is not None
    assert withheld.detail == "delivery_days, hotline"


def test_wishes_intents_synonyms_regexes_and_look_ups_are_kept(bank: Path) -> None:
    corpus, _ = import_rasa(bank, TODAY)
    intents = {intent.name: intent for intent in corpus.nlu.intents}
    assert intents["greet"].texts == ("hi", "hello")
    assert intents["transfer"].examples == ("send [5](amount) to Ann", "transfer money")
    assert corpus.texts["chat_greet"]["en"] == "Hello there"
    kinds = [next(iter(block)) for block in corpus.nlu.others["nlu"]]
    assert kinds == ["synonym", "regex", "lookup"]


def test_the_report_names_everything_that_was_not_taken_over(bank: Path) -> None:
    _, findings = import_rasa(bank, TODAY)
    found = {(finding.code, finding.where) for finding in findings}
    assert found == {
        ("bad_yaml", "data/broken.yml"),
        ("old_format", "data/old.md"),
        ("annotation_dropped", "data/nlu.yml:card_lost"),
        ("html_removed", "data/nlu.yml:card_lost"),
        ("slot_in_answer", "data/nlu.yml:card_lost"),
        ("variation_dropped", "utter_card_lost"),
        ("part_dropped", "utter_card_lost"),
        ("intent_without_answer", "data/nlu.yml:transfer"),
        ("story_dropped", "data/rules.yml:ask for the form"),
        ("story_dropped", "data/stories.yml:long"),
        ("response_unused", "utter_cheer"),
        ("form_dropped", "transfer_form"),
        ("slot_dropped", "amount"),
        ("action_dropped", "action_balance"),
    }


def test_an_imported_corpus_is_written_and_read_like_any_other(bank: Path, tmp_path: Path) -> None:
    corpus, _ = import_rasa(bank, TODAY)
    write_corpus(corpus, tmp_path / "corpus")
    again = load_corpus(tmp_path / "corpus")
    assert again.entries == corpus.entries
    assert again.nlu == corpus.nlu
    assert again.variables == corpus.variables


def test_what_we_export_comes_back_with_ids_wordings_and_answers(small: Corpus, tmp_path: Path) -> None:
    training = TrainingData((Intent("handoff", "en", ("get me a person",), "en"),))
    whole = replace(small, nlu=training)
    for project in projects(whole, TODAY):
        write_project(project, tmp_path / project.language)
    again, findings = import_rasa(tmp_path, TODAY)
    assert [f for f in findings if f.code not in ("response_unused", "intent_renamed")] == []
    assert set(again.entries) == set(small.entries) - {"fees.table"}
    for entry in again.entries.values():
        for locale, own in entry.locales.items():
            before = small.entries[entry.id].locales[locale]
            assert own.phrasings == before.phrasings
            assert own.answer == small.fill(before.answer, locale)[0]
    assert next(i for i in again.nlu.intents if i.name == "handoff").texts == ("get me a person",)


def test_names_without_a_latin_letter_get_stable_ids(tmp_path: Path) -> None:
    body = "nlu:\n  - intent: 挂失\n    examples: |\n      - 卡丢了\nresponses:\n  utter_挂失:\n    - text: 请打电话\n"
    (tmp_path / "all.yml").write_text(f"language: zh\n{body}", encoding="utf-8")
    first, _ = import_rasa(tmp_path, TODAY)
    second, _ = import_rasa(tmp_path, TODAY)
    assert list(first.entries) == list(second.entries)
    (entry,) = first.entries.values()
    assert entry.locales["zh-CN"].answer == "请打电话"


def test_a_folder_without_a_question_says_so(tmp_path: Path) -> None:
    corpus, findings = import_rasa(tmp_path, TODAY)
    assert not corpus.entries
    assert [finding.code for finding in findings] == ["empty"]
