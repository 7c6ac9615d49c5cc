"""Okapi BM25 over character n-grams: the part of the ranking that sees names, tickers and typing errors.

One document per entry (its phrasings and its answer). Latin words give n-grams of two to four characters with their
borders and the word itself, other scripts single characters, pairs and triples of a run. A query's scores are divided
by what it would score if every n-gram of it were rare and present, so they stay between 0 and about 1 whatever the
number of entries, and unknown material keeps a text away from everything.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Array = NDArray[np.float32]
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


@dataclass(frozen=True, slots=True)
class WordIndex:
    """BM25 weights of every n-gram in every document, ready to be summed. `rarest` is the largest possible idf."""

    vocabulary: dict[str, int]
    weights: csr_matrix
    rarest: float

    @classmethod
    def of(cls, documents: Sequence[str]) -> "WordIndex":
        counted = [grams(document) for document in documents]
        seen: Counter[str] = Counter()
        for counts in counted:
            seen.update(counts.keys())
        vocabulary = {gram: column for column, gram in enumerate(seen)}
        total = len(documents)
        frequency = np.fromiter(seen.values(), np.float64, len(seen))
        idf = np.log(1 + (total - frequency + 0.5) / (frequency + 0.5))
        lengths = np.array([sum(counts.values()) for counts in counted], np.float64)
        relative = lengths / max(1.0, float(lengths.mean())) if total else lengths
        starts, columns, values = [0], list[int](), list[float]()
        for counts, length in zip(counted, relative, strict=True):
            damping = _SATURATION * (1 - _LENGTH + _LENGTH * length)
            for gram, count in counts.items():
                column = vocabulary[gram]
                columns.append(column)
                values.append(float(idf[column]) * count * (_SATURATION + 1) / (count + damping))
            starts.append(len(values))
        shape = (total, len(vocabulary))
        matrix = csr_matrix((np.array(values, np.float32), columns, starts), shape=shape)
        return cls(vocabulary, matrix, float(np.log(1 + (total + 0.5) / 0.5)))

    def score(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """Scores (texts x documents), and per text the share of its n-grams that no document knows."""
        starts, columns, values = [0], list[int](), list[float]()
        unknown = np.ones(len(texts), np.float32)
        for row, text in enumerate(texts):
            found = grams(text)
            known = [self.vocabulary[gram] for gram in found if gram in self.vocabulary]
            if found:
                unknown[row] = 1 - len(known) / len(found)
            columns += known
            values += [1 / (self.rarest * max(1, len(found)))] * len(known)
            starts.append(len(values))
        shape = (len(texts), len(self.vocabulary))
        queries = csr_matrix((np.array(values, np.float32), columns, starts), shape=shape)
        return np.asarray((queries @ self.weights.T).toarray(), np.float32), unknown
