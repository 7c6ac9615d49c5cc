"""Who is at the other end of a customer's or a staff connection."""

from __future__ import annotations

import time
from dataclasses import dataclass

from app.auth.errors import TokenError
from app.auth.identity import IdentityVerifier, keys_from_file, own_identity_key
from app.auth.keys import Keyring
from app.auth.sessions import StaffSession, csrf_matches, find_session
from app.auth.staff import verify_staff
from app.auth.visitors import Visitors
from app.db.port import Session, Staff, Store
from app.gateway.errors import Rejection
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Who:
    """A customer. ``token`` is the (fresh) visitor token of an anonymous one; ``expires`` seconds since the epoch."""

    customer: str
    name: str
    tier: str
    locale: str | None
    verified: bool
    expires: float
    token: str | None = None


class Identities:
    """Customers' tokens: signed by the exchange, or our own for anonymous visitors."""

    def __init__(self, settings: Settings, keyring: Keyring) -> None:
        keys = [own_identity_key(keyring)]
        if settings.identity_jwks is not None:
            keys += keys_from_file(
                settings.identity_jwks, issuer=settings.identity_issuer, audience=settings.identity_audience
            )
        self._verifier = IdentityVerifier(keys, max_lifetime=settings.identity_ttl_max)
        self._visitors = Visitors(keyring, lifetime=settings.visitor_ttl)
        self._allowed = settings.visitors

    def customer(self, token: str | None, visitor: str | None, locale: str | None) -> Who:
        """Raises Rejection with the token's error code. A visitor's stale token makes a new visitor."""
        if token:
            try:
                known = self._verifier.verify(token)
            except TokenError as error:
                raise Rejection(error.code) from error
            return Who(
                known.subject,
                known.name or "",
                known.tier or "",
                known.locale or locale,
                True,
                known.expires_at.timestamp(),
            )
        if not self._allowed:
            raise Rejection("token_missing")
        fresh = self.refreshed(visitor) or self._visitors.issue(locale)
        identity = self._visitors.verify(fresh)
        return Who(identity.subject, "", "", locale, False, identity.expires_at.timestamp(), fresh)

    def refreshed(self, visitor: str | None) -> str | None:
        """A fresh token of the same visitor, None when the old one is not valid any more."""
        if not visitor:
            return None
        try:
            return self._visitors.refresh(visitor)
        except TokenError:
            # Expired or made up: its conversation is out of reach, the visitor begins anew.
            return None


class Sessions:
    """``app.auth.sessions`` on the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def put(self, session: StaffSession) -> None:
        await self._store.save_session(
            Session(
                session.id_hash,
                session.staff_id,
                session.csrf,
                session.created,
                session.expires,
                session.idle_expires,
            )
        )

    async def get(self, id_hash: str) -> StaffSession | None:
        s = await self._store.session(id_hash)
        if s is None:
            return None
        return StaffSession(s.token_hash, s.staff, s.created, s.expires, s.idle_expires, s.csrf)

    async def remove(self, id_hash: str) -> None:
        await self._store.drop_session(id_hash)

    async def remove_of_staff(self, staff_id: str) -> int:
        await self._store.drop_sessions(staff_id)
        return 0


COOKIE = "honeydesk_session"


class StaffDoor:
    """Staff by session cookie (browser; with CSRF token where something is changed) or by token (scripts)."""

    def __init__(self, store: Store, keyring: Keyring) -> None:
        self._store = store
        self._keyring = keyring
        self.sessions = Sessions(store)

    async def by_token(self, token: str) -> Staff:
        """Raises Rejection. The record's roles count, not the token's: a right withdrawn is withdrawn now."""
        try:
            known = verify_staff(self._keyring, token)
        except TokenError as error:
            raise Rejection(error.code) from error
        return await self._enabled(known.staff_id)

    async def by_session(self, cookie: str | None, csrf: str | None, *, changes: bool) -> tuple[Staff, StaffSession]:
        """Raises Rejection ``session_missing`` or ``csrf``."""
        session = await find_session(self.sessions, cookie, time.time())
        if session is None:
            raise Rejection("session_missing")
        if changes and not csrf_matches(session, csrf):
            raise Rejection("csrf")
        return await self._enabled(session.staff_id), session

    async def _enabled(self, staff: str) -> Staff:
        found = await self._store.staff(staff)
        if found is None or found.disabled:
            raise Rejection("session_missing")
        return found
