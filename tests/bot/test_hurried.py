"""While the larger encoder reads for others, who would be offered choices anyhow does not wait for it."""

import asyncio
from collections.abc import Sequence
from math import inf

import pytest

from bot.corpus import Corpus
from bot.detectors import Detection
from bot.detectors.classifier import Look
from bot.engines.embedded import EmbeddedEngine
from bot.engines.port import Query, Ranking
from bot.engines.toy import ToyGate
from bot.inference import InferenceWorker
from bot.language import LanguageDetector
from bot.service import HURRIED, Bot, Unread
from bot.verdicts import BotContext, Clarified
from tests.bot.conftest import TODAY
from tests.bot.test_cascade import MANY, STRANGE, worded
from tests.bot.test_engines import HashingEncoder
from tests.bot.test_inference import Slow

EN = BotContext("en")
# Of none of them is the leading encoder sure.
OFFERED, LIKELY, UNKNOWN = "two zebras graze on the plain", "zebras sleep on the plain", "quokkas graze on the plain"


class Says(ToyGate):
    """Half of everything but of what is said otherwise; choices are offered from .45 on."""

    def probability(self, query: Query, ranking: Ranking) -> float:
        return {LIKELY: HURRIED, UNKNOWN: 0.4}.get(query.text, 0.5)


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


def read_for(bot: Bot, text: str, *, hurried: bool) -> list[str]:
    """What the larger encoder has to read before the bot answers."""
    read: list[str] = []
    for step in bot.replies([(text, EN)], hurried=hurried):
        if isinstance(step, Unread):
            read += step.texts
            step.read(step.texts)
    return read


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def bot(small: Corpus, languages: LanguageDetector, slow: Slow) -> Bot:
    engine = EmbeddedEngine(HashingEncoder(), slow)
    return Bot(engine, Says(), worded(small, MANY), day=TODAY, languages=languages)


@pytest.mark.parametrize(
    ("text", "hurried", "read"),
    [(OFFERED, True, False), (OFFERED, False, True), (LIKELY, True, True), (UNKNOWN, True, True)],
)
def test_only_what_is_offered_anyhow_is_not_read_and_only_in_a_hurry(
    bot: Bot, text: str, hurried: bool, read: bool
) -> None:
    assert read_for(bot, text, hurried=hurried) == ([text] if read else [])


def test_what_may_be_a_wish_is_read_however_many_wait(small: Corpus, languages: LanguageDetector) -> None:
    doubts = Doubts(OFFERED)
    engine = EmbeddedEngine(HashingEncoder(), HashingEncoder())
    bot = Bot(engine, Says(), worded(small, MANY), day=TODAY, languages=languages, classifier=doubts)
    assert set(read_for(bot, OFFERED, hurried=True)) == {OFFERED}
    assert doubts.detected == [OFFERED]


async def test_nobody_waits_behind_others_for_choices(bot: Bot, slow: Slow) -> None:
    slow.armed = True
    async with InferenceWorker(bot) as worker:
        first = asyncio.create_task(worker.reply(STRANGE, EN))
        await asyncio.to_thread(slow.entered.wait, 5)
        assert isinstance(await worker.reply(OFFERED, EN), Clarified)
        likely = asyncio.create_task(worker.reply(LIKELY, EN))
        await worker.run(lambda: None)
        assert not first.done()
        assert not likely.done()
        slow.release.set()
        assert await first
        assert await likely
    assert OFFERED not in {text for _, texts in slow.read for text in texts}
