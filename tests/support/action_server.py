"""The sample action server of examples/action_server as a process on a free port."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVER = Path(__file__).resolve().parents[2] / "examples" / "action_server" / "server.py"


class ActionServer:
    """``port`` 0: a free one, the same again after ``stop`` and ``start``."""

    def __init__(self) -> None:
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhook"

    def start(self) -> ActionServer:
        """Returns when it listens."""
        process = subprocess.Popen(
            [sys.executable, str(SERVER), "--port", str(self.port)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        found = re.search(r":(\d+)/webhook", process.stdout.readline())
        assert found, f"exit code {process.wait(5)}"
        self.port, self._process = int(found[1]), process
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            assert self._process.wait(10) == 0
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None


@pytest.fixture(scope="module")
def action_server() -> Iterator[ActionServer]:
    server = ActionServer().start()
    yield server
    server.stop()
