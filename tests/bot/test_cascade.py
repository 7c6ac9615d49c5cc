"""What the leading encoder, the cheap one, is sure of is not read by the second one, nor what a gate calls hopeless;
all else is, and so is everything in a corpus with few wordings."""

from dataclasses import replace

import pytest

from bot.corpus import Corpus
from bot.engines.embedded import EmbeddedEngine, EmbeddedIndex
from bot.engines.port import Query, QuickRanking, Ranking
from bot.engines.shelf import SURE, VIEWS
from bot.engines.toy import ToyGate
from bot.service import Bot, Unread
from bot.verdicts import BotContext
from tests.bot.conftest import TODAY
from tests.bot.test_engines import HashingEncoder

MANY = 14
KNOWN, STRANGE = "please cancel my pending withdrawal now", "zebras graze on the plain"


def worded(corpus: Corpus, times: int) -> Corpus:
    """Every entry with so many more wordings in English, each a few words longer than the question."""
    entries = {}
    for entry in corpus.entries.values():
        locales = {
            tag: replace(own, similar=(*own.similar, *(f"{own.question} please number {n}" for n in range(times))))
            for tag, own in entry.locales.items()
        }
        entries[entry.id] = replace(entry, locales=locales)
    return replace(corpus, entries=entries)


def built(corpus: Corpus) -> tuple[HashingEncoder, HashingEncoder, EmbeddedIndex]:
    leading, second = HashingEncoder(), HashingEncoder()
    index = EmbeddedEngine(leading, second).index(corpus, TODAY)
    leading.encoded.clear()
    second.encoded.clear()
    return leading, second, index


def one(index: EmbeddedIndex, text: str) -> Ranking:
    return index.rank([Query(text, "en")], 3)[0]


def test_what_the_first_is_sure_of_the_second_does_not_read(small: Corpus) -> None:
    leading, second, index = built(worded(small, MANY))
    question = next(entry for entry in small.entries.values() if "en" in entry.locales).locales["en"].question
    ranking = one(index, f"{question} please number")
    assert ranking.features["share"] >= SURE
    assert ranking.features["alone"] == 1
    assert (len(leading.encoded), second.encoded) == (1, [])
    assert not any(ranking.features[name] for name in (*VIEWS, "whole_share") if name in ranking.features)
    assert ranking.features["use_phrasing"] > 0


def test_what_it_is_not_sure_of_both_read(small: Corpus) -> None:
    leading, second, index = built(worded(small, MANY))
    assert one(index, STRANGE).features["alone"] == 0
    assert leading.encoded == second.encoded == [STRANGE]


def test_in_a_corpus_with_few_wordings_both_read_everything(small: Corpus) -> None:
    bare = {
        entry.id: replace(entry, locales={tag: replace(own, similar=()) for tag, own in entry.locales.items()})
        for entry in small.entries.values()
    }
    _, second, index = built(replace(small, entries=bare))
    assert one(index, KNOWN).features["alone"] == 0
    assert second.encoded == [KNOWN]


def test_texts_of_one_batch_are_decided_one_by_one(small: Corpus) -> None:
    _, second, index = built(worded(small, MANY))
    question = next(entry for entry in small.entries.values() if "en" in entry.locales).locales["en"].question
    texts = [STRANGE, f"{question} please number"]
    together = index.rank([Query(text, "en") for text in texts], 3)
    assert second.encoded == [STRANGE]
    for text, ranking in zip(texts, together, strict=True):
        assert ranking.features == pytest.approx(one(index, text).features, abs=1e-5)


def test_a_text_ranked_twice_is_ranked_by_the_first_alone_and_by_both(small: Corpus) -> None:
    second = HashingEncoder()
    engine = EmbeddedEngine(HashingEncoder(), second)
    index = engine.index(worded(small, MANY), TODAY)
    ((quick, whole),) = index.rank_twice([Query(STRANGE, "en")], 3)
    assert quick is not None
    assert (quick.features["alone"], whole.features["alone"]) == (1, 0)
    assert whole.features == pytest.approx(one(index, STRANGE).features, abs=1e-5)
    engine.hopeless = lambda query, ranking: True
    second.encoded.clear()
    assert quick.features == pytest.approx(one(index, STRANGE).features, abs=1e-5)
    assert second.encoded == []


def test_where_both_read_everything_there_is_no_quick_ranking(small: Corpus) -> None:
    _, _, index = built(small)
    ((quick, whole),) = index.rank_twice([Query(KNOWN, "en")], 3)
    assert quick is None
    assert whole.features == pytest.approx(one(index, KNOWN).features, abs=1e-5)


def test_what_is_hopeless_the_second_does_not_read(small: Corpus) -> None:
    leading, second = HashingEncoder(), HashingEncoder()
    engine = EmbeddedEngine(leading, second)
    asked: list[tuple[Query, float]] = []

    def hopeless(query: Query, ranking: Ranking) -> bool:
        asked.append((query, ranking.features["alone"]))
        return query.text == STRANGE

    engine.hopeless = hopeless
    index = engine.index(worded(small, MANY), TODAY)
    second.encoded.clear()
    queries = [Query(STRANGE, "en"), Query("zebras and horses graze there", "en")]
    strange, other = index.rank_quickly(queries, 3)
    assert strange.ranking is not None
    assert (strange.enough, other.enough) == (True, False)
    assert asked == [(query, 1.0) for query in queries]
    assert second.encoded == []
    # Ranked, it is what it was; the other one is read, and neither is begun again.
    leading.encoded.clear()
    found = index.rank_begun([strange, other], 3)
    assert found[0] is strange.ranking
    assert found[1].features["alone"] == 0
    assert (leading.encoded, second.encoded) == ([], [queries[1].text])
    assert len(asked) == len(queries)


def test_in_a_corpus_with_few_wordings_nothing_is_hopeless(small: Corpus) -> None:
    second = HashingEncoder()
    engine = EmbeddedEngine(HashingEncoder(), second)
    engine.hopeless = lambda query, ranking: True
    index = engine.index(small, TODAY)
    second.encoded.clear()
    assert one(index, STRANGE).features["alone"] == 0
    assert second.encoded == [STRANGE]


def test_what_the_cheap_part_is_sure_of_is_told_before_the_rest_is_read(small: Corpus) -> None:
    leading, second = HashingEncoder(), HashingEncoder()
    bot = Bot(EmbeddedEngine(leading, second), ToyGate(), worded(small, MANY), day=TODAY)
    question = next(entry for entry in small.entries.values() if "en" in entry.locales).locales["en"].question
    second.encoded.clear()
    replies = bot.replies([(STRANGE, BotContext("en")), (f"{question} please number", BotContext("en"))])
    first = next(replies)
    assert isinstance(first, tuple)
    assert (first[0], second.encoded) == (1, [])
    unread = next(replies)
    assert isinstance(unread, Unread)
    assert (unread.texts, second.encoded) == ([STRANGE], [])
    unread.read(unread.texts)
    assert second.encoded == [STRANGE]
    assert [step[0] for step in replies if isinstance(step, tuple)] == [0]
    # Real encoders remember what they have read of a batch; this one is asked again.
    assert set(second.encoded) == {STRANGE}


def test_the_quick_ranking_is_the_ranking(small: Corpus) -> None:
    _, second, index = built(worded(small, MANY))
    question = next(entry for entry in small.entries.values() if "en" in entry.locales).locales["en"].question
    queries = [Query(STRANGE, "en"), Query(f"{question} please number", "en"), Query("?", "ko")]
    strange, known, nothing = index.rank_quickly(queries, 3)
    assert strange.ranking is not None
    assert (strange.enough, strange.ranking.features["alone"]) == (False, 1)
    assert second.encoded == []
    assert known.ranking is not None
    assert known.enough
    assert known.ranking.features == pytest.approx(one(index, queries[1].text).features, abs=1e-5)
    assert nothing == QuickRanking(Ranking(()), True)


def test_in_a_corpus_with_few_wordings_nothing_is_quick(small: Corpus) -> None:
    _, _, index = built(small)
    (quick,) = index.rank_quickly([Query(KNOWN, "en")], 3)
    assert (quick.ranking, quick.enough) == (None, False)
    (ranking,) = index.rank_begun([quick], 3)
    assert ranking.features == pytest.approx(one(index, KNOWN).features, abs=1e-5)


def test_of_entries_that_promise_far_less_only_the_first_five_are_looked_at(small: Corpus) -> None:
    entry = next(entry for entry in small.entries.values() if "en" in entry.locales)
    own = entry.locales["en"]
    entries = {
        f"many.{subject}": replace(
            entry,
            id=f"many.{subject}",
            locales={"en": replace(own, question=f"how do {subject} work here", similar=())},
        )
        for subject in ("apples", "bridges", "candles", "doors", "engines", "flowers", "gardens", "hammers", "islands")
    }
    leading, _, index = built(worded(replace(small, entries=entries), MANY))
    shelf, texts = index.shelves["en"], ["how do candles work here", STRANGE]
    sure, unsure = shelf.begun(texts, leading.encode(texts), 3)
    assert len(sure.chosen) == 5
    assert 5 <= len(unsure.chosen) <= 8
    # Up to eight when both encoders have read the text.
    shelf.ranked([sure], [leading.encode(texts[:1])], 3)
    assert len(sure.chosen) == 8
