"""What an index and its store of vectors do when something is missing, broken or fails half-way."""

import resource
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.corpus import Corpus
from bot.encoder.runtime import Array, Kind
from bot.engines.embedded import EmbeddedEngine
from bot.engines.port import EngineFailed, Query
from bot.engines.vectors import VectorStore
from tests.bot.conftest import TODAY
from tests.bot.test_engines import HashingEncoder

ASKED = Query("怎么取消提币", "zh-CN")


def test_a_language_of_which_nothing_may_be_answered_is_left_out(small: Corpus) -> None:
    entry = next(iter(small.entries.values()))
    own = next(iter(entry.locales.values()))
    gone = replace(entry, id="old.news", locales={"zh-TW": own}, valid_until=TODAY - timedelta(days=1))
    corpus = replace(small, entries={**small.entries, gone.id: gone})
    index = EmbeddedEngine(HashingEncoder(), HashingEncoder()).index(corpus, TODAY)
    assert set(index.locales) == {"zh-CN", "en"}
    assert index.rank([Query("x", "zh-TW")], 3)[0].candidates == ()


class Failing(HashingEncoder):
    """Fails while told to."""

    failing = False

    def encode(self, texts: Sequence[str], kind: Kind = "query") -> Array:
        if self.failing:
            raise EngineFailed("as told")
        return super().encode(texts, kind)


def test_after_a_publication_that_failed_the_one_before_can_be_published_again(small: Corpus) -> None:
    encoder = Failing()
    engine = EmbeddedEngine(encoder)
    engine.index(small, TODAY)
    first, *others = small.entries.values()
    own = first.locales["zh-CN"]
    changed = replace(
        first, locales={**first.locales, "zh-CN": replace(own, question="全新的问法", similar=("另一个",))}
    )
    encoder.failing = True
    with pytest.raises(EngineFailed):
        engine.index(replace(small, entries={first.id: changed, **{e.id: e for e in others}}), TODAY)
    encoder.failing = False
    index = engine.index(small, TODAY)
    encoder.encoded.clear()
    assert index.rank([Query(own.question, "zh-CN")], 1)[0].candidates[0].entry_id == first.id
    assert encoder.encoded == []


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 torn"])
def test_a_file_that_cannot_be_read_is_computed_again(
    small: Corpus, tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    EmbeddedEngine(HashingEncoder(), cache=tmp_path).index(small, TODAY)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    again = HashingEncoder()
    index = EmbeddedEngine(again, cache=tmp_path).index(small, TODAY)
    assert again.encoded
    assert "vectors_unreadable" in caplog.text
    assert index.rank([ASKED], 1)[0].candidates[0].entry_id == "withdraw.cancel"
    restarted = HashingEncoder()
    EmbeddedEngine(restarted, cache=tmp_path).index(small, TODAY)
    assert restarted.encoded == []


def test_a_write_that_fails_leaves_no_litter(tmp_path: Path) -> None:
    store = VectorStore(HashingEncoder(), tmp_path)
    store.vectors(["one"], "query")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            store.save()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_what_customers_write_stays_in_no_cache_of_the_process(small: Corpus) -> None:
    index = EmbeddedEngine(HashingEncoder(), HashingEncoder()).index(small, TODAY)
    caches = {
        f"{name}.{attribute}": value
        for name, module in sys.modules.items()
        if name.startswith("bot.")
        for attribute, value in vars(module).items()
        if hasattr(value, "cache_info")
    }
    assert caches
    known = {name: cache.cache_info().currsize for name, cache in caches.items()}
    index.rank([Query(f"my seed is number {n}", "en") for n in range(50)], 3)
    assert {name: cache.cache_info().currsize for name, cache in caches.items()} == known


def test_hidden_entries_stay_hidden_through_the_cascade(small: Corpus) -> None:
    engine = EmbeddedEngine(HashingEncoder(), HashingEncoder())
    entries = {
        entry.id: replace(
            entry,
            locales={
                tag: replace(own, similar=(*own.similar, *(f"{own.question} {n}" for n in range(4))))
                for tag, own in entry.locales.items()
            },
        )
        for entry in small.entries.values()
    }
    index = engine.index(replace(small, entries=entries), TODAY)
    shown, hidden = index.rank_twice([ASKED, ASKED], 3, [None, "withdraw.cancel"])
    for ranking in filter(None, shown):
        assert ranking.candidates[0].entry_id == "withdraw.cancel"
    for ranking in filter(None, hidden):
        assert "withdraw.cancel" not in [found.entry_id for found in ranking.candidates]
