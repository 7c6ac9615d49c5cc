"""One thread for inference, fed by a bounded queue, with micro-batches of what is waiting.

The event loop never runs a model, and no message gets a thread of its own. What needs no engine (`Bot.first_look`) is
answered in the caller's loop at once, also while the thread is busy or the engine broken.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.service import Bot
from bot.verdicts import BotContext, Verdict

MAX_BATCH = 32
MAX_WAIT = 0.001


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
    """Something else to be done in the inference thread, such as publishing (the encoder is not thread-safe)."""

    action: Callable[[], None]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[None]


class InferenceWorker:
    """Owns the thread in which `bot` is asked. Use as `async with InferenceWorker(bot) as worker`."""

    def __init__(self, bot: Bot, *, depth: int = 256) -> None:
        self.bot = bot
        self._waiting: queue.Queue[_Turn | _Errand | None] = queue.Queue(maxsize=depth)
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
        return self._waiting.qsize()

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
        try:
            self._waiting.put_nowait(item)
        except queue.Full as error:
            raise BotOverloaded(f"{self._waiting.maxsize} turns are waiting") from error

    async def close(self) -> None:
        """Lets the batch in work finish, fails what waits, ends the thread."""
        if self._closed:
            return
        self._closed = True
        while not self._waiting.empty():
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                break
            if item is not None and not item.future.done():
                item.future.set_exception(WorkerClosed("the bot is shutting down"))
        self._waiting.put_nowait(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while True:
            item = self._waiting.get()
            if item is None:
                return
            if isinstance(item, _Errand):
                self._do(item)
                continue
            batch, after = self._gather(item)
            self._answer(batch)
            if isinstance(after, _Errand):
                self._do(after)
            elif after == "stop":
                return

    def _gather(self, first: _Turn) -> tuple[list[_Turn], _Errand | str | None]:
        batch, until = [first], time.monotonic() + MAX_WAIT
        while len(batch) < MAX_BATCH:
            try:
                # Alone in the queue means nobody to wait for: a lone customer is not delayed by batching.
                item = self._waiting.get_nowait() if len(batch) == 1 else self._next(until)
            except queue.Empty:
                break
            if item is None:
                return batch, "stop"
            if isinstance(item, _Errand):
                return batch, item
            batch.append(item)
        return batch, None

    def _next(self, until: float) -> _Turn | _Errand | None:
        return self._waiting.get(timeout=max(0.0, until - time.monotonic()))

    def _answer(self, batch: list[_Turn]) -> None:
        asked = [turn for turn in batch if not turn.future.cancelled()]
        if not asked:
            return
        waiting = dict(enumerate(asked))
        try:
            # Each is handed over as soon as it is known: nobody waits for what another's question takes.
            for place, verdict in self.bot.replies([(turn.text, turn.context) for turn in asked]):
                turn = waiting.pop(place)
                _hand(turn.loop, turn.future, verdict, None)
        except Exception as error:
            for turn in waiting.values():
                _hand(turn.loop, turn.future, None, error)

    def _do(self, errand: _Errand) -> None:
        try:
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
