"""Vectors laid out by entry: an edit writes its own and moves no others."""

from collections.abc import Sequence

import numpy as np
import pytest

from bot.engines import layout
from bot.engines.layout import Array, Coarse, Keys, Layout, centre

Corpus = dict[str, list[str]]


class Drawn:
    """Vectors drawn by the text; tells what was read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, texts: Sequence[str], keys: Sequence[bytes]) -> Array:
        assert [text.encode() for text in texts] == list(keys)
        self.read += texts
        rows = [np.random.default_rng(list(key)).standard_normal(6) for key in keys]
        return np.array(rows, np.float32).reshape(len(rows), 6)


def given(corpus: Corpus) -> tuple[list[Keys], list[list[str]]]:
    return [tuple(text.encode() for text in texts) for texts in corpus.values()], list(corpus.values())


def vectors_of(found: Layout) -> list[Array]:
    """Per entry, by its rows."""
    begins, counts = found.rows.begins.tolist(), found.rows.counts.tolist()
    every = found.rows.pool.plain()
    return [every[begin : begin + count] for begin, count in zip(begins, counts, strict=True)]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> Corpus:
    monkeypatch.setattr(layout, "_FEW", 8)
    return {f"entry {n}": [f"text {n} {m}" for m in range(1 + n % 4)] for n in range(40)}


def as_it_should_be(found: Layout, corpus: Corpus) -> None:
    for texts, rows, total in zip(corpus.values(), vectors_of(found), found.sums, strict=True):
        expected = centre(Drawn()(texts, [text.encode() for text in texts]), found.mean)
        assert rows == pytest.approx(expected, abs=0.5 / 127)
        assert total == pytest.approx(expected.sum(axis=0), abs=1e-5)


def test_an_edit_reads_and_writes_its_own_vectors_alone(many: Corpus) -> None:
    read = Drawn()
    before = Layout.made(*given(many), read)
    as_it_should_be(before, many)
    was = before.rows.pool.values[: before.used].copy()
    edited = {name: texts for name, texts in many.items() if name != "entry 3"}
    edited["entry 7"] = [*many["entry 7"], "one more"]
    edited = {"new": ["first", "second"], **edited, "empty": []}
    read.read.clear()
    after = before.edited(*given(edited), read)
    assert sorted(read.read) == sorted(["first", "second", *edited["entry 7"]])
    assert after.rows.pool is before.rows.pool
    assert np.array_equal(after.rows.pool.values[: before.used], was)
    as_it_should_be(after, edited)
    as_it_should_be(before, many)
    query = Coarse.of(np.ones((1, 6), np.float32))
    places = np.arange(len(edited))
    assert after.rows.among(places, query)[2] == pytest.approx(after.rows.nearest(query)[0], abs=1e-6)


def test_nothing_changed_is_the_same_layout(many: Corpus) -> None:
    before = Layout.made(*given(many), Drawn())
    assert before.edited(*given(dict(many)), Drawn()) is before


def test_without_room_everything_is_laid_out_anew(many: Corpus) -> None:
    read = Drawn()
    found = Layout.made(*given(many), read)
    first, corpus = found.rows.pool, dict(many)
    for number in range(30):
        corpus[f"more {number}"] = [f"more {number}"]
        found = found.edited(*given(corpus), read)
        as_it_should_be(found, corpus)
    assert found.rows.pool is not first
    assert found.mean == pytest.approx(Drawn()(read.read, [text.encode() for text in read.read]).mean(axis=0), abs=0.5)


def test_what_has_gone_is_not_in_the_mean(many: Corpus) -> None:
    """Another corpus, or most of one withheld, fits into the room that there is."""
    found = Layout.made(*given(many), Drawn())
    few = dict(list(many.items())[:4])
    after = found.edited(*given(few), Drawn())
    assert after.mean == pytest.approx(Layout.made(*given(few), Drawn()).mean)
    assert len(after.rows.pool) < len(found.rows.pool) / 4
    nothing = found.edited([], [], Drawn())
    as_it_should_be(nothing.edited(*given(many), Drawn()), many)


def test_two_entries_of_one_text_are_no_edit(many: Corpus) -> None:
    many["twin"] = list(many["entry 1"])
    found = Layout.made(*given(many), Drawn())
    assert found.edited(*given(dict(many)), Drawn()) is found


def test_a_small_corpus_has_the_mean_of_what_is_there() -> None:
    corpus = {"one": ["a", "b"], "two": ["c"]}
    found = Layout.made(*given(corpus), Drawn())
    corpus["two"] = ["d"]
    after = found.edited(*given(corpus), Drawn())
    assert after.mean == pytest.approx(Layout.made(*given(corpus), Drawn()).mean)


def test_one_text_alone_is_no_deviation_from_a_mean() -> None:
    found = Layout.made([(b"a",)], [["a"]], Drawn())
    assert np.linalg.norm(found.rows.pool.plain()[0]) == pytest.approx(1, abs=0.01)
