"""Random identifiers. Nothing outside can be guessed from them, and none says how many there are."""

from __future__ import annotations

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that it can be read aloud."""


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def conversation_id() -> str:
    """80 random bits."""
    return f"c-{_random(16)}"


def ticket_id() -> str:
    """100 random bits: whoever has the link may read the ticket."""
    return f"t-{_random(20)}"


def short_of(ticket: str) -> str:
    """The form for reading aloud, e.g. ``T-7K3F-9Q2M`` (40 bits): opens only for the same identity."""
    return f"T-{ticket[2:6]}-{ticket[6:10]}"
