"""Which processor cores a thread runs on. Nothing is done where threads cannot be placed, or there is one core."""

import os
from collections.abc import Callable

Place = Callable[[], None]
"""Places the thread that calls it."""


def all_but_last() -> Place:
    """All cores that the calling thread has but the last one, which is the event loop's (`app.cores`)."""
    return _without(max)


def all_but_first() -> Place:
    """All cores that the calling thread has but the first one."""
    return _without(min)


def same() -> Place:
    """All cores that the calling thread has, for threads that are started by one that has fewer."""
    return _on(_allowed())


def _allowed() -> set[int]:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def _without(which: Callable[[set[int]], int]) -> Place:
    allowed = _allowed()
    return _on(allowed - {which(allowed)} if len(allowed) > 1 else allowed)


def _on(cores: set[int]) -> Place:
    def place() -> None:
        if cores:
            os.sched_setaffinity(0, cores)

    return place
