"""Second factor of staff: time-based codes (RFC 6238) and recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable

import pyotp

STEP_SECONDS = 30
_ALLOWED_STEPS = 1
RECOVERY_CODES = 10
_RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without look-alikes; 12 letters are 59 bits


def new_secret() -> str:
    """A base32 secret of 160 bits."""
    return str(pyotp.random_base32())


def provisioning_uri(secret: str, account: str, issuer: str) -> str:
    """The otpauth:// URI that an authenticator app scans."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer))


def verify_code(secret: str, code: str, now: float, last_step: int | None) -> int | None:
    """The time step that the code belongs to, or None when it is wrong or was used.

    The present step and one on either side are accepted, but none at or before `last_step`. Store the result as the
    new `last_step` in a conditional write (`last_step < result`): that is what makes a code good for one sign-in.
    """
    digits = code.replace(" ", "")
    if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return None
    totp = pyotp.TOTP(secret)
    present = int(now // STEP_SECONDS)
    matched: int | None = None
    # Every step is computed, so the time taken does not tell which one matched.
    for step in range(present - _ALLOWED_STEPS, present + _ALLOWED_STEPS + 1):
        same = hmac.compare_digest(str(totp.generate_otp(step)), digits)
        if same and (last_step is None or step > last_step):
            matched = step
    return matched


def new_recovery_codes(count: int = RECOVERY_CODES) -> list[str]:
    """Codes to show once, like `x4k9-2mpq-77ab`; store only `hash_recovery_code` of them."""
    return [
        "-".join("".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(4)) for _ in range(3)) for _ in range(count)
    ]


def hash_recovery_code(code: str) -> str:
    """The stored form (SHA-256, hex) of a code, however it is spaced and cased."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return hashlib.sha256(b"honeydesk recovery code:" + plain.encode()).hexdigest()


def matching_recovery_code(hashes: Iterable[str], code: str) -> str | None:
    """The stored hash that the code belongs to, to be removed on use; None when there is none."""
    wanted = hash_recovery_code(code)
    found: str | None = None
    for stored in hashes:
        if hmac.compare_digest(stored, wanted):
            found = stored
    return found
