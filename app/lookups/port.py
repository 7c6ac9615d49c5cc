"""What a connector to the exchange's systems is: one question about a customer's own case, one reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.forms import Reply


class LookupFailed(Exception):
    """There is no reply. ``code``: ``timeout``, ``unreachable``, ``refused`` (an HTTP status), ``unreadable``,
    ``resting`` (failed too often just now, not asked)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Question:
    """``action`` is what the form names; ``slots`` its filled slots, normalised. ``customer`` is an identity that the
    exchange itself has signed: connectors are never asked about anybody else."""

    action: str
    conversation: str
    customer: str
    locale: str
    slots: Mapping[str, str]
    text: str = ""
    asked_at: float = 0.0


class Connector(Protocol):
    async def ask(self, question: Question) -> Reply:
        """Raises LookupFailed."""
        ...

    async def close(self) -> None: ...
