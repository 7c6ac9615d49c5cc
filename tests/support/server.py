"""A real server process on a free port, with an empty data folder and the toy engine; and peers on its sockets."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from app.auth.identity import mint_customer
from app.auth.keys import Keyring, load_or_create
from app.auth.roles import Role
from app.auth.staff import mint_staff
from app.db.commands import call
from app.db.maintenance import verify_log
from app.peer import peer
from app.peer.peer import Peer, PeerError

START = "import sys; from app.settings import Settings; from app.serve import serve; sys.exit(serve(Settings()))"
ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(rb"listens on (http://127\.0\.0\.1:\d+)")
UP_WITHIN = 60.0
SETTINGS: dict[str, object] = {
    "engine": "toy",
    "port": 0,
    "bot_burst": 0.05,
    "alarm_every": 0.5,
    "sign_in_per_minute": 600,
}
"""Of every server, unless a test says otherwise."""
GRACEFUL = (0, -signal.SIGTERM)
"""uvicorn raises the signal again once everything is closed."""


class ServerFailed(Exception):
    """The process ended before it listened; ``code`` is its exit code."""

    def __init__(self, code: int, log: str) -> None:
        super().__init__(f"exit code {code}\n{log[-2000:]}")
        self.code = code


class Server:
    """One process at a time on one data folder; ``start`` again after ``stop`` or ``kill`` goes on in that folder."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.log_path = folder.with_name(folder.name + ".log")
        self.settings: dict[str, object] = {**SETTINGS, **settings}
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None

    # --- the process -------------------------------------------------------------------------------------------

    def start(self) -> Server:
        """Returns when it listens. Raises ServerFailed."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("HONEYDESK_")}
        env |= {f"HONEYDESK_{name.upper()}": _text(value) for name, value in self.settings.items()}
        env["HONEYDESK_DATA_DIR"] = str(self.folder)
        process = subprocess.Popen(
            [sys.executable, "-c", START], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        assert process.stderr is not None
        lines = process.stderr
        patience = threading.Timer(UP_WITHIN, process.kill)
        patience.start()
        with self.log_path.open("ab") as log:
            for line in lines:
                log.write(line)
                if (found := READY.search(line)) is not None:
                    self.url = found[1].decode()
                    break
        patience.cancel()
        if not self.url:
            lines.close()
            raise ServerFailed(process.wait(), self.log())
        self._process = process
        self._drain = threading.Thread(target=self._copy, args=(lines,), daemon=True)
        self._drain.start()
        return self

    def _copy(self, lines: Any) -> None:
        with lines, self.log_path.open("ab", buffering=0) as log:
            for line in lines:
                log.write(line)

    def stop(self, within: float = 20.0) -> int:
        """SIGTERM; the exit code. Raises subprocess.TimeoutExpired when it does not end in time."""
        return self._end(signal.SIGTERM, within)

    def kill(self) -> int:
        """As a power cut does."""
        return self._end(signal.SIGKILL, 10.0)

    def _end(self, number: signal.Signals, within: float) -> int:
        if self._process is None:
            return 0
        process, self._process, self.url = self._process, None, ""
        process.send_signal(number)
        try:
            return process.wait(within)
        finally:
            process.kill()
            self._drain.join(10)

    # --- what it leaves behind ---------------------------------------------------------------------------------

    def log(self) -> str:
        return self.log_path.read_text("utf-8", "replace") if self.log_path.exists() else ""

    def failures(self) -> list[str]:
        """Lines of the log that tell of something nobody had foreseen, with what led there."""
        lines = self.log().splitlines()
        found = [i for i, x in enumerate(lines) if "Traceback" in x or '"level": "error"' in x]
        return ["\n".join(lines[max(0, i - 2) : i + 1])[-3000:] for i in found]

    def violations(self) -> list[Any]:
        """What ``honeydesk verify`` finds."""
        return list(verify_log(None, self.folder, self.keyring.log))

    def holding(self, secret: str) -> list[str]:
        """The files, and the log, that hold this text in any way it might have been written."""
        forms = {secret.encode(), secret.encode("utf-16-le"), json.dumps(secret).encode()[1:-1]}
        found = [p for p in self.folder.rglob("*") if p.is_file()]
        return [str(p) for p in [*found, self.log_path] if any(form in p.read_bytes() for form in forms)]

    # --- who comes ---------------------------------------------------------------------------------------------

    @property
    def keyring(self) -> Keyring:
        return load_or_create(self.folder)

    def customer_token(self, who: str, ttl: float = 3600.0, **claims: Any) -> str:
        return mint_customer(self.keyring, who, ttl, **claims)

    def staff_token(self, who: str) -> str:
        return mint_staff(self.keyring, who, [Role.AGENT])

    def hire(self, who: str, **more: Any) -> str:
        """A member of staff, by the command line; returns his token."""
        self.command("agents_add", agent=who, display=more.pop("name", who.title()), **more)
        return self.staff_token(who)

    def command(self, what: str, **args: Any) -> Any:
        """What ``honeydesk`` commands do with a running server."""
        return call(self.folder, what, **args)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


class People:
    """Peers on one server, all hung up at the end of the test."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._peers: list[Peer] = []
        self._clients: list[httpx.AsyncClient] = []

    def customer(self, who: str | None, *, locale: str = "zh-CN", **claims: Any) -> Peer:
        """Not yet connected; None: an anonymous visitor."""
        token = self.server.customer_token(who, **claims) if who else None
        return self._keep(peer.customer(self.server.url, token, locale=locale))

    async def here(self, who: str | None, **claims: Any) -> Peer:
        """A customer who is connected."""
        found = self.customer(who, **claims)
        await found.open()
        return found

    async def queued(self, who: str | None, **claims: Any) -> Peer:
        """A customer who pressed the button for a person."""
        found = await self.here(who, **claims)
        await found.ask("handoff")
        return found

    def agent(self, who: str, **more: Any) -> Peer:
        """Hired, not yet connected."""
        return self._keep(peer.agent(self.server.url, self.server.hire(who, **more)))

    async def on_duty(self, who: str, *, ready: bool = True, **more: Any) -> Peer:
        """An agent who is connected and, as a rule, ready."""
        found = self.agent(who, **more)
        await found.open()
        if ready:
            await found.ask("presence", ready=True)
        return found

    async def talking(self, customer: str, agent: Peer) -> Peer:
        """A customer whose conversation this (ready) agent has just accepted."""
        found = await self.queued(customer)
        await accept(agent, found)
        await found.owner("agent")
        return found

    def http(self, **options: Any) -> httpx.AsyncClient:
        client = httpx.AsyncClient(base_url=self.server.url, timeout=40, **options)
        self._clients.append(client)
        return client

    def again(self, known: Peer) -> Peer:
        """The same customer's second tab."""
        return self._keep(peer.customer(self.server.url, known.token, locale="zh-CN"))

    def _keep(self, found: Peer) -> Peer:
        self._peers.append(found)
        return found

    async def leave(self) -> None:
        """Off duty, chats ended, lines closed: the next test on this server meets nobody."""
        for found in self._peers:
            with contextlib.suppress(PeerError, ConnectionClosed):
                if found.connected and found.kind == "agent":
                    await found.ask("presence", ready=False)
                elif found.connected and found.conversation and found.state["owner"] != "closed":
                    await found.ask("close")
            await found.close()
        for client in self._clients:
            await client.aclose()


async def accept(agent: Peer, customer: Peer) -> None:
    """Waits to be rung for this customer, and accepts."""
    ident = customer.conversation
    await agent.wait(lambda f: f["type"] == "offer" and f["conversation"] == ident, f"offer of {ident}")
    await agent.ask("accept", conversation=ident)


@contextlib.contextmanager
def running(folder: Path, **settings: object) -> Iterator[Server]:
    """A server that must end as it should: in time, with a log that verifies and no traceback."""
    server = Server(folder, **settings).start()
    try:
        yield server
        ended = server.stop()
        assert ended in GRACEFUL, f"exit code {ended}"
        assert not (found := server.violations()), found
        assert not (lines := server.failures()), "\n".join(lines)
    finally:
        server.kill()


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of all modules that need no settings of their own."""
    with running(tmp_path_factory.mktemp("server") / "data") as found:
        yield found


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for the module with the module's ``SETTINGS``; without them the one they all share."""
    settings: dict[str, object] = getattr(request.module, "SETTINGS", {})
    if not settings:
        yield request.getfixturevalue("plain")
        return
    with running(tmp_path_factory.mktemp("server") / "data", **settings) as found:
        yield found


@pytest.fixture
async def people(server: Server) -> AsyncIterator[People]:
    found = People(server)
    yield found
    await found.leave()
