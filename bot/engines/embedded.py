"""The default engine: e5 vectors and character n-grams over phrasings and answers (`bot.engines.shelf`).

Ranking is by retrieval: there is no class per entry. An edit re-embeds only the texts that changed.
"""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.corpus import Corpus
from bot.corpus.model import PLACEHOLDER
from bot.engines.lexical import WordIndex
from bot.engines.port import Query, Ranking
from bot.engines.shelf import Rows, Shelf, centre
from bot.engines.vectors import Encoder, VectorStore

Array = NDArray[np.float32]
_MARKUP = re.compile(r"[*`#>\[\]]|\([^)]*\{\{[^)]*\)")


class EmbeddedEngine:
    """Not thread-safe, like its encoder: index and rank in one thread."""

    name = "embedded"

    def __init__(self, encoder: Encoder, cache: Path | None = None, *, keep: bool = True) -> None:
        self.encoder = encoder
        self._store = VectorStore(encoder, cache, keep=keep)

    @property
    def warning(self) -> str | None:
        return self.encoder.warning

    def index(self, corpus: Corpus, day: date) -> "EmbeddedIndex":
        drafts = {locale: _Draft(corpus, locale, day) for locale in corpus.locales}
        self._store.keep_only([text for draft in drafts.values() for text in draft.phrasings], "query")
        self._store.keep_only([text for draft in drafts.values() for text in draft.passages], "passage")
        for draft in drafts.values():
            draft.embed(self._store)
        self._store.save()
        full = {locale: draft for locale, draft in drafts.items() if draft.phrasings}
        shelves = {
            locale: draft.shelf([other for tag, other in full.items() if tag != locale])
            for locale, draft in full.items()
        }
        return EmbeddedIndex(corpus.version, shelves, self.encoder)


class _Draft:
    """A locale on its way to a shelf: its texts, then their vectors."""

    def __init__(self, corpus: Corpus, locale: str, day: date) -> None:
        entries = list(corpus.answerable(locale, day))
        self.entry_ids = tuple(entry.id for entry in entries)
        own = [entry.locales[locale] for entry in entries]
        self.phrasings = tuple(text for body in own for text in body.phrasings)
        self.owners = np.array([n for n, body in enumerate(own) for _ in body.phrasings], np.intp)
        # A figure's value must not decide what a passage means, so variables are cut out, not filled in.
        answers = [PLACEHOLDER.sub("", _MARKUP.sub("", body.answer)) for body in own]
        self.passages = tuple(f"{body.question} {text}" for body, text in zip(own, answers, strict=True))
        self.documents = tuple(" ".join((*body.phrasings, text)) for body, text in zip(own, answers, strict=True))
        self.vectors = np.zeros((0, 0), np.float32)
        self.answers = np.zeros((0, 0), np.float32)

    def embed(self, store: VectorStore) -> None:
        raw = store.vectors(self.phrasings, "query")
        self.mean: Array = raw.mean(axis=0) if len(raw) else np.zeros(raw.shape[1], np.float32)
        self.vectors = centre(raw, self.mean)
        passages = store.vectors(self.passages, "passage")
        self.answers = centre(passages, passages.mean(axis=0)) if len(passages) > 1 else passages

    def shelf(self, others: Sequence["_Draft"]) -> Shelf:
        starts = np.searchsorted(self.owners, np.arange(len(self.entry_ids)))
        sums = np.add.reduceat(self.vectors, starts, axis=0)
        return Shelf(
            entry_ids=self.entry_ids,
            phrasings=self.phrasings,
            mean=self.mean,
            rows=Rows(self.owners, self.vectors),
            centroids=centre(sums, np.zeros(sums.shape[1], np.float32)),
            others=self._borrowed(others),
            answers=self.answers,
            words=WordIndex.of(self.documents),
        )

    def _borrowed(self, others: Sequence["_Draft"]) -> Rows:
        place = {entry_id: number for number, entry_id in enumerate(self.entry_ids)}
        owners, vectors = [np.zeros(0, np.intp)], [np.zeros((0, self.vectors.shape[1]), np.float32)]
        for other in others:
            theirs = np.array([place.get(entry_id, -1) for entry_id in other.entry_ids], np.intp)[other.owners]
            owners.append(theirs[theirs >= 0])
            vectors.append(other.vectors[theirs >= 0])
        everyone = np.concatenate(owners)
        order = np.argsort(everyone, kind="stable")
        return Rows(everyone[order], np.concatenate(vectors)[order])


class EmbeddedIndex:
    """Shelves by locale."""

    def __init__(self, version: str, shelves: dict[str, Shelf], encoder: Encoder) -> None:
        self.version = version
        self.shelves = shelves
        self._encoder = encoder

    @property
    def locales(self) -> tuple[str, ...]:
        return tuple(self.shelves)

    def rank(self, queries: Sequence[Query], k: int) -> list[Ranking]:
        vectors = self._encoder.encode([query.text for query in queries], "query")
        return self.rank_vectors(queries, vectors, k)

    def rank_vectors(
        self, queries: Sequence[Query], vectors: Array, k: int, hidden: Sequence[str | None] | None = None
    ) -> list[Ranking]:
        """`rank` with the queries' vectors given; `hidden` leaves one entry out per query (to fit the gate)."""
        rankings: list[Ranking] = [Ranking(())] * len(queries)
        for locale, shelf in self.shelves.items():
            places = [place for place, query in enumerate(queries) if query.locale == locale]
            if not places:
                continue
            left_out = [hidden[place] for place in places] if hidden else None
            texts = [queries[place].text for place in places]
            for place, ranking in zip(places, shelf.rank(texts, vectors[places], k, left_out), strict=True):
                rankings[place] = ranking
        return rankings
