"""Anonymous visitors: short, refreshable tokens of one made-up identity."""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Callable

from app.auth.errors import TokenClaims
from app.auth.identity import ISSUER, Identity
from app.auth.keys import Keyring
from app.auth.tokens import IdentityKey, read_token, write_token

AUDIENCE = "honeydesk-visitor"
DEFAULT_LIFETIME = 2 * 3600.0
_BASE62 = string.digits + string.ascii_letters
_SUBJECT_LETTERS = 22  # 131 random bits


class Visitors:
    """Issues and checks visitors' tokens. `lifetime` in seconds; `clock` gives Unix seconds."""

    def __init__(
        self, keyring: Keyring, *, lifetime: float = DEFAULT_LIFETIME, clock: Callable[[], float] = time.time
    ) -> None:
        self._signing = keyring.signing
        self._lifetime = lifetime
        self._clock = clock
        self._keys = (IdentityKey(keyring.signing.kid, "EdDSA", keyring.signing.public, ISSUER, AUDIENCE),)

    def issue(self, locale: str | None = None) -> str:
        """A token of a new visitor."""
        return self._write("v_" + "".join(secrets.choice(_BASE62) for _ in range(_SUBJECT_LETTERS)), locale)

    def verify(self, token: str | None) -> Identity:
        """The visitor in a token. Raises TokenError."""
        claims = read_token(token, self._keys, now=self._clock(), max_lifetime=self._lifetime + 1)
        subject, locale = claims.subject, claims.all.get("locale")
        if not subject.startswith("v_") or len(subject) != 2 + _SUBJECT_LETTERS or not set(subject[2:]) <= set(_BASE62):
            raise TokenClaims("not a visitor's subject")
        return Identity(
            subject=subject,
            kind="visitor",
            name=None,
            tier=None,
            locale=locale if isinstance(locale, str) else None,
            verified=False,
            expires_at=claims.expires_at,
        )

    def refresh(self, token: str | None) -> str:
        """A new token for the same visitor; the old one must still be valid. Raises TokenError."""
        visitor = self.verify(token)
        return self._write(visitor.subject, visitor.locale)

    def _write(self, subject: str, locale: str | None) -> str:
        now = self._clock()
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": int(now),
            "exp": int(now + self._lifetime),
            **({"locale": locale} if locale else {}),
        }
        return write_token(claims, kid=self._signing.kid, algorithm="EdDSA", key=self._signing.private)
