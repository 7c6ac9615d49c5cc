"""Servers of the self-test's own: real processes on free ports and empty folders."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

STARTS_WITHIN = 60.0


class NotStarted(Exception):
    """The server did not answer /health in time; its last words are in the message."""


@dataclass(frozen=True)
class Server:
    url: str
    data_dir: Path


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@asynccontextmanager
async def server(**environment: str) -> AsyncIterator[Server]:
    """``environment`` holds settings, e.g. ``HONEYDESK_ENGINE="toy"``. The folder is removed afterwards."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="honeydesk-selftest-") as folder:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("HONEYDESK_")}
        models = os.environ.get("HONEYDESK_MODELS_DIR")
        env = {**inherited, **({"HONEYDESK_MODELS_DIR": models} if models else {}), **environment}
        env |= {"HONEYDESK_DATA_DIR": folder, "HONEYDESK_LOG_LEVEL": "warning"}
        log = Path(folder) / "server.log"
        with log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app.cli", "serve", "--port", str(port), env=env, stderr=out, stdout=out
            )
        try:
            url = f"http://127.0.0.1:{port}"
            await _healthy(url, process, log)
            yield Server(url, Path(folder))
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _healthy(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    try:
        async with asyncio.timeout(STARTS_WITHIN), httpx.AsyncClient(trust_env=False) as http:
            while process.returncode is None:
                try:
                    if (await http.get(f"{url}/health")).status_code == 200:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
    except TimeoutError:
        pass
    raise NotStarted(await asyncio.to_thread(lambda: log.read_text("utf-8", "replace")[-2000:]))
