"""Staff tokens for the command line and for scripted peers; people in a browser have sessions (`sessions.py`)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from app.auth.errors import TokenClaims
from app.auth.identity import ISSUER
from app.auth.keys import Keyring
from app.auth.roles import Role
from app.auth.tokens import IdentityKey, read_token, write_token

AUDIENCE = "honeydesk-staff"
MAX_LIFETIME = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class StaffIdentity:
    """A member of staff as a token states it. Whether the person is still enabled is for the staff store to say."""

    staff_id: str
    roles: frozenset[Role]
    jti: str
    expires_at: datetime


def mint_staff(
    keyring: Keyring, staff_id: str, roles: Iterable[Role], ttl: float = 3600.0, *, now: float | None = None
) -> str:
    """A staff token (EdDSA, audience honeydesk-staff). `ttl` in seconds, at most 24 h to be accepted."""
    issued = time.time() if now is None else now
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": staff_id,
        "roles": sorted(Role(role).value for role in roles),
        "jti": secrets.token_urlsafe(16),
        "iat": int(issued),
        "exp": int(issued + ttl),
    }
    return write_token(claims, kid=keyring.signing.kid, algorithm="EdDSA", key=keyring.signing.private)


def verify_staff(keyring: Keyring, token: str | None, *, clock: Callable[[], float] = time.time) -> StaffIdentity:
    """The member of staff in a token. Raises TokenError."""
    key = IdentityKey(keyring.signing.kid, "EdDSA", keyring.signing.public, ISSUER, AUDIENCE)
    claims = read_token(token, (key,), now=clock(), max_lifetime=MAX_LIFETIME)
    roles, jti = claims.all.get("roles"), claims.all.get("jti")
    known = {role.value for role in Role}
    if not isinstance(roles, list) or not roles or not all(isinstance(role, str) and role in known for role in roles):
        raise TokenClaims("roles")
    if not isinstance(jti, str) or len(jti) < 16:
        raise TokenClaims("jti")
    return StaffIdentity(claims.subject, frozenset(Role(role) for role in roles), jti, claims.expires_at)
