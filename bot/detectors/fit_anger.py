"""Fits the model of anger on texts of the repository, in seconds: `python -m bot.detectors.fit_anger`.

Rows are `eval/anger` and, as not angry, the ordinary questions that the other detectors are fitted on. The threshold is
the lowest log odds at which, of rows that the model (in five folds) was not fitted on, no more than `ALARMS` of the
look-alikes and `ORDINARY_ALARMS` of the ordinary questions are taken for anger.
"""

import argparse
from pathlib import Path

import numpy as np

from bot.corpus import load_corpus
from bot.detectors.anger import FILE, Anger
from bot.detectors.examples import read_examples, read_rows
from bot.detectors.fitting import PieceRows, folds_of, lowest
from bot.detectors.normal import excerpt, normal
from bot.detectors.patterns import load_patterns
from bot.detectors.pieceweights import PieceWeights

# A person offered in vain costs a minute. Of the ordinary questions some are angry, or no words at all.
ALARMS, ORDINARY_ALARMS = 0.08, 0.02


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
    rows = PieceRows(forms, spoken)
    logits, whole = rows.crossed(labels, 2, np.ones(len(texts)), folds_of(texts))
    held_out = np.diff(logits)[:, 0]
    parts = {
        "recall": labels == 1,
        "look-alikes": (labels == 0) & (np.arange(len(texts)) < len(labelled)),
        "ordinary": np.arange(len(texts)) >= len(labelled),
    }
    allowed = {"look-alikes": ALARMS, "ordinary": ORDINARY_ALARMS}
    threshold = max(lowest(held_out[parts[name]], share) for name, share in allowed.items())
    sparse, dense, bias = (np.diff(part)[..., 0] for part in (whole.sparse, whole.dense, whole.bias))
    weights = PieceWeights(rows.vocabulary, sparse.astype(np.float32)[:, None])
    with (Path(__file__).parent / "rules" / FILE).open("wb") as file:
        Anger(weights, float(dense[0]), float(bias), threshold).write(file)
    print(f"{len(texts)} texts, {len(rows.vocabulary)} pieces, threshold {threshold:.2f}; held out, taken for anger:")
    for name, some in parts.items():
        print(f"{name} {(held_out[some] >= threshold).mean():.3f} of {some.sum()}")


if __name__ == "__main__":
    main()
