"""The thread between the event loop and the bot."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from bot.corpus import Corpus
from bot.encoder.runtime import Kind
from bot.engines.embedded import EmbeddedEngine
from bot.engines.port import EngineFailed
from bot.engines.toy import ToyEngine, ToyGate, ToySettings
from bot.inference import MAX_BATCH, BotOverloaded, Inference, InferenceWorker, Outcome, WorkerClosed
from bot.language import LanguageDetector
from bot.service import Bot
from bot.verdicts import Answered, BotContext, HandedOff
from tests.bot.conftest import TODAY
from tests.bot.test_cascade import MANY, STRANGE, worded
from tests.bot.test_engines import Array, HashingEncoder

ZH = BotContext("zh-CN")


class Held(ToyEngine):
    """Ranks only after it is released, so that a test decides what waits meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.release = threading.Event(), threading.Event()
        self.batches: list[int] = []

    def misbehave(self, queries: int) -> None:
        self.batches.append(queries)
        self.entered.set()
        assert self.release.wait(5)


BotOn = Callable[[ToyEngine], Bot]


@pytest.fixture
def bot_on(small: Corpus, languages: LanguageDetector) -> BotOn:
    return lambda engine: Bot(engine, ToyGate(), small, day=TODAY, languages=languages)


async def test_replies_arrive(bot_on: BotOn) -> None:
    async with InferenceWorker(bot_on(ToyEngine())) as worker:
        assert isinstance(await worker.reply("提现两小时没到账", ZH), Answered)


async def test_what_waits_is_ranked_together(bot_on: BotOn) -> None:
    engine = Held()
    async with InferenceWorker(bot_on(engine)) as worker:
        first = asyncio.create_task(worker.reply("怎么取消提币", ZH))
        await asyncio.to_thread(engine.entered.wait, 5)
        rest = [asyncio.create_task(worker.reply("怎么取消提币", ZH)) for _ in range(MAX_BATCH + 3)]
        await asyncio.sleep(0)  # every task runs up to its place in the queue
        engine.release.set()
        verdicts = await asyncio.gather(first, *rest)
    assert engine.batches == [1, MAX_BATCH, 3]
    assert all(isinstance(verdict, Answered) for verdict in verdicts)


async def test_a_person_is_called_while_the_engine_hangs(bot_on: BotOn) -> None:
    engine = Held()
    async with InferenceWorker(bot_on(engine)) as worker:
        hanging = asyncio.create_task(worker.reply("怎么取消提币", ZH))
        await asyncio.to_thread(engine.entered.wait, 5)
        assert isinstance(await worker.reply("转人工", ZH), HandedOff)
        assert not hanging.done()
        engine.release.set()
        await hanging


async def test_a_full_queue_refuses_at_once(bot_on: BotOn) -> None:
    engine = Held()
    async with InferenceWorker(bot_on(engine), depth=1) as worker:
        first = asyncio.create_task(worker.reply("怎么取消提币", ZH))
        await asyncio.to_thread(engine.entered.wait, 5)
        second = asyncio.create_task(worker.reply("怎么取消提币", ZH))
        await asyncio.sleep(0)
        with pytest.raises(BotOverloaded) as refused:
            await worker.reply("怎么取消提币", ZH)
        assert refused.value.code == "bot_overloaded"
        engine.release.set()
        await asyncio.gather(first, second)


async def test_a_failing_engine_fails_the_turns_and_not_the_thread(bot_on: BotOn) -> None:
    engine = ToyEngine(ToySettings(fail_after=1))
    async with InferenceWorker(bot_on(engine)) as worker:
        await worker.reply("怎么取消提币", ZH)
        for _ in range(2):
            with pytest.raises(EngineFailed):
                await worker.reply("怎么取消提币", ZH)
        assert isinstance(await worker.reply("转人工", ZH), HandedOff)


async def test_a_cancelled_turn_is_not_ranked(bot_on: BotOn) -> None:
    engine = Held()
    async with InferenceWorker(bot_on(engine)) as worker:
        first = asyncio.create_task(worker.reply("怎么取消提币", ZH))
        await asyncio.to_thread(engine.entered.wait, 5)
        fenced = asyncio.create_task(worker.reply("怎么取消提币", ZH))
        await asyncio.sleep(0)
        fenced.cancel()
        await asyncio.sleep(0)
        engine.release.set()
        await first
    assert engine.batches == [1]


async def test_publishing_happens_in_the_inference_thread(bot_on: BotOn) -> None:
    bot = bot_on(ToyEngine())
    names: list[str] = []

    def fails() -> None:
        raise ZeroDivisionError

    async with InferenceWorker(bot) as worker:
        await worker.run(lambda: names.append(threading.current_thread().name))
        with pytest.raises(ZeroDivisionError):
            await worker.run(fails)
    assert names == ["bot-inference"]


class Slow(HashingEncoder):
    """Reads customers' texts only after it is released; `fails` then."""

    def __init__(self) -> None:
        super().__init__()
        self.armed = self.fails = self.panics = False
        self.entered, self.release = threading.Event(), threading.Event()
        self.read: list[tuple[str, list[str]]] = []

    def encode(self, texts: Sequence[str], kind: Kind = "query") -> Array:
        if self.armed:
            self.read.append((threading.current_thread().name, list(texts)))
            self.entered.set()
            assert self.release.wait(5)
            if self.panics:
                raise KeyboardInterrupt
            if self.fails:
                raise EngineFailed("the larger encoder broke")
        return super().encode(texts, kind)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def cascade(small: Corpus, languages: LanguageDetector, slow: Slow) -> Bot:
    """What the leading encoder is not sure of waits for `slow`."""
    engine = EmbeddedEngine(HashingEncoder(), slow)
    bot = Bot(engine, ToyGate(), worded(small, MANY), day=TODAY, languages=languages)
    slow.armed = True
    return bot


# Who would go to a person is read, whoever waits.
EN = BotContext("en", misses=1)
KNOWN_WORD_FOR_WORD = "How do I cancel a withdrawal please number 1"


async def test_while_the_larger_encoder_reads_others_are_answered(cascade: Bot, slow: Slow) -> None:
    async with InferenceWorker(cascade) as worker:
        doubted = asyncio.create_task(worker.reply(STRANGE, EN))
        await asyncio.to_thread(slow.entered.wait, 5)
        ran: list[bool] = []
        await worker.reply(KNOWN_WORD_FOR_WORD, EN)
        await worker.run(lambda: ran.append(True))
        assert ran
        assert not doubted.done()
        slow.release.set()
        assert await doubted
    assert slow.read[0] == ("bot-reading_0", [STRANGE])


async def test_what_comes_to_wait_meanwhile_is_read_together(cascade: Bot, slow: Slow) -> None:
    async with InferenceWorker(cascade) as worker:
        first = asyncio.create_task(worker.reply(STRANGE, EN))
        await asyncio.to_thread(slow.entered.wait, 5)
        rest = []
        for number in range(3):
            rest.append(asyncio.create_task(worker.reply(f"{STRANGE} {number}", EN)))
            await asyncio.sleep(0)  # it is put before the errand
            await worker.run(lambda: None)  # each is a batch of its own
        assert worker.waiting == 4
        slow.encoded.clear()
        slow.release.set()
        await asyncio.gather(first, *rest)
        assert worker.waiting == 0
    read = [texts for thread, texts in slow.read if thread.startswith("bot-reading")]
    assert read == [[STRANGE], [f"{STRANGE} {number}" for number in range(3)]]


async def test_who_waits_for_the_larger_encoder_fills_the_queue_as_well(cascade: Bot, slow: Slow) -> None:
    worker = InferenceWorker(cascade, depth=2)
    doubted = [asyncio.create_task(worker.reply(f"{STRANGE} {number}", EN)) for number in range(2)]
    await asyncio.sleep(0)
    worker.start()
    await asyncio.to_thread(slow.entered.wait, 5)
    assert worker.waiting == 2
    with pytest.raises(BotOverloaded):
        await worker.reply(KNOWN_WORD_FOR_WORD, EN)
    slow.release.set()
    await asyncio.gather(*doubted)
    assert await worker.reply(KNOWN_WORD_FOR_WORD, EN)
    await worker.close()


async def test_what_is_begun_is_answered_by_the_corpus_it_was_begun_with(
    cascade: Bot, slow: Slow, small: Corpus
) -> None:
    async with InferenceWorker(cascade) as worker:
        alone = cascade.version
        doubted = asyncio.create_task(worker.reply(STRANGE, EN))
        await asyncio.to_thread(slow.entered.wait, 5)
        slow.armed = False
        await worker.run(lambda: cascade.publish(replace(small, version="later"), day=TODAY))
        slow.release.set()
        verdict = await doubted
        assert isinstance(verdict, HandedOff)
        assert (verdict.version, cascade.version) == (alone, "later")


async def test_a_panic_of_the_encoder_is_told_to_who_waits(cascade: Bot, slow: Slow) -> None:
    slow.panics = True
    async with InferenceWorker(cascade) as worker:
        slow.release.set()
        with pytest.raises(EngineFailed):
            await worker.reply(STRANGE, EN)
        slow.panics = False
        assert await worker.reply(STRANGE, EN)


async def test_a_reading_that_fails_fails_those_who_waited_for_it(cascade: Bot, slow: Slow) -> None:
    async with InferenceWorker(cascade) as worker:
        doubted = asyncio.create_task(worker.reply(STRANGE, EN))
        await asyncio.to_thread(slow.entered.wait, 5)
        slow.fails = True
        slow.release.set()
        with pytest.raises(EngineFailed):
            await doubted
        assert await worker.reply(KNOWN_WORD_FOR_WORD, EN)


async def test_closing_waits_for_what_is_being_read(cascade: Bot, slow: Slow) -> None:
    worker = InferenceWorker(cascade)
    worker.start()
    doubted = asyncio.create_task(worker.reply(STRANGE, EN))
    await asyncio.to_thread(slow.entered.wait, 5)
    closing = asyncio.create_task(worker.close())
    await asyncio.sleep(0)  # it is closed now, and waits
    with pytest.raises(WorkerClosed):
        await worker.reply(KNOWN_WORD_FOR_WORD, EN)
    assert not closing.done()
    slow.release.set()
    await closing
    assert await doubted
    assert not any(thread.name.startswith("bot-") for thread in threading.enumerate())


async def test_what_waits_when_it_closes_is_told_so(bot_on: BotOn) -> None:
    engine = Held()
    worker = InferenceWorker(bot_on(engine))
    worker.start()
    first = asyncio.create_task(worker.reply("怎么取消提币", ZH))
    await asyncio.to_thread(engine.entered.wait, 5)
    second = asyncio.create_task(worker.reply("怎么取消提币", ZH))
    errand = asyncio.create_task(worker.run(lambda: None))
    await asyncio.sleep(0)
    assert worker.waiting == 2
    closing = asyncio.create_task(worker.close())
    await asyncio.sleep(0)
    engine.release.set()
    await closing
    assert await first
    for late in (second, errand):
        with pytest.raises(WorkerClosed):
            await late
    assert worker.waiting == 0


async def test_after_closing_nothing_is_taken(bot_on: BotOn) -> None:
    worker = InferenceWorker(bot_on(ToyEngine()))
    worker.start()
    await worker.close()
    await worker.close()
    with pytest.raises(WorkerClosed):
        await worker.reply("怎么取消提币", ZH)


async def test_what_is_known_in_the_same_moment_is_told_at_once(bot_on: BotOn) -> None:
    engine, told, done = Held(), list[Sequence[Outcome]](), threading.Event()

    def deliver(known: Sequence[Outcome]) -> None:
        told.append(known)
        if any(outcome.recipient == "errand" for outcome in known):
            done.set()

    inference = Inference(bot_on(engine), deliver)
    inference.start()
    inference.ask("怎么取消提币", ZH, "first")
    await asyncio.to_thread(engine.entered.wait, 5)
    for number in range(3):
        inference.ask("怎么取消提币", ZH, number)
    inference.do(lambda: None, "errand")
    engine.release.set()
    assert await asyncio.to_thread(done.wait, 5)
    inference.stop()
    inference.join()
    assert [[outcome.recipient for outcome in known] for known in told] == [["first"], [0, 1, 2], ["errand"]]
    assert all(isinstance(outcome.result, Answered) for known in told[:2] for outcome in known)
