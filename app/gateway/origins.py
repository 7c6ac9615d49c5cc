"""Where a request comes from: its page's origin, its address, its cookies."""

from __future__ import annotations

from collections.abc import Sequence
from http.cookies import SimpleCookie
from typing import Any


class Origins:
    """One list drives the Origin check, CORS and ``frame-ancestors``. The server's own origin always counts."""

    def __init__(self, origins: Sequence[str]) -> None:
        self.list = tuple(o.rstrip("/").lower() for o in origins)

    def allowed(self, origin: bytes | None, host: bytes | None) -> bool:
        """Clients that are no browsers send none; they cannot be made to act by a foreign page."""
        if origin is None:
            return True
        text = origin.decode("latin-1").lower()
        if text in self.list:
            return True
        scheme, _, name = text.partition("://")
        return host is not None and scheme in ("http", "https") and name == host.decode("latin-1").lower()


def client_address(scope: Any, trusted: Sequence[str]) -> str:
    """The peer's address; behind a trusted proxy the last address in X-Forwarded-For that is not one."""
    peer = str(scope["client"][0]) if scope.get("client") else "unknown"
    if peer not in trusted:
        return peer
    # Some proxies add a line of their own after the one the client sent: the lines are one list.
    told = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    hops = [h.strip() for h in told.decode("latin-1").split(",")]
    return next((h for h in reversed(hops) if h and h not in trusted), peer)


def cookie(scope: Any, name: str) -> str | None:
    for key, value in scope["headers"]:
        if key == b"cookie":
            jar: SimpleCookie = SimpleCookie()
            jar.load(value.decode("latin-1"))
            if name in jar:
                return jar[name].value
    return None
