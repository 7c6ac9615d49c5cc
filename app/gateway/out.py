"""Where a session's frames go: a socket's connection, or the fall-back's mailbox."""

from __future__ import annotations

from typing import Any, Protocol


class Out(Protocol):
    """Where frames go; never blocks."""

    def put(self, frame: bytes) -> None: ...

    def frame(self, frame: dict[str, Any]) -> None: ...

    def close(self, why: str) -> None: ...
