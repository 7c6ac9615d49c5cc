"""Who the customer is: tokens signed by the exchange, and their key documents (JWKS, RFC 7517)."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from app.auth.errors import KeyDocumentError, TokenClaims, TokenSignature
from app.auth.keys import Keyring
from app.auth.tokens import Algorithm, Claims, IdentityKey, read_token, write_token

ISSUER = "honeydesk"
CUSTOMER_AUDIENCE = "honeydesk"
DEFAULT_MAX_LIFETIME = 24 * 3600.0
_JWKS_SECONDS = 300.0
# An unknown key id makes us look again for a rotated key, but no oftener than this, however many forgeries arrive.
_JWKS_LEAST_SECONDS = 10.0

Clock = Callable[[], float]
KeySource = Callable[[], Sequence[IdentityKey]]


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who writes to the desk. `verified` is true only for tokens of the exchange. `phone` and `email` are
    personal data: show them with `masked_phone`/`masked_email` until revealed."""

    subject: str
    kind: Literal["customer", "visitor"]
    name: str | None
    tier: str | None
    locale: str | None
    verified: bool
    expires_at: datetime
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    attributes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)


class IdentityVerifier:
    """Checks customers' tokens against a fixed list of keys or a source of keys such as `RemoteKeys`."""

    def __init__(
        self,
        keys: Sequence[IdentityKey] | KeySource,
        *,
        max_lifetime: float = DEFAULT_MAX_LIFETIME,
        clock: Clock = time.time,
    ) -> None:
        self._keys: KeySource = keys if callable(keys) else _fixed(keys)
        self._max_lifetime = max_lifetime
        self._clock = clock

    def verify(self, token: str | None) -> Identity:
        """The identity in a token. Raises TokenError; see `app.auth.errors` for the codes."""
        now = self._clock()
        keys = self._keys()
        try:
            claims = read_token(token, keys, now=now, max_lifetime=self._max_lifetime)
        except TokenSignature:
            # The exchange may have rotated its key since the document was read.
            again = self._keys.refreshed() if isinstance(self._keys, RemoteKeys) else keys
            if again is keys:
                raise
            claims = read_token(token, again, now=now, max_lifetime=self._max_lifetime)
        return _identity(claims)


def _fixed(keys: Sequence[IdentityKey]) -> KeySource:
    kept = tuple(keys)
    return lambda: kept


def _identity(claims: Claims) -> Identity:
    if claims.subject.startswith("v_"):
        raise TokenClaims("v_ subjects are visitors")
    attributes = claims.all.get("attributes")
    if attributes is not None and not isinstance(attributes, dict):
        raise TokenClaims("attributes must be an object")
    return Identity(
        subject=claims.subject,
        kind="customer",
        name=_text(claims, "name", 100),
        tier=_text(claims, "tier", 40),
        locale=_text(claims, "locale", 35),
        verified=True,
        expires_at=claims.expires_at,
        email=_text(claims, "email", 254),
        phone=_text(claims, "phone", 32),
        attributes=MappingProxyType(attributes or {}),
    )


def _text(claims: Claims, name: str, longest: int) -> str | None:
    value = claims.all.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > longest:
        raise TokenClaims(f"{name} must be text of at most {longest} characters")
    return value


def masked_phone(phone: str) -> str:
    """All digits but the last four as bullets: `+86•••••••8000`-like; short numbers keep two."""
    digits = sum(character.isdigit() for character in phone)
    kept = 4 if digits > 7 else 2
    out: list[str] = []
    for character in phone:
        if character.isdigit():
            out.append(character if digits <= kept else "•")
            digits -= 1
        else:
            out.append(character)
    return "".join(out)


def masked_email(email: str) -> str:
    """`a•••@example.com`: the first letter and the domain."""
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}•••{at}{domain}" if at else "•••"


def keys_from_jwks(document: str | bytes | Mapping[str, Any], *, issuer: str, audience: str) -> list[IdentityKey]:
    """The usable keys of a JWKS document: RSA for RS256, Ed25519 for EdDSA, `oct` for HS256.

    Keys for encryption and of other types are left out; a key that names another algorithm than its type's is an
    error. Raises KeyDocumentError, also when nothing usable is left.
    """
    try:
        content = json.loads(document) if isinstance(document, (str, bytes)) else document
        entries = content["keys"]
        keys = [key for entry in entries if (key := _key_from_jwk(entry, issuer, audience)) is not None]
    except (ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
        raise KeyDocumentError(f"unreadable JWKS document ({type(error).__name__})") from error
    if not keys:
        raise KeyDocumentError("no usable key in the JWKS document")
    if len({key.kid for key in keys}) != len(keys):
        raise KeyDocumentError("two keys with one id")
    return keys


def keys_from_file(path: Path, *, issuer: str, audience: str) -> list[IdentityKey]:
    """`keys_from_jwks` of a file. Raises KeyDocumentError, OSError."""
    return keys_from_jwks(path.read_bytes(), issuer=issuer, audience=audience)


_ALGORITHM_OF_TYPE: dict[str, Algorithm] = {"RSA": "RS256", "OKP": "EdDSA", "oct": "HS256"}


def _key_from_jwk(entry: Mapping[str, Any], issuer: str, audience: str) -> IdentityKey | None:
    algorithm = _ALGORITHM_OF_TYPE.get(entry["kty"])
    if algorithm is None or entry.get("use", "sig") != "sig" or entry.get("crv", "Ed25519") != "Ed25519":
        return None
    if entry.get("alg", algorithm) not in (algorithm, "Ed25519" if algorithm == "EdDSA" else algorithm):
        raise KeyDocumentError(f"key {entry.get('kid')!r} names an algorithm that is not {algorithm}")
    key = jwt.PyJWK(dict(entry), algorithm=algorithm).key
    if not isinstance(key, (bytes, RSAPublicKey, Ed25519PublicKey)):
        raise KeyDocumentError(f"key {entry.get('kid')!r} is not a public key")
    return IdentityKey(str(entry.get("kid", "")), algorithm, key, issuer, audience)


class RemoteKeys:
    """A JWKS document behind a `fetch` callable (a URL, in practice), cached for five minutes.

    When fetching fails the last document stays in use; with none, the error of `fetch` goes through. Call it from a
    thread when `fetch` blocks.
    """

    def __init__(
        self, fetch: Callable[[], str | bytes], *, issuer: str, audience: str, clock: Clock = time.monotonic
    ) -> None:
        self._fetch, self._issuer, self._audience, self._clock = fetch, issuer, audience, clock
        self._keys: list[IdentityKey] = []
        self._tried = -float("inf")
        self.last_error: Exception | None = None

    def __call__(self) -> Sequence[IdentityKey]:
        return self._load(_JWKS_SECONDS)

    def refreshed(self) -> Sequence[IdentityKey]:
        """The keys read again, unless that was done in the last ten seconds."""
        return self._load(_JWKS_LEAST_SECONDS)

    def _load(self, oldest: float) -> Sequence[IdentityKey]:
        now = self._clock()
        if self._keys and now - self._tried < oldest:
            return self._keys
        if not self._keys and self.last_error is not None and now - self._tried < _JWKS_LEAST_SECONDS:
            raise self.last_error
        self._tried = now
        try:
            self._keys = keys_from_jwks(self._fetch(), issuer=self._issuer, audience=self._audience)
            self.last_error = None
        except Exception as error:
            self.last_error = error  # shown by `doctor`; an unreachable exchange must not lock its customers out
            if not self._keys:
                raise
        return self._keys


def own_identity_key(keyring: Keyring) -> IdentityKey:
    """The key that verifies what `mint_customer` signs."""
    return IdentityKey(keyring.identity_kid, "HS256", keyring.identity_secret, ISSUER, CUSTOMER_AUDIENCE)


def mint_customer(
    keyring: Keyring, subject: str, ttl: float = 3600.0, *, now: float | None = None, **claims: Any
) -> str:
    """A customer's token signed with the data folder's HS256 secret, for the demo, tests and the command line.

    `ttl` in seconds; `claims` are the optional ones (name, tier, locale, email, phone, attributes).
    """
    issued = time.time() if now is None else now
    fixed = {
        "iss": ISSUER,
        "aud": CUSTOMER_AUDIENCE,
        "sub": subject,
        "iat": int(issued),
        "exp": int(issued + ttl),
        "jti": secrets.token_urlsafe(12),
    }
    return write_token({**claims, **fixed}, kid=keyring.identity_kid, algorithm="HS256", key=keyring.identity_secret)
