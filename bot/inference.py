"""One thread for inference, fed by a bounded queue, with micro-batches of what is waiting, and one that reads.

The event loop never runs a model, and no message gets a thread of its own. What needs no engine (`Bot.first_look`) is
answered in the caller's loop at once, also while the thread is busy or the engine broken. A batch is what waits when
the one before it is done, without a timer.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from bot.service import Bot
from bot.verdicts import BotContext, Verdict

MAX_BATCH = 32


class BotOverloaded(RuntimeError):
    """More turns are waiting than the queue holds. The turn goes to a person."""

    code = "bot_overloaded"


class WorkerClosed(RuntimeError):
    """The worker was closed before this turn was answered."""

    code = "bot_closed"


@dataclass(frozen=True, slots=True)
class _Turn:
    text: str
    context: BotContext
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Verdict]


@dataclass(frozen=True, slots=True)
class _Errand:
    """Something else to be done in the inference thread, such as publishing (the engine is not thread-safe)."""

    action: Callable[[], None]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[None]


@dataclass(slots=True)
class _Batch:
    """Turns on their way: what is still `waiting`, by its place, and the steps that lead to the verdicts. `error`: what
    became of the reading that they waited for."""

    waiting: dict[int, _Turn]
    steps: Iterator[tuple[int, Verdict] | Callable[[], None]]
    error: BaseException | None = None


class InferenceWorker:
    """Owns the thread in which `bot` is asked. Use as `async with InferenceWorker(bot) as worker`.

    While the larger encoder reads for one batch, in a thread of its own that holds no interpreter lock, the next batch
    is begun."""

    def __init__(self, bot: Bot, *, depth: int = 256) -> None:
        self.bot = bot
        self._depth = depth
        self._queue: queue.SimpleQueue[_Turn | _Errand | _Batch | None] = queue.SimpleQueue()
        # One counter for each side: neither thread adds to the other's.
        self._put_in = self._taken = 0
        self._reader = ThreadPoolExecutor(1, "bot-reading")
        self._reading = 0
        self._thread = threading.Thread(target=self._run, name="bot-inference", daemon=True)
        self._closed = False

    async def __aenter__(self) -> "InferenceWorker":
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def start(self) -> None:
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Turns not yet taken up, for metrics."""
        return self._put_in - self._taken

    async def reply(self, text: str, context: BotContext) -> Verdict:
        """The verdict. Raises BotOverloaded at once, EngineFailed (or what the engine raised), WorkerClosed."""
        known = self.bot.first_look(text, context)
        if known is not None:
            return known
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Verdict] = loop.create_future()
        self._put(_Turn(text, context, loop, future))
        return await future

    async def run(self, action: Callable[[], None]) -> None:
        """Runs `action` in the inference thread, after what is waiting: `await worker.run(lambda: bot.publish(c))`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._put(_Errand(action, loop, future))
        await future

    def _put(self, item: _Turn | _Errand) -> None:
        if self._closed:
            raise WorkerClosed("the bot is shutting down")
        if self.waiting >= self._depth:
            raise BotOverloaded(f"{self._depth} turns are waiting")
        self._put_in += 1
        self._queue.put(item)

    async def close(self) -> None:
        """Lets the batches in work finish, fails what waits, ends the threads."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        self._reader.shutdown()

    # --- the thread

    def _run(self) -> None:
        stopping = False
        while not (stopping and not self._reading):
            item = self._queue.get()
            turns: list[_Turn] = []
            while True:
                if isinstance(item, _Turn):
                    self._taken += 1
                    turns.append(item)
                elif isinstance(item, _Batch):
                    self._reading -= 1
                    self._go_on(item)
                elif isinstance(item, _Errand):
                    self._taken += 1
                    # After what was asked before it.
                    self._begin(turns)
                    turns = []
                    self._do(item)
                else:
                    stopping = True
                if len(turns) == MAX_BATCH:
                    break
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
            self._begin(turns)

    def _begin(self, turns: list[_Turn]) -> None:
        asked: dict[int, _Turn] = {}
        for turn in turns:
            if self._closed:
                _hand(turn.loop, turn.future, None, WorkerClosed("the bot is shutting down"))
            elif not turn.future.cancelled():
                asked[len(asked)] = turn
        if asked:
            self._go_on(_Batch(asked, self.bot.replies([(turn.text, turn.context) for turn in asked.values()])))

    def _go_on(self, batch: _Batch) -> None:
        try:
            if batch.error is not None:
                raise batch.error
            # Each is handed over as soon as it is known: nobody waits for what another's question takes.
            for step in batch.steps:
                if callable(step):
                    self._reading += 1
                    self._reader.submit(self._read, step, batch)
                    return
                place, verdict = step
                turn = batch.waiting.pop(place)
                _hand(turn.loop, turn.future, verdict, None)
        except Exception as error:
            for turn in batch.waiting.values():
                _hand(turn.loop, turn.future, None, error)

    def _read(self, step: Callable[[], None], batch: _Batch) -> None:
        try:
            step()
        except Exception as error:
            batch.error = error
        self._queue.put(batch)

    def _do(self, errand: _Errand) -> None:
        try:
            if self._closed:
                raise WorkerClosed("the bot is shutting down")
            errand.action()
        except Exception as error:
            _hand(errand.loop, errand.future, None, error)
        else:
            _hand(errand.loop, errand.future, None, None)


def _hand(
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any], result: Verdict | None, error: Exception | None
) -> None:
    def settle() -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)

    if not loop.is_closed():
        loop.call_soon_threadsafe(settle)
