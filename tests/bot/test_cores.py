"""Where threads run; with real threads, on the cores that this machine has."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot import cores


@pytest.fixture
def given() -> Iterator[set[int]]:
    """This thread's cores, given back at the end."""
    had = os.sched_getaffinity(0)
    yield had
    os.sched_setaffinity(0, had)


def in_thread(do: Callable[[], None]) -> set[int]:
    """The cores of another thread that has done so."""
    found = set[int]()

    def run() -> None:
        do()
        found.update(os.sched_getaffinity(0))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found


def test_a_thread_gets_what_the_first_one_had(given: set[int]) -> None:
    everywhere = cores.same()
    os.sched_setaffinity(0, {min(given)})
    assert in_thread(everywhere) == given
    assert in_thread(lambda: None) == {min(given)}


def test_the_second_has_the_other_core_and_the_first_ones_while_that_waits(given: set[int]) -> None:
    # With one core these are the same, and nothing moves.
    low, high = min(given), max(given)
    os.sched_setaffinity(0, {low, high})
    pair = cores.Pair({low, high})
    assert in_thread(pair.first) == {low}
    with ThreadPoolExecutor(1, initializer=pair.second) as reader:
        steps: list[Callable[[], None]] = [lambda: None, pair.lend, pair.take_back]
        found = []
        for step in steps:
            number = reader.submit(threading.get_native_id).result()
            step()
            found.append(os.sched_getaffinity(number))
    assert found == [{high}, {low}, {high}]


@pytest.mark.parametrize("placed", [True, False])
def test_nothing_is_placed_on_one_core_or_unasked(given: set[int], placed: bool) -> None:
    if placed:
        os.sched_setaffinity(0, {min(given)})
    here = os.sched_getaffinity(0)
    pair = cores.Pair(cores.allowed() if placed else ())
    assert in_thread(pair.first) == here
    assert in_thread(pair.second) == here
    pair.lend()
    pair.take_back()
    assert os.sched_getaffinity(0) == here


def test_cores_that_are_taken_away_are_no_error(given: set[int]) -> None:
    pair = cores.Pair({max(given) + 4096, max(given) + 4097})
    assert in_thread(pair.first) == in_thread(pair.second) == given
