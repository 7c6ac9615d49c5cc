"""While others wait, who would hardly get an answer by the larger encoder does not wait for it."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from math import inf

import pytest

from bot.corpus import Corpus
from bot.decision import Limits
from bot.detectors import Detection
from bot.detectors.classifier import Look
from bot.engines.embedded import EmbeddedEngine
from bot.engines.port import Query, Ranking, Thresholds
from bot.engines.toy import ToyGate
from bot.inference import InferenceWorker
from bot.language import LanguageDetector
from bot.service import HOPELESS_HURRIED, READ_FROM_HURRIED, UNLIKELY_HURRIED, Bot, Unread
from bot.verdicts import Answered, AskedAgain, BotContext, Clarified, Verdict
from tests.bot.conftest import TODAY
from tests.bot.test_cascade import MANY, STRANGE, worded
from tests.bot.test_engines import HashingEncoder
from tests.bot.test_inference import KNOWN_WORD_FOR_WORD, Slow

CUSTOMER = BotContext("en", verified=True)
# Of none of them is the leading encoder sure.
OFFERED, LIKELY, OTHER = "two zebras graze on the plain", "zebras sleep on the plain", "quokkas graze on the plain"


class Says(ToyGate):
    """By the leading encoder alone `sure` of everything but of what is said otherwise, by both an answer; choices are
    offered from .1 on, answers begin at .7, or at .9 if it is surer than that. Of the subject is
    what was not said to be none."""

    def __init__(self, stranger: str = "", sure: float = 0.5) -> None:
        self.stranger, self.sure = stranger, sure

    def probability(self, query: Query, ranking: Ranking) -> float:
        if not ranking.features["alone"] or query.text == KNOWN_WORD_FOR_WORD:
            return 0.9
        return 0.72 if query.text == LIKELY else self.sure

    def of_subject(self, ranking: Ranking) -> bool:
        return not self.stranger

    def thresholds(self, locale: str) -> Thresholds | None:
        return Thresholds(answer_at=0.7 if self.sure < 0.7 else 0.9, clarify_at=0.1)


class Doubts:
    """A classifier to which a text may be a wish, and then is none."""

    def __init__(self, doubted: str) -> None:
        self.doubted = doubted
        self.detected: list[str] = []

    def doubts(self, texts: Sequence[str], looks: Sequence[Look]) -> list[float]:
        return [1.0 if text == self.doubted else -inf for text in texts]

    def detect(self, texts: Sequence[str], looks: Sequence[Look]) -> list[Detection | None]:
        self.detected += texts
        return [None] * len(texts)


def asked(
    bot: Bot, *texts: str, hurried: bool = True, context: BotContext = CUSTOMER
) -> tuple[list[Verdict], list[str]]:
    """The verdicts, and what the larger encoder had to read before the last."""
    read: list[str] = []
    verdicts: dict[int, Verdict] = {}
    for step in bot.replies([(text, context) for text in texts], hurried=hurried):
        if isinstance(step, Unread):
            read += step.texts
            step.read(step.texts)
        else:
            verdicts[step[0]] = step[1]
    return [verdicts[place] for place in range(len(texts))], read


def bot_on(
    corpus: Corpus,
    languages: LanguageDetector,
    *,
    second: HashingEncoder | None = None,
    gate: Says | None = None,
    classifier: Doubts | None = None,
) -> Bot:
    """Choices are offered once."""
    engine = EmbeddedEngine(HashingEncoder(), second or HashingEncoder())
    limits = Limits(clarified=1)
    return Bot(engine, gate or Says(), corpus, day=TODAY, languages=languages, limits=limits, classifier=classifier)


@pytest.fixture
def bot(small: Corpus, languages: LanguageDetector) -> Bot:
    return bot_on(worded(small, MANY), languages)


def test_who_would_be_offered_choices_anyhow_is_offered_them_at_once(bot: Bot) -> None:
    (verdict,), read = asked(bot, OFFERED)
    assert isinstance(verdict, Clarified)
    assert (verdict.confidence, read) == (0.5, [])


def test_without_a_hurry_everything_in_doubt_is_read(bot: Bot) -> None:
    (verdict,), read = asked(bot, OFFERED, hurried=False)
    assert isinstance(verdict, Answered)
    assert read == [OFFERED]


def test_the_cheap_ranking_answers_nobody_in_a_hurry(bot: Bot) -> None:
    """Above the threshold of answers, which may lie below where the larger encoder must read."""
    assert bot._gate.thresholds("en").answer_at < 0.72 < READ_FROM_HURRIED  # type: ignore[union-attr]
    assert asked(bot, LIKELY)[1] == [LIKELY]


def test_who_was_offered_choices_often_enough_is_read(bot: Bot) -> None:
    """By a cheap ranking he would be handed over."""
    (verdict,), read = asked(bot, OFFERED, context=BotContext("en", clarified=1, verified=True))
    assert isinstance(verdict, Answered)
    assert read == [OFFERED]


@pytest.mark.parametrize("verified", [True, False])
@pytest.mark.parametrize(("sure", "read"), [(HOPELESS_HURRIED - 0.001, []), (HOPELESS_HURRIED, [OFFERED])])
def test_who_could_hardly_be_offered_anything_is_asked_again_at_once(
    small: Corpus, languages: LanguageDetector, verified: bool, sure: float, read: list[str]
) -> None:
    bot = bot_on(worded(small, MANY), languages, gate=Says(OFFERED, sure))
    (verdict,), was_read = asked(bot, OFFERED, context=BotContext("en", verified=verified))
    assert isinstance(verdict, Answered if read else AskedAgain)
    assert was_read == read


def test_who_would_go_to_a_person_is_read(small: Corpus, languages: LanguageDetector) -> None:
    bot = bot_on(worded(small, MANY), languages, gate=Says(OFFERED, 0.0))
    (verdict,), read = asked(bot, OFFERED, context=BotContext("en", misses=1, verified=True))
    assert isinstance(verdict, Answered)
    assert read == [OFFERED]


def test_who_is_not_signed_in_is_read(bot: Bot) -> None:
    assert asked(bot, OFFERED, context=BotContext("en"))[1] == [OFFERED]


@pytest.mark.parametrize(
    ("stranger", "sure", "read"),
    [
        (OFFERED, UNLIKELY_HURRIED - 0.01, [OFFERED]),
        (OFFERED, UNLIKELY_HURRIED, []),
        ("", UNLIKELY_HURRIED - 0.01, []),
        ("", READ_FROM_HURRIED - 0.01, []),
        ("", READ_FROM_HURRIED, [OFFERED]),
    ],
)
def test_who_may_be_a_stranger_or_get_an_answer_is_read(
    small: Corpus, languages: LanguageDetector, stranger: str, sure: float, read: list[str]
) -> None:
    bot = bot_on(worded(small, MANY), languages, gate=Says(stranger, sure))
    assert asked(bot, OFFERED)[1] == read


def test_what_may_be_a_wish_is_read_however_many_wait(small: Corpus, languages: LanguageDetector) -> None:
    doubts = Doubts(OFFERED)
    bot = bot_on(worded(small, MANY), languages, classifier=doubts)
    assert set(asked(bot, OFFERED)[1]) == {OFFERED}
    assert doubts.detected == [OFFERED]


def test_turns_of_a_batch_are_hurried_one_by_one(bot: Bot) -> None:
    texts = (LIKELY, OFFERED, KNOWN_WORD_FOR_WORD, OFFERED, STRANGE, LIKELY)
    verdicts, read = asked(bot, *texts)
    assert [type(verdict) for verdict in verdicts] == [Answered, Clarified, Answered, Clarified, Clarified, Answered]
    assert read == [LIKELY]


def test_a_corpus_that_both_encoders_read_wholly_is_read_in_a_hurry_too(
    small: Corpus, languages: LanguageDetector
) -> None:
    bot = bot_on(small, languages)
    assert asked(bot, OFFERED)[1] == [OFFERED]


def test_a_language_without_an_index_is_nobody_s_choice(bot: Bot) -> None:
    (verdict,), read = asked(bot, "출금이 언제 되나요", context=BotContext("ko", verified=True))
    assert isinstance(verdict, AskedAgain)
    assert read == []


async def test_nobody_waits_behind_others_for_choices(small: Corpus, languages: LanguageDetector) -> None:
    slow = Slow()
    bot = bot_on(worded(small, MANY), languages, second=slow)
    slow.armed = True
    async with InferenceWorker(bot) as worker:
        first = asyncio.create_task(worker.reply(LIKELY, CUSTOMER))
        assert await asyncio.to_thread(slow.entered.wait, 5)
        assert isinstance(await worker.reply(OFFERED, CUSTOMER), Clarified)
        again = asyncio.create_task(worker.reply(OTHER, BotContext("en", clarified=1, verified=True)))
        await asyncio.sleep(0)  # it is put before the errand
        await worker.run(lambda: None)
        assert worker.waiting == 2
        assert not first.done()
        slow.release.set()
        assert await first
        assert await again
    assert OFFERED not in {text for _, texts in slow.read for text in texts}


async def test_others_that_wait_are_a_hurry_and_nobody_is_none(
    small: Corpus, languages: LanguageDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, hurries = bot_on(worded(small, MANY), languages), list[tuple[int, bool]]()
    replies = bot.replies

    def watched(
        turns: Sequence[tuple[str, BotContext]], *, hurried: bool = False
    ) -> Iterator[tuple[int, Verdict] | Unread]:
        hurries.append((len(turns), hurried))
        return replies(turns, hurried=hurried)

    monkeypatch.setattr(bot, "replies", watched)
    async with InferenceWorker(bot) as worker:
        await worker.reply(OFFERED, CUSTOMER)
        held, release = threading.Event(), threading.Event()

        def hold() -> None:
            held.set()
            assert release.wait(5)

        holding = asyncio.create_task(worker.run(hold))
        assert await asyncio.to_thread(held.wait, 5)
        asked = [asyncio.create_task(worker.reply(text, CUSTOMER)) for text in (OFFERED, OTHER)]
        await asyncio.sleep(0)
        release.set()
        await asyncio.gather(holding, *asked)
    assert hurries == [(1, False), (2, True)]
