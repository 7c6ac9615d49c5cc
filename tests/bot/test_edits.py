"""What an edit leaves alone is not computed again, and the index is what it would have been from nothing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.corpus import Corpus, Entry
from bot.corpus.model import Localised
from bot.engines.embedded import EmbeddedEngine
from bot.engines.port import Query
from bot.engines.vectors import VectorStore, key_of
from tests.bot.conftest import TODAY
from tests.bot.test_engines import HashingEncoder

ASKED = [Query("提币到现在还没到", "zh-CN"), Query("stop the payout please", "en"), Query("what is new here", "en")]


def edited(corpus: Corpus, *, answer: str = "", similar: str = "") -> Corpus:
    """With another answer, or one more wording, in English in the first entry that has it."""
    entry: Entry = next(entry for entry in corpus.entries.values() if "en" in entry.locales)
    own = entry.locales["en"]
    own = replace(own, answer=answer or own.answer, similar=(*own.similar, *filter(None, [similar])))
    return replace(corpus, entries={**corpus.entries, entry.id: replace(entry, locales={**entry.locales, "en": own})})


@pytest.mark.parametrize(
    "change", [{"answer": "Something quite different about payout."}, {"similar": "what is new here"}]
)
def test_after_an_edit_the_index_is_as_if_built_from_nothing(small: Corpus, change: dict[str, str]) -> None:
    engine = EmbeddedEngine(HashingEncoder(), HashingEncoder())
    engine.index(small, TODAY)
    corpus = edited(small, **change)
    after = engine.index(corpus, TODAY)
    anew = EmbeddedEngine(HashingEncoder(), HashingEncoder()).index(corpus, TODAY)
    for one, other in zip(after.rank(ASKED, 5), anew.rank(ASKED, 5), strict=True):
        assert [found.entry_id for found in one.candidates] == [found.entry_id for found in other.candidates]
        assert one.features == pytest.approx(other.features, abs=1e-6)


def test_an_edited_answer_takes_the_phrasings_over(small: Corpus) -> None:
    engine = EmbeddedEngine(HashingEncoder())
    before = engine.index(small, TODAY)
    after = engine.index(edited(small, answer="Another."), TODAY)
    for locale, shelf in after.shelves.items():
        assert shelf.wings[0].rows is before.shelves[locale].wings[0].rows
    now, then = (index.shelves["en"].wings[0].answers.pool.values for index in (after, before))
    assert not np.array_equal(now, then)


def test_phrasings_that_change_places_are_no_edit_of_answers(small: Corpus) -> None:
    """The same texts in the same order, but one of them under the entry before."""
    engine = EmbeddedEngine(HashingEncoder())
    first, second = [entry for entry in small.entries.values() if "en" in entry.locales][:2]
    one, two = first.locales["en"], replace(second.locales["en"], similar=("a wording of the second",))

    def with_both(own: Localised, other: Localised) -> Corpus:
        changed = {
            first.id: replace(first, locales={**first.locales, "en": own}),
            second.id: replace(second, locales={**second.locales, "en": other}),
        }
        return replace(small, entries={**small.entries, **changed})

    engine.index(with_both(one, two), TODAY)
    moved = with_both(
        replace(one, similar=(*one.similar, two.question)), replace(two, question=two.similar[0], similar=())
    )
    (ranking,) = engine.index(moved, TODAY).rank([Query(two.question, "en")], 1)
    assert ranking.candidates[0].entry_id == first.id


def texts(count: int, name: str) -> list[str]:
    return [f"{name} {number}" for number in range(count)]


def store_of(folder: Path, encoder: HashingEncoder) -> VectorStore:
    return VectorStore(encoder, folder)


def two_files(folder: Path) -> VectorStore:
    """A store with a hundred texts in its first file and three in the second."""
    store = store_of(folder, HashingEncoder())
    for some in (texts(100, "known"), texts(3, "new")):
        store.vectors(some, "query")
        store.save()
    return store


def test_an_edit_writes_its_own_vectors_and_no_others(tmp_path: Path) -> None:
    store = store_of(tmp_path, HashingEncoder())
    store.vectors(texts(100, "known"), "query")
    store.save()
    (whole,) = tmp_path.iterdir()
    written = whole.stat()
    store.vectors(texts(3, "new"), "query")
    store.save()
    assert (whole.stat().st_ino, whole.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)
    (beside,) = set(tmp_path.iterdir()) - {whole}
    assert beside.stat().st_size < written.st_size / 4
    restarted = HashingEncoder()
    found = store_of(tmp_path, restarted).vectors([*texts(100, "known"), *texts(3, "new")], "query")
    assert restarted.encoded == []
    assert found == pytest.approx(HashingEncoder().encode([*texts(100, "known"), *texts(3, "new")]), abs=1e-3)


def test_when_much_is_new_or_forgotten_one_file_is_written_anew(tmp_path: Path) -> None:
    store = two_files(tmp_path)
    store.vectors(texts(20, "more"), "query")
    store.save()
    (whole,) = tmp_path.iterdir()
    full = whole.stat().st_size
    store.keep_only({key_of(text, "query") for text in texts(50, "known")}, "query")
    store.save()
    (whole,) = tmp_path.iterdir()
    assert whole.stat().st_size < full * 0.6
    restarted = HashingEncoder()
    again = store_of(tmp_path, restarted)
    again.vectors(texts(50, "known"), "query")
    assert restarted.encoded == []
    again.vectors(texts(1, "new"), "query")
    assert restarted.encoded == ["new 0"]


def test_a_crash_between_the_two_files_doubles_nothing(tmp_path: Path) -> None:
    """The first file is written anew, and the second one, which it now holds, is still there."""
    store = two_files(tmp_path)
    (beside,) = tmp_path.glob("*.new.npz")
    left = beside.read_bytes()
    store.vectors(texts(30, "more"), "query")
    store.save()
    beside.write_bytes(left)
    restarted = HashingEncoder()
    every = [*texts(100, "known"), *texts(3, "new"), *texts(30, "more")]
    found = store_of(tmp_path, restarted).vectors(every, "query")
    assert restarted.encoded == []
    assert found == pytest.approx(HashingEncoder().encode(every), abs=1e-3)
