"""The default engine: vectors of two encoders and character n-grams over phrasings and answers (`bot.engines.shelf`).

Ranking is by retrieval: there is no class per entry. What the leading encoder, the cheap one, is sure of, the other one
is not asked.
An edit re-embeds only the texts that changed, and a text that is a phrasing, word for word, is ranked without running
an encoder at all.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.corpus import Corpus
from bot.corpus.model import PLACEHOLDER
from bot.engines.lexical import Document, WordBook, WordIndex
from bot.engines.port import LEADING, REST, Query, Ranking
from bot.engines.shelf import OtherVectors, Rows, Shelf, Wing, centre, centre_in_place, is_worded
from bot.engines.vectors import Encoder, VectorStore, kept_key, kept_wording, wording

Array = NDArray[np.float32]
Places = NDArray[np.intp]
_MARKUP = re.compile(r"[*`#>\[\]]|\([^)]*\{\{[^)]*\)")


# A passage ends at the sentence that brings it to this many characters (a Chinese one counts three), and no answer has
# more passages than that: the encoder reads 96 tokens, and what stands beyond would not be seen.
_PASSAGE, _PASSAGES = 300, 4
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Texts whose signals are held in memory together.
_AT_ONCE = 256
_SENTENCE = re.compile(r"(?<=[.!?。！？；\n])\s*")


class EmbeddedEngine:
    """Not thread-safe, like its encoders: index and rank in one thread. The first encoder leads."""

    def __init__(
        self,
        *encoders: Encoder,
        cache: Path | None = None,
        keep: bool = True,
        name: str = "embedded",
        cascade: bool = True,
    ) -> None:
        self.name = name
        # How sure the leading encoder must be was found on our corpus: of a foreign one both read everything.
        self._cascade = cascade
        self.encoders = encoders
        self._book = WordBook()
        # By wording: who asks one of them, word for word, has its vector.
        self._phrasings: dict[str, str] = {}
        self._last: _Last | None = None
        self._stores = tuple(VectorStore(encoder, cache, keep=keep) for encoder in encoders)

    @property
    def identity(self) -> str:
        """What a gate must have been fitted on."""
        return identity_of(*(encoder.identity for encoder in self.encoders))

    @property
    def runtime(self) -> str:
        """Of the encoder whose vectors depend on it: thresholds differ."""
        return self.encoders[-1].runtime

    @property
    def warning(self) -> str | None:
        return next((encoder.warning for encoder in self.encoders if encoder.warning), None)

    def vectors(self, texts: Sequence[str], encoders: slice = slice(None)) -> tuple[Array, ...]:
        """Raw vectors of texts by each of these encoders; those of known phrasings are not computed again."""
        known = [self._phrasings.get(wording(text), text) for text in texts]
        return tuple(store.asked(known) for store in self._stores[encoders])

    def index(self, corpus: Corpus, day: date) -> "EmbeddedIndex":
        drafts = {locale: _Draft(corpus, locale, day) for locale in corpus.locales}
        # Until this one is made: the stores no longer are what the last one left.
        last, self._last = self._last, None
        # An edited answer leaves every phrasing as it is, and with them all but what is made of answers.
        same = last is not None and _same_phrasings(last.drafts, drafts)
        queries = {key for draft in drafts.values() for key in draft.phrasing_keys}
        passages = {key for draft in drafts.values() for key in draft.passage_keys}
        for store in self._stores:
            store.keep_only(queries, "query")
            store.keep_only(passages, "passage")
            for locale, draft in drafts.items():
                draft.embed(store, last.drafts.get(locale) if last else None)
            store.save()
        self._book.keep_only(document for draft in drafts.values() for document in draft.documents)
        full = {locale: draft for locale, draft in drafts.items() if draft.phrasings}
        if same and last is not None:
            shelves = {locale: draft.reshelved(last.shelves[locale], self._book) for locale, draft in full.items()}
        else:
            self._phrasings = {kept_wording(text): text for draft in drafts.values() for text in draft.phrasings}
            shelves = {
                locale: draft.shelf([other for tag, other in full.items() if tag != locale], self._book, self._cascade)
                for locale, draft in full.items()
            }
        self._last = _Last(drafts, shelves)
        return EmbeddedIndex(corpus.version, shelves, self)


def identity_of(*encoders: str) -> str:
    """Names a pair of encoders; one alone keeps its own name."""
    return encoders[0] if len(encoders) == 1 else hashlib.sha256("".join(encoders).encode()).hexdigest()


@lru_cache(maxsize=1 << 16)
def _bare(answer: str) -> str:
    """Without marks and variables: a figure's value must not decide what a passage means."""
    return PLACEHOLDER.sub("", _MARKUP.sub("", answer))


@lru_cache(maxsize=1 << 16)
def passages_of(question: str, answer: str) -> tuple[str, ...]:
    """The standard question with the answer's beginning, then the rest in pieces with the question before each."""
    pieces, piece, size = list[str](), "", 0
    for sentence in _SENTENCE.split(answer):
        piece = f"{piece} {sentence}".strip()
        size += len(sentence) + 2 * len(_WIDE.findall(sentence))
        if size >= _PASSAGE:
            pieces.append(piece)
            piece, size = "", 0
    if piece or not pieces:
        pieces.append(piece)
    return tuple(f"{question} {text}".strip() for text in pieces[:_PASSAGES])


@dataclass(frozen=True, slots=True)
class _Block:
    """One encoder's vectors of a draft."""

    mean: Array
    phrasings: Array
    sums: Array
    passages: Array


class _Draft:
    """A locale on its way to a shelf: its texts, then their vectors."""

    def __init__(self, corpus: Corpus, locale: str, day: date) -> None:
        entries = list(corpus.answerable(locale, day))
        self.entry_ids = tuple(entry.id for entry in entries)
        own = [entry.locales[locale] for entry in entries]
        self.phrasings = tuple(text for body in own for text in body.phrasings)
        self.owners = np.array([n for n, body in enumerate(own) for _ in body.phrasings], np.intp)
        answers = [_bare(body.answer) for body in own]
        passages = [passages_of(body.question, text) for body, text in zip(own, answers, strict=True)]
        self.passages = tuple(text for some in passages for text in some)
        self.passage_owners = np.array([n for n, some in enumerate(passages) for _ in some], np.intp)
        self.documents = tuple(Document(body.phrasings, text) for body, text in zip(own, answers, strict=True))
        self.phrasing_keys = [kept_key(text, "query") for text in self.phrasings]
        self.passage_keys = [kept_key(text, "passage") for text in self.passages]
        self.blocks: list[_Block] = []

    def embed(self, store: VectorStore, last: "_Draft | None") -> None:
        """Vectors of the encoder that comes next; `last`: the locale's draft of before, which has them all if it has
        the same phrasings."""
        passages = store.vectors(self.passages, "passage", self.passage_keys)
        if len(passages) > 1:
            centre_in_place(passages, passages.mean(axis=0))
        if last is not None and last.phrasing_keys == self.phrasing_keys:
            known = last.blocks[len(self.blocks)]
            sums = known.sums if np.array_equal(last.owners, self.owners) else self._sums(known.phrasings)
            self.blocks.append(replace(known, sums=sums, passages=passages))
            return
        phrasings = store.vectors(self.phrasings, "query", self.phrasing_keys)
        mean: Array = phrasings.mean(axis=0) if len(phrasings) else np.zeros(phrasings.shape[1], np.float32)
        centre_in_place(phrasings, mean)
        self.blocks.append(_Block(mean, phrasings, self._sums(phrasings), passages))

    def _sums(self, phrasings: Array) -> Array:
        starts = np.searchsorted(self.owners, np.arange(len(self.entry_ids) + 1))
        shape = len(self.entry_ids), len(phrasings)
        members = csr_matrix((np.ones(shape[1], np.float32), np.arange(shape[1]), starts), shape)
        return np.asarray(members @ phrasings, np.float32)

    def shelf(self, others: Sequence["_Draft"], book: WordBook, cascade: bool) -> Shelf:
        wings = tuple(self._wing(number, others) for number in range(len(self.blocks)))
        wordings: dict[str, tuple[int, ...]] = {}
        for owner, text in zip(self.owners.tolist(), self.phrasings, strict=True):
            known = wordings.setdefault(kept_wording(text), (owner,))
            if owner not in known:
                wordings[kept_wording(text)] = (*known, owner)
        return Shelf(self.entry_ids, self.phrasings, wings, self._words(book), wordings, cascade)

    def reshelved(self, last: Shelf, book: WordBook) -> Shelf:
        """The shelf of a draft with the same phrasings, with this one's answers."""
        wings = tuple(
            replace(wing, answers=Rows(self.passage_owners, block.passages))
            for wing, block in zip(last.wings, self.blocks, strict=True)
        )
        return replace(last, wings=wings, words=self._words(book))

    def _words(self, book: WordBook) -> WordIndex:
        made = WordIndex.bayes if is_worded(len(self.phrasings), len(self.entry_ids)) else WordIndex.bm25
        return made(self.documents, book)

    def _wing(self, number: int, others: Sequence["_Draft"]) -> Wing:
        block = self.blocks[number]
        return Wing(
            mean=block.mean,
            rows=Rows(self.owners, block.phrasings),
            centroids=self._centroids(number, others),
            others=self._borrowed(number, others),
            answers=Rows(self.passage_owners, block.passages),
        )

    def _centroids(self, number: int, others: Sequence["_Draft"]) -> Array:
        sums = self.blocks[number].sums.copy()
        for other in others:
            here = self._places(other)
            sums[here[here >= 0]] += other.blocks[number].sums[here >= 0]
        return centre(sums, np.zeros(sums.shape[1], np.float32))

    def _borrowed(self, number: int, others: Sequence["_Draft"]) -> Rows:
        if len(others) == 1 and others[0].entry_ids == self.entry_ids:
            # As a rule: two languages, complete. Their vectors are then held once for both.
            return Rows(others[0].owners, others[0].blocks[number].phrasings)
        owners, vectors = [np.zeros(0, np.intp)], [self.blocks[number].phrasings[:0]]
        for other in others:
            theirs = self._places(other)[other.owners]
            owners.append(theirs[theirs >= 0])
            vectors.append(other.blocks[number].phrasings[theirs >= 0])
        everyone = np.concatenate(owners)
        order = np.argsort(everyone, kind="stable")
        return Rows(everyone[order], np.concatenate(vectors)[order])

    def _places(self, other: "_Draft") -> NDArray[np.intp]:
        """Where the other's entries are here; -1 for those that are not."""
        place = {entry_id: owner for owner, entry_id in enumerate(self.entry_ids)}
        return np.array([place.get(entry_id, -1) for entry_id in other.entry_ids], np.intp)


@dataclass(frozen=True, slots=True)
class _Last:
    """What the last index was made of, and its shelves."""

    drafts: Mapping[str, _Draft]
    shelves: Mapping[str, Shelf]


def _same_phrasings(some: Mapping[str, _Draft], others: Mapping[str, _Draft]) -> bool:
    """Whether all locales have the same phrasings under the same entries."""
    return some.keys() == others.keys() and all(
        own.entry_ids == others[tag].entry_ids
        and own.phrasings == others[tag].phrasings
        and np.array_equal(own.owners, others[tag].owners)
        for tag, own in some.items()
    )


def _those_of(others: OtherVectors, among: Places, some: Places) -> Sequence[Array]:
    return others(among[some])


class EmbeddedIndex:
    """Shelves by locale."""

    def __init__(self, version: str, shelves: dict[str, Shelf], engine: EmbeddedEngine) -> None:
        self.version = version
        self.shelves = shelves
        self._engine = engine

    @property
    def locales(self) -> tuple[str, ...]:
        return tuple(self.shelves)

    def rank(self, queries: Sequence[Query], k: int) -> list[Ranking]:
        texts = [query.text for query in queries]
        (leading,) = self._engine.vectors(texts, LEADING)

        def others(places: Places) -> tuple[Array, ...]:
            return self._engine.vectors([texts[place] for place in places], REST)

        return [found or Ranking(()) for found in self._ranked(queries, leading, others, k)]

    def rank_quickly(self, queries: Sequence[Query], k: int) -> list[Ranking | None]:
        """Of the leading encoder alone: None where it is unsure, or where both read everything."""
        (leading,) = self._engine.vectors([query.text for query in queries], LEADING)
        return self._ranked(queries, leading, None, k)

    def prepare(self, texts: Sequence[str]) -> None:
        """The encoders remember what they have read."""
        self._engine.vectors(texts)

    def rank_vectors(
        self, queries: Sequence[Query], vectors: Sequence[Array], k: int, hidden: Sequence[str | None] | None = None
    ) -> list[Ranking]:
        """`rank` with the queries' vectors given; `hidden` leaves one entry out per query (to fit the gate)."""
        leading, *rest = vectors
        ranked = self._ranked(queries, leading, lambda places: tuple(block[places] for block in rest), k, hidden)
        return [found or Ranking(()) for found in ranked]

    def _ranked(
        self,
        queries: Sequence[Query],
        leading: Array,
        others: OtherVectors | None,
        k: int,
        hidden: Sequence[str | None] | None = None,
    ) -> list[Ranking | None]:
        """`others` gives the other encoders' vectors of the queries at some places; without, see `Shelf.rank`."""
        rankings: list[Ranking | None] = [Ranking(())] * len(queries)
        for locale, shelf in self.shelves.items():
            every = [place for place, query in enumerate(queries) if query.locale == locale]
            for start in range(0, len(every), _AT_ONCE):
                places = np.array(every[start : start + _AT_ONCE], np.intp)
                texts = [queries[place].text for place in places]
                left_out = [hidden[place] for place in places] if hidden else None

                theirs = None if others is None else partial(_those_of, others, places)
                ranked = shelf.rank(texts, leading[places], theirs, k, left_out)
                for place, ranking in zip(places, ranked, strict=True):
                    rankings[place] = ranking
        return rankings
