"""Staff passwords: argon2id, and a policy of length.

Hashing takes tens of milliseconds and 64 MiB on purpose: **call `hash_password` and `verify_password` in a thread**
(`anyio.to_thread`, an executor), never in the event loop.
"""

from __future__ import annotations

from dataclasses import dataclass

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from app.auth.errors import PasswordTooWeak

LEAST_LENGTH = 12
MOST_LENGTH = 256
_LEAST_DIFFERENT = 5

# RFC 9106, second recommended option (64 MiB, 3 passes), as argon2-cffi's defaults are.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4, type=Type.ID)
# Verified against when the user does not exist, so that both answers take the same time.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRvZm5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """`rehash` is the new hash to store when the parameters were raised since the old one was made."""

    ok: bool
    rehash: str | None = None


def check_policy(password: str, *, name: str = "") -> None:
    """Raises PasswordTooWeak: under 12 or over 256 characters, under 5 different ones, or holding the person's name."""
    if len(password) < LEAST_LENGTH:
        raise PasswordTooWeak(f"at least {LEAST_LENGTH} characters")
    if len(password) > MOST_LENGTH:
        raise PasswordTooWeak(f"at most {MOST_LENGTH} characters")
    if len(set(password)) < _LEAST_DIFFERENT:
        raise PasswordTooWeak("too few different characters")
    if len(name) >= 4 and name.casefold() in password.casefold():
        raise PasswordTooWeak("holds the name")


def hash_password(password: str) -> str:
    """An argon2id hash in PHC form. Slow by design: run it in a thread. Raises PasswordTooWeak past 256 characters."""
    if len(password) > MOST_LENGTH:
        raise PasswordTooWeak(f"at most {MOST_LENGTH} characters")
    return _HASHER.hash(password)


def verify_password(stored: str | None, password: str) -> PasswordCheck:
    """Compares in constant time. Slow by design: run it in a thread. `stored=None` (no such person) is a slow no."""
    if len(password) > MOST_LENGTH:
        return PasswordCheck(ok=False)
    try:
        _HASHER.verify(stored or _NOBODY, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return PasswordCheck(ok=False)
    if stored is None:
        return PasswordCheck(ok=False)
    return PasswordCheck(ok=True, rehash=_HASHER.hash(password) if _HASHER.check_needs_rehash(stored) else None)
