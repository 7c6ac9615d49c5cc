"""What request handlers need, put together once by the composition root and kept in ``app.state.parts``."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from fastapi import Request

from app.auth.keys import Keyring
from app.auth.ratelimit import Limiter
from app.db.port import Staff
from app.desk.desk import Desk
from app.gateway.errors import Rejection
from app.gateway.fallback import Fallback
from app.gateway.hub import Hub
from app.gateway.identity import COOKIE, Identities, StaffDoor
from app.gateway.origins import Origins, client_address
from app.gateway.sockets import ChatSocket, DeskSocket, Registry
from app.settings import Settings


@dataclass(frozen=True)
class Parts:
    settings: Settings
    keyring: Keyring
    desk: Desk
    hub: Hub
    identities: Identities
    door: StaffDoor
    origins: Origins
    registry: Registry
    chat: ChatSocket
    desk_socket: DeskSocket
    fallback: Fallback
    sign_ins: Limiter
    hellos: Limiter
    started: float = field(default_factory=time.time)

    @staticmethod
    def of(request: Request) -> Parts:
        parts: Parts = request.app.state.parts
        return parts

    def address(self, request: Request) -> str:
        return client_address(request.scope, self.settings.trusted_proxies)

    def limit_hello(self, request: Request) -> None:
        now = time.monotonic()
        key = self.address(request)
        if not self.hellos.allow(key, now):
            raise Rejection("rate_limited", retry_after=self.hellos.retry_after(key, now))

    def limit_messages(self, customer: str) -> None:
        now, limiter = time.monotonic(), self.chat.by_identity
        if not limiter.allow(customer, now):
            raise Rejection("rate_limited", retry_after=limiter.retry_after(customer, now))

    async def staff(self, request: Request, *, changes: bool = False) -> Staff:
        """By session cookie, or by a staff token in the Authorization header. Raises Rejection."""
        authorization = request.headers.get("authorization", "")
        if authorization.lower().startswith("bearer "):
            return await self.door.by_token(authorization[7:].strip())
        csrf = request.headers.get("x-csrf-token")
        staff, _ = await self.door.by_session(request.cookies.get(COOKIE), csrf, changes=changes)
        return staff
