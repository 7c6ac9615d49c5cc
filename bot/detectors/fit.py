"""Fits both models of the detectors on texts of the repository: `python -m bot.detectors.fit`.

First the surface model (pieces of text and the patterns' hits), then the classifier on the encoder's vectors, which
reads the surface model's logits too: those of rows that it was not fitted on, in five folds. Thresholds are chosen
on such held-out rows as well: the lowest log odds at which, of the look-alikes (`not_...` wordings and the exams'
negatives), no larger share than `ALARMS` is taken for the kind, nor of ordinary questions than `ORDINARY_ALARMS`.
"""

import argparse
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.corpus import load_corpus
from bot.detectors.classifier import PLACE, LinearModel, Look, inputs
from bot.detectors.detection import Detectors
from bot.detectors.examples import Example, read_examples
from bot.detectors.grams import grams
from bot.detectors.kinds import LABELS, ORDER, DetectionKind
from bot.detectors.normal import normal
from bot.detectors.softmax import Fitted, fit_softmax
from bot.detectors.surface import FILE, SurfaceModel, patterns_alone, score
from bot.encoder.runtime import OnnxEncoder
from bot.engines.vectors import VectorStore

Array = NDArray[np.float64]
ALARMS: Mapping[DetectionKind, float] = {"emergency": 0.03, "handoff": 0.012, "boundary": 0.03}
ORDINARY_ALARMS: Mapping[DetectionKind, float] = {"emergency": 0.01, "handoff": 0.004, "boundary": 0.01}
# What the first look may spend of that; the second one spends the rest.
FIRST_SHARE = 0.5
_FOLDS = 5
_SURFACE_PENALTIES = (5e-6, 3e-5)
_VECTOR_PENALTY = 1e-5
_WEIGHTS = {"nlu": 1.0, "exam": 1.5, "faq": 0.6}
_OPEN = dict.fromkeys(ORDER, 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("faq_corpus"))
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--cache", type=Path, default=None, help="vectors of texts, kept between runs")
    arguments = parser.parse_args()
    corpus = load_corpus(arguments.corpus)
    examples = read_examples(corpus, arguments.corpus / "eval")
    rows = Rows(examples)
    held_out, surface = rows.surface()
    limits = {kind: threshold(examples, held_out, kind, FIRST_SHARE) for kind in ORDER}
    surface.thresholds.update(limits)
    with (Path(__file__).parent / "rules" / FILE).open("wb") as file:
        surface.write(file)
    encoder = OnnxEncoder.open(arguments.models / "encoder", cache=0)
    store = VectorStore(encoder, arguments.cache)
    vectors = store.vectors([example.text for example in examples], "query")
    store.save()
    mean = vectors.mean(axis=0)
    looks = [Look(row, hits) for row, hits in zip(held_out.astype(np.float32), rows.hits, strict=True)]
    read = inputs(vectors, looks, mean).astype(np.float64)
    second, fitted = rows.vectors(read)
    seconds = {kind: threshold(examples, second, kind, 1.0, first=(held_out, limits[kind])) for kind in ORDER}
    figures = report(examples, held_out, limits, second, seconds)
    LinearModel(
        encoder=encoder.identity,
        mean=tuple(round(float(value), 5) for value in mean),
        weights=tuple(tuple(round(float(value), 4) for value in row) for row in fitted.dense),
        bias=tuple(round(float(value), 4) for value in fitted.bias),
        thresholds={kind: round(seconds[kind], 4) for kind in ORDER},
        figures=figures,
    ).write(arguments.models / PLACE)
    for name, value in figures.items():
        print(name, value)


class Rows:
    """Examples laid out for fitting; folds go by text."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.examples = examples
        self.labels = np.array([example.label for example in examples], np.intp)
        self.weights = np.array([_WEIGHTS[example.source] for example in examples])
        self.folds = np.array([zlib.crc32(b"fold " + example.text.encode()) % _FOLDS for example in examples])
        forms = [normal(example.text) for example in examples]
        patterns = Detectors(surface=patterns_alone())
        self.hits = [patterns.hits(form) for form in forms]
        self.pieces = [sorted(set(grams(form))) for form in forms]
        self.found = np.zeros((len(examples), len(LABELS)))
        for row, hits in enumerate(self.hits):
            for hit in hits:
                self.found[row, LABELS.index(hit)] = 1

    def surface(self) -> tuple[Array, SurfaceModel]:
        """Logits of every row from models fitted without its fold, and the model fitted on all."""
        counts = Counter(piece for pieces in self.pieces for piece in pieces)
        vocabulary = [piece for piece, count in counts.items() if count > 1]
        places = {piece: place for place, piece in enumerate(vocabulary)}
        matrix = _matrix(
            [[places[piece] for piece in pieces if piece in places] for pieces in self.pieces], len(places)
        )

        def fit(some: NDArray[np.bool_]) -> Fitted:
            return fit_softmax(
                matrix[some], self.found[some], self.labels[some], len(LABELS), self.weights[some], _SURFACE_PENALTIES
            )

        def logits(fitted: Fitted, some: NDArray[np.bool_]) -> Array:
            return np.asarray(matrix[some] @ fitted.sparse + self.found[some] @ fitted.dense + fitted.bias)

        held_out, whole = self._crossed(fit, logits)
        arrays = (whole.sparse.astype(np.float32), whole.dense.astype(np.float32), whole.bias.astype(np.float32))
        return held_out, SurfaceModel(vocabulary, *arrays, tuple(_OPEN.values()))

    def vectors(self, read: Array) -> tuple[Array, Fitted]:
        """The same for the classifier's inputs."""

        def fit(some: NDArray[np.bool_]) -> Fitted:
            penalties = (0.0, _VECTOR_PENALTY)
            return fit_softmax(None, read[some], self.labels[some], len(LABELS), self.weights[some], penalties)

        def logits(fitted: Fitted, some: NDArray[np.bool_]) -> Array:
            return np.asarray(read[some] @ fitted.dense + fitted.bias)

        return self._crossed(fit, logits)

    def _crossed(
        self, fit: Callable[[NDArray[np.bool_]], Fitted], logits: Callable[[Fitted, NDArray[np.bool_]], Array]
    ) -> tuple[Array, Fitted]:
        held_out = np.zeros((len(self.examples), len(LABELS)))
        for fold in range(_FOLDS):
            outside = self.folds == fold
            held_out[outside] = logits(fit(~outside), outside)
        return held_out, fit(np.ones(len(self.examples), np.bool_))


def _matrix(rows: Sequence[Sequence[int]], width: int) -> csr_matrix:
    sizes = [len(row) for row in rows]
    values = np.concatenate([np.full(size, max(size, 1) ** -0.5) for size in sizes])
    columns = np.array([place for row in rows for place in row], np.intp)
    return csr_matrix((values, columns, np.concatenate([[0], np.cumsum(sizes)])), shape=(len(rows), width))


def scores_of(logits: Array, kind: DetectionKind) -> Array:
    """Log odds of a kind per row."""
    return np.array([score(row.astype(np.float32), kind) for row in logits])


def groups(examples: Sequence[Example], kind: DetectionKind) -> dict[str, NDArray[np.bool_]]:
    """Rows that are the kind, look-alikes that are not, and ordinary questions."""
    own = np.array([(label := LABELS[example.label]) is not None and label.kind == kind for example in examples])
    alike = np.array([example.against == kind for example in examples])
    ordinary = np.array([example.source == "faq" for example in examples])
    return {"recall": own, "look-alikes": alike & ~own, "ordinary": ordinary}


def threshold(
    examples: Sequence[Example],
    logits: Array,
    kind: DetectionKind,
    share: float,
    first: tuple[Array, float] | None = None,
) -> float:
    """The lowest log odds within `share` of the allowed alarms; what the first look takes is counted already."""
    parts = groups(examples, kind)
    scores = scores_of(logits, kind)
    if first is not None:
        scores[scores_of(first[0], kind) >= first[1]] = np.inf
    limits = [
        _lowest(scores[parts[name]], allowed[kind] * share)
        for name, allowed in (("look-alikes", ALARMS), ("ordinary", ORDINARY_ALARMS))
    ]
    return max(limits)


def _lowest(scores: Array, allowed: float) -> float:
    taken = int(allowed * len(scores))
    ordered = np.sort(scores)[::-1]
    return float(ordered[taken]) + 1e-3 if taken < len(ordered) and np.isfinite(ordered[taken]) else 20.0


def report(
    examples: Sequence[Example],
    first: Array,
    limits: Mapping[DetectionKind, float],
    second: Array,
    seconds: Mapping[DetectionKind, float],
) -> dict[str, Any]:
    """Shares taken for each kind among held-out rows: after the first look, and after both."""
    found: dict[str, Any] = {"examples": len(examples)}
    for kind in ORDER:
        early = scores_of(first, kind) >= limits[kind]
        both = early | (scores_of(second, kind) >= seconds[kind])
        for name, rows in groups(examples, kind).items():
            found[f"{kind} {name}"] = [round(float(taken[rows].mean()), 4) for taken in (early, both)]
    return found


if __name__ == "__main__":
    main()
