"""What happened, line by line, with the seconds since the beginning."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Failed(Exception):
    """A check of the self-test did not hold."""


class Timeline:
    def __init__(self) -> None:
        self._began = time.monotonic()
        self.checks = 0

    def line(self, text: str) -> None:
        sys.stdout.write(f"{time.monotonic() - self._began:7.2f}s  {text}\n")
        sys.stdout.flush()

    @contextmanager
    def scene(self, title: str) -> Iterator[None]:
        self.line(f"-- {title}")
        yield

    def check(self, holds: bool, what: str) -> None:
        """Raises Failed."""
        if not holds:
            raise Failed(what)
        self.checks += 1
        self.line(f"   ok  {what}")
