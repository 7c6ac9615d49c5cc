"""One thread for inference, fed by a bounded queue, with micro-batches of what is waiting, and one that reads.

The event loop never runs a model, and no message gets a thread of its own. What needs no engine (`Bot.first_look`) is
answered in the caller's loop at once, also while the thread is busy or the engine broken. A batch is what waits when
the one before it is begun, without a timer; what is read together, what waits when the last reading is done. While
others wait, who would hardly get an answer does not wait to be read (`Bot.replies`).
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

from bot import cores
from bot.corpus import Corpus
from bot.engines.port import EngineFailed
from bot.front import Front
from bot.service import Bot, Unread
from bot.verdicts import BotContext, Verdict

MAX_BATCH = 32
CLOSED = "the bot is shutting down"


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
        """Takes nothing more; fails what waits, unless it is in work already and is let finish."""


@dataclass(frozen=True, slots=True)
class _Turn:
    text: str
    context: BotContext
    recipient: Any


@dataclass(frozen=True, slots=True)
class _Errand:
    """Something else to be done in the inference thread, such as publishing (the engine is not thread-safe)."""

    action: Callable[[], None]
    recipient: Any


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a turn or an errand, and who gave it: nothing, of an errand that was done."""

    recipient: Any
    result: Verdict | None = None
    error: Exception | None = None


class Inference:
    """Owns the thread in which `bot` is asked, from any one thread. What came of it is told in that one thread, to
    `deliver`, as soon as it is known but for what is known in the same moment; whom `is_gone` calls so is not answered.

    While the larger encoder reads what one batch waits for, in a thread of its own, the next batch is begun; what has
    come to wait meanwhile is read together. `placed`: the two threads are a `cores.Pair`."""

    def __init__(
        self,
        bot: Bot,
        deliver: Callable[[Sequence[Outcome]], None],
        is_gone: Callable[[Any], bool] = lambda _: False,
        *,
        depth: int = 256,
        placed: bool = False,
    ) -> None:
        self.bot = bot
        self._deliver, self._is_gone = deliver, is_gone
        self._depth = depth
        self._queue: queue.SimpleQueue[_Turn | _Errand | _Read | None] = queue.SimpleQueue()
        # The asking thread writes the first, the inference thread all others.
        self._put_in = 0
        self._taken = self._parked = 0
        self._unread: deque[tuple[_Batch, Unread]] = deque()
        self._reading = False
        self._cores = cores.Pair(cores.allowed() if placed else ())
        self._reader = ThreadPoolExecutor(1, "bot-reading", self._cores.second)
        self._thread = threading.Thread(target=self._run, name="bot-inference", daemon=True)
        self._closed = False

    def start(self) -> None:
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Turns and errands not yet taken up, and turns that wait for the larger encoder: no more than `depth`."""
        return self._put_in - self._taken + self._parked

    def ask(self, text: str, context: BotContext, recipient: object) -> None:
        """Has a text answered that the first look lets pass. Raises BotOverloaded, WorkerClosed."""
        self._put(_Turn(text, context, recipient))

    def do(self, action: Callable[[], None], recipient: object) -> None:
        """Runs `action` in the inference thread, when what was asked before is begun. Who waits for the larger encoder
        then is answered as he was begun, by the corpus of before. Raises WorkerClosed."""
        self._put(_Errand(action, recipient))

    def _put(self, item: _Turn | _Errand) -> None:
        if self._closed:
            raise WorkerClosed(CLOSED)
        if isinstance(item, _Turn) and self.waiting >= self._depth:
            raise BotOverloaded(f"{self._depth} turns are waiting")
        self._put_in += 1
        self._queue.put(item)

    def stop(self) -> None:
        """Takes nothing more, lets the batches in work finish, fails what waits."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)

    def join(self) -> None:
        """Until it has stopped."""
        self._thread.join()
        self._reader.shutdown()

    # --- the thread

    def _run(self) -> None:
        self._cores.first()
        stopping = False
        while not (stopping and not self._reading and not self._unread):
            item = self._next()
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

    def _next(self) -> _Turn | _Errand | _Read | None:
        if not (self._reading and self._queue.empty()):
            return self._queue.get()
        self._cores.lend()
        item = self._queue.get()
        self._cores.take_back()
        return item

    def _begin(self, turns: list[_Turn]) -> None:
        asked = dict(enumerate(turn for turn in turns if not self._is_gone(turn.recipient)))
        if self._closed:
            self._tell([Outcome(turn.recipient, error=WorkerClosed(CLOSED)) for turn in asked.values()])
        elif asked:
            steps = self.bot.replies(
                [(turn.text, turn.context) for turn in asked.values()],
                hurried=self._reading or len(asked) > 1 or not self._queue.empty(),
            )
            self._go_on(_Batch(asked, steps))

    def _go_on(self, batch: _Batch, error: Exception | None = None) -> None:
        """To where something has to be read, or to the end. What is known on the way, within some milliseconds, is told
        at once: to tell each of it costs as much as to decide it."""
        known: list[Outcome] = []
        try:
            if error is not None:
                raise error
            for step in batch.steps:
                if isinstance(step, Unread):
                    self._parked += len(batch.waiting)
                    self._unread.append((batch, step))
                    self._read_next()
                    break
                place, verdict = step
                known.append(Outcome(batch.waiting.pop(place).recipient, verdict))
        except BaseException as failed:
            known += [Outcome(turn.recipient, error=_failure(failed)) for turn in batch.waiting.values()]
        self._tell(known)

    def _tell(self, known: Sequence[Outcome]) -> None:
        if known:
            self._deliver(known)

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
        except BaseException as error:
            failed = _failure(error)
        self._queue.put(_Read(batches, failed))

    def _do(self, errand: _Errand) -> None:
        failed: Exception | None = None
        try:
            if self._closed:
                raise WorkerClosed(CLOSED)
            errand.action()
        except BaseException as error:
            failed = _failure(error)
        self._tell([Outcome(errand.recipient, error=failed)])


def _failure(error: BaseException) -> Exception:
    """What whoever waits is told, also of a panic of a native library."""
    return error if isinstance(error, Exception) else EngineFailed(repr(error))


class InferenceWorker:
    """`Inference` in this process, for an event loop. Use as `async with InferenceWorker(bot) as worker`."""

    def __init__(self, bot: Bot, *, depth: int = 256) -> None:
        self.bot = bot
        self._inference = Inference(bot, self._deliver, _is_cancelled, depth=depth)

    async def __aenter__(self) -> "InferenceWorker":
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def start(self) -> None:
        self._inference.start()

    @property
    def front(self) -> Front:
        return self.bot

    @property
    def warning(self) -> str | None:
        return self.bot.warning

    @property
    def waiting(self) -> int:
        return self._inference.waiting

    async def reply(self, text: str, context: BotContext) -> Verdict:
        known = self.bot.first_look(text, context)
        if known is not None:
            return known
        waits: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._inference.ask(text, context, waits)
        verdict: Verdict = await waits
        return verdict

    async def run(self, action: Callable[[], None]) -> None:
        """Runs `action` in the inference thread (`Inference.do`)."""
        waits: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._inference.do(action, waits)
        await waits

    async def publish(self, corpus: Corpus, *, day: date) -> None:
        await self.run(partial(self.bot.publish, corpus, day=day))

    async def close(self) -> None:
        self._inference.stop()
        await asyncio.to_thread(self._inference.join)

    def _deliver(self, known: Sequence[Outcome]) -> None:
        loop = known[0].recipient.get_loop()
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, known)


def _is_cancelled(future: asyncio.Future[Any]) -> bool:
    return future.cancelled()


def _settle(known: Sequence[Outcome]) -> None:
    for outcome in known:
        settle(outcome.recipient, outcome.result, outcome.error)


def settle(future: asyncio.Future[Any], result: object, error: Exception | None) -> None:
    """Ends a wait, unless it has ended; in the loop's thread."""
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
