"""The `rasa` engine against a real HTTP server on loopback: what it asks, and what happens when nobody answers well."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus import Corpus
from bot.decision import AskAgain, Clarify, decide
from bot.engines.port import Candidate, Query, Ranking, Thresholds
from bot.engines.rasa import RasaEngine, RasaGate, moved
from bot.engines.toy import ToyEngine, ToyGate
from bot.language import LanguageDetector
from bot.rasa.gate import Calibration
from bot.rasa.live import Live, LiveFile, NotLoopback, write_live
from bot.rasa.parse import Limits, Parse, RasaFailed, read_parse
from bot.service import Bot
from bot.verdicts import Answered, BotContext, HandedOff
from tests.bot.conftest import TODAY
from tests.support.rasa_double import Examples, RasaDouble, understood

EXAMPLES: Examples = {
    "faq/withdraw.pending": ["提币一直处理中怎么办", "提现两小时没到账"],
    "faq/withdraw.cancel": ["怎么取消提币"],
    "faq/deposit.missing": ["充值没到账怎么办"],
    "faq/fees.table": ["手续费多少"],
    "faq/gone.entry": ["怎么取消提币呢"],
    "handoff": ["有请当家的"],
}
SURE = Calibration((0.0, 1.0, 0.5), 0.0, {"zh-CN": Thresholds(0.8, 0.5)}, {}, 0.9)
QUICK = Limits(connect=0.5, answer=0.3, failures=3, rest=60.0)
RESTLESS = Limits(connect=0.5, answer=0.3, failures=3, rest=0.0)
CANCEL = Query("怎么取消提币", "zh-CN")


@pytest.fixture
def rasa() -> Iterator[RasaDouble]:
    with RasaDouble(EXAMPLES) as running:
        yield running


class Desk:
    """An engine whose Chinese is served by a double, with the toy to fall back on."""

    def __init__(self, folder: Path, corpus: Corpus, limits: Limits = QUICK) -> None:
        self.folder = folder
        self.live = LiveFile(folder, every=0.0)
        self.engine = RasaEngine(self.live, ToyEngine(), limits)
        self.gate = RasaGate(self.live, ToyGate())
        self.corpus = corpus
        self.index = self.engine.index(corpus, TODAY)

    def put(self, rasa: RasaDouble, corpus: str = "v1", calibration: Calibration = SURE) -> None:
        write_live(self.folder, {"zh": Live(rasa.url, "model", corpus, calibration)})

    def rank(self, *texts: str, locale: str = "zh-CN") -> list[Ranking]:
        return self.index.rank([Query(text, locale) for text in texts], 5)


@pytest.fixture
def empty(tmp_path: Path, small: Corpus) -> Iterator[Desk]:
    """No server is live."""
    found = Desk(tmp_path, small)
    yield found
    found.engine.close()


@pytest.fixture
def desk(empty: Desk, rasa: RasaDouble) -> Desk:
    empty.put(rasa)
    return empty


@pytest.fixture
def patient(tmp_path: Path, small: Corpus, rasa: RasaDouble) -> Iterator[Desk]:
    found = Desk(tmp_path, small, Limits(answer=5.0))
    found.put(rasa)
    yield found
    found.engine.close()


def ids(ranking: Ranking) -> list[str]:
    return [candidate.entry_id for candidate in ranking.candidates]


def test_rasa_decides_entry_intent_and_entities(desk: Desk) -> None:
    (ranking,) = desk.rank("我的USDT提现两小时没到账")
    assert ids(ranking)[0] == "withdraw.pending"
    assert ranking.candidates[0].phrasing == "提现两小时没到账"
    reading = ranking.reading
    assert reading is not None
    assert reading.intent == "faq"
    (mention,) = reading.entities
    assert (mention.type, "我的USDT提现两小时没到账"[mention.start : mention.end]) == ("coin", "USDT")


def test_entries_that_are_gone_or_withheld_are_left_out_though_the_model_knows_them(desk: Desk) -> None:
    (ranking,) = desk.rank("怎么取消提币呢手续费多少")
    assert ids(ranking)[0] == "withdraw.cancel"
    assert {"gone.entry", "fees.table"}.isdisjoint(ids(ranking))


def test_other_languages_and_blank_texts_never_reach_rasa(desk: Desk, rasa: RasaDouble) -> None:
    (english,) = desk.rank("How do I cancel a withdrawal", locale="en")
    assert ids(english)[0] == "withdraw.cancel"
    assert english.reading is None
    desk.rank(" ", "")
    assert rasa.asked == []


def test_markup_is_never_sent(desk: Desk, rasa: RasaDouble) -> None:
    desk.rank("/handoff", "[x](coin)")
    assert sorted(rasa.asked) == ["／handoff", "［x］(coin)"]


def test_at_most_eight_are_asked_at_once(patient: Desk, rasa: RasaDouble) -> None:
    eight = threading.Barrier(8)
    rasa.before = lambda: eight.wait(5.0)
    assert all(ranking.reading for ranking in patient.rank(*(f"怎么取消提币{n}" for n in range(32))))
    assert rasa.most_at_once == 8


@pytest.mark.parametrize("reply", [(500, b"{}"), (200, b"not json"), (200, b"[]"), (200, b'{"intent": {}}')])
def test_a_bad_answer_is_the_fall_backs_turn(desk: Desk, rasa: RasaDouble, reply: tuple[int, bytes]) -> None:
    rasa.reply = reply
    (ranking,) = desk.rank("怎么取消提币")
    assert ids(ranking)[0] == "withdraw.cancel"
    assert ranking.reading is None


def test_a_hanging_server_costs_the_time_out_once_and_then_nothing(desk: Desk, rasa: RasaDouble) -> None:
    release = threading.Event()
    rasa.before = lambda: release.wait(20.0)
    rankings = desk.rank(*(f"怎么取消提币{n}" for n in range(32)))
    assert all(ids(ranking)[0] == "withdraw.cancel" and ranking.reading is None for ranking in rankings)
    assert len(rasa.asked) <= 16
    asked = len(rasa.asked)
    assert "rasa_broken" in (desk.engine.warning or "")
    assert desk.rank("怎么取消提币")[0].reading is None
    assert len(rasa.asked) == asked
    release.set()


def test_after_the_rest_one_answer_closes_the_breaker(tmp_path: Path, small: Corpus, rasa: RasaDouble) -> None:
    desk = Desk(tmp_path, small, RESTLESS)
    desk.put(rasa)
    rasa.reply = (503, b"")
    desk.rank(*"abcdefgh")
    assert "rasa_broken" in (desk.engine.warning or "")
    rasa.reply = None
    assert desk.rank("怎么取消提币")[0].reading is not None
    assert desk.engine.warning is None
    desk.engine.close()


def test_a_server_that_is_gone_is_the_fall_backs_turn(empty: Desk) -> None:
    with RasaDouble(EXAMPLES) as rasa:
        empty.put(rasa)
    assert ids(empty.rank("怎么取消提币")[0])[0] == "withdraw.cancel"


def test_a_swap_is_a_new_line_in_the_file(desk: Desk, rasa: RasaDouble) -> None:
    desk.rank("怎么取消提币")
    with RasaDouble(EXAMPLES) as green:
        desk.put(green, "v2")
        desk.rank("充值没到账怎么办")
        assert (rasa.asked, green.asked) == (["怎么取消提币"], ["充值没到账怎么办"])
        assert "rasa_model_old" in (desk.engine.warning or "")


def test_without_a_live_server_the_fall_back_ranks_and_doctor_says_so(empty: Desk) -> None:
    assert ids(empty.rank("怎么取消提币")[0])[0] == "withdraw.cancel"
    assert "rasa_not_running" in (empty.engine.warning or "")
    assert empty.gate.thresholds("zh-CN") == ToyGate().thresholds("zh-CN")


@pytest.mark.parametrize("body", ["{", '{"zh": {}}', '{"zh": {"url": "http://10.0.0.1:5005"}}', "[]"])
def test_a_file_that_is_not_ours_is_not_followed(empty: Desk, body: str) -> None:
    (empty.folder / "live.json").write_text(body)
    assert ids(empty.rank("怎么取消提币")[0])[0] == "withdraw.cancel"
    assert "rasa_live_file" in (empty.engine.warning or "")


def test_only_loopback_is_asked() -> None:
    with pytest.raises(NotLoopback):
        Live("http://rasa.example.com:5005", "m", "v", SURE)


# --- what the bot makes of it -----------------------------------------------------------------------------------------


@pytest.fixture
def bot(desk: Desk, languages: LanguageDetector) -> Bot:
    return Bot(desk.engine, desk.gate, desk.corpus, day=TODAY, languages=languages)


def test_answers_are_ours(bot: Bot) -> None:
    verdict = bot.reply("怎么取消提币", BotContext("zh-CN"))
    assert isinstance(verdict, Answered)
    assert verdict.markdown == "Open it and choose Cancel."


def test_a_wish_that_rasa_is_certain_of_is_followed(bot: Bot) -> None:
    verdict = bot.reply("有请当家的", BotContext("zh-CN"))
    assert isinstance(verdict, HandedOff)
    assert verdict.reason == "asked"


def test_a_wish_below_its_threshold_is_a_question(desk: Desk, languages: LanguageDetector, rasa: RasaDouble) -> None:
    desk.put(rasa, calibration=Calibration(SURE.coefficients, 0.0, SURE.thresholds, {}))
    bot = Bot(desk.engine, desk.gate, desk.corpus, day=TODAY, languages=languages)
    assert not isinstance(bot.reply("有请当家的", BotContext("zh-CN")), HandedOff)


def test_where_no_threshold_qualified_nothing_is_answered(
    desk: Desk, languages: LanguageDetector, rasa: RasaDouble
) -> None:
    desk.put(rasa, calibration=Calibration(SURE.coefficients, 0.0))
    bot = Bot(desk.engine, desk.gate, desk.corpus, day=TODAY, languages=languages)
    assert not isinstance(bot.reply("怎么取消提币", BotContext("zh-CN")), Answered)
    assert "rasa_no_thresholds" in (bot.warning or "")


SHARES = st.floats(0.0, 1.0)
INSIDE = st.floats(0.01, 0.99)


def thresholds(pair: tuple[float, float]) -> Thresholds:
    return Thresholds(max(pair), min(pair))


@given(SHARES, st.tuples(INSIDE, INSIDE).map(thresholds), st.tuples(INSIDE, INSIDE).map(thresholds))
def test_moving_a_probability_to_another_scale_changes_no_decision(
    told: float, here: Thresholds, there: Thresholds
) -> None:
    two = [Candidate("a", 1.0, "a", 1.0), Candidate("b", 0.9, "b", 0.9)]
    on_its_own = decide(two, told, here)
    on_the_other = decide(two, moved(told, here, there), there)
    if isinstance(on_its_own, Clarify) and there.clarify_at == there.answer_at:
        assert on_the_other == AskAgain()
    else:
        assert on_its_own == on_the_other


# --- the answer's shape -----------------------------------------------------------------------------------------------


def test_the_sub_intent_is_read_where_it_stands() -> None:
    found = read_parse(understood(EXAMPLES, "怎么取消提币"))
    assert (found.intent, found.entries[0]) == ("faq", ("withdraw.cancel", 1.0))


def test_rasa_may_name_no_intent() -> None:
    assert read_parse({"intent": {"name": None, "confidence": 0.0}, "entities": []}) == Parse("", 0.0, 0.0, ())


@pytest.mark.parametrize("body", [None, [], {}, {"intent": None}, {"intent": {"name": "x", "confidence": "high"}}])
def test_another_shape_is_refused(body: object) -> None:
    with pytest.raises(RasaFailed):
        read_parse(body)
