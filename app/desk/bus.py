"""Who is told that something was stored. Delivery is a hint: it may be lost, the log may not. Receivers compare
numbers and read what they missed from the log.

The port is small on purpose: several nodes will want an implementation over a broker; here is the in-process one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from app.db.port import Stored

log = logging.getLogger(__name__)

Listener = Callable[[Stored], None]
"""Called in the event loop; must be quick and must not await."""

Key = tuple[str, str]
"""(customer, topic) of a conversation; or ("conversation", id); or ("all", "")."""

ALL: Key = ("all", "")


class Bus(Protocol):
    def publish(self, stored: Stored) -> None: ...

    def listen(self, key: Key, listener: Listener) -> None: ...

    def forget(self, key: Key, listener: Listener) -> None: ...


class LocalBus:
    """In-process: one dict of listeners by key."""

    def __init__(self) -> None:
        self._listeners: dict[Key, tuple[Listener, ...]] = {}

    def publish(self, stored: Stored) -> None:
        conversation = stored.conversation
        for key in (ALL, (conversation.customer, conversation.topic), ("conversation", conversation.id)):
            for listener in self._listeners.get(key, ()):
                try:
                    listener(stored)
                except Exception:
                    # One broken reader must not keep the others from hearing; he finds the gap by the numbers.
                    log.exception("listener failed", extra={"key": key[0]})

    def listen(self, key: Key, listener: Listener) -> None:
        # Tuples: who listens or forgets while a change is told changes nothing of that telling.
        self._listeners[key] = (*self._listeners.get(key, ()), listener)

    def forget(self, key: Key, listener: Listener) -> None:
        listeners = list(self._listeners.get(key, ()))
        if listener in listeners:
            listeners.remove(listener)
            if listeners:
                self._listeners[key] = tuple(listeners)
            else:
                del self._listeners[key]

    def heard(self, key: Key) -> bool:
        """Whether anybody listens to this key."""
        return bool(self._listeners.get(key))
