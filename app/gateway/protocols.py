"""uvicorn's two protocols, with the ends that hostile peers find: a head that never ends, and a close code that is
lost because the peer is still sending."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

HEAD_BYTES = 65_536
"""Request line and headers together."""
HEAD_WITHIN = 15.0
"""Seconds from the connection, or a request's first byte, to the end of its headers."""
LINGER = 5.0
"""Seconds for which what a refused peer still sends is read and thrown away, so that the kernel does not answer it
with a reset that overtakes the close frame."""


class Requests(HttpToolsProtocol):
    """A bounded head, in size and in time; 400 and the end past either."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head = 0
        self._clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._clock = self.loop.call_later(HEAD_WITHIN, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._clock is None and self._between():
            self._clock = self.loop.call_later(HEAD_WITHIN, self.transport.close)
        super().data_received(data)
        if self._clock is not None:
            self._head += len(data)
            if self._head > HEAD_BYTES:
                self._stop()
                self.send_400_response("The request's head is too large.")

    def on_headers_complete(self) -> None:
        self._stop()
        super().on_headers_complete()

    def _between(self) -> bool:
        """Whether what comes now begins a request."""
        return self.cycle is None or self.cycle.response_complete

    def _stop(self) -> None:
        self._head = 0
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None


class Sockets(WebSocketsSansIOProtocol):
    """A refused frame (too big, bad UTF-8) is answered by a close frame that arrives."""

    def handle_parser_exception(self) -> None:
        if self.conn.close_sent is None:
            self.transport.abort()
            return
        code, reason = self.conn.close_sent.code, self.conn.close_sent.reason
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        # The timer is also what keeps uvicorn from closing when the application has returned.
        self.close_timer = self.loop.call_later(LINGER, self.transport.close)
        self.transport.set_protocol(_Deaf(self))
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.transport.write_eof()


class _Deaf(asyncio.Protocol):
    """Reads and forgets, until the peer closes as well."""

    def __init__(self, socket: Sockets) -> None:
        self._socket = socket

    def connection_lost(self, exc: Exception | None) -> None:
        self._socket.connection_lost(exc)

    def pause_writing(self) -> None:
        self._socket.pause_writing()

    def resume_writing(self) -> None:
        self._socket.resume_writing()


class Foreseen(logging.Filter):
    """uvicorn logs a traceback for every frame that is no UTF-8: an attacker's noise, and the close code says it."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not str(record.msg).startswith("Invalid UTF-8 sequence")


def quieten() -> None:
    """Applies ``Foreseen`` to uvicorn's log; twice is no harm."""
    log = logging.getLogger("uvicorn.error")
    if not any(isinstance(f, Foreseen) for f in log.filters):
        log.addFilter(Foreseen())
