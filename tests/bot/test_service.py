"""One turn of the bot, in the order of its work."""

from datetime import date

import pytest

from bot.corpus import Corpus
from bot.engines.port import EngineFailed
from bot.engines.toy import ToyEngine, ToyGate, ToySettings
from bot.language import LanguageDetector
from bot.service import Bot
from bot.verdicts import Answered, AskedAgain, BotContext, Chatted, Clarified, HandedOff
from tests.bot.conftest import TODAY, corpus_of, row, small_document

ZH, EN = BotContext("zh-CN"), BotContext("en")


def test_a_known_question_is_answered_with_its_variables_filled(bot: Bot) -> None:
    verdict = bot.reply("提现两小时没到账", ZH)
    assert isinstance(verdict, Answered)
    assert (verdict.entry_id, verdict.version, verdict.locale) == ("withdraw.pending", "v1", "zh-CN")
    assert verdict.markdown == "Reviews take up to 24 hours. See https://help.example.com."
    assert verdict.confidence == 1.0


def test_the_customer_is_answered_in_the_language_he_writes(bot: Bot) -> None:
    verdict = bot.reply("My withdrawal is still pending", ZH)
    assert isinstance(verdict, Answered)
    assert verdict.locale == "en"


def test_buttons_lead_to_entries_pages_and_people(bot: Bot) -> None:
    verdict = bot.reply("withdrawal stuck", EN)
    assert isinstance(verdict, Answered)
    assert [(b.kind, b.label, b.target) for b in verdict.buttons] == [
        ("entry", "How do I cancel a withdrawal", "withdraw.cancel"),
        ("link", "Help", "https://help.example.com"),
        ("handoff", "Talk to a person", ""),
    ]
    assert [choice.entry_id for choice in verdict.related] == ["withdraw.cancel"]


def test_after_a_sensitive_answer_a_person_is_offered(bot: Bot) -> None:
    verdict = bot.reply("充值没到账怎么办", ZH)
    assert isinstance(verdict, Answered)
    assert verdict.offer_person


def test_an_unset_variable_withholds_its_entry(bot: Bot) -> None:
    assert bot.answer_entry("fees.table", "en") is None
    assert not isinstance(bot.reply("What are the fees", EN), Answered)
    assert "fees" not in [category.id for category in bot.categories("en")]


def test_nonsense_is_asked_again_once_then_a_person_comes(bot: Bot) -> None:
    assert isinstance(bot.reply("asdf qwer", EN), AskedAgain)
    second = bot.reply("asdf qwer", BotContext("en", misses=1))
    assert isinstance(second, HandedOff)
    assert second.reason == "unsure"


def test_an_ambiguous_question_gets_choices(bot: Bot) -> None:
    verdict = bot.reply("withdrawal still how cancel pending", EN)
    assert isinstance(verdict, Clarified)
    assert {choice.entry_id for choice in verdict.choices} >= {"withdraw.pending", "withdraw.cancel"}


def test_a_person_is_called_without_asking_the_engine(small: Corpus, languages: LanguageDetector) -> None:
    broken = Bot(ToyEngine(ToySettings(fail_after=0)), ToyGate(), small, day=TODAY, languages=languages)
    verdict = broken.reply("转人工", ZH)
    assert isinstance(verdict, HandedOff)
    assert verdict.reason == "asked"
    with pytest.raises(EngineFailed):
        broken.reply("提现两小时没到账", ZH)


def test_a_greeting_is_answered_without_a_miss(bot: Bot) -> None:
    verdict = bot.reply("你好", BotContext("zh-CN", misses=1))
    assert isinstance(verdict, Chatted)
    assert "程序" in verdict.text


def test_publishing_swaps_the_whole_corpus(bot: Bot) -> None:
    document = small_document()
    document["entries"] = document["entries"][:1]  # type: ignore[index]
    bot.publish(corpus_of(document, "v2"), day=TODAY)
    verdict = bot.reply("提现两小时没到账", ZH)
    assert isinstance(verdict, Answered)
    assert verdict.version == bot.version == "v2"
    assert verdict.related == ()


def test_a_publish_that_fails_leaves_the_old_corpus_in_use(bot: Bot, languages: LanguageDetector) -> None:
    class Refusing(ToyEngine):
        def index(self, corpus: Corpus, day: date) -> object:  # type: ignore[override]
            if corpus.version == "v2":
                raise EngineFailed("no room")
            return super().index(corpus, day)

    refusing = Bot(Refusing(), ToyGate(), bot.corpus, day=TODAY, languages=languages)
    with pytest.raises(EngineFailed):
        refusing.publish(corpus_of(small_document(), "v2"), day=TODAY)
    assert refusing.version == "v1"


def test_type_ahead_prefers_what_starts_as_typed(bot: Bot) -> None:
    assert [choice.entry_id for choice in bot.suggest("提币", "zh-CN")] == ["withdraw.pending", "withdraw.cancel"]
    assert bot.suggest("", "zh-CN") == []
    assert bot.suggest("zzz", "zh-CN") == []


def test_categories_are_titled_in_the_customers_language(bot: Bot) -> None:
    assert [(c.id, c.title) for c in bot.categories("zh-CN")] == [("deposit", "充值"), ("withdraw", "Withdraw")]
    assert [c.title for c in bot.category_entries("deposit", "en")] == ["My deposit has not arrived"]


def test_the_greeting_says_that_it_is_a_program(bot: Bot) -> None:
    assert "程序" in bot.greeting("zh-CN")
    assert "automated" in bot.greeting("en")


def test_taiwan_asks_and_reads_in_its_own_script() -> None:
    corpus = corpus_of(
        {
            **small_document(),
            "entries": [row("deposit.missing", ("账户充值没到账怎么办",), ("Missing",), "请检查网络。")],
        }
        | {"traditional": {"賬": "帳"}}
    )
    bot = Bot(ToyEngine(), ToyGate(), corpus, day=TODAY)
    said = bot.reply("帳戶充值沒到帳怎麼辦", BotContext("zh-TW"))
    assert isinstance(said, Answered)
    assert (said.entry_id, said.locale) == ("deposit.missing", "zh-TW")
    assert (said.title, said.markdown) == ("帳戶充值沒到帳怎麼辦", "請檢查網路。")
    clicked = bot.answer_entry("deposit.missing", "zh-TW")
    assert clicked is not None
    assert clicked.markdown == said.markdown
    assert [c.title for c in bot.suggest("帳戶", "zh-TW")] == ["帳戶充值沒到帳怎麼辦"]
    plain = bot.answer_entry("deposit.missing", "zh-CN")
    assert plain is not None
    assert (plain.locale, plain.markdown) == ("zh-CN", "请检查网络。")


def test_a_category_by_its_name_alone_offers_its_first_entries() -> None:
    heading = {"id": "withdraw", "titles": {"zh-CN": "提币与转出", "en": "Withdrawals"}}
    bot = Bot(ToyEngine(), ToyGate(), corpus_of({**small_document(), "categories": [heading]}), day=TODAY)
    for text, context in (("转出", ZH), ("Withdrawal", EN), ("提币与转出", ZH)):
        verdict = bot.reply(text, context)
        assert isinstance(verdict, Clarified), text
        assert [c.entry_id for c in verdict.choices] == ["withdraw.pending", "withdraw.cancel"]
    assert not isinstance(bot.reply("转出", BotContext("zh-CN", clarified=2)), Clarified)
