"""A circuit breaker: a broken engine is not asked again for a while, so that customers go to people at once."""

from __future__ import annotations

import time


class Breaker:
    """Opens after ``failures`` in a row, for ``rest`` seconds; then one try decides."""

    def __init__(self, failures: int, rest: float) -> None:
        self._limit = failures
        self._rest = rest
        self._failures = 0
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._until

    @property
    def is_broken(self) -> bool:
        """Whether the last tries failed, for /ready and /metrics."""
        return self._failures >= self._limit

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= self._limit:
            self._until = time.monotonic() + self._rest

    def succeeded(self) -> None:
        self._failures = 0
        self._until = 0.0
