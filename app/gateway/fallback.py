"""HTTP instead of a socket, for networks that break sockets: hello, post a frame, poll. The same session, the same
frames; a session that is not polled for a while is ended like a lost socket."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from typing import Any

import orjson

from app.desk.desk import Desk
from app.gateway.customer import CustomerSession
from app.gateway.errors import Rejection
from app.gateway.identity import Identities, Who
from app.settings import Settings
from app.wire import customer as wire
from app.wire.base import Beat

HOLD = 25.0
"""Seconds a poll waits for news."""
FORGET = 60.0
"""A session that was not polled for this long is over."""
MOST = 10_000
"""Fall-back sessions of one process."""


class Mailbox:
    """The outbox of a fall-back session: frames wait for the next poll."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self.closed = False
        self.news = asyncio.Event()

    def put(self, frame: bytes) -> None:
        self._frames.append(frame)
        self._bytes += len(frame)
        if self._bytes > self._limit:
            self.close("slow_reader")
        self.news.set()

    def frame(self, frame: dict[str, Any]) -> None:
        self.put(orjson.dumps(frame))

    def close(self, why: str) -> None:
        self._frames.clear()
        self._bytes = 0
        self.closed = True
        self._frames.append(orjson.dumps({"type": "bye", "code": why, "reconnect_in": 1.0}))
        self.news.set()

    def take(self) -> list[str]:
        """All waiting frames."""
        frames = [frame.decode() for frame in self._frames]
        self._frames.clear()
        self._bytes = 0
        self.news.clear()
        return frames


class Fallback:
    """Sessions by a random secret, which is not the identity's token and dies with the session."""

    def __init__(self, settings: Settings, desk: Desk, identities: Identities) -> None:
        self._settings = settings
        self._desk = desk
        self._identities = identities
        self._sessions: dict[str, tuple[CustomerSession, Mailbox, float]] = {}

    async def hello(self, who: Who, frame: wire.Hello) -> tuple[str, list[str]]:
        if len(self._sessions) >= MOST:
            raise Rejection("rate_limited", retry_after=HOLD)
        box = Mailbox(self._settings.outbox_bytes)
        session = CustomerSession(self._desk, who, box, frame)
        try:
            await session.start()
        except BaseException:
            session.end()
            raise
        secret = secrets.token_urlsafe(32)
        self._sessions[secret] = (session, box, time.monotonic())
        return secret, box.take()

    def _session(self, secret: str) -> tuple[CustomerSession, Mailbox]:
        found = self._sessions.get(secret)
        if found is None or found[1].closed:
            raise Rejection("session_missing")
        if found[0].who.expires <= time.time():
            raise Rejection("token_expired")
        self._sessions[secret] = (found[0], found[1], time.monotonic())
        return found[0], found[1]

    def who(self, secret: str) -> Who:
        return self._session(secret)[0].who

    async def post(self, secret: str, raw: bytes) -> list[str]:
        """One frame; its ack or error comes back, here or with the next poll."""
        session, box = self._session(secret)
        frame = wire.from_customer.validate_json(raw)
        if isinstance(frame, Beat):
            box.frame({"type": "beat", "seq": session.seq})
        elif isinstance(frame, wire.IsTyping):
            session.typing()
        elif isinstance(frame, wire.FreshToken):
            who = self._identities.customer(frame.token, None, session.locale)
            if who.customer != session.who.customer:
                raise Rejection("forbidden", "the token is another customer's")
            session.who = who
            return box.take()
        else:
            session.handle(frame)
        await self._wait(box, 2.0)
        return box.take()

    async def poll(self, secret: str) -> list[str]:
        session, box = self._session(secret)
        # A session ends with its token: the next poll says so.
        await self._wait(box, min(HOLD, max(0.0, session.who.expires - time.time())))
        if secret in self._sessions:
            session, _, _ = self._sessions[secret]
            self._sessions[secret] = (session, box, time.monotonic())
        return box.take()

    @staticmethod
    async def _wait(box: Mailbox, seconds: float) -> None:
        if not box.news.is_set():
            try:
                async with asyncio.timeout(seconds):
                    await box.news.wait()
            except TimeoutError:
                return

    def drain(self) -> None:
        """The server stops: whoever waits for news is told to come back."""
        for _, box, _ in self._sessions.values():
            box.close("going_away")

    async def run(self) -> None:
        """End sessions that nobody polls. Until cancelled."""
        while True:
            await asyncio.sleep(5)
            limit = time.monotonic() - FORGET
            for secret, (session, box, seen) in list(self._sessions.items()):
                if seen < limit or box.closed:
                    del self._sessions[secret]
                    session.end()
