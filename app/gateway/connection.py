"""One socket and its bounded outbox. Knows nothing of what is said.

While the peer reads, frames go straight to the transport; only what comes while it does not read waits here, so that
an idle socket costs neither a task nor a queue.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

import orjson

from app.gateway.errors import CLOSE

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]


class Line(Protocol):
    """What a connection is written to: ``app.gateway.protocols.Sockets``."""

    @property
    def paused(self) -> bool: ...

    def put(self, frame: bytes) -> None: ...

    def close(self, code: int, reason: str) -> None: ...


class Connection:
    """``put`` never blocks and never raises; overflow closes the socket with ``slow_reader``."""

    __slots__ = ("_bytes", "_closing", "_limit", "_line", "_out", "address", "heard", "open")

    def __init__(self, line: Line, limit: int, address: str) -> None:
        self._line = line
        self._limit = limit
        self._out: deque[bytes] = deque()
        self._bytes = 0
        self._closing: tuple[int, str] | None = None
        self.address = address
        self.open = True
        self.heard = time.monotonic()

    @property
    def closing(self) -> bool:
        """Whether the server has given this socket up: what still comes from it is not heard any more."""
        return self._closing is not None

    def put(self, frame: bytes) -> None:
        """Send an encoded frame, now or when the peer reads again."""
        if not self.open or self._closing is not None:
            return
        if not self._out and not self._line.paused:
            self._line.put(frame)
            return
        self._out.append(frame)
        self._bytes += len(frame)
        if self._bytes > self._limit:
            self.close("slow_reader")

    def frame(self, frame: dict[str, Any]) -> None:
        self.put(orjson.dumps(frame))

    def close(self, why: str) -> None:
        """Close after what went to the transport. What waits for the peer to read is dropped: it resumes by number."""
        if not self.open or self._closing is not None:
            return
        self._closing = (CLOSE[why][0], why)
        self._out.clear()
        self._bytes = 0
        self._line.close(*self._closing)

    def flush(self) -> None:
        """The peer reads again."""
        while self._out and not self._line.paused:
            frame = self._out.popleft()
            self._bytes -= len(frame)
            self._line.put(frame)

    def gone(self) -> None:
        """The peer disconnected, or the application is done with it."""
        self.open = False
        self._out.clear()
        self._bytes = 0
