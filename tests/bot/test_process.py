"""The bot in a process of its own."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.corpus import Corpus
from bot.engines.port import EngineFailed
from bot.front import Published
from bot.inference import BotOverloaded, WorkerClosed
from bot.process import BotProcess
from bot.verdicts import Answered, BotContext, HandedOff
from tests.bot.child import DIES, FAILS, HANGS, ODD, PANICS, UNPUBLISHABLE, Given
from tests.bot.conftest import TODAY

CHILD = "tests.bot.child"
ZH = BotContext("zh-CN")
LATER = TODAY + timedelta(days=1)
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


def is_dead(pid: int) -> bool:
    """Or gone: somebody else may have to wait for it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def children() -> list[int]:
    """Of this process: those that were not there before, dead ones that nobody has waited for, too."""
    made = {int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()}
    return sorted(made - BEFORE)


BEFORE: set[int] = set()


@pytest.fixture(autouse=True)
def nobody_before() -> None:
    BEFORE.clear()
    BEFORE.update(children())


def kill(process: BotProcess, number: int) -> None:
    assert process.pid is not None
    os.kill(process.pid, number)


async def has_none(process: BotProcess) -> bool:
    return process.pid is None


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
    with pytest.raises(EngineFailed, match=r"SystemExit\('a native library panicked'\)"):
        await process.reply(PANICS, ZH)
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
    await process.publish(replace(small, version="later"), day=LATER)
    dying, waiting = (asyncio.create_task(process.reply(text, ZH)) for text in (DIES, QUESTION))
    for task in (dying, waiting):
        with pytest.raises(EngineFailed, match="has ended"):
            await task
    await asyncio.sleep(0)
    assert (process.warning or "").startswith("engine_ended")
    with pytest.raises(EngineFailed, match="has ended"):
        await process.reply(QUESTION, ZH)
    assert isinstance(await process.reply("转人工", ZH), HandedOff)
    await until(lambda: answers(process))
    verdict = await process.reply(QUESTION, ZH)
    assert isinstance(verdict, Answered)
    assert verdict.version == "later"
    assert (process.front.day, process.warning) == (LATER, None)
    assert children() == [process.pid]


async def test_what_is_published_while_there_is_none_is_the_next_one_s(process: BotProcess, small: Corpus) -> None:
    kill(process, signal.SIGKILL)
    await until(lambda: has_none(process))
    await process.publish(replace(small, version="later"), day=TODAY)
    assert process.front.version == "later"
    await until(lambda: answers(process))
    verdict = await process.reply(QUESTION, ZH)
    assert isinstance(verdict, Answered)
    assert verdict.version == "later"


async def test_it_tries_until_one_starts(process: BotProcess, small: Corpus) -> None:
    """A corpus of which no index can be made is no reason to give up: another one may be published."""
    kill(process, signal.SIGKILL)
    await until(lambda: has_none(process))
    await process.publish(replace(small, version=UNPUBLISHABLE), day=TODAY)

    async def has_tried() -> bool:
        return "no index of that" in (process.warning or "")

    await until(has_tried)
    await process.publish(small, day=TODAY)
    await until(lambda: answers(process))


async def test_publications_come_one_after_the_other(process: BotProcess, small: Corpus) -> None:
    built, slow = process.front.built, threading.Event()

    def slowly(corpus: Corpus, day: date) -> Published:
        if corpus.version == "first":
            assert slow.wait(5)
        return built(corpus, day)

    process.front.built = slowly  # type: ignore[method-assign]
    first = asyncio.create_task(process.publish(replace(small, version="first"), day=TODAY))
    await asyncio.sleep(0)
    second = asyncio.create_task(process.publish(replace(small, version="second"), day=TODAY))
    await asyncio.sleep(0.05)
    slow.set()
    await asyncio.gather(first, second)
    verdict = await process.reply(QUESTION, ZH)
    assert isinstance(verdict, Answered)
    assert (verdict.version, process.front.version) == ("second", "second")


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


async def test_a_child_that_stands_still_holds_up_nobody_and_is_replaced(small: Corpus) -> None:
    process = await BotProcess.start(CHILD, Given(), small, day=TODAY, within=1.0)
    try:
        first = process.pid
        kill(process, signal.SIGSTOP)
        # Far more than a socket holds: whoever wrote it and waited would stand still as well.
        texts = [f"{QUESTION} {'很' * 4000} {number}" for number in range(200)]
        waiting = asyncio.gather(*(process.reply(text, ZH) for text in texts), return_exceptions=True)
        await asyncio.sleep(0)
        assert process.waiting == 200
        assert {str(error) for error in await waiting} == {"no answer within 1 s"}
        await until(lambda: answers(process))
        assert process.pid != first
        assert children() == [process.pid]
    finally:
        await process.close()


async def test_a_signal_to_all_of_a_service_does_not_end_it(process: BotProcess) -> None:
    first = process.pid
    kill(process, signal.SIGTERM)
    assert await answers(process)
    assert process.pid == first


async def test_closing_while_one_is_being_started_leaves_no_process(process: BotProcess) -> None:
    kill(process, signal.SIGKILL)
    await until(lambda: has_none(process))

    async def is_starting() -> bool:
        return bool(children())

    await until(is_starting)
    await process.close()
    assert children() == []


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
        return is_dead(child)

    await until(is_gone)
