"""Real server processes: Honeydesk on a folder of its own, and the bare echo it is compared with."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVE = "import sys; from app.serve import serve; from app.settings import Settings; sys.exit(serve(Settings()))"

OPEN_DOORS = {
    "HONEYDESK_ENGINE": "toy",
    "HONEYDESK_LOG_LEVEL": "warning",
    "HONEYDESK_BEAT": "600",
    "HONEYDESK_LEASE": "3600",
    "HONEYDESK_FRAMES_PER_SECOND": "1000000",
    "HONEYDESK_FRAMES_BURST": "1000000",
    "HONEYDESK_MESSAGES_PER_MINUTE": "60000000",
    "HONEYDESK_MESSAGES_BURST": "1000000",
    "HONEYDESK_CONNECTIONS_PER_ADDRESS": "1000000",
    "HONEYDESK_HELLOS_PER_MINUTE": "60000000",
}
"""The limits that keep one client from doing what a benchmark does are out of the way; nothing else is changed."""


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class NotUp(RuntimeError):
    """The server did not answer in time, or ended; the message holds the end of its output."""


class Process:
    """A server process with its output in a file. ``start`` may be repeated after ``kill`` or ``stop``."""

    def __init__(self, command: Sequence[str], env: dict[str, str], port: int, log: Path, health: str) -> None:
        self._command = list(command)
        self._env = env
        self._log = log
        self._health = health
        self._process: subprocess.Popen[bytes] | None = None
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    @property
    def pid(self) -> int:
        """Raises NotUp when it is not running."""
        if self._process is None:
            raise NotUp("not started")
        return self._process.pid

    def start(self, patience: float = 60.0) -> None:
        """Returns when it answers. Raises NotUp."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until = time.monotonic() + patience
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise NotUp(self.output()[-2000:])
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}{self._health}", timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except urllib.error.HTTPError:
            return False
        except OSError:
            return False

    def output(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def stop(self, within: float = 30.0) -> float:
        """SIGTERM; the seconds it took to end. After ``within`` it is killed."""
        process, began = self._process, time.monotonic()
        if process is None:
            return 0.0
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None
        return time.monotonic() - began

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def settings_env(folder: Path, port: int, settings: dict[str, str]) -> dict[str, str]:
    """The environment of a server: ours without any HONEYDESK_ setting, then open doors, then ``settings`` (their
    names without the prefix, lower case)."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("HONEYDESK_")}
    own = {f"HONEYDESK_{name.upper()}": value for name, value in settings.items()}
    return env | OPEN_DOORS | {"HONEYDESK_DATA_DIR": str(folder), "HONEYDESK_PORT": str(port)} | own


def honeydesk(folder: Path, wrapped_in: Sequence[str] = (), **settings: str) -> Process:
    """A Honeydesk server on this folder, not yet started. ``wrapped_in``: a command to run it under."""
    port = free_port()
    env = settings_env(folder, port, settings)
    return Process([*wrapped_in, sys.executable, "-c", SERVE], env, port, folder / "server.log", "/health")


def echo(folder: Path) -> Process:
    """The bare FastAPI WebSocket echo, not yet started."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.support.echo", str(port)]
    return Process(command, dict(os.environ), port, folder / "echo.log", "/health")


@contextlib.contextmanager
def empty_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="honeydesk-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(*processes: Process) -> Iterator[None]:
    """Started now, and killed at the end, come what may."""
    try:
        for process in processes:
            process.start()
        yield
    finally:
        for process in processes:
            process.kill()
