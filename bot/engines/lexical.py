"""Okapi BM25 over character n-grams: the part of the ranking that sees names, tickers and typing errors.

One document per entry (its phrasings and its answer). Latin words give n-grams of two to four characters with their
borders and the word itself, other scripts single characters, pairs and triples of a run. A query's scores are divided
by what it would score if every n-gram of it were rare and present, so they stay between 0 and about 1 whatever the
number of entries, and unknown material keeps a text away from everything.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Array = NDArray[np.float32]
Places = NDArray[np.intp]
_RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_SATURATION = 1.2
_LENGTH = 0.75


def grams(text: str) -> Counter[str]:
    """The n-grams of a text with their counts."""
    found: Counter[str] = Counter()
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        if run[0].isascii():
            found[f"={run}"] += 1
            bordered, sizes = f"^{run}$", (2, 3, 4)
        else:
            bordered, sizes = run, (1, 2, 3)
        for size in sizes:
            found.update(bordered[start : start + size] for start in range(len(bordered) - size + 1))
    return found


def pairs(text: str) -> Counter[str]:
    """Latin words with the one that follows."""
    runs = _RUN.findall(unicodedata.normalize("NFKC", text).casefold())
    return Counter(f"={left} {right}" for left, right in pairwise(runs) if left[0].isascii() and right[0].isascii())


class WordBook:
    """N-grams by number, and what documents counted: kept over publications, so that an edit counts one document."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._counted: dict[str, tuple[Places, Array]] = {}

    def counts(self, document: str) -> tuple[Places, Array]:
        """Numbers of the document's n-grams with their counts."""
        known = self._counted.get(document)
        if known is None:
            found = grams(document)
            numbers = [self.numbers.setdefault(gram, len(self.numbers)) for gram in found]
            known = np.array(numbers, np.intp), np.fromiter(found.values(), np.float32, len(found))
            self._counted[document] = known
        return known

    def keep_only(self, documents: Iterable[str]) -> None:
        """Forgets the counts of other documents. Numbers are never given again."""
        wanted = set(documents)
        self._counted = {document: counts for document, counts in self._counted.items() if document in wanted}


@dataclass(frozen=True, slots=True)
class WordIndex:
    """BM25 weights of every n-gram in every document, ready to be summed. `rarest` is the largest possible idf;
    `numbers` may know n-grams that no document here has: `known` tells."""

    numbers: dict[str, int]
    known: NDArray[np.bool_]
    weights: csr_matrix
    rarest: float

    @classmethod
    def of(cls, documents: Sequence[str], book: WordBook | None = None) -> "WordIndex":
        book = book or WordBook()
        counted = [book.counts(document) for document in documents]
        total, size = len(documents), len(book.numbers)
        columns = np.concatenate([numbers for numbers, _ in counted]) if counted else np.zeros(0, np.intp)
        counts = np.concatenate([values for _, values in counted]) if counted else np.zeros(0, np.float32)
        frequency = np.bincount(columns, minlength=size).astype(np.float64)
        idf = np.log(1 + (total - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        sizes = np.array([len(numbers) for numbers, _ in counted], np.intp)
        lengths = np.array([float(values.sum()) for _, values in counted])
        relative = lengths / max(1.0, float(lengths.mean())) if total else lengths
        damping = np.repeat(_SATURATION * (1 - _LENGTH + _LENGTH * relative), sizes).astype(np.float32)
        values = idf[columns] * counts * np.float32(_SATURATION + 1) / (counts + damping)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        # By n-gram, not by document: a text's score reads the rows of its own n-grams and nothing else.
        matrix = csr_matrix((values, columns, starts), shape=(total, size)).T.tocsr()
        return cls(book.numbers, frequency > 0, matrix, float(np.log(1 + (total + 0.5) / 0.5)))

    def score(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """Scores (texts x documents), and per text the share of its n-grams that no document knows."""
        starts, columns, values = [0], list[int](), list[float]()
        unknown = np.ones(len(texts), np.float32)
        size = len(self.known)
        for row, text in enumerate(texts):
            found = grams(text)
            # The book may have grown since: what it numbered later, no document here has.
            known = [number for gram in found if (number := self.numbers.get(gram, size)) < size and self.known[number]]
            if found:
                unknown[row] = 1 - len(known) / len(found)
            columns += known
            values += [1 / (self.rarest * max(1, len(found)))] * len(known)
            starts.append(len(values))
        queries = csr_matrix((np.array(values, np.float32), columns, starts), shape=(len(texts), size))
        return np.asarray((queries @ self.weights).toarray(), np.float32), unknown
