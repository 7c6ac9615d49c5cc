"""The bot in a process of its own, so that what it computes holds up nobody's interpreter.

The event loop keeps a `Front`, which needs no engine; what that does not answer goes through a socket to a child
(`bot.child`) in which an inference thread asks the whole bot. When the child ends, or says nothing for long, those who
wait for it get EngineFailed, as do all until the next one stands.
"""

import asyncio
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import count
from typing import Any, cast

from bot.child import Begin, Begun, Kind, Told
from bot.corpus import Corpus
from bot.engines.port import EngineFailed
from bot.forms import Forms
from bot.frames import Frames, framed
from bot.front import Front
from bot.inference import CLOSED, BotOverloaded, WorkerClosed, settle
from bot.verdicts import BotContext, Verdict

log = logging.getLogger(__name__)
# Seconds before a child that has ended is started again: the first time, and at most; a child that has stood for so
# long was a good one.
_AGAIN, _LATEST, _GOOD = 0.5, 30.0, 60.0
# A child that has been told to end is killed after so many seconds.
_PATIENCE = 5.0
# Seconds between two looks at whether it still says something.
_LOOKS_EVERY = 1.0
ENDED = "the engine's process has ended"
# Some hundred megabytes of weights, tables and words are read here and there for every text: in pages of 2 MB a
# processor finds them without a walk through the page tables. Python's own allocator would take small ones, past
# glibc's. Elsewhere than with glibc it means nothing.
_LARGE_PAGES = {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


@dataclass(frozen=True, slots=True)
class _Sent:
    """Something that the child has not answered: since when (seconds of the monotonic clock), and who waits."""

    kind: Kind
    since: float
    waits: asyncio.Future[Any]


class _Child(asyncio.Protocol):
    """One child, from its start to its end; in the event loop."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.ended = asyncio.get_running_loop().create_future()
        self.started = self._heard = time.monotonic()
        self._numbers = count()
        self._sent: dict[int, _Sent] = {}
        self._frames = Frames()
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def start(cls, module: str) -> "_Child":
        """A process that runs the module, found where this process finds its own, with the number of its end of a
        socket. No signal of the terminal's reaches it: it ends when this process is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            # In a thread: it inherits the processor cores of who starts it, and the event loop may have but one.
            begun = asyncio.create_task(asyncio.to_thread(_popen, module, theirs.fileno()))
            try:
                process = await asyncio.shield(begun)
            except BaseException:
                ours.close()
                await begun
                _kill(begun.result())
                raise
        try:
            _, child = await asyncio.get_running_loop().create_unix_connection(lambda: cls(process), sock=ours)
        except BaseException:
            ours.close()
            _kill(process)
            raise
        return child

    @property
    def waiting(self) -> int:
        """How much it has not answered."""
        return len(self._sent)

    def is_silent(self, seconds: float) -> bool:
        """Whether a turn waits and nothing has come back for so long. A publication may take minutes."""
        if any(sent.kind != "ask" for sent in self._sent.values()):
            return False
        oldest = next(iter(self._sent.values()), None)
        return oldest is not None and time.monotonic() - max(oldest.since, self._heard) > seconds

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._heard = time.monotonic()
        for told in self._frames.feed(data):
            number, result, error = cast(Told, told)
            sent = self._sent.pop(number, None)
            if sent is not None:
                settle(sent.waits, result, error)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail(EngineFailed(ENDED))
        if not self.ended.done():
            self.ended.set_result(None)

    async def send(self, kind: Kind, value: object, *, large: bool = False) -> Any:
        """What comes of it. `large`: it is put into bytes in another thread. Raises EngineFailed when the child ends
        before, or has ended, and what went wrong there."""
        number = next(self._numbers)
        whole = (number, kind, value)
        frame = await asyncio.to_thread(framed, whole) if large else framed(whole)
        if self._transport is None:
            raise EngineFailed(ENDED)
        sent = self._sent[number] = _Sent(kind, time.monotonic(), asyncio.get_running_loop().create_future())
        self._transport.write(frame)
        return await sent.waits

    async def close(self, error: Exception, *, at_once: bool = False) -> int:
        """Its exit code; what waits is told the error. What it has not read yet it need not read."""
        self._fail(error)
        if self._transport is not None:
            self._transport.abort()
        if at_once:
            self.process.kill()
        try:
            return await asyncio.to_thread(self.process.wait, _PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return await asyncio.to_thread(self.process.wait)

    def _fail(self, error: Exception) -> None:
        for sent in self._sent.values():
            settle(sent.waits, None, error)
        self._sent.clear()


def _popen(module: str, descriptor: int) -> "subprocess.Popen[bytes]":
    # `-m` alone would look into the folder that the server happens to be started in.
    places = os.pathsep.join(place or os.getcwd() for place in sys.path)
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", "-m", module, str(descriptor)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=(descriptor,),
        env={**_LARGE_PAGES, **os.environ, "PYTHONPATH": places},
        start_new_session=True,
    )


def _kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


Start = Callable[[Corpus, date], Awaitable[tuple[_Child, Begun]]]


class BotProcess:
    """Owns the child. Use `await BotProcess.start(...)`, then `close()`."""

    def __init__(self, child: _Child, begun: Begun, front: Front, begin: Start, within: float, depth: int) -> None:
        self.front = front
        self._begin, self._within, self._depth = begin, within, depth
        self._child: _Child | None = child
        self._warning = begun.warning
        self._trouble = ENDED
        self._pause = _AGAIN
        self._publishing = asyncio.Lock()
        self._closing = False
        self._watch = asyncio.create_task(self._watched(child))

    @classmethod
    async def start(
        cls,
        module: str,
        given: object,
        corpus: Corpus,
        *,
        day: date,
        forms: Forms | None = None,
        within: float = 8.0,
        depth: int = 256,
        placed: bool = True,
    ) -> "BotProcess":
        """Runs `module`, which calls `bot.child.serve`, and has it build the bot of `given` (picklable). `within`:
        seconds in which a turn must be answered; a child that says nothing for twice as long is killed. `placed`:
        whether its threads are placed on processor cores (`bot.cores`). Raises what went wrong there."""

        async def begin(corpus: Corpus, day: date) -> tuple[_Child, Begun]:
            child = await _Child.start(module)
            try:
                return child, await child.send("begin", Begin(given, corpus, day, placed), large=True)
            except BaseException as error:
                await child.close(EngineFailed(repr(error)), at_once=True)
                raise

        child, begun = await begin(corpus, day)
        try:
            front = await asyncio.to_thread(partial(Front, corpus, day=day, looks_twice=begun.looks_twice, forms=forms))
        except BaseException as error:
            await child.close(EngineFailed(repr(error)))
            raise
        log.info("engine_started", extra={"pid": child.process.pid})
        return cls(child, begun, front, begin, within, depth)

    @property
    def pid(self) -> int | None:
        """The child's; None while there is none."""
        return self._child.process.pid if self._child is not None else None

    @property
    def warning(self) -> str | None:
        """The engine's; while there is none, why."""
        return self._warning if self._child is not None else f"engine_ended: {self._trouble}"

    @property
    def waiting(self) -> int:
        """Turns and publications that the child has not answered."""
        return self._child.waiting if self._child is not None else 0

    async def reply(self, text: str, context: BotContext) -> Verdict:
        """The verdict. Raises BotOverloaded at once when `depth` turns wait, EngineFailed (or what the engine raised),
        WorkerClosed."""
        known = self.front.first_look(text, context)
        if known is not None:
            return known
        if self._closing:
            raise WorkerClosed(CLOSED)
        child = self._child
        if child is None:
            raise EngineFailed(ENDED)
        if child.waiting >= self._depth:
            raise BotOverloaded(f"{self._depth} turns are waiting")
        try:
            async with asyncio.timeout(self._within):
                verdict: Verdict = await child.send("ask", (self.front.glanced(text), context))
        except TimeoutError as error:
            raise EngineFailed(f"no answer within {self._within:g} s") from error
        return verdict

    async def publish(self, corpus: Corpus, *, day: date) -> None:
        """Both answer by `corpus` from now on, the child a moment earlier; where there is none, the next one. One
        publication after the other. Raises what building its index raised; then the old one stays in use."""
        async with self._publishing:
            built = await asyncio.to_thread(self.front.built, corpus, day)
            if self._child is not None:
                await self._child.send("publish", (corpus, day), large=True)
            self.front.take(built)

    async def close(self) -> None:
        """Fails what waits, and ends the child, or the one that is being started."""
        self._closing = True
        self._watch.cancel()
        await asyncio.gather(self._watch, return_exceptions=True)
        child, self._child = self._child, None
        if child is not None:
            await child.close(WorkerClosed(CLOSED))

    async def _watched(self, child: _Child) -> None:
        """Puts another child in the place of one that has ended, by what is published then. Until cancelled."""
        while True:
            while not child.ended.done():
                await asyncio.wait([child.ended], timeout=_LOOKS_EVERY)
                if child.is_silent(2 * self._within):
                    log.error("engine_silent", extra={"pid": child.process.pid, "waiting": child.waiting})
                    child.process.kill()
            stood = time.monotonic() - child.started
            self._child, self._trouble = None, ENDED
            if stood > _GOOD:
                self._pause = _AGAIN
            code = await child.close(EngineFailed(ENDED))
            told = {"pid": child.process.pid, "code": code, "stood": round(stood), "again_in": self._pause}
            log.error("engine_ended", extra=told)
            child = await self._another()

    async def _another(self) -> _Child:
        while True:
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, _LATEST)
            corpus, day = self.front.corpus, self.front.day
            try:
                child, begun = await self._begin(corpus, day)
            except Exception as error:
                self._trouble = f"{ENDED}, and another one did not start: {error!r}"
                log.error("engine_not_started", extra={"error": repr(error), "again_in": self._pause})
                continue
            if (corpus, day) != (self.front.corpus, self.front.day):
                # Published meanwhile: it had no child to go to.
                await child.close(EngineFailed(ENDED), at_once=True)
                continue
            self._child, self._warning = child, begun.warning
            log.info("engine_started", extra={"pid": child.process.pid})
            return child
