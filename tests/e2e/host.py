"""A shop's own web page on another origin, with the strictest policy a widget must live under."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title></head>
<body><main><h1>A shop</h1></main><script src="{desk}/widget.js" data-locale="{locale}" defer></script></body></html>"""


class Host:
    """``origin`` is known at once; ``desk``, the Honeydesk server it embeds, is set when that has started."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.desk = ""

    def policy(self) -> str:
        """No inline script or style, no string becomes script, nothing but this desk is talked to."""
        socket = self.desk.replace("http", "ws", 1)
        return (
            f"default-src 'none'; script-src {self.desk}; style-src 'self'; connect-src {self.desk} {socket}; "
            "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )

    def page(self, locale: str) -> bytes:
        return PAGE.format(desk=self.desk, locale=locale).encode()


@contextmanager
def hosting() -> Iterator[Host]:
    """A host that serves ``/`` (English) and ``/zh`` until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path in ("/", "/zh")
            body = host.page("zh-CN" if self.path == "/zh" else "en") if found else b""
            self.send_response(200 if found else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", host.policy())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """A test's output is not this server's log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host = Host(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
