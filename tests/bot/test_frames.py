"""Values between a process and its child, and what both remember of a text."""

from dataclasses import replace
from io import BytesIO

import pytest

from bot.corpus import Corpus
from bot.detectors import Detectors
from bot.engines.port import EngineFailed
from bot.frames import Frames, framed, portable, read_frame
from bot.front import Front
from bot.recent import Recent
from tests.bot.conftest import TODAY

VALUES = [(1, "ask", "提现"), {"a": [1.5]}, "x" * 100_000]


def test_values_come_out_of_any_pieces() -> None:
    data = b"".join(framed(value) for value in VALUES)
    for size in (1, 7, 1000, len(data)):
        frames = Frames()
        assert [v for start in range(0, len(data), size) for v in frames.feed(data[start : start + size])] == VALUES


def test_a_stream_gives_them_one_by_one_and_ends() -> None:
    stream = BytesIO(b"".join(framed(value) for value in VALUES))
    assert [read_frame(stream) for _ in VALUES] == VALUES
    with pytest.raises(EOFError):
        read_frame(stream)


@pytest.mark.parametrize("missing", [1, 5])
def test_half_a_value_is_the_end(missing: int) -> None:
    with pytest.raises(EOFError):
        read_frame(BytesIO(framed("ask")[:-missing]))


class Two(EngineFailed):
    """Made of two, and so not made again of what it holds."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


def test_errors_that_the_other_side_may_not_know_stay() -> None:
    assert isinstance(portable(EngineFailed("no")), EngineFailed)
    assert isinstance(portable(ValueError("no")), ValueError)
    assert portable(Two("a", "b")) is None
    Two.__module__ = "bot.somewhere"
    try:
        assert portable(Two("a", "b")) is None
    finally:
        Two.__module__ = __name__


def test_the_last_texts_are_remembered() -> None:
    made: list[str] = []

    def make(text: str) -> str:
        made.append(text)
        return text.upper()

    recent = Recent(2, make)
    recent.put("b", "given")
    assert [recent.get(text) for text in ("a", "b", "a", "c", "a", "b")] == ["A", "given", "A", "C", "A", "B"]
    assert made == ["a", "c", "b"]


def test_what_another_front_saw_counts_for_the_same_corpus(small: Corpus) -> None:
    one, other = Front(small, day=TODAY), Front(small, day=TODAY)
    later = Front(replace(small, version="later"), day=TODAY)
    seen = one.glanced("转人工")
    person = seen.seen
    # As if it had seen something else, to tell it from what it finds itself.
    odd = replace(seen, seen=(None, person[1]))
    other.remember(odd)
    later.remember(odd)
    assert other.glanced("转人工").seen[0] is None
    assert later.glanced("转人工").seen[0] == Detectors().detect("转人工")
