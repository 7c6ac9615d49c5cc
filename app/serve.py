"""Runs the server from code, so that the listening socket can be prepared and a stop can be graceful."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvicorn
from threadpoolctl import threadpool_limits

from app import cores, heap
from app.gateway.protocols import Config, Requests, Sockets, quieten
from app.logs import configure
from app.settings import Settings
from app.web import create_app

log = logging.getLogger(__name__)

USER_TIMEOUT_MS = 30_000
"""A peer that never reads, or vanished without a word, is given up by the kernel after this (RFC 5482)."""


class Server(uvicorn.Server):
    """Drains before uvicorn closes: clients are told when to come back."""

    one_core = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        heap.settle()
        if self.one_core:
            everywhere = cores.together()
            loop = asyncio.get_running_loop()
            loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="honeydesk-worker", initializer=everywhere))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app: Any = self.config.app
        parts = getattr(app.state, "parts", None)
        if parts is not None:
            parts.registry.drain()
            parts.fallback.drain()
            # Frames are written by tasks: let them run before the transports are closed.
            await asyncio.sleep(0.2)
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket whose connections inherit the time-out for peers that do not read."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
    sock.bind((host, port))
    sock.listen(4096)
    sock.set_inheritable(True)
    return sock


def serve(settings: Settings) -> int:
    """Until SIGTERM or SIGINT. Returns the exit code; raises what kept the server from starting."""
    # One text at a time gains nothing from a second thread of linear algebra, and on busy cores two that wait for each
    # other in a spin answer a fifth of what one does.
    threadpool_limits(limits=1)
    configure(settings.log_level)
    quieten()
    sock = listen(settings.host, settings.port)
    port = sock.getsockname()[1]

    async def announce(_: object) -> None:
        print(f"Honeydesk listens on http://{settings.host}:{port}", file=sys.stderr, flush=True)

    app = create_app(settings, announce)
    config = Config(
        app,
        ws=Sockets,
        http=Requests,
        ws_max_size=settings.frame_bytes,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        timeout_graceful_shutdown=max(1, round(settings.shutdown_within) - 2),
        access_log=False,
        server_header=False,
        log_config=None,
        proxy_headers=False,
    )
    server = Server(config)
    server.one_core = settings.one_core
    with contextlib.closing(sock):
        try:
            server.run(sockets=[sock])
        except SystemExit:
            # How uvicorn ends when the start failed: what failed says it better.
            if getattr(app.state, "failure", None) is None:
                raise
    failure: Exception | None = getattr(app.state, "failure", None)
    if failure is not None:
        raise failure
    return 0 if server.started else 3
