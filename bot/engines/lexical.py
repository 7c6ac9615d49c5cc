"""Character n-grams: the part of the ranking that sees names, tickers and typing errors.

One document per entry: its phrasings and its answer. Words in letters give themselves, each with one of the next three,
and n-grams of four characters with their borders; other scripts their characters, and pairs of them. With more lengths,
which say the same once more, the right entry came first less often.

Where entries have many phrasings, how many of them have an n-gram is known well enough for complement naive Bayes
(Rennie et al. 2003, "Tackling the poor assumptions of naive Bayes text classifiers"): the mean over the query's n-grams
of the log odds of the entry against all others. It is a sum of weights and needs no fitting, so an edit counts one
document. Elsewhere Okapi BM25, divided by what the query would score if every n-gram of it were rare and present.
Either way unknown material keeps a text away from everything.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Array = NDArray[np.float32]
Places = NDArray[np.int32]
_Counts = tuple[Places, Array]
_RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_SATURATION = 1.2
_LENGTH = 0.75
# Naive Bayes: an answer counts as half a phrasing; what is added to an entry's counts, and to those of all others.
_ANSWER = 0.5
_OWN, _OTHERS = 0.05, 1.0
# N-grams of words in letters, and how many of the words that follow one make a pair with it.
_LETTERS, _NEAR = 4, 3
# Scripts in which a character says as much as a few letters: Chinese, kana, Hangul.
_SYLLABLES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Weights of a text's n-grams from which on they are summed by scipy.
_SPARSE = 50_000


OVERLAPS = ("covered", "covered_rare", "missed", "missed_three", "covered_second")
"""What `WordIndex.overlap` tells."""


@dataclass(frozen=True, slots=True)
class Document:
    """The texts of an entry."""

    phrasings: tuple[str, ...]
    answer: str


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def _pieces(text: str) -> Iterator[Iterable[str]]:
    """The n-grams of a text in groups: a generator's step for each n-gram would take longer than to make it."""
    runs = _runs(text)
    for place, run in enumerate(runs):
        if _SYLLABLES.match(run):
            yield run
            yield map("".join, pairwise(run))
            continue
        bordered = f"^{run}$"
        yield (f"={run}",)
        yield [bordered[start : start + _LETTERS] for start in range(len(bordered) - _LETTERS + 1)]
        later = runs[place + 1 : place + 1 + _NEAR]
        yield [f"={run} {other}" for other in later if not _SYLLABLES.match(other)]


def grams(text: str) -> Counter[str]:
    """The n-grams of a text with their counts."""
    return Counter(chain.from_iterable(_pieces(text)))


def kinds(text: str) -> set[str]:
    """The n-grams of a text, each once."""
    return set(chain.from_iterable(_pieces(text)))


@dataclass(frozen=True, slots=True)
class Said:
    """A text as an index reads it: its n-grams, and the numbers of those that some document has."""

    kinds: Set[str]
    known: Places

    @property
    def count(self) -> int:
        return len(self.kinds)

    @property
    def unknown(self) -> float:
        """The share that no document has; 1 of nothing."""
        return 1 - len(self.known) / self.count if self.count else 1.0


def likeness(some: Set[str], other: str) -> float:
    """Jaccard's index of n-grams with those of a text, 0 to 1."""
    others = kinds(other)
    return len(some & others) / max(1, len(some | others))


class WordBook:
    """N-grams by number, and what documents counted: kept over publications, so that an edit counts one document."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._counted: dict[tuple[Document, bool], _Counts] = {}

    def occurrences(self, document: Document) -> _Counts:
        """Numbers of the document's n-grams, ascending, and how often they occur in it."""
        return self._of(document, False, lambda: grams(" ".join((*document.phrasings, document.answer))))

    def phrasings(self, document: Document) -> _Counts:
        """Numbers of the document's n-grams, ascending, and how many of its phrasings have them."""

        def count() -> Mapping[str, float]:
            found: Counter[str] = Counter()
            for text in document.phrasings:
                found.update(kinds(text))
            weighed: dict[str, float] = dict(found)
            for gram in kinds(document.answer):
                weighed[gram] = weighed.get(gram, 0.0) + _ANSWER
            return weighed

        return self._of(document, True, count)

    def _of(self, document: Document, by_phrasing: bool, count: Callable[[], Mapping[str, float]]) -> _Counts:
        known = self._counted.get((document, by_phrasing))
        if known is None:
            found = count()
            numbers = np.array([self.numbers.setdefault(gram, len(self.numbers)) for gram in found], np.int32)
            order = np.argsort(numbers)
            known = numbers[order], np.fromiter(found.values(), np.float32, len(found))[order]
            self._counted[document, by_phrasing] = known
        return known

    def keep_only(self, documents: Iterable[Document]) -> None:
        """Forgets the counts of other documents. Numbers are never given again."""
        wanted = set(documents)
        self._counted = {key: counts for key, counts in self._counted.items() if key[0] in wanted}


@dataclass(frozen=True, slots=True)
class WordIndex:
    """Weights of every n-gram in every document, ready to be summed (n-grams x documents); `unseen` is a document's
    for every n-gram of the query that some document knows. `most`: what the sum is divided by, an n-gram. `numbers` may
    know n-grams that no document here has: `known` tells. `documents`:
    the numbers of each one's n-grams; `rarity` of an n-gram: 1 in one document, near 0 in all."""

    numbers: dict[str, int]
    known: NDArray[np.bool_]
    weights: csr_matrix
    unseen: Array
    most: float
    documents: tuple[Places, ...]
    rarity: Array

    @classmethod
    def bm25(cls, documents: Sequence[Document], book: WordBook | None = None) -> "WordIndex":
        """For documents of few phrasings."""
        book = book or WordBook()
        contents = [book.occurrences(document) for document in documents]
        counted = _Table.of(contents, len(book.numbers))
        total, frequency = len(documents), counted.frequency
        idf = np.log(1 + (total - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        lengths = counted.sums
        relative = lengths / max(1.0, float(lengths.mean())) if total else lengths
        damping = counted.spread(_SATURATION * (1 - _LENGTH + _LENGTH * relative))
        values = idf[counted.columns] * counted.values * np.float32(_SATURATION + 1) / (counted.values + damping)
        rarest = float(np.log(1 + (total + 0.5) / 0.5))
        nothing = np.zeros(total, np.float32)
        texts = tuple(numbers for numbers, _ in contents)
        weights = counted.by_gram(values)
        return cls(book.numbers, frequency > 0, weights, nothing, rarest, texts, _rarity(total, frequency))

    @classmethod
    def bayes(cls, documents: Sequence[Document], book: WordBook | None = None) -> "WordIndex":
        """For documents of many phrasings. What an n-gram adds to all documents alike is left out."""
        book = book or WordBook()
        contents = [book.phrasings(document) for document in documents]
        counted = _Table.of(contents, len(book.numbers))
        every = np.bincount(counted.columns, counted.values, len(book.numbers)).astype(np.float32) + np.float32(_OTHERS)
        # In place: with memory touched for the first time, 10,000 documents would take twice as long.
        others = every[counted.columns]
        others -= counted.values
        values = counted.values / np.float32(_OWN)
        np.log1p(values, out=values)
        values -= np.log(others, out=others)
        values += np.log(every)[counted.columns]
        known = counted.frequency > 0
        kinds, sums = int(known.sum()), counted.sums
        unseen = np.log(sums.sum() - sums + _OTHERS * kinds) - np.log(sums + _OWN * kinds)
        # Against the mean of all: what an unrelated text scores does not depend on how many documents there are.
        unseen -= unseen.mean() if len(unseen) else 0.0
        texts = tuple(numbers for numbers, _ in contents)
        rarity = _rarity(len(documents), counted.frequency)
        return cls(book.numbers, known, counted.by_gram(values), unseen.astype(np.float32), 1.0, texts, rarity)

    def read(self, text: str) -> Said:
        """What the documents know of a text."""
        found = kinds(text)
        numbers, size = self.numbers, len(self.known)
        places = np.array([number for gram in found if (number := numbers.get(gram, size)) < size], np.int32)
        # The book may have grown since: what it numbered later, no document here has.
        return Said(found, places[self.known[places]])

    def score(self, texts: Sequence[Said]) -> Array:
        """Scores (texts x documents)."""
        weights, size = self.weights, len(self.documents)
        found = np.zeros((len(texts), size), np.float32)
        for row, said in enumerate(texts):
            if not len(said.known):
                continue
            begins = weights.indptr[said.known]
            counts = weights.indptr[said.known + 1] - begins
            many = int(counts.sum())
            if many > _SPARSE:
                chosen = csr_matrix(
                    (np.ones(len(counts), np.float32), said.known, [0, len(counts)]), (1, len(self.known))
                )
                total = (chosen @ weights).toarray()[0]
            else:
                # The same product without what scipy needs to set one up, which takes longer than so small a one.
                places = np.arange(many) + np.repeat(begins - (np.cumsum(counts) - counts), counts)
                total = np.bincount(weights.indices[places], weights.data[places], size)
            found[row] = (total + len(said.known) * self.unseen) / (self.most * said.count)
        return found

    def overlap(self, said: Said, first: int, second: int) -> dict[str, float]:
        """How much of a text two documents have, `OVERLAPS`: the share of its n-grams in the first, and that weighed by
        rarity; the rarest one that is missing there, and the mean of the three rarest; the share in the second.

        A question near an entry that does not answer it says a rare thing that the entry does not say."""
        numbers, count = said.known, said.count
        if not len(numbers):
            return dict.fromkeys(OVERLAPS, 0.0) | {"missed": 1.0, "missed_three": 1.0}
        rarity = self.rarity[numbers]
        own = self._has(first, numbers)
        # What no document knows is as rare as can be.
        total = float(rarity.sum()) + count - len(numbers)
        missed = sorted([*rarity[~own].tolist(), *(1.0,) * min(3, count - len(numbers))])[-3:]
        return {
            "covered": np.count_nonzero(own) / count,
            "covered_rare": float(rarity[own].sum()) / max(total, 1e-9),
            "missed": missed[-1] if missed else 0.0,
            "missed_three": sum(missed) / len(missed) if missed else 0.0,
            "covered_second": np.count_nonzero(self._has(second, numbers)) / count,
        }

    def _has(self, document: int, numbers: Places) -> NDArray[np.bool_]:
        own = self.documents[document]
        if not len(own):
            return np.zeros(len(numbers), np.bool_)
        places = np.minimum(np.searchsorted(own, numbers), len(own) - 1)
        return np.asarray(own[places] == numbers)


def _rarity(documents: int, frequency: NDArray[np.float64]) -> Array:
    most = np.log(max(2.0, (documents + 1) / 1.5))
    return np.asarray(np.clip(np.log((documents + 1) / (frequency + 0.5)) / most, 0, 1), np.float32)


@dataclass(frozen=True, slots=True)
class _Table:
    """Counts of documents one after the other: those of document `n` stand at `starts[n]` to `starts[n + 1]`."""

    columns: Places
    values: Array
    starts: Places
    size: int

    @classmethod
    def of(cls, counted: Sequence[_Counts], size: int) -> "_Table":
        columns = np.concatenate([numbers for numbers, _ in counted]) if counted else np.zeros(0, np.int32)
        values = np.concatenate([counts for _, counts in counted]) if counted else np.zeros(0, np.float32)
        return cls(columns, values, np.cumsum([0, *(len(numbers) for numbers, _ in counted)]), size)

    @property
    def frequency(self) -> NDArray[np.float64]:
        """In how many documents an n-gram is."""
        return np.bincount(self.columns, minlength=self.size).astype(np.float64)

    @property
    def sums(self) -> NDArray[np.float64]:
        """All counts of a document together."""
        return np.diff(np.concatenate([[0.0], np.cumsum(self.values, dtype=np.float64)])[self.starts])

    def spread(self, by_document: NDArray[np.float64]) -> Array:
        """A figure of a document beside each of its n-grams."""
        return np.repeat(by_document, np.diff(self.starts)).astype(np.float32)

    def by_gram(self, values: Array) -> csr_matrix:
        """By n-gram, not by document: a text's score reads the rows of its own n-grams and nothing else."""
        return csr_matrix((values, self.columns, self.starts), shape=(len(self.starts) - 1, self.size)).T.tocsr()
