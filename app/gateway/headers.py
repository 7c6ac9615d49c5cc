"""Security headers on every HTTP answer, and CORS for the few paths that embedding pages call."""

from __future__ import annotations

from typing import Any

import orjson

from app.gateway.errors import ERRORS
from app.gateway.origins import Origins
from app.gateway.pages import nonce

CROSS_ORIGIN = ("/api/chat/", "/widget.js")


class Headers:
    """Pure ASGI: sockets pass through untouched."""

    def __init__(self, app: Any, origins: Origins, *, demo: bool) -> None:
        self._app = app
        self._origins = origins
        self._demo = demo

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["honeydesk_nonce"] = nonce()
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        crossing = origin is not None and scope["path"].startswith(CROSS_ORIGIN)
        allowed = crossing and self._origins.allowed(origin, headers.get(b"host"))
        if crossing and scope["method"] == "OPTIONS":
            await self._preflight(send, origin if allowed else None)
            return
        if crossing and not allowed and scope["method"] not in ("GET", "HEAD"):
            await self._refuse(send)
            return

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                extra = self._security(scope)
                if allowed and origin is not None:
                    extra += [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *[h for h in extra if h[0] not in present]]
            await send(message)

        await self._app(scope, receive, sending)

    async def _preflight(self, send: Any, origin: bytes | None) -> None:
        headers = [(b"vary", b"Origin"), (b"content-length", b"0")]
        if origin is not None:
            headers += [
                (b"access-control-allow-origin", origin),
                (b"access-control-allow-methods", b"GET, POST"),
                (b"access-control-allow-headers", b"authorization, content-type"),
                (b"access-control-max-age", b"600"),
            ]
        status = 204 if origin is not None else 403
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def _refuse(self, send: Any) -> None:
        """A simple request needs no preflight; a foreign page may not begin a chat by one either."""
        status, message = ERRORS["origin_refused"]
        body = orjson.dumps({"code": "origin_refused", "message": message, "retry_after": None})
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"vary", b"Origin")]})
        await send({"type": "http.response.body", "body": body})

    def _security(self, scope: Any) -> list[tuple[bytes, bytes]]:
        path, value = scope["path"], scope["honeydesk_nonce"]
        ancestors = "'none'"
        if path == "/chat":
            ancestors = " ".join(("'self'", *self._origins.list))
        elif self._demo and path.startswith(("/console", "/static/demo/")):
            ancestors = "'self'"
        policy = (
            f"default-src 'none'; script-src 'self' 'nonce-{value}'; style-src 'self' 'nonce-{value}'; "
            "img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; "
            f"form-action 'self'; frame-ancestors {ancestors}"
        )
        if not path.startswith("/console"):
            policy += "; require-trusted-types-for 'script'"
        headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
            (b"cross-origin-resource-policy", b"cross-origin" if path == "/widget.js" else b"same-origin"),
        ]
        if scope.get("scheme") == "https":
            headers.append((b"strict-transport-security", b"max-age=31536000"))
        return headers
