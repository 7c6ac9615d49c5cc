"""Reading and writing of signed tokens (JWT, RFC 7519) with every key bound to one algorithm.

The header never chooses how a token is verified: it names a key, the key has an algorithm, and a token that says
another one is refused before any signature is computed. So `none` and an RSA public key used as HMAC secret fail.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from app.auth.errors import (
    KeyDocumentError,
    TokenAlgorithm,
    TokenAudience,
    TokenClaims,
    TokenExpired,
    TokenIssuer,
    TokenMalformed,
    TokenMissing,
    TokenSignature,
    TokenTooLong,
)

Algorithm = Literal["HS256", "RS256", "EdDSA"]
PublicOrSecret = bytes | RSAPublicKey | Ed25519PublicKey

LONGEST_TOKEN = 8192
LEEWAY_SECONDS = 30.0
_HS256_LEAST_BYTES = 32
_RSA_LEAST_BITS = 2048


@dataclass(frozen=True, slots=True)
class IdentityKey:
    """A verification key: bytes for HS256, a public key object for RS256 and EdDSA. Raises KeyDocumentError when key
    and algorithm do not fit, an HMAC secret is under 32 bytes or an RSA key under 2048 bits."""

    kid: str
    algorithm: Algorithm
    key: PublicOrSecret = field(repr=False)
    issuer: str
    audience: str

    def __post_init__(self) -> None:
        kinds: dict[str, type] = {"HS256": bytes, "RS256": RSAPublicKey, "EdDSA": Ed25519PublicKey}
        kind = kinds.get(self.algorithm)
        if kind is None or not isinstance(self.key, kind):
            raise KeyDocumentError(f"key {self.kid!r} does not fit algorithm {self.algorithm}")
        if isinstance(self.key, bytes) and len(self.key) < _HS256_LEAST_BYTES:
            raise KeyDocumentError(f"secret {self.kid!r} is shorter than {_HS256_LEAST_BYTES} bytes")
        if isinstance(self.key, RSAPublicKey) and self.key.key_size < _RSA_LEAST_BITS:
            raise KeyDocumentError(f"RSA key {self.kid!r} is shorter than {_RSA_LEAST_BITS} bits")


@dataclass(frozen=True, slots=True)
class Claims:
    """The verified content of a token; `expires_at` is aware, UTC."""

    subject: str
    expires_at: datetime
    all: Mapping[str, Any]
    key: IdentityKey


def read_token(token: str | None, keys: Sequence[IdentityKey], *, now: float, max_lifetime: float) -> Claims:
    """Verifies a token at `now` (Unix seconds). Raises one of the TokenError family.

    Checked in this order: length, form, key, algorithm, signature, issuer, audience, times, subject. A token without
    `kid` is accepted only when one single key is configured. `exp - iat` (or the time left, without `iat`) must not
    exceed `max_lifetime` seconds.
    """
    if not token:
        raise TokenMissing
    if len(token) > LONGEST_TOKEN:
        raise TokenTooLong(f"{len(token)} characters")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise TokenMalformed(type(error).__name__) from error
    key = _choose(header, keys)
    if header.get("alg") != key.algorithm:
        raise TokenAlgorithm("not the algorithm of its key")
    try:
        payload: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[key.algorithm],
            options={
                name: False
                for name in (
                    "verify_exp",
                    "verify_nbf",
                    "verify_iat",
                    "verify_aud",
                    "verify_iss",
                    "verify_sub",
                    "verify_jti",
                )
            },  # type: ignore[arg-type]
        )
    except jwt.InvalidSignatureError as error:
        raise TokenSignature from error
    except jwt.InvalidTokenError as error:
        raise TokenMalformed(type(error).__name__) from error
    return _check_claims(payload, key, now, max_lifetime)


def _choose(header: Mapping[str, Any], keys: Sequence[IdentityKey]) -> IdentityKey:
    kid = header.get("kid")
    if kid is None and len(keys) == 1:
        return keys[0]
    for key in keys:
        if key.kid == kid:
            return key
    raise TokenSignature("unknown key id")


def _check_claims(payload: dict[str, Any], key: IdentityKey, now: float, max_lifetime: float) -> Claims:
    if payload.get("iss") != key.issuer:
        raise TokenIssuer
    audience = payload.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or key.audience not in audiences:
        raise TokenAudience
    expires = _seconds(payload, "exp")
    if expires is None:
        raise TokenClaims("exp is missing")
    if expires <= now:
        raise TokenExpired
    not_before = _seconds(payload, "nbf")
    issued = _seconds(payload, "iat")
    if any(moment is not None and moment > now + LEEWAY_SECONDS for moment in (not_before, issued)):
        raise TokenExpired("not valid yet")
    if expires - (now if issued is None else issued) > max_lifetime + (LEEWAY_SECONDS if issued is None else 0):
        raise TokenClaims("lifetime is longer than allowed")
    subject = payload.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= 200 or not subject.isprintable():
        raise TokenClaims("sub must be 1 to 200 printable characters")
    return Claims(subject, datetime.fromtimestamp(expires, UTC), payload, key)


def _seconds(payload: Mapping[str, Any], name: str) -> float | None:
    value = payload.get(name)
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not math.isfinite(value)
        or not 0 <= value < 1e11
    ):
        raise TokenClaims(f"{name} must be Unix seconds")
    return float(value)


def write_token(claims: Mapping[str, Any], *, kid: str, algorithm: Algorithm, key: bytes | Ed25519PrivateKey) -> str:
    """A signed token; the caller gives every claim."""
    return jwt.encode(dict(claims), key, algorithm=algorithm, headers={"kid": kid})
