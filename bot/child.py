"""The child's side of `bot.process`: a bot with its inference thread, asked through a socket until that ends."""

import logging
import os
import select
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal

from bot.corpus import Corpus
from bot.engines.port import EngineFailed
from bot.frames import framed, portable, read_frame
from bot.inference import Inference, Outcome
from bot.service import Bot
from bot.verdicts import Verdict

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Begin:
    """The first thing that is sent: `given` to what builds the bot, with the published corpus and the day; whether the
    engine's threads are `placed` on processor cores (`bot.cores`)."""

    given: Any
    corpus: Corpus
    day: date
    placed: bool


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
    # It ends when the other side is gone, and not before: who stops a service signals all of its processes at once.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.set_inheritable(descriptor, False)
    line = socket.socket(fileno=descriptor)
    threading.excepthook = _thread_died
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()
    stream = line.makefile("rb")
    out = _Out(line)
    try:
        first, _, begin = read_frame(stream)
        try:
            bot = build(begin.given, begin.corpus, begin.day)
        except Exception as error:
            out.tell(first, None, error)
            return
        inference = Inference(bot, out.deliver, placed=begin.placed)
        inference.start()
        del begin
        ready()
        out.tell(first, Begun(bot.looks_twice, bot.warning), None)
        while True:
            number, kind, sent = read_frame(stream)
            try:
                if kind == "ask":
                    glance, context = sent
                    bot.remember(glance)
                    inference.ask(glance.text, context, number)
                else:
                    corpus, day = sent
                    inference.do(partial(bot.publish, corpus, day=day), number)
            except Exception as error:
                out.tell(number, None, error)
    except (EOFError, ConnectionError):
        os._exit(0)


def _end_with(line: socket.socket) -> None:
    """Ends the process when the other side is gone, also while the bot is built or the socket is not read."""
    poll = select.poll()
    poll.register(line, 0)
    poll.poll()  # an end is told unasked
    os._exit(0)


def _thread_died(died: threading.ExceptHookArgs) -> None:
    """A thread that owes somebody an answer: better no process than one that says nothing."""
    log.critical("engine_thread_died", exc_info=died.exc_value)
    os._exit(1)


class _Out:
    """The way back, which two threads use."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._lock = line, threading.Lock()

    def tell(self, number: int, result: Any, error: Exception | None) -> None:
        """Raises OSError when nobody is there."""
        self._send(framed(_told(number, result, error)))

    def deliver(self, known: Sequence[Outcome]) -> None:
        """In the inference thread."""
        try:
            self._send(b"".join(framed(_told(each.recipient, each.result, each.error)) for each in known))
        except OSError:
            # The thread that reads learns of it, and ends the process.
            log.info("the desk is gone")

    def _send(self, frames: bytes) -> None:
        with self._lock:
            self._line.sendall(frames)


def _told(number: int, result: Any, error: Exception | None) -> Told:
    return number, result, None if error is None else portable(error) or EngineFailed(repr(error))
