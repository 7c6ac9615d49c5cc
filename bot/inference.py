"""One thread for inference, fed by a bounded queue, with micro-batches of what is waiting, and one that reads.

The event loop never runs a model, and no message gets a thread of its own. What needs no engine (`Bot.first_look`) is
answered in the caller's loop at once, also while the thread is busy or the engine broken. A batch is what waits when
the one before it is begun, without a timer; what is read together, what waits when the last reading is done. While
something is being read, a signed-in customer who would be offered choices anyhow does not wait for the next reading
(`Bot.replies`).
"""

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Protocol

from bot.corpus import Corpus
from bot.engines.port import EngineFailed
from bot.front import Front
from bot.service import Bot, Unread
from bot.verdicts import BotContext, Verdict

MAX_BATCH = 32


class BotOverloaded(RuntimeError):
    """More turns are waiting than the queue holds. The turn goes to a person."""

    code = "bot_overloaded"


class WorkerClosed(RuntimeError):
    """The worker was closed before this turn was answered."""

    code = "bot_closed"


class Worker(Protocol):
    """Somewhere the bot is asked without holding up the event loop."""

    @property
    def front(self) -> Front:
        """What the event loop asks itself."""

    @property
    def warning(self) -> str | None:
        """What doctor and /ready should say about the engine."""

    @property
    def waiting(self) -> int:
        """Turns and errands on their way."""

    async def reply(self, text: str, context: BotContext) -> Verdict:
        """The verdict. Raises BotOverloaded at once, EngineFailed (or what the engine raised), WorkerClosed."""

    async def publish(self, corpus: Corpus, *, day: date) -> None:
        """Answers by `corpus` from now on. Raises what building its index raised; then the old one stays in use."""

    async def close(self) -> None:
        """Lets what is in work finish, fails what waits."""


class Recipient(Protocol):
    """Who waits for what comes of a turn or an errand."""

    @property
    def gone(self) -> bool:
        """Whether he waits no longer."""

    def hand(self, result: Verdict | None, error: Exception | None) -> None:
        """From any thread; once."""


@dataclass(frozen=True, slots=True)
class _Turn:
    text: str
    context: BotContext
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class _Errand:
    """Something else to be done in the inference thread, such as publishing (the engine is not thread-safe)."""

    action: Callable[[], None]
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class _Batch:
    """Turns on their way: what is still `waiting`, by its place, and the steps that lead to the verdicts."""

    waiting: dict[int, _Turn]
    steps: Iterator[tuple[int, Verdict] | Unread]


@dataclass(frozen=True, slots=True)
class _Read:
    """Batches whose texts have been read, or what went wrong."""

    batches: list[_Batch]
    error: Exception | None


class InferenceWorker:
    """Owns the thread in which `bot` is asked. Use as `async with InferenceWorker(bot) as worker`.

    While the larger encoder reads what one batch waits for, in a thread of its own, the next batch is begun; what has
    come to wait meanwhile is read together."""

    def __init__(self, bot: Bot, *, depth: int = 256) -> None:
        self.bot = bot
        self._depth = depth
        self._queue: queue.SimpleQueue[_Turn | _Errand | _Read | None] = queue.SimpleQueue()
        # The loop's thread writes the first, the inference thread all others.
        self._put_in = 0
        self._taken = self._parked = 0
        self._unread: deque[tuple[_Batch, Unread]] = deque()
        self._reading = False
        self._reader = ThreadPoolExecutor(1, "bot-reading")
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
    def front(self) -> Front:
        return self.bot

    @property
    def warning(self) -> str | None:
        return self.bot.warning

    @property
    def waiting(self) -> int:
        """Turns and errands not yet taken up, and turns that wait for the larger encoder: no more than `depth`."""
        return self._put_in - self._taken + self._parked

    async def reply(self, text: str, context: BotContext) -> Verdict:
        """The verdict. Raises BotOverloaded at once, EngineFailed (or what the engine raised), WorkerClosed."""
        known = self.bot.first_look(text, context)
        if known is not None:
            return known
        waits = _Waits()
        self.ask(text, context, waits)
        verdict: Verdict = await waits.future
        return verdict

    async def run(self, action: Callable[[], None]) -> None:
        """Runs `action` in the inference thread, when what was asked before is begun: `await worker.run(lambda:
        bot.publish(c))`. Who waits for the larger encoder then is answered as he was begun, by the corpus of before."""
        waits = _Waits()
        self.do(action, waits)
        await waits.future

    async def publish(self, corpus: Corpus, *, day: date) -> None:
        await self.run(partial(self.bot.publish, corpus, day=day))

    def ask(self, text: str, context: BotContext, recipient: Recipient) -> None:
        """`reply` without an event loop, and without a look of its own. From one thread, the same as `do`.

        Raises BotOverloaded, WorkerClosed."""
        self._put(_Turn(text, context, recipient))

    def do(self, action: Callable[[], None], recipient: Recipient) -> None:
        """`run` without an event loop."""
        self._put(_Errand(action, recipient))

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
        while not (stopping and not self._reading and not self._unread):
            item = self._queue.get()
            turns: list[_Turn] = []
            while True:
                if isinstance(item, _Turn):
                    self._taken += 1
                    turns.append(item)
                elif isinstance(item, _Read):
                    self._reading = False
                    self._read_next()
                    for batch in item.batches:
                        self._parked -= len(batch.waiting)
                        self._go_on(batch, item.error)
                elif isinstance(item, _Errand):
                    self._taken += 1
                    # After what was asked before it is begun.
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
                turn.recipient.hand(None, WorkerClosed("the bot is shutting down"))
            elif not turn.recipient.gone:
                asked[len(asked)] = turn
        if asked:
            self._go_on(
                _Batch(
                    asked,
                    self.bot.replies(
                        [(turn.text, turn.context) for turn in asked.values()],
                        hurried=self._reading or len(asked) > 1 or not self._queue.empty(),
                    ),
                )
            )

    def _go_on(self, batch: _Batch, error: Exception | None = None) -> None:
        try:
            if error is not None:
                raise error
            # Each is handed over as soon as it is known: nobody waits for what another's question takes.
            for step in batch.steps:
                if isinstance(step, Unread):
                    self._parked += len(batch.waiting)
                    self._unread.append((batch, step))
                    self._read_next()
                    return
                place, verdict = step
                turn = batch.waiting.pop(place)
                turn.recipient.hand(verdict, None)
        except Exception as failed:
            for turn in batch.waiting.values():
                turn.recipient.hand(None, failed)

    def _read_next(self) -> None:
        """Has the other thread read what is waiting for it, unless it is at it."""
        if self._reading or not self._unread:
            return
        batches, texts = list[_Batch](), list[str]()
        while self._unread and len(texts) < MAX_BATCH:
            batch, unread = self._unread.popleft()
            batches.append(batch)
            texts += unread.texts
        self._reader.submit(self._read, unread.read, texts, batches)
        self._reading = True

    def _read(self, read: Callable[[Sequence[str]], None], texts: list[str], batches: list[_Batch]) -> None:
        failed: Exception | None = None
        try:
            read(texts)
        except Exception as error:
            failed = error
        except BaseException as error:
            # A panic of a native library: whoever waits must learn of it.
            failed = EngineFailed(repr(error))
        self._queue.put(_Read(batches, failed))

    def _do(self, errand: _Errand) -> None:
        try:
            if self._closed:
                raise WorkerClosed("the bot is shutting down")
            errand.action()
        except Exception as error:
            errand.recipient.hand(None, error)
        else:
            errand.recipient.hand(None, None)


class _Waits:
    """Somebody in an event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self._loop.create_future()

    @property
    def gone(self) -> bool:
        return self.future.cancelled()

    def hand(self, result: Verdict | None, error: Exception | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(settle, self.future, result, error)


def settle(future: asyncio.Future[Any], result: object, error: Exception | None) -> None:
    """Ends a wait, unless it has ended; in the loop's thread."""
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
