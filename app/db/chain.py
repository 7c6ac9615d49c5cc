"""The hash chain of a log: integrity that survives erasure.

``body_hash = SHA-256(salt || body)`` and ``hash = SHA-256(previous hash || header || body_hash)``, where the
first row's previous hash is 32 zero bytes and the header is the JSON array of ``HEADER`` in that order, as
orjson writes it (shortest form of floats, no spaces, UTF-8). A row whose body and salt were erased keeps its
``body_hash``, so the rows around it still prove each other; without the salt the hash says nothing about a body
that somebody guesses.

The head of a closed conversation is signed: the signature is over ``signed_head``.
"""

from __future__ import annotations

from hashlib import sha256

import orjson

GENESIS = bytes(32)
SALT_BYTES = 16

HEADER = (
    "conversation",
    "seq",
    "at",
    "segment",
    "author",
    "client_id",
    "kind",
    "audience",
    "holder",
    "capacity",
)
"""``holder`` is the agent whose capacity the conversation takes after this row. ``capacity`` is what he was
allowed at that moment, set only on a row that made him the holder: a capacity lowered later accuses nobody."""

HeaderValues = tuple[str, int, float, int, str, str | None, str, str, str | None, int | None]


def header(values: HeaderValues) -> bytes:
    """Canonical bytes of a row's header."""
    return orjson.dumps(values)


def body_hash(salt: bytes, body: bytes) -> bytes:
    return sha256(salt + body).digest()


def link(previous: bytes, head: bytes, hashed_body: bytes) -> bytes:
    """The row's own hash; 32 bytes."""
    return sha256(previous + head + hashed_body).digest()


def signed_head(conversation: str, seq: int, head: bytes) -> bytes:
    """What is signed when a conversation is closed."""
    return b"honeydesk head 1\0" + orjson.dumps((conversation, seq)) + head
