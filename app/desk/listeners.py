"""Who of this process listens to something that is not in the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Listeners(Generic[P]):
    """Callables by (customer, topic)."""

    def __init__(self) -> None:
        self._all: dict[tuple[str, str], list[Callable[P, None]]] = {}

    def listen(self, customer: str, topic: str, listener: Callable[P, None]) -> None:
        self._all.setdefault((customer, topic), []).append(listener)

    def forget(self, customer: str, topic: str, listener: Callable[P, None]) -> None:
        """Forgetting who did not listen is no error."""
        of_one = self._all.get((customer, topic), [])
        if listener in of_one:
            of_one.remove(listener)
        if not of_one:
            self._all.pop((customer, topic), None)

    def tell(self, customer: str, topic: str, *args: P.args, **kwargs: P.kwargs) -> None:
        for listener in tuple(self._all.get((customer, topic), ())):
            listener(*args, **kwargs)
