"""A circuit breaker: a broken engine is not asked again for a while, so that customers are helped otherwise at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Breaker:
    """Opens after ``failures`` in a row, for ``rest`` seconds; then one try decides. May be shared by threads."""

    def __init__(self, failures: int, rest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._rest = rest
        self._clock = clock
        self._failures = 0
        self._until = 0.0
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        return self._clock() < self._until

    @property
    def is_broken(self) -> bool:
        """Whether the last tries failed, for /ready and /metrics."""
        return self._failures >= self._limit

    def allows(self) -> bool:
        """Whether the caller may try. After the rest it is true for one caller only, until he has said how it went."""
        with self._lock:
            if self._failures < self._limit:
                return True
            now = self._clock()
            if now < self._until:
                return False
            self._until = now + self._rest
            return True

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._limit:
                self._until = self._clock() + self._rest

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0
            self._until = 0.0
