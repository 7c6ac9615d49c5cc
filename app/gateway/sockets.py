"""The two WebSocket endpoints as plain ASGI applications: handshake, hello, frames, limits, end."""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections import Counter
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.auth.ratelimit import Limiter
from app.db.port import Audit, StoreError
from app.desk.desk import Desk
from app.gateway.connection import Connection, Receive, Send
from app.gateway.customer import CustomerSession
from app.gateway.errors import CLOSE, ERRORS, Rejection
from app.gateway.hub import Hub
from app.gateway.identity import COOKIE, Identities, StaffDoor, Who
from app.gateway.origins import Origins, client_address, cookie
from app.gateway.protocols import LINE, Sockets
from app.gateway.staff import StaffSession
from app.settings import Settings
from app.wire import customer as customer_wire
from app.wire import desk as desk_wire
from app.wire.base import Beat

log = logging.getLogger(__name__)

MAX_ERRORS = 20
"""Malformed frames in a row before the socket is closed."""
STORED = frozenset({"send", "handoff", "ticket", "vote", "rate", "close", "note", "transfer"})
"""Frame types that count against an identity's messages."""


class Registry:
    """All open connections of this process: for heartbeats, limits per address, and the drain at the end."""

    def __init__(self, settings: Settings) -> None:
        self.open: set[Connection] = set()
        self.by_address: Counter[str] = Counter()
        self.draining = False
        self._silence = settings.beat * 2.5

    def add(self, connection: Connection) -> None:
        self.open.add(connection)
        self.by_address[connection.address] += 1

    def remove(self, connection: Connection) -> None:
        self.open.discard(connection)
        self.by_address[connection.address] -= 1
        if not self.by_address[connection.address]:
            del self.by_address[connection.address]

    async def run(self) -> None:
        """Close silent sockets. Until cancelled."""
        while True:
            await asyncio.sleep(self._silence / 5)
            limit = time.monotonic() - self._silence
            for connection in [c for c in self.open if c.heard < limit]:
                connection.close("silent")

    def drain(self) -> None:
        """Tell everybody to reconnect somewhere else, spread over some seconds, and close."""
        self.draining = True
        for i, connection in enumerate(tuple(self.open)):
            connection.frame({"type": "bye", "code": "going_away", "reconnect_in": 1.0 + (i % 50) / 10})
            connection.close("going_away")


class Reader:
    """Hears the frames of one socket: rate, schema, then its session."""

    __slots__ = ("_bucket", "_connection", "_errors", "_parse", "_session", "_socket", "_then")

    def __init__(self, socket: Socket, connection: Connection, session: Any) -> None:
        self._socket = socket
        self._parse = socket.frames.validator.validate_json
        self._connection = connection
        self._session = session
        self._bucket = float(socket.settings.frames_burst)
        self._then = time.monotonic()
        self._errors = 0

    def hear(self, raw: str) -> None:
        """One text, as it came."""
        socket, connection, session = self._socket, self._connection, self._session
        s = socket.settings
        now = time.monotonic()
        connection.heard = now
        bucket = self._bucket + (now - self._then) * s.frames_per_second
        if bucket > s.frames_burst:
            bucket = s.frames_burst
        self._then = now
        if connection.closing:
            return
        if len(raw) > s.frame_bytes:
            connection.close("frame_too_big")
            return
        self._bucket = bucket - 1 if bucket > 1 else 0.0
        try:
            frame = self._parse(raw)
        except ValidationError:
            self._errors += 1
            socket.error(connection, Rejection("malformed"), None)
            if self._errors >= MAX_ERRORS:
                connection.close("too_many_errors")
            return
        self._errors = 0
        try:
            if bucket < 1:
                self._bucket = bucket
                raise Rejection("rate_limited", retry_after=1 / s.frames_per_second)
            if frame.type in STORED and not socket.by_identity.allow(socket.key(session), now):
                wait = socket.by_identity.retry_after(socket.key(session), now)
                raise Rejection("rate_limited", retry_after=wait)
            socket.handle(connection, session, frame)
        except Rejection as rejection:
            socket.error(connection, rejection, getattr(frame, "id", None))


class Socket(ABC):
    """What both endpoints share. Subclasses parse hello and handle frames."""

    frames: TypeAdapter[Any]

    def __init__(self, settings: Settings, desk: Desk, registry: Registry, origins: Origins) -> None:
        self.settings = settings
        self.desk = desk
        self.registry = registry
        self.origins = origins
        self.by_identity = Limiter(settings.messages_per_minute / 60, settings.messages_burst)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        await receive()
        address = client_address(scope, self.settings.trusted_proxies)
        headers = dict(scope["headers"])
        if not self.origins.allowed(headers.get(b"origin"), headers.get(b"host")):
            await send({"type": "websocket.close", "code": CLOSE["origin_refused"][0], "reason": "origin_refused"})
            return
        await send({"type": "websocket.accept"})
        line: Sockets = scope["extensions"][LINE]
        connection = Connection(line, self.settings.outbox_bytes, address)
        if self.registry.draining or not self.admits(address):
            why = "going_away" if self.registry.draining else "too_many_connections"
            connection.frame({"type": "bye", "code": why, "reconnect_in": 5.0})
            connection.close(why)
            await self._drained(receive)
            return
        self.registry.add(connection)
        session: Any = None
        try:
            session = await self._begin(connection, receive, scope)
            if session is not None:
                line.listen(Reader(self, connection, session).hear, connection.flush)
                await self._drained(receive)
        finally:
            self.registry.remove(connection)
            connection.gone()
            if session is not None:
                self.ended(session)

    async def _drained(self, receive: Receive) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            continue

    async def _begin(self, connection: Connection, receive: Receive, scope: Any) -> Any:
        """Hello within its time; None when the socket was closed instead."""
        try:
            async with asyncio.timeout(self.settings.hello_within):
                message = await receive()
        except TimeoutError:
            connection.close("hello_timeout")
            await self._drained(receive)
            return None
        if message["type"] == "websocket.disconnect":
            return None
        try:
            frame = self.frames.validate_json(message.get("text") or "")
            session = await self.begin(connection, frame, scope)
        except ValidationError:
            self.error(connection, Rejection("malformed", "hello expected"), None)
            connection.close("hello_expected")
        except Rejection as rejection:
            self.error(connection, rejection, None)
            connection.close("hello_expected" if rejection.code == "unsupported" else "unauthorised")
        except StoreError as error:
            self.error(connection, Rejection("store_unavailable", str(error)), None)
            connection.close("going_away")
        else:
            return session
        await self._drained(receive)
        return None

    @staticmethod
    def error(connection: Connection, rejection: Rejection, ident: str | None) -> None:
        connection.frame(
            {
                "type": "error",
                "code": rejection.code,
                "message": str(rejection) or ERRORS[rejection.code][1],
                "id": ident,
                "conversation": None,
                "retry_after": rejection.retry_after,
            }
        )

    # --- the parts that differ -----------------------------------------------------------------------------------

    def admits(self, address: str) -> bool:
        return True

    @abstractmethod
    def key(self, session: Any) -> str:
        """Whose messages are counted together."""

    @abstractmethod
    async def begin(self, connection: Connection, frame: Any, scope: Any) -> Any:
        """The session after a valid hello. Raises Rejection."""

    @abstractmethod
    def handle(self, connection: Connection, session: Any, frame: Any) -> None:
        """One valid frame. Raises Rejection."""

    def ended(self, session: Any) -> None:
        session.end()


class ChatSocket(Socket):
    """``/ws/chat``."""

    frames = customer_wire.from_customer

    def __init__(
        self, settings: Settings, desk: Desk, registry: Registry, origins: Origins, identities: Identities
    ) -> None:
        super().__init__(settings, desk, registry, origins)
        self.identities = identities
        self._hellos = Limiter(settings.hellos_per_minute / 60, max(1.0, settings.hellos_per_minute / 4))

    def admits(self, address: str) -> bool:
        if self.registry.by_address[address] >= self.settings.connections_per_address:
            return False
        return self._hellos.allow(address, time.monotonic())

    def key(self, session: CustomerSession) -> str:
        return session.who.customer

    async def begin(self, connection: Connection, frame: Any, scope: Any) -> CustomerSession:
        if not isinstance(frame, customer_wire.Hello):
            raise Rejection("unsupported", "hello expected")
        who = self.identities.customer(frame.token, frame.visitor, frame.locale)
        session = CustomerSession(self.desk, who, connection, frame)
        try:
            await session.start()
        except BaseException:
            session.end()
            raise
        self._watch_expiry(connection, session, who)
        return session

    def handle(self, connection: Connection, session: CustomerSession, frame: Any) -> None:
        match frame:
            case Beat():
                connection.frame({"type": "beat", "seq": session.seq})
            case customer_wire.IsTyping():
                session.typing()
            case customer_wire.FreshToken():
                self._fresh(connection, session, frame.token)
            case _:
                session.handle(frame)

    # --- the token -----------------------------------------------------------------------------------------------

    def _watch_expiry(self, connection: Connection, session: CustomerSession, who: Who) -> None:
        """Ask for a fresh token a minute before the old one ends; place and conversation do not depend on it.
        A visitor's own token is renewed without asking."""
        left = who.expires - time.time()
        session.expiry = asyncio.get_running_loop().call_later(
            max(0.0, left - 60.0), self._expiring, connection, session, who
        )

    def _expiring(self, connection: Connection, session: CustomerSession, who: Who) -> None:
        fresh = self.identities.refreshed(who.token) if who.token else None
        if fresh is not None:
            renewed = self.identities.customer(None, fresh, who.locale)
            session.who = renewed
            self._watch_expiry(connection, session, renewed)
            left = renewed.expires - time.time()
            connection.frame({"type": "token_expiring", "in_seconds": left, "visitor": renewed.token})
            return
        left = who.expires - time.time()
        connection.frame({"type": "token_expiring", "in_seconds": max(0.0, left), "visitor": None})
        session.expiry = asyncio.get_running_loop().call_later(max(0.0, left), self._expired, connection)

    @staticmethod
    def _expired(connection: Connection) -> None:
        connection.frame({"type": "bye", "code": "token_expired", "reconnect_in": 0.0})
        connection.close("token_expired")

    def _fresh(self, connection: Connection, session: CustomerSession, token: str) -> None:
        who = self.identities.customer(token, None, session.locale)
        if who.customer != session.who.customer:
            raise Rejection("forbidden", "the token is another customer's")
        session.who = who
        if session.expiry is not None:
            session.expiry.cancel()
        self._watch_expiry(connection, session, who)


class DeskSocket(Socket):
    """``/ws/desk``."""

    frames = desk_wire.from_staff

    def __init__(
        self, settings: Settings, desk: Desk, registry: Registry, origins: Origins, door: StaffDoor, hub: Hub
    ) -> None:
        super().__init__(settings, desk, registry, origins)
        self.door = door
        self.hub = hub
        # An agent with eight chats writes faster than a customer.
        self.by_identity = Limiter(settings.messages_per_minute / 15, settings.messages_burst * 4)

    def key(self, session: StaffSession) -> str:
        return session.staff.id

    async def begin(self, connection: Connection, frame: Any, scope: Any) -> StaffSession:
        if not isinstance(frame, desk_wire.Hello):
            raise Rejection("unsupported", "hello expected")
        if frame.token:
            staff = await self.door.by_token(frame.token)
        else:
            staff, _ = await self.door.by_session(cookie(scope, COOKIE), frame.csrf, changes=True)
        await self.desk.store.audit([Audit(time.time(), staff.id, "desk_opened", connection.address, {})])
        session = StaffSession(self.desk, self.hub, staff, connection)
        try:
            await session.start()
        except BaseException:
            session.end()
            raise
        return session

    def handle(self, connection: Connection, session: StaffSession, frame: Any) -> None:
        if isinstance(frame, Beat):
            connection.frame({"type": "beat", "seq": 0})
            session.beat()
        else:
            session.handle(frame)
