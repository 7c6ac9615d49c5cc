"""What was made of the last texts."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Recent(Generic[V]):
    """`functools.lru_cache` of one text, into which somebody else may put what he has made. Several threads may use
    it; `make` of the same text then may run twice."""

    def __init__(self, size: int, make: Callable[[str], V]) -> None:
        self._size, self._make = size, make
        self._known: OrderedDict[str, V] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str) -> V:
        """What `make` makes of it."""
        with self._lock:
            if text in self._known:
                self._known.move_to_end(text)
                return self._known[text]
        value = self._make(text)
        self.put(text, value)
        return value

    def put(self, text: str, value: V) -> None:
        """Remembers it as the last one."""
        with self._lock:
            self._known[text] = value
            self._known.move_to_end(text)
            if len(self._known) > self._size:
                self._known.popitem(last=False)
