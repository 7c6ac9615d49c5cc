"""Token buckets per key (connection, identity, address), in bounded memory and without a clock of its own."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable


class Limiter:
    """Allows `burst` events at once and `rate` a second in the long run, for each key.

    At most `capacity` keys are remembered; the one not seen longest is forgotten first, which gives it a full bucket
    again: under a flood of keys the limit of a busy key stays, for it is always recent. Raises ValueError for a rate,
    burst or capacity that is not positive.
    """

    def __init__(self, rate: float, burst: float, *, capacity: int = 100_000) -> None:
        if rate <= 0 or burst < 1 or capacity < 1:
            raise ValueError("rate and capacity must be positive, burst at least 1")
        self._rate = rate
        self._burst = burst
        self._capacity = capacity
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def allow(self, key: Hashable, now: float, cost: float = 1.0) -> bool:
        """Takes `cost` from the key's bucket at `now` (seconds, any origin); False when there is not enough."""
        buckets = self._buckets
        bucket = buckets.get(key)
        if bucket is None:
            left = self._burst
        else:
            left, then = bucket
            if now > then:
                left = min(self._burst, left + (now - then) * self._rate)
            else:
                now = then  # a clock set back must not refill twice
        allowed = left >= cost
        buckets[key] = (left - cost if allowed else left, now)
        buckets.move_to_end(key)
        if len(buckets) > self._capacity:
            buckets.popitem(last=False)
        return allowed

    def retry_after(self, key: Hashable, now: float, cost: float = 1.0) -> float:
        """Seconds until `allow` with this cost would succeed; 0 when it would now, infinite when cost > burst."""
        if cost > self._burst:
            return float("inf")
        return max(0.0, (cost - self._left(key, now)) / self._rate)

    def __len__(self) -> int:
        return len(self._buckets)

    def _left(self, key: Hashable, now: float) -> float:
        left, then = self._buckets.get(key, (self._burst, now))
        return min(self._burst, left + max(0.0, now - then) * self._rate)
