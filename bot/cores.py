"""Which processor cores threads run on. Nothing is done where threads cannot be placed.

On two cores, with the event loop and its writer bound to the last one (`app.cores`), the kernel left one core idle for
a quarter of the time while a thread waited for the other: what runs for milliseconds is not moved by it. With more
cores it finds a free one.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Collection


def same() -> Callable[[], None]:
    """Gives the thread that calls it all cores which the calling thread has now: a thread inherits those of the one
    that starts it, which may be fewer."""
    cores = allowed()
    return lambda: _place(0, cores)


class Pair:
    """Two threads, where there are two cores: the first keeps the first core, the second has the other one, which it
    shares with the event loop, and the first one's while that waits."""

    def __init__(self, cores: Collection[int]) -> None:
        self._cores = tuple({core} for core in sorted(cores)) if len(cores) == 2 else ()
        self._second: int | None = None

    def first(self) -> None:
        """The calling thread is the first."""
        if self._cores:
            _place(0, self._cores[0])

    def second(self) -> None:
        """The calling thread is the second."""
        if self._cores:
            _place(0, self._cores[1])
            self._second = threading.get_native_id()

    def lend(self) -> None:
        """The first waits: what the second is at goes on in its place."""
        self._move(0)

    def take_back(self) -> None:
        """The first does no longer wait."""
        self._move(1)

    def _move(self, core: int) -> None:
        if self._second is not None:
            _place(self._second, self._cores[core])


def allowed() -> set[int]:
    """The cores that the calling thread has; none where threads cannot be placed."""
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def _place(thread: int, cores: set[int]) -> None:
    # Whoever runs the service may give it other cores meanwhile: then the kernel knows best, and work goes on.
    with contextlib.suppress(OSError):
        if cores:
            os.sched_setaffinity(thread, cores)
