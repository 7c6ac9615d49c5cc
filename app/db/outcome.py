"""What becomes of a submitted command: a future without the event loop's detour."""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


class Outcome(Generic[T]):
    """Awaitable, any number of times; used from one event loop's thread only.

    Unlike a future's, callbacks run at once and in their order when the outcome is set: one of them updates what the
    next one reads, and a handle, a context and a turn of the loop for each would be a tenth of a message's price.
    Callbacks added later run in the loop's next turn. Who awaits it and is cancelled takes nothing from the others.
    """

    __slots__ = ("_callbacks", "_done", "_error", "_value")

    def __init__(self) -> None:
        self._callbacks: list[Callable[[Outcome[T]], None]] = []
        self._done = False
        self._value: T | None = None
        self._error: BaseException | None = None

    def done(self) -> bool:
        return self._done

    def result(self) -> T:
        """The value. Raises what it failed with; InvalidStateError before it is done."""
        if not self._done:
            raise asyncio.InvalidStateError
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]

    def exception(self) -> BaseException | None:
        """What it failed with. Raises InvalidStateError before it is done."""
        if not self._done:
            raise asyncio.InvalidStateError
        return self._error

    def set_result(self, value: T) -> None:
        self._value = value
        self._done = True
        self._tell()

    def set_exception(self, error: BaseException) -> None:
        self._error = error
        self._done = True
        self._tell()

    def add_done_callback(self, callback: Callable[[Outcome[T]], None]) -> None:
        if self._done:
            asyncio.get_running_loop().call_soon(callback, self)
        else:
            self._callbacks.append(callback)

    def _tell(self) -> None:
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            try:
                callback(self)
            except Exception:
                # What is stored is stored: a broken listener must not keep the others from hearing.
                log.exception("a callback failed")

    def __await__(self) -> Generator[Any, None, T]:
        if not self._done:
            waiter: Future[None] = asyncio.get_running_loop().create_future()
            self._callbacks.append(lambda _: None if waiter.done() else waiter.set_result(None))
            yield from waiter
        return self.result()


Promise = Outcome[Any] | Future[Any]
"""Where an answer goes: commands have outcomes, everything else futures."""
