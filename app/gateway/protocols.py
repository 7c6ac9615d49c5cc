"""uvicorn's two protocols, with the ends that hostile peers find: a head that never ends, and a close code that is
lost because the peer is still sending."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import struct
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import State

try:
    from websockets.speedups import apply_mask
except ImportError:  # built without its C extension
    from websockets.utils import apply_mask

log = logging.getLogger(__name__)

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, for no time at all."""

LINE = "honeydesk.line"
"""Where the application finds its ``Sockets`` in the scope's extensions."""

HEAD_BYTES = 65_536
"""Request line and headers together."""
HEAD_WITHIN = 15.0
"""Seconds from the connection, or a request's first byte, to the end of its headers."""
HOLD_BYTES = 16_384
"""What one socket may be given in one tick before it is written all the same."""
LINGER = 5.0
"""Seconds for which what a refused peer still sends is read and thrown away, so that the kernel does not answer it
with a reset that overtakes the close frame."""


class Tick:
    """The sockets that were given frames in this tick of the event loop: they write at its end, each once. A system
    call costs more than everything else that is done for a frame."""

    def __init__(self) -> None:
        self._given: list[Sockets] = []

    def given(self, socket: Sockets) -> None:
        if not self._given:
            socket.loop.call_soon(self._end)
        self._given.append(socket)

    def _end(self) -> None:
        given, self._given = self._given, []
        for one in given:
            one.write_held()


class Config(uvicorn.Config):
    """uvicorn's, with what all sockets of one server share."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tick = Tick()


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
    """One WebSocket. A refused frame (too big, bad UTF-8) is answered by a close frame that arrives.

    ASGI carries the handshake, the hello and the end. In between the application is called straight from the
    transport and writes straight to it (``listen``, ``put``): a queue, two task switches and a dozen coroutines for
    every frame would be half of what a message costs. It finds this object in ``scope["extensions"][LINE]``.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._hear: Callable[[str], None] | None = None
        self._writable_again: Callable[[], None] | None = None
        self._rest = b""
        """The beginning of a frame whose end has not come yet."""
        self._tick: Tick = self.config.tick  # type: ignore[attr-defined]
        self._held: list[bytes] = []
        self._held_bytes = 0
        self.paused = False
        """The peer does not read as fast as it is written to: write later."""
        self._only_parser = False

    # --- for the application -------------------------------------------------------------------------------------

    def listen(self, hear: Callable[[str], None], writable_again: Callable[[], None]) -> None:
        """From now on every text goes to ``hear`` (a binary frame as an empty text), those that have come already
        first. ``writable_again`` is called when ``paused`` ends."""
        self._hear, self._writable_again = hear, writable_again
        held = [self.queue.get_nowait() for _ in range(self.queue.qsize())]
        for message in held:
            if message["type"] == "websocket.receive":
                hear(message.get("text") or "")
            else:
                self.queue.put_nowait(message)
        self._read_on()

    def put(self, data: bytes) -> None:
        """Send a text frame, given in UTF-8, at the end of this tick. After the end of the socket it is dropped."""
        if self.close_sent or self.disconnected:
            return
        size = len(data)
        if size < 126:
            head = b"\x81" + size.to_bytes(1, "big")
        elif size < 65_536:
            head = b"\x81\x7e" + size.to_bytes(2, "big")
        else:
            head = b"\x81\x7f" + size.to_bytes(8, "big")
        held = self._held
        held += head, data
        self._held_bytes += size
        if self._held_bytes > HOLD_BYTES:
            self.write_held()
        elif len(held) == 2:
            self._tick.given(self)

    def write_held(self) -> None:
        """What was put goes to the transport now."""
        if self._held:
            held, self._held, self._held_bytes = self._held, [], 0
            if not self.disconnected and not self.transport.is_closing():
                self.transport.write(b"".join(held))

    def close(self, code: int, reason: str) -> None:
        """Close after what was put. Whoever does not read it within ``LINGER`` is cut off. Twice is no harm."""
        if self.close_sent or self.disconnected or self.transport.is_closing() or self.conn.state is not State.OPEN:
            return
        self.write_held()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self._read_on()
        # The timer is also what keeps uvicorn from closing when the application has returned.
        self.close_timer = self.loop.call_later(LINGER, self._cut_off)

    def _cut_off(self) -> None:
        """With a reset, so that the kernel does not keep what a deaf peer will never read."""
        if not self.disconnected:
            held = self.transport.get_extra_info("socket").fileno()
            with socket.socket(fileno=os.dup(held)) as same:
                same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.transport.abort()

    def _read_on(self) -> None:
        if self.read_paused and not self.transport.is_closing():
            self.read_paused = False
            self.transport.resume_reading()

    # --- for the transport ---------------------------------------------------------------------------------------

    def handle_close(self, event: Frame) -> None:
        self.write_held()
        super().handle_close(event)

    def shutdown(self) -> None:
        self.write_held()
        super().shutdown()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[LINE] = self

    def pause_writing(self) -> None:
        super().pause_writing()
        self.paused = True

    def resume_writing(self) -> None:
        super().resume_writing()
        self.paused = False
        if self._writable_again is not None:
            self._writable_again()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._hear = self._writable_again = None

    def data_received(self, data: bytes) -> None:
        """Whole text frames are unmasked here and heard at once; whatever else comes goes frame by frame through
        the parser, which thus always stands at the beginning of a frame."""
        if self._only_parser or not self.handshake_initiated:
            super().data_received(data)
            return
        if self._rest:
            data, self._rest = self._rest + data, b""
        elif self._whole(data):
            return
        at, end = 0, len(data)
        while end - at >= 2 and not self.close_sent:
            size, body = data[at + 1] & 0x7F, at + 2
            masked = data[at + 1] >= 0x80
            if size == 126:
                if end - at < 4:
                    break
                size, body = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            if size == 127 or size > self.config.ws_max_size:
                # Too big, or nearly: what is to be said about it is the parser's business.
                self._only_parser = True
                super().data_received(data[at:])
                return
            body += 4 * masked
            stop = body + size
            if stop > end:
                break
            if self._hear is None or data[at] != 0x81 or not masked or self.conn.current_size is not None:
                super().data_received(data[at:stop])
            else:
                self._text(apply_mask(data[body:stop], data[body - 4 : body]), data[at:stop])
            at = stop
        if self.close_sent:
            self._only_parser = True
            if at < end and self.conn.parser_exc is None:
                super().data_received(data[at:])
        else:
            self._rest = data[at:]

    def _whole(self, data: bytes) -> bool:
        """Most often what came is one text frame and nothing else: heard, and true."""
        size = len(data)
        if size < 8 or data[0] != 0x81 or self._hear is None or self.close_sent or self.conn.current_size is not None:
            return False
        if data[1] == 0x80 | (size - 6) and size < 132:
            at = 6
        elif data[1] == 0xFE and int.from_bytes(data[2:4], "big") == size - 8 <= self.config.ws_max_size:
            at = 8
        else:
            return False
        self._text(apply_mask(data[at:], data[at - 4 : at]), data)
        return True

    def _text(self, raw: bytes, frame: bytes) -> None:
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            super().data_received(frame)
            return
        self._call(text)

    def send_receive_event_to_app(self) -> None:
        if self._hear is None or self.close_sent:
            super().send_receive_event_to_app()
            return
        text = ""
        if self.curr_msg_data_type == "text":
            try:
                text = b"".join(self.frames).decode()
            except UnicodeDecodeError:
                super().send_receive_event_to_app()
                return
        self.frames = []
        self._call(text)

    def _call(self, text: str) -> None:
        if self._hear is None:
            return
        try:
            self._hear(text)
        except Exception:
            log.exception("a frame could not be handled")
            self.transport.abort()

    def handle_parser_exception(self) -> None:
        if self.conn.close_sent is None:
            self.transport.abort()
            return
        self.write_held()
        code, reason = self.conn.close_sent.code, self.conn.close_sent.reason
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        # The timer is also what keeps uvicorn from closing when the application has returned.
        self.close_timer = self.loop.call_later(LINGER, self.transport.close)
        self.transport.set_protocol(_Deaf(self))
        self._read_on()
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
