"""One contract for every engine. The embedded one runs on a small deterministic encoder here; the real encoder is
measured by `benchmarks/bot`."""

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from bot.corpus import Corpus
from bot.encoder.runtime import Array, Kind
from bot.engines import lexical
from bot.engines.embedded import EmbeddedEngine, passages_of
from bot.engines.layout import Coarse, Rows, centre
from bot.engines.lexical import Document, WordBook, WordIndex, kinds
from bot.engines.port import Engine, EngineFailed, Query
from bot.engines.rasa import RasaEngine
from bot.engines.toy import ToyEngine, ToySettings, tokens
from bot.rasa.gate import Calibration
from bot.rasa.live import Live, LiveFile, write_live
from bot.rasa.parse import Limits
from bot.rasa.project import projects
from tests.bot.conftest import TODAY, corpus_of, small_document
from tests.support.rasa_double import RasaDouble, examples_of


class HashingEncoder:
    """Sums a pseudo-random direction per token: exact, and equal tokens give near vectors."""

    identity = "hashing-test-encoder"
    runtime = "test"
    dimensions = 64
    warning: str | None = None

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], kind: Kind = "query") -> Array:
        self.encoded += texts
        return np.stack([self._one(text) for text in texts]).astype(np.float32)

    def _one(self, text: str) -> Array:
        total = np.full(self.dimensions, 0.5, np.float32)
        for token in sorted(tokens(text)):
            seed = int.from_bytes(hashlib.sha256(token.encode()).digest()[:4], "big")
            total += np.random.default_rng(seed).standard_normal(self.dimensions).astype(np.float32)
        unit: Array = total / np.linalg.norm(total)
        return unit


@pytest.fixture
def rasa(small: Corpus, tmp_path: Path) -> Iterator[RasaEngine]:
    """Asks doubles over HTTP; tests/rasa holds the real Rasa to the same."""
    with ExitStack() as running:
        live = {}
        for project in projects(small, TODAY):
            double = running.enter_context(RasaDouble(examples_of(project.files["data/nlu.yml"])))
            live[project.language] = Live(double.url, "model", small.version, Calibration((0.0, 1.0, 0.0), 0.0))
        write_live(tmp_path, live)
        engine = RasaEngine(LiveFile(tmp_path), ToyEngine(), Limits(answer=10.0))
        yield engine
        engine.close()


@pytest.fixture(params=["toy", "embedded", "embedded, two encoders", "rasa"])
def engine(request: pytest.FixtureRequest) -> Engine:
    match request.param:
        case "rasa":
            return cast(Engine, request.getfixturevalue("rasa"))
        case "embedded":
            return EmbeddedEngine(HashingEncoder())
        case "embedded, two encoders":
            return EmbeddedEngine(HashingEncoder(), HashingEncoder())
        case _:
            return ToyEngine()


def test_a_known_wording_ranks_its_entry_first(engine: Engine, small: Corpus) -> None:
    index = engine.index(small, TODAY)
    for entry in small.entries.values():
        for locale, own in entry.locales.items():
            if small.withheld(entry, locale, TODAY):
                continue
            for phrasing in own.phrasings:
                (ranking,) = index.rank([Query(phrasing, locale)], 3)
                assert (ranking.candidates[0].entry_id, ranking.candidates[0].phrasing) == (entry.id, phrasing)


def test_rankings_come_in_the_order_of_the_queries_and_depend_on_none_of_the_others(
    engine: Engine, small: Corpus
) -> None:
    index = engine.index(small, TODAY)
    queries = [Query("怎么取消提币", "zh-CN"), Query("withdrawal stuck", "en"), Query("充值没到账", "zh-CN")]
    together = index.rank(queries, 3)
    alone = [index.rank([query], 3)[0] for query in queries]
    assert [[c.entry_id for c in r.candidates] for r in together] == [[c.entry_id for c in r.candidates] for r in alone]
    assert together[0].features == pytest.approx(alone[0].features, abs=1e-5)


def test_candidates_are_distinct_best_first_and_at_most_k(engine: Engine, small: Corpus) -> None:
    (ranking,) = engine.index(small, TODAY).rank([Query("提币怎么办", "zh-CN")], 2)
    scores = [candidate.score for candidate in ranking.candidates]
    assert len({candidate.entry_id for candidate in ranking.candidates}) == len(scores) <= 2
    assert scores == sorted(scores, reverse=True)
    assert ranking.candidates[0].share == 1.0
    assert all(0 <= candidate.share <= 1 for candidate in ranking.candidates)


def test_a_withheld_entry_is_never_a_candidate(engine: Engine, small: Corpus) -> None:
    (ranking,) = engine.index(small, TODAY).rank([Query("What are the fees", "en")], 9)
    assert "fees.table" not in [candidate.entry_id for candidate in ranking.candidates]


def test_a_locale_without_entries_gives_no_candidates(engine: Engine, small: Corpus) -> None:
    index = engine.index(small, TODAY)
    assert index.rank([Query("입금이 안 됐어요", "ko")], 3)[0].candidates == ()
    assert set(index.locales) == {"zh-CN", "en"}


@pytest.mark.parametrize("text", ["", " ", "?!", "👍", "\u200b", "x" * 5000])
def test_any_text_can_be_ranked(engine: Engine, small: Corpus, text: str) -> None:
    assert len(engine.index(small, TODAY).rank([Query(text, "en")], 3)) == 1


def test_an_index_does_not_change_when_another_is_built(engine: Engine, small: Corpus) -> None:
    index = engine.index(small, TODAY)
    entries = {name: entry for name, entry in small.entries.items() if name != "withdraw.cancel"}
    engine.index(replace(small, entries=entries, version="v2"), TODAY)
    assert index.version == "v1"
    assert index.rank([Query("怎么取消提币", "zh-CN")], 1)[0].candidates[0].entry_id == "withdraw.cancel"


def test_the_toy_fails_when_told_to(small: Corpus) -> None:
    index = ToyEngine(ToySettings(fail_after=2)).index(small, TODAY)
    index.rank([Query("x", "en")] * 2, 1)
    with pytest.raises(EngineFailed):
        index.rank([Query("x", "en")], 1)


def test_an_edit_embeds_only_what_changed(small: Corpus, tmp_path: Path) -> None:
    EmbeddedEngine(HashingEncoder(), cache=tmp_path).index(small, TODAY)
    document = small_document()
    document["entries"][1]["locales"]["en"]["similar"] = ["stop my payout"]  # type: ignore[index]
    restarted = HashingEncoder()
    EmbeddedEngine(restarted, cache=tmp_path).index(corpus_of(document), TODAY)
    assert restarted.encoded == ["stop my payout"]


def test_vectors_of_another_encoder_are_not_read(small: Corpus, tmp_path: Path) -> None:
    EmbeddedEngine(HashingEncoder(), cache=tmp_path).index(small, TODAY)
    other = HashingEncoder()
    other.identity = "another-encoder"
    EmbeddedEngine(other, cache=tmp_path).index(small, TODAY)
    assert other.encoded


@pytest.mark.parametrize("made", [WordIndex.bm25, WordIndex.bayes])
def test_words_know_names_and_tell_how_much_is_unknown(made: Callable[[Sequence[Document]], WordIndex]) -> None:
    index = made([Document(("deposit over TRC20",), ""), Document(("交易手续费",), "")])
    said = [index.read(text) for text in ("trc20", "手续费多少", "qqqq", "")]
    scores, unknown = index.score(said), [text.unknown for text in said]
    assert scores[0].argmax() == 0
    assert scores[1].argmax() == 1
    assert scores[2].tolist() == [0.0, 0.0]
    assert unknown[2] == unknown[3] == 1.0
    assert unknown[0] == 0.0


@pytest.mark.parametrize("made", [WordIndex.bm25, WordIndex.bayes])
def test_many_weights_are_summed_as_few_are(
    made: Callable[[Sequence[Document]], WordIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    index = made([Document((f"deposit over TRC{n}", f"a fee of {n}"), "It takes an hour.") for n in range(9)])
    said = [index.read(text) for text in ("deposit trc3", "a fee of", "zzz", "")]
    few = index.score(said)
    monkeypatch.setattr(lexical, "_SPARSE", 0)
    assert index.score(said) == pytest.approx(few, abs=1e-5)
    assert few[0].argmax() == 3


def test_words_are_complement_naive_bayes() -> None:
    """Differences between documents are those of the textbook's log odds (Rennie et al. 2003, without the last step),
    where how many phrasings have an n-gram counts, and an answer counts half."""
    documents = [
        Document(("withdraw usdt", "withdraw coins", "usdt withdraw slow"), "A withdraw takes an hour."),
        Document(("deposit usdt", "deposit missing"), "A deposit needs the network."),
        Document(("trading fee", "fee of a trade", "fee"), ""),
    ]
    counts: list[Counter[str]] = []
    for document in documents:
        own: Counter[str] = Counter()
        for text in document.phrasings:
            own.update(kinds(text))
        counts.append(own)
    weighed = [dict(own) for own in counts]
    for own, document in zip(weighed, documents, strict=True):
        for gram in kinds(document.answer):
            own[gram] = own.get(gram, 0) + 0.5
    vocabulary = {gram for own in weighed for gram in own}
    query = kinds("usdt withdraw unheard")
    expected = []
    for place, own in enumerate(weighed):
        rest = [other for number, other in enumerate(weighed) if number != place]
        size = sum(own.values()) + 0.05 * len(vocabulary)
        others = sum(sum(other.values()) for other in rest) + len(vocabulary)
        odds = [
            math.log((own.get(gram, 0) + 0.05) / size)
            - math.log((sum(other.get(gram, 0) for other in rest) + 1) / others)
            for gram in query & vocabulary
        ]
        expected.append(sum(odds) / len(query))
    index = WordIndex.bayes(documents)
    (scores,) = index.score([index.read("usdt withdraw unheard")])
    assert scores - scores[0] == pytest.approx(np.array(expected) - expected[0], abs=1e-4)


def test_an_edit_counts_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    plain = lexical.kinds
    monkeypatch.setattr(lexical, "kinds", lambda text: counted.append(text) or plain(text))
    book = WordBook()
    first, second = Document(("one", "uno"), "the first"), Document(("two",), "the second")
    WordIndex.bayes([first, second], book)
    counted.clear()
    edited = replace(second, answer="another")
    book.keep_only([first, edited])
    WordIndex.bayes([first, edited], book)
    assert counted == ["two", "another"]


def test_grams_are_words_near_pairs_and_few_pieces_of_them() -> None:
    assert kinds("TRC20 fee") == {"=trc20", "^trc", "trc2", "rc20", "c20$", "=fee", "^fee", "fee$", "=trc20 fee"}
    assert {"=a b", "=a c", "=a d"} <= kinds("a b c d e")
    assert "=a e" not in kinds("a b c d e")
    assert kinds("提币费") == {"提", "币", "费", "提币", "币费"}
    assert {"=вывод", "^выв", "=вывод завис"} <= kinds("Вывод завис")


def test_a_known_wording_needs_no_encoder(small: Corpus) -> None:
    encoder = HashingEncoder()
    index = EmbeddedEngine(encoder).index(small, TODAY)
    encoder.encoded.clear()
    (ranking,) = index.rank([Query("WITHDRAWAL stuck?!", "en")], 3)
    assert ranking.candidates[0].phrasing == "withdrawal stuck"
    assert encoder.encoded == []


def test_a_long_answer_is_read_in_pieces() -> None:
    answer = " ".join(f"Sentence number {n} says something of its own about the matter." for n in range(40))
    pieces = passages_of("What is it?", answer)
    assert 1 < len(pieces) <= 4
    assert all(piece.startswith("What is it? Sentence") for piece in pieces)
    assert passages_of("What is it?", "") == ("What is it?",)


def test_rows_of_some_entries_are_read_as_those_of_all() -> None:
    draws = np.random.default_rng(5)
    vectors = draws.standard_normal((7, 8)).astype(np.float32)
    # The second entry was edited: its row stands last, and where it was stands what is no longer anybody's.
    rows = Rows(np.array([0, 6, 3, 3], np.intp), np.array([2, 1, 0, 3], np.intp), Coarse.of(vectors))
    query = draws.standard_normal(8).astype(np.float32)
    asked = Coarse.of(query[None])
    every = rows.nearest(asked)[0]
    assert every == pytest.approx([max(vectors[:2] @ query), vectors[6] @ query, 0, max(vectors[3:6] @ query)], abs=0.1)
    cosines, ends, most = rows.among(np.array([1, 2, 3]), asked)
    assert ends.tolist() == [1, 1, 4]
    assert most == pytest.approx(every[1:], abs=1e-5)
    assert cosines == pytest.approx((vectors @ query)[[6, 3, 4, 5]], abs=0.1)
    assert rows.among(np.array([2]), asked)[2].tolist() == [0.0]


def test_coarse_cosines_are_those_of_the_vectors_to_a_thousandth() -> None:
    draws = np.random.default_rng(6)
    drawn = draws.standard_normal((905, 384)).astype(np.float32)
    some, others = np.split(centre(drawn, np.zeros(384, np.float32)), [5])
    others[:5] += some
    exact = some @ others.T
    coarse = Coarse.of(some).cosines(Coarse.of(others))
    assert np.abs(coarse - exact).max() < 2e-3
    assert np.abs(coarse - exact).mean() < 1e-3
    assert coarse.argmax(axis=1).tolist() == [0, 1, 2, 3, 4]
    assert Coarse.of(some).some(np.array([3, 1])).cosines(Coarse.of(others)) == pytest.approx(coarse[[3, 1]])
    assert Coarse.of(np.zeros((2, 384), np.float32)).cosines(Coarse.of(some)).tolist() == [[0.0] * 5] * 2
    assert Coarse.of(some).cosines(Coarse.of(others[:0])).shape == (5, 0)
