"""The thread between the event loop and the bot."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from bot.corpus import Corpus
from bot.engines.port import EngineFailed
from bot.engines.toy import ToyEngine, ToyGate, ToySettings
from bot.inference import MAX_BATCH, BotOverloaded, InferenceWorker, WorkerClosed
from bot.language import LanguageDetector
from bot.service import Bot
from bot.verdicts import Answered, BotContext, HandedOff
from tests.bot.conftest import TODAY

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


async def test_after_closing_nothing_is_taken(bot_on: BotOn) -> None:
    worker = InferenceWorker(bot_on(ToyEngine()))
    worker.start()
    await worker.close()
    await worker.close()
    with pytest.raises(WorkerClosed):
        await worker.reply("怎么取消提币", ZH)
