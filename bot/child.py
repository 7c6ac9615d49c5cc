"""The child's side of `bot.process`: a bot with its inference thread, asked through a socket until that ends."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal

from bot.corpus import Corpus
from bot.engines.port import EngineFailed
from bot.frames import framed, portable, read_frame
from bot.inference import InferenceWorker
from bot.service import Bot
from bot.verdicts import Verdict

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Begin:
    """The first thing that is sent: `given` to what builds the bot, with the published corpus and the day."""

    given: Any
    corpus: Corpus
    day: date


@dataclass(frozen=True, slots=True)
class Begun:
    """The answer to it: whether a classifier looks at what the first look is uncertain of, and the engine's warning."""

    looks_twice: bool
    warning: str | None


Kind = Literal["begin", "ask", "publish"]
"""Of what is sent, as (number, kind, what): `Begin` first; then a text as it was glanced at, with its context; or a
corpus with its day."""
Told = tuple[int, Verdict | Begun | None, Exception | None]
"""The number of what was sent, and what came of it."""
Build = Callable[[Any, Corpus, date], Bot]


def serve(descriptor: int, build: Build, ready: Callable[[], None]) -> None:
    """Builds the bot and answers until the other side is gone; then the process ends, whatever is in work: nobody is
    left who waits for it. `ready` is called when the bot stands."""
    line = socket.socket(fileno=descriptor)
    stream = line.makefile("rb")
    out = _Out(line)
    try:
        first, _, begin = read_frame(stream)
        try:
            bot = build(begin.given, begin.corpus, begin.day)
        except Exception as error:
            out.tell(first, None, error)
            return
        worker = InferenceWorker(bot)
        worker.start()
        ready()
        out.tell(first, Begun(bot.looks_twice, bot.warning), None)
        while True:
            number, kind, sent = read_frame(stream)
            recipient = _Afar(number, out)
            try:
                if kind == "ask":
                    glance, context = sent
                    bot.remember(glance)
                    worker.ask(glance.text, context, recipient)
                else:
                    corpus, day = sent
                    worker.do(partial(bot.publish, corpus, day=day), recipient)
            except Exception as error:
                recipient.hand(None, error)
    except (EOFError, OSError):
        os._exit(0)


class _Out:
    """The way back, which two threads use."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._lock = line, threading.Lock()

    def tell(self, number: int, result: Any, error: Exception | None) -> None:
        if error is not None:
            error = portable(error) or EngineFailed(repr(error))
        frame = framed((number, result, error))
        with self._lock:
            self._line.sendall(frame)


@dataclass(frozen=True, slots=True)
class _Afar:
    """Somebody in the other process."""

    number: int
    out: _Out

    @property
    def gone(self) -> bool:
        return False

    def hand(self, result: Verdict | None, error: Exception | None) -> None:
        try:
            self.out.tell(self.number, result, error)
        except OSError:
            # The thread that reads learns of it, and ends the process.
            log.info("the desk is gone")
