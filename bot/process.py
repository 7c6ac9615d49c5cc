"""The bot in a process of its own, so that what it computes holds up nobody's interpreter.

The event loop keeps a `Front`, which needs no engine; what that does not answer goes through a socket to a child
(`bot.child`) in which an inference thread asks the whole bot. When the child ends, for whatever reason, those who wait
for it get EngineFailed, as do all until the next one stands.
"""

import asyncio
import logging
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
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

_Start = Callable[[Corpus, date], Awaitable[tuple["_Child", Begun]]]
log = logging.getLogger(__name__)
# Seconds before a child that has ended is started again: the first time, and at most.
_AGAIN, _LATEST = 0.5, 30.0
# A child that has been told to end is killed after that many seconds.
_PATIENCE = 5.0
ENDED = "the engine's process has ended, and is started again"


class _Child(asyncio.Protocol):
    """One child, from its start to its end; in the event loop."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.ended = asyncio.get_running_loop().create_future()
        self._numbers = count()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._frames = Frames()
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def start(cls, module: str) -> "_Child":
        """A process that runs the module with the number of its end of a socket. It is never sent a signal of the
        terminal's: it ends when this one is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.to_thread(
                subprocess.Popen,
                [sys.executable, "-m", module, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        _, child = await asyncio.get_running_loop().create_unix_connection(lambda: cls(process), sock=ours)
        return child

    def __len__(self) -> int:
        return len(self._waiting)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        for number, result, error in cast("list[Told]", list(self._frames.feed(data))):
            waits = self._waiting.pop(number, None)
            if waits is not None:
                settle(waits, result, error)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail(EngineFailed(ENDED))
        if not self.ended.done():
            self.ended.set_result(None)

    async def send(self, kind: Kind, sent: object, *, large: bool = False) -> Any:
        """What comes of it. `large`: it is put into bytes in another thread. Raises EngineFailed when the child ends
        before, or has ended, and what went wrong there."""
        number = next(self._numbers)
        whole = (number, kind, sent)
        frame = await asyncio.to_thread(framed, whole) if large else framed(whole)
        if self._transport is None:
            raise EngineFailed(ENDED)
        waits = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._transport.write(frame)
        return await waits

    async def close(self, error: Exception) -> int:
        """Its exit code; what waits is told the error. What it has not read yet it need not read."""
        self._fail(error)
        if self._transport is not None:
            self._transport.abort()
        try:
            return await asyncio.to_thread(self.process.wait, _PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return await asyncio.to_thread(self.process.wait)

    def _fail(self, error: Exception) -> None:
        for waits in self._waiting.values():
            settle(waits, None, error)
        self._waiting.clear()


class BotProcess:
    """Owns the child. Use `await BotProcess.start(...)`, then `close()`."""

    def __init__(
        self,
        child: _Child,
        begun: Begun,
        front: Front,
        begin: Callable[[Corpus, date], Awaitable[tuple[_Child, Begun]]],
        depth: int,
    ) -> None:
        self.front, self.warning = front, begun.warning
        self._child: _Child | None = child
        self._begin, self._depth = begin, depth
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
        depth: int = 256,
    ) -> "BotProcess":
        """Runs `module`, which calls `bot.child.serve`, and has it build the bot of `given` (picklable). Raises what
        went wrong there."""

        async def begin(corpus: Corpus, day: date) -> tuple[_Child, Begun]:
            child = await _Child.start(module)
            try:
                return child, await child.send("begin", Begin(given, corpus, day), large=True)
            except BaseException as error:
                await child.close(EngineFailed(repr(error)))
                raise

        child, begun = await begin(corpus, day)
        front = await asyncio.to_thread(partial(Front, corpus, day=day, looks_twice=begun.looks_twice, forms=forms))
        return cls(child, begun, front, begin, depth)

    @property
    def pid(self) -> int | None:
        """The child's; None while there is none."""
        return self._child.process.pid if self._child is not None else None

    @property
    def waiting(self) -> int:
        """Turns and publications that the child has not answered: no more than `depth`."""
        return len(self._child) if self._child is not None else 0

    async def reply(self, text: str, context: BotContext) -> Verdict:
        """The verdict. Raises BotOverloaded at once, EngineFailed (or what the engine raised), WorkerClosed."""
        known = self.front.first_look(text, context)
        if known is not None:
            return known
        child = self._there()
        if len(child) >= self._depth:
            raise BotOverloaded(f"{self._depth} turns are waiting")
        verdict: Verdict = await child.send("ask", (self.front.glanced(text), context))
        return verdict

    async def publish(self, corpus: Corpus, *, day: date) -> None:
        """Both answer by `corpus` from now on, the child a moment earlier. Raises what building its index raised; then
        the old one stays in use."""
        built = await asyncio.to_thread(self.front.built, corpus, day)
        await self._there().send("publish", (corpus, day), large=True)
        self.front.take(built)

    async def close(self) -> None:
        """Fails what waits, and ends the child."""
        self._closing = True
        self._watch.cancel()
        child, self._child = self._child, None
        if child is not None:
            await child.close(WorkerClosed(CLOSED))

    def _there(self) -> _Child:
        if self._closing:
            raise WorkerClosed(CLOSED)
        if self._child is None:
            raise EngineFailed(ENDED)
        return self._child

    async def _watched(self, child: _Child) -> None:
        """Puts another child in the place of one that has ended, by what is published then. Until cancelled."""
        while True:
            await child.ended
            self._child = None
            log.error("engine_ended", extra={"code": await child.close(EngineFailed(ENDED))})
            child = await self._another()

    async def _another(self) -> _Child:
        pause = _AGAIN
        while True:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LATEST)
            corpus, day = self.front.corpus, self.front.day
            try:
                child, begun = await self._begin(corpus, day)
            except Exception:
                log.exception("engine_not_started")
                continue
            self._child, self.warning = child, begun.warning
            log.info("engine_started_again")
            return child
