"""Which servers are live: one small file, replaced whole, that the supervisor writes and the engine reads.

Replacing it is the swap: a turn is answered by the server that the file named when the turn was ranked.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.rasa.gate import Calibration, calibration_from, calibration_to

NAME = "live.json"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LOOK_EVERY = 0.25
"""Seconds; how stale the engine's view may be, far below the time an old server lives on after a swap."""


class NotLoopback(ValueError):
    """A Rasa server anywhere else would see customers' words and is not ours."""

    code = "rasa_not_loopback"


@dataclass(frozen=True, slots=True)
class Live:
    """A server that answers for a language: its model (hash), the corpus it was trained on, and when it may answer."""

    url: str
    model: str
    corpus: str
    calibration: Calibration

    def __post_init__(self) -> None:
        if urlsplit(self.url).hostname not in LOOPBACK:
            raise NotLoopback(f"{self.url} is not on this machine")


def write_live(folder: Path, servers: Mapping[str, Live]) -> None:
    """Replaces the file; readable by its owner only."""
    body = {
        language: {
            "url": live.url,
            "model": live.model,
            "corpus": live.corpus,
            "calibration": calibration_to(live.calibration),
        }
        for language, live in servers.items()
    }
    write_json(folder / NAME, body)


def write_json(path: Path, body: Any) -> None:
    """A whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(body, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


class LiveFile:
    """The engine's view of the file."""

    def __init__(self, folder: Path, every: float = LOOK_EVERY) -> None:
        self.path = folder / NAME
        self._every = every
        self._looked = -every
        self._stamp: tuple[int, int] | None = None
        self._servers: Mapping[str, Live] = {}

    def servers(self) -> Mapping[str, Live]:
        """Live servers by language; none when there is no file. Raises ValueError for a file that is not ours."""
        now = time.monotonic()
        if now - self._looked < self._every:
            return self._servers
        self._looked = now
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._stamp, self._servers = None, {}
            return self._servers
        stamp = (found.st_mtime_ns, found.st_ino)
        if stamp != self._stamp:
            self._servers = _read(self.path)
            self._stamp = stamp
        return self._servers


def _read(path: Path) -> dict[str, Live]:
    body = json.loads(path.read_text(encoding="utf-8"))
    try:
        return {
            str(language): Live(row["url"], row["model"], row["corpus"], calibration_from(row["calibration"]))
            for language, row in body.items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a list of live servers: {error!r}") from error
