"""The bot in a process of its own."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.corpus import Corpus
from bot.engines.port import EngineFailed
from bot.inference import BotOverloaded, WorkerClosed
from bot.process import BotProcess
from bot.verdicts import Answered, BotContext, HandedOff
from tests.bot.child import DIES, FAILS, HANGS, ODD, UNPUBLISHABLE, Given
from tests.bot.conftest import TODAY

CHILD = "tests.bot.child"
ZH = BotContext("zh-CN")
QUESTION = "怎么取消提币"


@pytest.fixture
async def process(small: Corpus) -> AsyncIterator[BotProcess]:
    started = await BotProcess.start(CHILD, Given(), small, day=TODAY, depth=2)
    yield started
    await started.close()


async def answers(process: BotProcess) -> bool:
    try:
        return isinstance(await process.reply(QUESTION, ZH), Answered)
    except EngineFailed:
        return False


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(600):
        if await holds():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError


def children() -> list[int]:
    """Of this process, which run the child."""
    made = {int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()}
    return [pid for pid in made if CHILD.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]


async def test_replies_arrive(process: BotProcess) -> None:
    verdict = await process.reply(QUESTION, ZH)
    assert isinstance(verdict, Answered)
    assert verdict.entry_id == "withdraw.cancel"
    assert process.waiting == 0


async def test_what_needs_no_engine_does_not_wait_for_it(process: BotProcess) -> None:
    hanging = asyncio.create_task(process.reply(HANGS, ZH))
    await asyncio.sleep(0)
    assert isinstance(await process.reply("转人工", ZH), HandedOff)
    assert process.waiting == 1
    hanging.cancel()


async def test_errors_come_over(process: BotProcess) -> None:
    with pytest.raises(EngineFailed, match="as it was told"):
        await process.reply(FAILS, ZH)
    with pytest.raises(EngineFailed, match=r"Foreign\('one other'\)"):
        await process.reply(ODD, ZH)
    assert await answers(process)


async def test_more_than_it_may_hold_is_refused_at_once(process: BotProcess) -> None:
    waiting = [asyncio.create_task(process.reply(HANGS, ZH)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(BotOverloaded):
        await process.reply(QUESTION, ZH)
    for task in waiting:
        task.cancel()


async def test_who_has_gone_is_not_told(process: BotProcess) -> None:
    gone = asyncio.create_task(process.reply(QUESTION, ZH))
    await asyncio.sleep(0)
    gone.cancel()
    assert await answers(process)
    assert process.waiting == 0


async def test_when_it_dies_those_who_wait_are_told_and_another_one_answers(process: BotProcess, small: Corpus) -> None:
    await process.publish(replace(small, version="later"), day=TODAY)
    dying, waiting = (asyncio.create_task(process.reply(text, ZH)) for text in (DIES, QUESTION))
    for task in (dying, waiting):
        with pytest.raises(EngineFailed, match="has ended"):
            await task
    with pytest.raises(EngineFailed, match="has ended"):
        await process.reply(QUESTION, ZH)
    assert isinstance(await process.reply("转人工", ZH), HandedOff)
    await until(lambda: answers(process))
    verdict = await process.reply(QUESTION, ZH)
    assert isinstance(verdict, Answered)
    assert verdict.version == "later"
    assert len(children()) == 1


async def test_publishing_changes_both_sides(process: BotProcess, small: Corpus) -> None:
    await process.publish(replace(small, version="later"), day=TODAY)
    verdict = await process.reply(QUESTION, ZH)
    assert isinstance(verdict, Answered)
    assert (verdict.version, process.front.version) == ("later", "later")


async def test_what_cannot_be_published_changes_neither(process: BotProcess, small: Corpus) -> None:
    with pytest.raises(EngineFailed, match="no index of that"):
        await process.publish(replace(small, version=UNPUBLISHABLE), day=TODAY)
    verdict = await process.reply(QUESTION, ZH)
    assert isinstance(verdict, Answered)
    assert (verdict.version, process.front.version) == (small.version, small.version)


async def test_what_was_wrong_at_the_start_is_said(small: Corpus) -> None:
    with pytest.raises(EngineFailed, match="it was built broken"):
        await BotProcess.start(CHILD, Given(broken=True), small, day=TODAY)
    with pytest.raises(EngineFailed, match="has ended"):
        await BotProcess.start("tests.bot.no_such_module", Given(), small, day=TODAY)
    assert children() == []


async def test_a_child_that_stands_still_does_not_hold_up_the_loop(small: Corpus) -> None:
    process = await BotProcess.start(CHILD, Given(), small, day=TODAY)
    (child,) = children()
    os.kill(child, signal.SIGSTOP)
    began = time.monotonic()
    # Far more than a socket holds.
    waiting = [asyncio.create_task(process.reply(f"{QUESTION} {'很' * 4000} {number}", ZH)) for number in range(200)]
    await asyncio.sleep(0)
    assert process.waiting == 200
    assert time.monotonic() - began < 20
    os.kill(child, signal.SIGCONT)
    await asyncio.gather(*waiting)
    await process.close()


async def test_closing_tells_those_who_wait_and_leaves_no_process(process: BotProcess) -> None:
    waiting = asyncio.create_task(process.reply(HANGS, ZH))
    await asyncio.sleep(0)
    await process.close()
    with pytest.raises(WorkerClosed):
        await waiting
    with pytest.raises(WorkerClosed):
        await process.reply(QUESTION, ZH)
    assert children() == []
    await process.close()


async def test_a_child_outlives_nobody() -> None:
    """Whoever is killed outright cannot tell his child."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.parent", stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()

    async def is_gone() -> bool:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return True
        return False

    await until(is_gone)
