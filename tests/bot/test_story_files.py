"""How a story is read, walked and judged, on the small corpus and the toy engine."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.corpus import Corpus
from bot.engines.toy import ToyEngine, ToyGate
from bot.forms import load_forms
from bot.language import LanguageDetector
from bot.service import Bot
from tests.bot.conftest import TODAY
from tests.bot.stories import NOON, Story, StoryError, load_stories, read_stories
from tests.bot.storyteller import Storyteller, walked

FORMS = Path(__file__).parents[2] / "faq_corpus" / "forms"

SHORT = """
- name: short
  locale: zh-CN
  turns:
    - customer: 提现两小时没到账
      bot: {decision: answer, entry: withdraw.pending}
"""


def read(text: str) -> Story:
    (story,) = read_stories(text, "file")
    return story


def story(*turns: str, locale: str = "zh-CN", more: str = "") -> Story:
    rows = "\n".join(f"  - {turn}" for turn in turns)
    return read(f"- name: told\n  locale: {locale}\n  {more}\n  turns:\n{rows}")


@pytest.fixture
def clerk(small: Corpus, languages: LanguageDetector) -> Bot:
    return Bot(ToyEngine(), ToyGate(), small, day=TODAY, languages=languages, forms=load_forms(FORMS))


def test_a_story_is_of_a_known_customer_at_noon_unless_it_says_otherwise() -> None:
    plain = read(SHORT)
    assert (plain.id, plain.locale, plain.now, plain.verified) == ("file:short", "zh-CN", NOON, True)
    assert plain.steps[0].texts == ("提现两小时没到账",)
    assert plain.steps[0].expected.entries == ("withdraw.pending",)
    other = story("{customer: [你好, 在吗], bot: {decision: chat}}", more="now: 2026-11-25 08:30\n  verified: false")
    assert (other.now, other.verified) == (datetime(2026, 11, 25, 8, 30), False)
    assert other.steps[0].texts == ("你好", "在吗")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x", "a list of stories"),
        ("- : [", "file:"),
        ("- {name: x, locale: en}", "file:x: turns is missing"),
        ("- {name: x, locale: en, turns: [{customer: a, bot: {decision: answer}}], moral: y}", "unknown fields moral"),
        ("- {name: x, locale: en, turns: [{customer: a}]}", "file:x, turn 1: bot is missing"),
        ("- {name: x, locale: en, turns: [{customer: a, click: b, bot: {decision: chat}}]}", "writes"),
        ("- {name: x, locale: en, turns: [{customer: 500, bot: {decision: form}}]}", "quote numbers"),
        ("- {name: x, locale: en, turns: [{customer: a, bot: {decision: reply}}]}", "not reply"),
        ("- {name: x, locale: en, turns: [{customer: a, bot: {entry: b}}]}", "decision or not_decision is missing"),
        ("- {name: x, locale: en, turns: [{customer: a, bot: {decision: answer, entry: b, entry_in: [c]}}]}", "either"),
        ("- {name: x, locale: en, turns: [{customer: a, bot: {decision: form, slots: coin}}]}", "slots is a mapping"),
        ("- {name: x, locale: en, now: noon, turns: [{customer: a, bot: {decision: chat}}]}", "now is a day"),
        ("- {name: x, locale: en, now: 2026-11-25T12:00Z, turns: [{customer: a, bot: {decision: chat}}]}", "time zone"),
        ("- {name: x, locale: en, verified: maybe, turns: [{customer: a, bot: {decision: chat}}]}", "true or false"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(StoryError, match=said):
        read(text)


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    with pytest.raises(StoryError, match="no stories"):
        load_stories(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.yml").write_text(SHORT, encoding="utf-8")
    with pytest.raises(StoryError, match=r"b:short: the name is taken by a:short"):
        load_stories(tmp_path)


def test_the_first_turn_that_is_wrong_ends_the_walk(bot: Bot) -> None:
    told = story(
        '{customer: 提现两小时没到账, bot: {decision: answer, says: ["24", nothing], reason: x}}',
        "{customer: 你好, bot: {decision: chat}}",
    )
    went, wrong = walked(bot, told)
    assert len(went) == 1
    assert "customer: 提现两小时没到账" in went[0]
    assert [found.split(":")[0] for found in wrong] == ["reason should be x, not nothing", "should say 'nothing'"]
    assert walked(bot, read(SHORT))[1] == []


def test_misses_are_carried_and_a_person_is_called_at_the_second(bot: Bot) -> None:
    nonsense = "{customer: asdf qwer, bot: {decision: %s}}"
    told = story(
        nonsense % "ask_again",
        "{customer: asdf qwer, bot: {decision: handoff, reason: unsure, says: a person}}",
        "{customer: agent please, bot: {decision: chat, reason: asked}}",
        nonsense % "silent",
        "{customer: withdrawal stuck, bot: {decision: answer, entry: withdraw.pending}}",
        "{customer: my account was hacked, bot: {decision: emergency, reason: account_taken}}",
        locale="en",
    )
    assert walked(bot, told)[1] == []


def test_only_what_was_offered_can_be_clicked(bot: Bot) -> None:
    ambiguous = "{customer: withdrawal still how cancel pending, bot: {decision: clarify, choices_include: [%s]}}"
    click = "{click: withdraw.cancel, bot: {decision: answer, entry: withdraw.cancel}}"
    assert walked(bot, story(ambiguous % "withdraw.cancel", click, locale="en"))[1] == []
    (wrong,) = walked(bot, story(ambiguous % "fees.table", locale="en"))[1]
    assert wrong == "choices should include fees.table"
    teller = Storyteller(bot, story(click))
    with pytest.raises(AssertionError, match="was not offered"):
        teller.tell(story(click).steps[0])


def test_a_form_is_carried_and_the_system_answers_or_fails(clerk: Bot) -> None:
    first = "{customer: 我的USDT提现2小时还没到账, bot: {decision: form, asks: order_id, slots: {coin: USDT}}}"
    last = '{customer: "77120394857", system: %s, bot: {decision: form, form: withdrawal, reason: %s, says: %s}}'
    for system, reason, says in (
        ("已出账。", "answered", "已出账"),
        ("failed", "failed", "抱歉"),
        ("none", "noted", "记下"),
    ):
        told = story(first, last % (system, reason, says))
        assert walked(clerk, told)[1] == []
    assert walked(clerk, story(first, more="verified: false"))[1] != []


def test_either_of_two_decisions_and_an_entry_among_the_choices(bot: Bot) -> None:
    either = "{customer: withdrawal still how cancel pending, bot: {decision: [answer, clarify], entry_in: [%s]}}"
    assert walked(bot, story(either % "withdraw.cancel, deposit.missing", locale="en"))[1] == []
    (wrong,) = walked(bot, story(either % "deposit.missing", locale="en"))[1]
    assert wrong == "entry should be deposit.missing"
    unwanted = "{customer: withdrawal stuck, bot: {not_decision: answer, offers_person: false}}"
    wrong = walked(bot, story(unwanted, locale="en"))[1]
    assert wrong == ["decision must not be answer", "a person should not be offered"]
