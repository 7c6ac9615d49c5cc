"""Fits the model of anger on texts of the repository, in seconds: `python -m bot.detectors.fit_anger`.

Rows are `eval/anger` and, as not angry, the ordinary questions that the other detectors are fitted on. The threshold is
the lowest log odds at which, of rows that the model (in five folds) was not fitted on, no more than `ALARMS` of the
look-alikes and `ORDINARY_ALARMS` of the ordinary questions are taken for anger.
"""

import argparse
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.corpus import load_corpus
from bot.detectors.anger import FILE, Anger
from bot.detectors.examples import read_examples, read_rows
from bot.detectors.fit import lowest, matrix
from bot.detectors.grams import grams
from bot.detectors.normal import excerpt, normal
from bot.detectors.patterns import load_patterns
from bot.detectors.pieceweights import PieceWeights
from bot.detectors.softmax import Fitted, fit_softmax

# A person offered in vain costs a minute. Of the ordinary questions some are angry, or no words at all.
ALARMS, ORDINARY_ALARMS = 0.08, 0.02
_FOLDS = 5
_PENALTIES = (5e-6, 3e-5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("faq_corpus"))
    arguments = parser.parse_args()
    exam = arguments.corpus / "eval"
    labelled = {row["text"]: bool(row["label"]) for row in read_rows(exam / "anger.jsonl")}
    examples = read_examples(load_corpus(arguments.corpus), exam)
    ordinary = [each.text for each in examples if each.source == "question" and each.text not in labelled]
    texts = [*labelled, *ordinary]
    labels = np.array([*labelled.values(), *[False] * len(ordinary)], np.intp)
    forms = [excerpt(normal(text)) for text in texts]
    patterns = load_patterns("anger")
    spoken = np.array([[float(patterns.find(form) is not None)] for form in forms])
    pieces = [set(grams(form)) for form in forms]
    vocabulary = [piece for piece, count in Counter(piece for some in pieces for piece in some).items() if count > 1]
    places = {piece: place for place, piece in enumerate(vocabulary)}
    rows = matrix([[places[piece] for piece in sorted(some) if piece in places] for some in pieces], len(places))

    def fit(some: NDArray[np.bool_]) -> Fitted:
        return fit_softmax(rows[some], spoken[some], labels[some], 2, np.ones(int(some.sum())), _PENALTIES)

    folds = np.array([zlib.crc32(b"fold " + text.encode()) % _FOLDS for text in texts])
    held_out = np.zeros(len(texts))
    for fold in range(_FOLDS):
        outside = folds == fold
        fitted = fit(~outside)
        held_out[outside] = np.diff(rows[outside] @ fitted.sparse + spoken[outside] @ fitted.dense + fitted.bias)[:, 0]
    parts = {
        "recall": labels == 1,
        "look-alikes": (labels == 0) & (np.arange(len(texts)) < len(labelled)),
        "ordinary": np.arange(len(texts)) >= len(labelled),
    }
    allowed = {"look-alikes": ALARMS, "ordinary": ORDINARY_ALARMS}
    threshold = max(lowest(held_out[parts[name]], share) for name, share in allowed.items())
    whole = fit(np.ones(len(texts), np.bool_))
    sparse, dense, bias = (np.diff(part)[..., 0] for part in (whole.sparse, whole.dense, whole.bias))
    weights = PieceWeights(vocabulary, sparse.astype(np.float32)[:, None])
    with (Path(__file__).parent / "rules" / FILE).open("wb") as file:
        Anger(weights, float(dense[0]), float(bias), threshold).write(file)
    print(f"{len(texts)} texts, {len(vocabulary)} pieces, threshold {threshold:.2f}; held out, taken for anger:")
    for name, some in parts.items():
        print(f"{name} {(held_out[some] >= threshold).mean():.3f} of {some.sum()}")


if __name__ == "__main__":
    main()
