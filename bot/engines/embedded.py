"""The default engine: vectors of two encoders and character n-grams over phrasings and answers (`bot.engines.shelf`).

Ranking is by retrieval: there is no class per entry. What the leading encoder, the cheap one, is sure of, the other one
is not asked, nor about what the gate takes for a stranger's.
An edit re-embeds only the texts that changed, and a text that is a phrasing, word for word, is ranked without running
an encoder at all.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.corpus import Corpus
from bot.corpus.model import PLACEHOLDER
from bot.engines.layout import Coarse, Keys, Layout, Rows, centre_in_place
from bot.engines.lexical import Document, WordBook, WordIndex
from bot.engines.port import LEADING, REST, Query, QuickRanking, Ranking
from bot.engines.shelf import Draft, Shelf, Wing, is_sure, is_worded
from bot.engines.vectors import Encoder, VectorStore, key_of, wording

Array = NDArray[np.float32]
_MARKUP = re.compile(r"[*`#>\[\]]|\([^)]*\{\{[^)]*\)")


# A passage ends at the sentence that brings it to this many characters (a Chinese one counts three), and no answer has
# more passages than that: the encoder reads 96 tokens, and what stands beyond would not be seen.
_PASSAGE, _PASSAGES = 300, 4
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Texts whose signals are held in memory together.
_AT_ONCE = 256
_SENTENCE = re.compile(r"(?<=[.!?。！？；\n])\s*")


class EmbeddedEngine:
    """Not thread-safe: index and rank in one thread; `read` may run in another. The first encoder leads."""

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
        # Whether by a ranking of the leading encoder alone the other one need not read the text: the gate's, which is
        # read for the engine that it was fitted on and so comes after it.
        self.hopeless: Callable[[Query, Ranking], bool] | None = None
        self.encoders = encoders
        self._book = WordBook()
        # By wording: who asks one of them, word for word, has its vector.
        self._phrasings: dict[str, str] = {}
        # What the last index was made of, by locale.
        self._last: Mapping[str, _Draft] = {}
        self._stores = tuple(VectorStore(encoder, cache, keep=keep) for encoder in encoders)

    @property
    def identity(self) -> str:
        """What a gate must have been fitted on."""
        return identity_of(*(encoder.identity for encoder in self.encoders))

    @property
    def runtime(self) -> str:
        """Of the larger encoder, which tells most: thresholds differ. Products that go wrong do so in both."""
        return self.encoders[-1].runtime

    @property
    def warning(self) -> str | None:
        return next((encoder.warning for encoder in self.encoders if encoder.warning), None)

    def vectors(self, texts: Sequence[str], encoders: slice = slice(None)) -> tuple[Array, ...]:
        """Raw vectors of texts by each of these encoders; those of known phrasings are not computed again."""
        known = self._worded(texts)
        return tuple(store.asked(known) for store in self._stores[encoders])

    def unread(self, texts: Sequence[str]) -> list[str]:
        """Those that the other encoders have to read."""
        known = self._worded(texts)
        missing = {text for store in self._stores[REST] for text in store.missing(known)}
        return [text for text in dict.fromkeys(known) if text in missing]

    def _worded(self, texts: Sequence[str]) -> list[str]:
        """As the phrasings they are, but for marks and case, if any."""
        return [self._phrasings.get(wording(text), text) for text in texts]

    def read(self, texts: Sequence[str]) -> None:
        """Has the other encoders read texts, and touches nothing but them: several threads may use them."""
        for encoder in self.encoders[REST]:
            encoder.encode(texts, "query")

    def index(self, corpus: Corpus, day: date) -> "EmbeddedIndex":
        # Until this one is made: the stores no longer are what the last one left.
        last, self._last = self._last, {}
        drafts = {locale: _Draft(corpus, locale, day, last.get(locale)) for locale in corpus.locales}
        queries = {key for draft in drafts.values() for keys in draft.phrasing_keys for key in keys}
        passages = {key for draft in drafts.values() for keys in draft.passage_keys for key in keys}
        for store in self._stores:
            store.keep_only(queries, "query")
            store.keep_only(passages, "passage")
            for locale, draft in drafts.items():
                draft.embed(store, last.get(locale))
            store.save()
        self._book.keep_only(document for draft in drafts.values() for document in draft.documents)
        if drafts.keys() != last.keys() or not all(draft.asks_as(last[locale]) for locale, draft in drafts.items()):
            self._phrasings = {
                form: text
                for draft in drafts.values()
                for forms, texts in zip(draft.forms, draft.phrasings, strict=True)
                for form, text in zip(forms, texts, strict=True)
            }
        full = {locale: draft for locale, draft in drafts.items() if draft.entry_ids}
        shelves = {
            locale: draft.shelf(
                [other for tag, other in full.items() if tag != locale], self._book, last.get(locale), self._cascade
            )
            for locale, draft in full.items()
        }
        self._last = drafts
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

    phrasings: Layout
    passages: Layout


@dataclass(frozen=True, slots=True)
class _Texts:
    """An entry's texts, what their vectors are stored under, and the phrasings' forms (`wording`)."""

    phrasings: tuple[str, ...]
    passages: tuple[str, ...]
    phrasing_keys: Keys
    passage_keys: Keys
    forms: tuple[str, ...]

    @classmethod
    def of(cls, phrasings: tuple[str, ...], passages: tuple[str, ...], before: "_Texts | None") -> "_Texts":
        """Those of before, if the texts are the same."""
        if before is not None and (before.phrasings, before.passages) == (phrasings, passages):
            return before
        asked = tuple(key_of(text, "query") for text in phrasings)
        told = tuple(key_of(text, "passage") for text in passages)
        return cls(phrasings, passages, asked, told, tuple(map(wording, phrasings)))


class _Draft:
    """A locale on its way to a shelf: its texts, then their vectors. What is made of an entry's texts is taken over
    from the locale's draft of before where those are the same."""

    def __init__(self, corpus: Corpus, locale: str, day: date, last: "_Draft | None") -> None:
        entries = list(corpus.answerable(locale, day))
        self.entry_ids = tuple(entry.id for entry in entries)
        own = [entry.locales[locale] for entry in entries]
        answers = [_bare(body.answer) for body in own]
        self.documents = tuple(Document(body.phrasings, text) for body, text in zip(own, answers, strict=True))
        self.places: dict[str, int] = {entry_id: place for place, entry_id in enumerate(self.entry_ids)}
        self.texts: list[_Texts] = [
            _Texts.of(body.phrasings, passages_of(body.question, text), last.texts_of(entry.id) if last else None)
            for entry, body, text in zip(entries, own, answers, strict=True)
        ]
        self.phrasings = [texts.phrasings for texts in self.texts]
        self.passages = [texts.passages for texts in self.texts]
        self.phrasing_keys = [texts.phrasing_keys for texts in self.texts]
        self.passage_keys = [texts.passage_keys for texts in self.texts]
        self.forms = [texts.forms for texts in self.texts]
        self.blocks: list[_Block] = []
        self.wordings: Mapping[str, tuple[int, ...]] = {}

    def texts_of(self, entry_id: str) -> _Texts | None:
        """The entry's; None when it is not here."""
        place = self.places.get(entry_id)
        return self.texts[place] if place is not None else None

    def embed(self, store: VectorStore, last: "_Draft | None") -> None:
        """Vectors of the encoder that comes next; what the locale's draft of before has is taken over."""
        known = last.blocks[len(self.blocks)] if last else None

        def query(texts: Sequence[str], keys: Sequence[bytes]) -> Array:
            return store.vectors(texts, "query", keys)

        def passage(texts: Sequence[str], keys: Sequence[bytes]) -> Array:
            return store.vectors(texts, "passage", keys)

        asked, told = (self.phrasing_keys, self.phrasings, query), (self.passage_keys, self.passages, passage)
        if known is None:
            self.blocks.append(_Block(Layout.made(*asked), Layout.made(*told)))
        else:
            self.blocks.append(_Block(known.phrasings.edited(*asked), known.passages.edited(*told)))

    def asks_as(self, other: "_Draft | None") -> bool:
        """Whether the other has the same phrasings under the same entries: an edited answer leaves them as they are."""
        return other is not None and self.entry_ids == other.entry_ids and self.phrasings == other.phrasings

    def shelf(self, others: Sequence["_Draft"], book: WordBook, last: "_Draft | None", cascade: bool) -> Shelf:
        self.wordings = last.wordings if last is not None and self.asks_as(last) else self._wordings()
        phrasings = tuple(text for some in self.phrasings for text in some)
        worded = is_worded(len(phrasings), len(self.entry_ids))
        return Shelf(
            self.entry_ids,
            phrasings,
            tuple(self._wing(number, others) for number in range(len(self.blocks))),
            (WordIndex.bayes if worded else WordIndex.bm25)(self.documents, book),
            self.wordings,
            cascade,
        )

    def _wordings(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for place, forms in enumerate(self.forms):
            for form in forms:
                known = found.setdefault(form, (place,))
                if place not in known:
                    found[form] = (*known, place)
        return found

    def _wing(self, number: int, others: Sequence["_Draft"]) -> Wing:
        block = self.blocks[number]
        return Wing(
            mean=block.phrasings.mean,
            rows=block.phrasings.rows,
            centroids=self._centroids(number, others),
            others=tuple(self._borrowed(number, other) for other in others),
            answers=block.passages.rows,
        )

    def _centroids(self, number: int, others: Sequence["_Draft"]) -> Coarse:
        sums = self.blocks[number].phrasings.sums.copy()
        for other in others:
            there = self._places(other)
            sums[there >= 0] += other.blocks[number].phrasings.sums[there[there >= 0]]
        return Coarse.of(centre_in_place(sums, np.zeros(sums.shape[1], np.float32)))

    def _borrowed(self, number: int, other: "_Draft") -> Rows:
        """The other's phrasings of the entries here."""
        rows, there = other.blocks[number].phrasings.rows, self._places(other)
        return Rows(rows.begins[there], np.where(there >= 0, rows.counts[there], 0), rows.pool)

    def _places(self, other: "_Draft") -> NDArray[np.intp]:
        """Where the entries here are in the other; -1 for those that are not."""
        return np.array([other.places.get(entry_id, -1) for entry_id in self.entry_ids], np.intp)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A text that the leading encoder has read, and where it is ranked."""

    shelf: Shelf
    draft: Draft


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
        rankings = list[Ranking]()
        for start in range(0, len(queries), _AT_ONCE):
            rankings += self.rank_begun(self.rank_quickly(queries[start : start + _AT_ONCE], k), k)
        return rankings

    def rank_quickly(self, queries: Sequence[Query], k: int) -> list[QuickRanking]:
        """By the leading encoder alone, which is enough when it is sure or the text is hopeless."""
        found = [QuickRanking(Ranking(()), True)] * len(queries)
        for shelf, places in self._by_shelf(queries):
            for place, draft in self._drafts(shelf, queries, places, k):
                found[place] = self._quick(shelf, queries[place], draft, k)
        return found

    def rank_begun(self, quick: Sequence[QuickRanking], k: int) -> list[Ranking]:
        rankings = [each.ranking or Ranking(()) for each in quick]
        for shelf in self.shelves.values():
            begun = {
                place: each.begun.draft
                for place, each in enumerate(quick)
                if not each.enough and isinstance(each.begun, _Begun) and each.begun.shelf is shelf
            }
            if begun:
                drafts = list(begun.values())
                others = self._engine.vectors([draft.text for draft in drafts], REST)
                for place, ranking in zip(begun, shelf.ranked(drafts, others, k), strict=True):
                    rankings[place] = ranking
        return rankings

    def is_phrasing(self, query: Query) -> bool:
        shelf = self.shelves.get(query.locale)
        return shelf is not None and wording(query.text) in shelf.wordings

    def unread(self, texts: Sequence[str]) -> list[str]:
        return self._engine.unread(texts)

    def read(self, texts: Sequence[str]) -> None:
        """The encoders remember what they have read."""
        self._engine.read(texts)

    def rank_twice(
        self, queries: Sequence[Query], k: int, hidden: Sequence[str | None] | None = None
    ) -> list[tuple[Ranking | None, Ranking]]:
        """Rankings by the leading encoder alone, None where all read every text, and by all: to fit the gate. `hidden`
        leaves one entry out per query."""
        rankings: list[tuple[Ranking | None, Ranking]] = [(None, Ranking(()))] * len(queries)
        for shelf, places in self._by_shelf(queries):
            left_out = [hidden[place] for place in places] if hidden else None
            drafts = [draft for _, draft in self._drafts(shelf, queries, places, k, left_out)]
            alone = [None if shelf.whole else shelf.quick(draft, k) for draft in drafts]
            others = self._engine.vectors([queries[place].text for place in places], REST)
            for place, quick, whole in zip(places, alone, shelf.ranked(drafts, others, k), strict=True):
                rankings[place] = quick, whole
        return rankings

    def _drafts(
        self,
        shelf: Shelf,
        queries: Sequence[Query],
        places: Sequence[int],
        k: int,
        hidden: Sequence[str | None] | None = None,
    ) -> Iterator[tuple[int, Draft]]:
        texts = [queries[place].text for place in places]
        return zip(places, shelf.begun(texts, self._engine.vectors(texts, LEADING)[0], k, hidden), strict=True)

    def _quick(self, shelf: Shelf, query: Query, draft: Draft, k: int) -> QuickRanking:
        if shelf.whole:
            return QuickRanking(None, False, _Begun(shelf, draft))
        ranking, hopeless = shelf.quick(draft, k), self._engine.hopeless
        if is_sure(ranking) or (hopeless is not None and hopeless(query, ranking)):
            return QuickRanking(ranking, True)
        return QuickRanking(ranking, False, _Begun(shelf, draft))

    def _by_shelf(self, queries: Sequence[Query]) -> Iterator[tuple[Shelf, list[int]]]:
        """Places of the queries that a shelf answers, not too many at once."""
        for locale, shelf in self.shelves.items():
            every = [place for place, query in enumerate(queries) if query.locale == locale]
            for start in range(0, len(every), _AT_ONCE):
                yield shelf, every[start : start + _AT_ONCE]
