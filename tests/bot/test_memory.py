"""What an encoder remembers."""

import threading
from collections.abc import Sequence

import numpy as np

from bot.encoder.memory import Array, Memory


class Lengths:
    """Reads a text's length."""

    def __init__(self) -> None:
        self.read: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> Array:
        self.read.append(list(texts))
        return np.array([[len(text)] for text in texts], np.float32)


def test_each_text_is_read_once_and_told_in_order() -> None:
    memory, lengths = Memory(10), Lengths()
    assert [v.tolist() for v in memory.vectors(["aa", "b", "aa"], lengths)] == [[2], [1], [2]]
    assert [v.tolist() for v in memory.vectors(["ccc", "b"], lengths)] == [[3], [1]]
    assert lengths.read == [["aa", "b"], ["ccc"]]
    assert memory.vectors([], lengths) == []


def test_what_was_asked_last_stays() -> None:
    memory, lengths = Memory(2), Lengths()
    for text in ("a", "bb", "a", "ccc", "a", "bb"):
        memory.vectors([text], lengths)
    assert lengths.read == [["a"], ["bb"], ["ccc"], ["bb"]]


def test_more_texts_than_it_holds_are_told_all_the_same() -> None:
    memory, lengths = Memory(0), Lengths()
    assert [v.tolist() for v in memory.vectors(["a", "bb"], lengths)] == [[1], [2]]
    memory.vectors(["a"], lengths)
    assert lengths.read == [["a", "bb"], ["a"]]


def test_threads_share_it() -> None:
    memory, wrong = Memory(8), list[str]()

    def ask(start: int) -> None:
        lengths = Lengths()
        for number in range(start, start + 3000):
            texts = ["x" * (number % 23), "x" * (number % 7)]
            if [v[0] for v in memory.vectors(texts, lengths)] != [len(text) for text in texts]:
                wrong.extend(texts)

    threads = [threading.Thread(target=ask, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
