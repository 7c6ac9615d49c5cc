"""TF-IDF over the n-grams of `bot.engines.lexical`: what an encoder does not see, it sees."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.engines.lexical import grams


@dataclass(frozen=True, slots=True)
class TfIdf:
    """A vocabulary with its inverse document frequencies."""

    vocabulary: dict[str, int]
    idf: NDArray[np.float64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "TfIdf":
        seen: Counter[str] = Counter()
        for text in texts:
            seen.update(grams(text).keys())
        # What stands in one text of many says nothing about another.
        least = 2 if len(texts) > 2000 else 1
        kept = [gram for gram, count in seen.items() if count >= least]
        idf = np.log((1 + len(texts)) / (1 + np.array([seen[gram] for gram in kept], np.float64))) + 1
        return cls({gram: column for column, gram in enumerate(kept)}, idf)

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """Unit rows (texts x vocabulary), float32; a text without known n-grams is a zero row."""
        starts, columns, values = [0], list[int](), list[float]()
        for text in texts:
            found = [(self.vocabulary[g], count) for g, count in grams(text).items() if g in self.vocabulary]
            weights = np.array([(1 + np.log(count)) * self.idf[column] for column, count in found])
            length = float(np.linalg.norm(weights)) or 1.0
            columns += [column for column, _ in found]
            values += (weights / length).tolist()
            starts.append(len(columns))
        shape = (len(texts), len(self.vocabulary))
        return csr_matrix((np.array(values, np.float32), columns, starts), shape=shape)
