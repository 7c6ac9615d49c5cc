"""Staff sessions of the console: a random token in a cookie, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field, replace
from typing import Protocol

LIFETIME = 12 * 3600.0
IDLE_LIFETIME = 30 * 60.0
# Moving the idle limit writes a row; it is moved when a minute has passed, not on every request.
_TOUCH_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class StaffSession:
    """One signed-in browser. Times are Unix seconds. `id_hash` is the SHA-256 (hex) of the cookie's token."""

    id_hash: str
    staff_id: str
    created: float
    expires: float
    idle_expires: float
    csrf: str = field(repr=False)

    def alive(self, now: float) -> bool:
        return now < self.expires and now < self.idle_expires


class SessionStore(Protocol):
    """Where sessions are kept. `InMemorySessionStore` is the twin."""

    async def put(self, session: StaffSession) -> None:
        """Stores a session, replacing the one with the same `id_hash`."""

    async def get(self, id_hash: str) -> StaffSession | None: ...

    async def remove(self, id_hash: str) -> None:
        """Removing what is not there is no error."""

    async def remove_of_staff(self, staff_id: str) -> int:
        """Ends all sessions of a person; returns how many there were."""


class InMemorySessionStore:
    """The in-memory twin of the SQL store."""

    def __init__(self) -> None:
        self._sessions: dict[str, StaffSession] = {}

    async def put(self, session: StaffSession) -> None:
        self._sessions[session.id_hash] = session

    async def get(self, id_hash: str) -> StaffSession | None:
        return self._sessions.get(id_hash)

    async def remove(self, id_hash: str) -> None:
        self._sessions.pop(id_hash, None)

    async def remove_of_staff(self, staff_id: str) -> int:
        of_staff = [key for key, session in self._sessions.items() if session.staff_id == staff_id]
        for key in of_staff:
            del self._sessions[key]
        return len(of_staff)


def hash_token(token: str) -> str:
    """What is stored for a session token. It has 256 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_session(
    staff_id: str, now: float, *, lifetime: float = LIFETIME, idle: float = IDLE_LIFETIME
) -> tuple[str, StaffSession]:
    """The cookie's token, never stored, and its session. Make a new one at every sign-in, so none can be fixed."""
    token = secrets.token_urlsafe(32)
    session = StaffSession(
        id_hash=hash_token(token),
        staff_id=staff_id,
        created=now,
        expires=now + lifetime,
        idle_expires=min(now + idle, now + lifetime),
        csrf=secrets.token_urlsafe(32),
    )
    return token, session


def touched(session: StaffSession, now: float, *, idle: float = IDLE_LIFETIME) -> StaffSession:
    """The session with its idle limit moved; the same object when less than a minute would be won."""
    moved = min(now + idle, session.expires)
    return replace(session, idle_expires=moved) if moved - session.idle_expires >= _TOUCH_SECONDS else session


async def find_session(store: SessionStore, token: str | None, now: float) -> StaffSession | None:
    """The living session of a cookie's token, its idle limit moved; a dead one is removed."""
    if not token or len(token) > 128:
        return None
    session = await store.get(hash_token(token))
    if session is None:
        return None
    if not session.alive(now):
        await store.remove(session.id_hash)
        return None
    current = touched(session, now)
    if current is not session:
        await store.put(current)
    return current


def csrf_matches(session: StaffSession, header: str | None) -> bool:
    """Whether the X-CSRF-Token header carries the session's token; compared in constant time."""
    return header is not None and hmac.compare_digest(session.csrf.encode(), header.encode())
