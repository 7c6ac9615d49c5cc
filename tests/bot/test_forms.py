"""Forms: who gets one, how it is filled from what was said, and how it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.corpus import Corpus
from bot.corpus.nlu import Intent, TrainingData
from bot.engines.toy import ToyEngine, ToyGate
from bot.forms import FormError, Forms, Reply, load_forms
from bot.forms.filling import begins, is_reply
from bot.language import LanguageDetector
from bot.service import Bot
from bot.verdicts import (
    Answered,
    BotContext,
    Emergency,
    FormAsked,
    FormEnded,
    FormFilled,
    HandedOff,
    Refused,
    Verdict,
)
from conversation.states import Form
from tests.bot.conftest import TODAY

FOLDER = Path(__file__).parents[2] / "faq_corpus" / "forms"
NOW = datetime(2026, 11, 25, 12, 56)
TXID = "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b"
VERIFIED = BotContext("zh-CN", verified=True, now=NOW)


@pytest.fixture(scope="module")
def forms() -> Forms:
    found = load_forms(FOLDER)
    assert found is not None
    return found


@pytest.fixture
def clerk(small: Corpus, languages: LanguageDetector, forms: Forms) -> Bot:
    return Bot(ToyEngine(), ToyGate(), small, day=TODAY, languages=languages, forms=forms)


class Talk:
    """One customer and the bot; the form goes from turn to turn as the life cycle carries it."""

    def __init__(self, bot: Bot, context: BotContext = VERIFIED) -> None:
        self.bot = bot
        self.context = context

    def say(self, text: str) -> Verdict:
        verdict = self.bot.reply(text, self.context)
        form = verdict.form if isinstance(verdict, FormAsked) else None
        if isinstance(verdict, Answered) and verdict.resumes:
            form = self.context.form
        self.context = replace(self.context, form=form)
        return verdict

    def asked(self, text: str) -> str:
        verdict = self.say(text)
        assert isinstance(verdict, FormAsked), verdict
        return verdict.form.asked

    def filled(self, text: str) -> dict[str, str]:
        verdict = self.say(text)
        assert isinstance(verdict, FormFilled), verdict
        return dict(verdict.form.slots)


@pytest.fixture
def talk(clerk: Bot) -> Talk:
    return Talk(clerk)


OWN = [
    ("withdrawal", "我的USDT提现申请提交2小时了还没到账,订单号是77120394857"),
    ("withdrawal", "提现两小时没到账, 订单号77120394857"),
    ("withdrawal", "我的提现2小时没到"),
    ("withdrawal", "帮我查一下提币状态"),
    ("withdrawal", "我提币到币安两个小时没到"),
    ("withdrawal", "我的提现被拒了"),
    ("withdrawal", "我的提幣還沒到"),
    ("withdrawal", "我昨天提領的USDT還沒到"),
    ("deposit", "我儲值的500U沒到帳"),
    ("withdrawal", "我的withdraw一直pending，啥情况"),
    ("deposit", "我的deposit还没到"),
    ("withdrawal", "мой вывод завис уже два дня"),
    ("withdrawal", "My withdrawal has been pending for 3 hours"),
    ("withdrawal", "i withdrew 500 usdt yesterday and still nothing, not received"),
    ("deposit", "我充的500U没到账"),
    ("deposit", "昨天充的币还没到"),
    ("deposit", f"where is my deposit? txid {TXID}"),
    ("deposit", "I sent 500 USDT yesterday and it has not arrived"),
    ("kyc", "实名认证一直没通过，已经三天了"),
    ("kyc", "my kyc is still pending"),
    ("order", "my order 1234567890 was not filled"),
    ("order", "p2p 对方不放币，我已经付款了"),
]
GENERAL = [
    "提现要多久",
    "提币多久到账",
    "怎么提现",
    "提现手续费多少",
    "提现一直不到账怎么办",
    "充值没到账怎么办",
    "KYC审核要多久",
    "为什么提现还在审核",
    "How long does a withdrawal take",
    "how do i withdraw",
    "what does pending mean",
    "Can I cancel my withdrawal",
    "限价单没成交是什么原因",
    "怎么取消提现",
    "我想问提现要多久到账",
    "What is the withdrawal fee?",
]


@pytest.mark.parametrize(("form", "text"), OWN)
def test_ones_own_case_begins_a_form(forms: Forms, form: str, text: str) -> None:
    found = begins(forms, text, now=NOW, locale="")
    assert found is not None
    assert found[0].id == form


@pytest.mark.parametrize("text", GENERAL)
def test_a_general_question_does_not(forms: Forms, text: str) -> None:
    assert begins(forms, text, now=NOW, locale="") is None


def test_one_sentence_may_fill_it_all(talk: Talk) -> None:
    slots = talk.filled("我的500 USDT提现申请提交2小时了还没到账,走的TRC20,订单号是77120394857")
    assert slots == {"amount": "500", "coin": "USDT", "network": "TRON", "order_id": "77120394857"}


def test_slots_are_asked_for_one_at_a_time_and_never_twice(talk: Talk) -> None:
    first = talk.say("我的USDT提现2小时还没到账")
    assert isinstance(first, FormAsked)
    assert "已记下：币种 USDT" in first.text
    assert [(b.kind, b.label) for b in first.buttons] == [("say", "跳过"), ("say", "不查了")]
    assert first.form.asked == "order_id"
    assert talk.asked("跳过") == "amount"
    assert talk.asked("500") == "time"
    assert talk.filled("昨天晚上8点") == {"coin": "USDT", "amount": "500", "time": "2026-11-24T20"}


@pytest.mark.parametrize(
    "words", ["不知道", "没有", "我不记得了", "skip", "I don't know", "找不到", "订单号找不到了", "没有订单号"]
)
def test_what_he_does_not_know_is_skipped(talk: Talk, words: str) -> None:
    talk.say("我的USDT提现2小时还没到账")
    assert talk.asked(words) == "amount"


def test_a_later_word_corrects_an_earlier_one(talk: Talk) -> None:
    talk.say("我充的500 USDT没到账，走的TRC20")
    assert talk.asked("不对，不是TRC20，是ERC20") == "txid"
    assert talk.filled(TXID)["network"] == "ETHEREUM"


def test_a_number_that_cannot_be_is_told_with_help_once(talk: Talk) -> None:
    talk.say("我充的500 USDT没到账，走的TRC20")
    again = talk.say(TXID[:-6])
    assert isinstance(again, FormAsked)
    assert "不完整" in again.text
    assert "txid" not in talk.filled(TXID[:-5])


@pytest.mark.parametrize(
    "words",
    [
        "算了",
        "不查了",
        "cancel",
        "never mind",
        "不用了，谢谢",
        "算了，不查了",
        "算了吧，都不查了",
        "不用了，我不问了，谢谢",
    ],
)
def test_he_may_leave(talk: Talk, words: str) -> None:
    talk.say("我的USDT提现2小时还没到账")
    ended = talk.say(words)
    assert isinstance(ended, FormEnded)
    assert (ended.outcome, ended.buttons) == ("cancelled", ())


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    talk.say("我的USDT提现2小时还没到账")
    answered = talk.say("怎么取消提币")
    assert isinstance(answered, Answered)
    assert answered.entry_id == "withdraw.cancel"
    assert answered.markdown.endswith("没有的话点“跳过”。")
    assert talk.filled("77120394857")["coin"] == "USDT"


def test_a_question_nobody_can_answer_leads_back(talk: Talk) -> None:
    talk.say("我的USDT提现2小时还没到账")
    again = talk.say("蓝色的香蕉会发芽吗？")
    assert isinstance(again, FormAsked)
    assert again.form.tries == 1
    assert talk.asked("那你叫什么名字呀？") == "amount"


def test_another_matter_begins_its_own_form(talk: Talk) -> None:
    talk.say("我的USDT提现2小时还没到账")
    assert talk.asked("我昨天充值的币也没到账") == "txid"
    assert talk.context.form is not None
    assert talk.context.form.name == "deposit"


@pytest.mark.parametrize(
    ("words", "kind"),
    [("转人工", HandedOff), ("我的账户被盗了", Emergency), ("BTC会涨吗", Refused)],
)
def test_what_cannot_wait_wins(talk: Talk, words: str, kind: type) -> None:
    talk.say("我的USDT提现2小时还没到账")
    assert isinstance(talk.say(words), kind)


@pytest.mark.parametrize(
    ("asked", "slots", "text", "mere"),
    [
        ("amount", {"coin": "USDT"}, "1000个", True),
        ("amount", {"coin": "USDT"}, "500 USDT", True),
        ("amount", {"coin": "USDT"}, "跳过", True),
        ("amount", {"coin": "USDT"}, "算了", True),
        ("coin", {}, "usdt", True),
        ("order_id", {}, "77120394857", True),
        ("time", {}, "昨天晚上8点吧", True),
        ("coin", {}, "agent", False),
        ("order_id", {}, "77120394857 这笔不是我提的", False),
        ("amount", {"coin": "USDT"}, "转人工", False),
        ("amount", {"coin": "USDT"}, "500个U被人盗走了", False),
        ("", {}, "1000个", False),
    ],
)
def test_a_mere_reply_is_told_from_a_reply_that_says_more(
    forms: Forms, asked: str, slots: dict[str, str], text: str, mere: bool
) -> None:
    form = Form("withdrawal", tuple(slots.items()), asked=asked)
    assert is_reply(forms, forms.specs["withdrawal"], form, text, now=NOW, locale="zh-CN") is mere


def test_a_mere_reply_is_a_reply_whatever_it_resembles(
    small: Corpus, languages: LanguageDetector, forms: Forms
) -> None:
    filed = replace(small, nlu=TrainingData((Intent("investment_advice", "zh-CN", ("1000个",)),)))
    talk = Talk(Bot(ToyEngine(), ToyGate(), filed, day=TODAY, languages=languages, forms=forms))
    assert isinstance(talk.say("1000个"), Refused)
    talk.say("我昨天提的USDT还没到")
    assert talk.asked("跳过") == "amount"
    assert talk.filled("1000个")["amount"] == "1000"


def test_nobody_unknown_is_questioned_or_looked_up(clerk: Bot) -> None:
    unknown = Talk(clerk, replace(VERIFIED, verified=False))
    answered = unknown.say("提现两小时没到账")
    assert isinstance(answered, Answered)
    assert answered.offer_person
    assert "登录" in answered.markdown
    ended = unknown.say("我昨天提了500个U，钱包里一直不见账，急死人了")
    assert isinstance(ended, FormEnded)
    assert ended.outcome == "sign_in"
    assert "登录" in ended.text
    assert [b.kind for b in ended.buttons] == ["handoff", "entry"]
    assert dict(ended.form.slots) == {"time": "2026-11-24", "amount": "500", "coin": "USDT"}


def test_while_he_waits_for_a_person_no_form_begins(clerk: Bot) -> None:
    verdict = clerk.reply("提现两小时没到账", replace(VERIFIED, may_ask=False))
    assert isinstance(verdict, Answered)


def test_no_form_without_a_clock_or_without_forms(bot: Bot, clerk: Bot) -> None:
    assert isinstance(bot.reply("我的提现两小时没到账", VERIFIED), Answered)
    assert isinstance(clerk.reply("我的提现两小时没到账", BotContext("zh-CN", verified=True)), Answered)


def test_the_end_is_honest_about_the_look_up(clerk: Bot) -> None:
    filled = clerk.reply("我的提现2小时没到，订单号77120394857", VERIFIED)
    assert isinstance(filled, FormFilled)
    assert filled.action == "action_withdrawal_status"
    told = clerk.conclude(filled, Reply(("正在审核。",), (("status", "reviewing"),)))
    assert (told.outcome, told.text, told.facts) == ("answered", "正在审核。", (("status", "reviewing"),))
    assert [b.kind for b in told.buttons] == ["handoff", "entry"]
    assert clerk.conclude(filled, "failed").outcome == "failed"
    assert "没有回应" in clerk.conclude(filled, "failed").text
    assert clerk.conclude(filled, Reply()).outcome == "failed"
    assert clerk.conclude(filled, "none").outcome == "noted"


def test_it_speaks_the_customers_language(clerk: Bot) -> None:
    asked = Talk(clerk).say("My withdrawal of 500 USDT has been pending for 3 hours")
    assert isinstance(asked, FormAsked)
    assert asked.locale == "en"
    assert "Noted: amount 500, coin USDT." in asked.text


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("a.yml", "id: a", "title is missing"),
        ("a.yml", "- 1", "a mapping"),
        ("a.yml", "id: a\ntitle: {en: A}\nintro: {en: A}\nabout: '('\ntrouble: x", "about"),
        ("a.yml", "id: a\ntitle: {en: A}\nintro: {en: A}\nabout: a\ntrouble: x\nwhat: 1", "unknown fields"),
        ("a.yml", "id: a\ntitle: {en: A}\nintro: {en: A}\nabout: a\ntrouble: x\nslots: [{name: a, type: b}]", "type"),
        (
            "a.yml",
            "id: a\ntitle: {en: A}\nintro: {en: A}\nabout: a\ntrouble: x\nslots: [{name: a, type: coin, unless: [b]}]",
            "unless",
        ),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, name: str, body: str, says: str) -> None:
    (tmp_path / "own.yml").write_text((FOLDER / "own.yml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / name).write_text(body, encoding="utf-8")
    with pytest.raises(FormError, match=says):
        load_forms(tmp_path)


def test_a_corpus_need_have_no_forms(tmp_path: Path) -> None:
    assert load_forms(tmp_path) is None


def test_every_question_has_its_texts_in_chinese_and_english(forms: Forms) -> None:
    for spec in forms.specs.values():
        for texts in (spec.title, spec.intro, *(t for s in spec.slots if s.ask for t in (s.ask, s.help))):
            assert {"zh-CN", "zh-TW", "en"} <= set(texts), spec.id
