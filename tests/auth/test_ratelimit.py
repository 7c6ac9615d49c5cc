import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.auth.ratelimit import Limiter


def test_a_burst_then_the_rate() -> None:
    limiter = Limiter(rate=2, burst=3)
    assert [limiter.allow("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert limiter.retry_after("a", 0.0) == 0.5
    assert not limiter.allow("a", 0.4)
    assert limiter.allow("a", 0.5)
    assert limiter.allow("b", 0.5)


def test_a_cost_above_the_burst_never_passes() -> None:
    limiter = Limiter(rate=1, burst=2)
    assert not limiter.allow("a", 0.0, cost=3)
    assert limiter.retry_after("a", 0.0, cost=3) == float("inf")


def test_memory_is_bounded_and_the_busy_key_is_remembered() -> None:
    limiter = Limiter(rate=0.001, burst=1, capacity=10)
    limiter.allow("busy", 0.0)
    for number in range(1000):
        limiter.allow(number, 0.0)
        assert not limiter.allow("busy", 0.0)
    assert len(limiter) == 10


def test_a_clock_set_back_gives_nothing() -> None:
    limiter = Limiter(rate=1, burst=1)
    assert limiter.allow("a", 100.0)
    assert not limiter.allow("a", 50.0)
    assert not limiter.allow("a", 100.5)


@pytest.mark.parametrize(("rate", "burst", "capacity"), [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_nonsense_limits_are_refused(rate: float, burst: float, capacity: int) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        Limiter(rate, burst, capacity=capacity)


@given(st.lists(st.floats(0, 5), max_size=60))
def test_never_more_than_burst_plus_rate_times_time(pauses: list[float]) -> None:
    limiter, now, allowed = Limiter(rate=2, burst=5), 0.0, 0
    for pause in pauses:
        now += pause
        allowed += limiter.allow("k", now)
    assert allowed <= 5 + 2 * now + 1e-6
