"""The sample as a server without any package: it speaks the action-server protocol with the standard library.

``python server.py [--port 5055] [--database sample.sqlite3]``; prints where it listens. For demonstrations and tests;
an exchange writes its actions with rasa-sdk (actions.py) or receives signed webhooks.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ledger import Ledger

MAX_BODY = 1_000_000


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], ledger: Ledger) -> None:
        super().__init__(address, Handler)
        self.actions = {
            "action_withdrawal_status": ledger.withdrawal,
            "action_deposit_status": ledger.deposit,
            "action_kyc_status": ledger.kyc,
            "action_order_status": ledger.order,
        }


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        if self.path == "/health":
            return self._send(200, {"status": "ok"})
        return self._send(404, {"error": "not found"})

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", "0"))
        if self.path != "/webhook" or size > MAX_BODY:
            self.close_connection = True
            return self._send(404, {"error": "not found"})
        try:
            body = json.loads(self.rfile.read(size))
            action, slots = body["next_action"], body["tracker"]["slots"]
        except (ValueError, KeyError, TypeError):
            return self._send(400, {"error": "this is no request for an action"})
        find = self.server.actions.get(action)
        if find is None:
            return self._send(404, {"error": f"no action {action}", "action_name": action})
        if not slots.get("customer_id") or not slots.get("verified"):
            return self._send(200, {"events": [], "responses": []})
        found = find(slots["customer_id"], slots, slots.get("locale") or "en")
        events = [
            {"event": "slot", "name": name, "value": value, "timestamp": None} for name, value in found.facts.items()
        ]
        return self._send(200, {"events": events, "responses": [{"text": found.text, "buttons": [], "custom": {}}]})

    def _send(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: what customers ask is nobody's log line."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5055)
    parser.add_argument("--database", type=Path)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(arguments.database or Path(folder) / "sample.sqlite3")
        with Server(("127.0.0.1", arguments.port), ledger) as server:
            print(f"the sample action server listens on http://127.0.0.1:{server.server_port}/webhook", flush=True)
            server.serve_forever()


if __name__ == "__main__":
    main()
