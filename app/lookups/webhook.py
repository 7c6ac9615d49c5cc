"""The signed webhook: for exchanges without an action server.

The request is signed with HMAC-SHA256 over ``timestamp + "." + body`` under a shared secret; the receiver compares in
constant time and refuses timestamps older than a few minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

from app.lookups.port import LookupFailed, Question
from app.lookups.transport import Transport
from bot.forms import Reply

TIMESTAMP, SIGNATURE = "X-Honeydesk-Timestamp", "X-Honeydesk-Signature"
FRESH = 300.0
"""Seconds for which a receiver should believe a timestamp."""


class SignedWebhook:
    def __init__(self, transport: Transport, secret: str) -> None:
        self._transport = transport
        self._secret = secret.encode()

    async def ask(self, question: Question) -> Reply:
        body = {
            "action": question.action,
            "conversation": question.conversation,
            "customer": question.customer,
            "locale": question.locale,
            "slots": dict(question.slots),
        }
        content, timestamp = json.dumps(body, ensure_ascii=False).encode(), str(int(time.time()))
        headers = {TIMESTAMP: timestamp, SIGNATURE: signature(self._secret, timestamp, content)}
        return read(await self._transport.post(content, headers))

    async def close(self) -> None:
        await self._transport.close()


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """``sha256=`` and 64 hex digits."""
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(secret: bytes, timestamp: str, given: str, body: bytes, *, now: float) -> bool:
    """For receivers written in Python: whether the request is ours and fresh."""
    if not timestamp.isascii() or not timestamp.isdigit() or abs(now - int(timestamp)) > FRESH:
        return False
    return hmac.compare_digest(signature(secret, timestamp, body).encode(), given.encode())


def read(body: dict[str, Any]) -> Reply:
    """``{"text": "...", "facts": {"status": "sent"}}``. Raises LookupFailed."""
    text, facts = body.get("text"), body.get("facts", {})
    if not isinstance(text, str) or not isinstance(facts, dict):
        raise LookupFailed("unreadable", "text or facts")
    return Reply((text,) if text.strip() else (), tuple((str(k), str(v)) for k, v in facts.items() if v is not None))
