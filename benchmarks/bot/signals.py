"""What each ranking signal contributes, and which weights fit best: `python -m benchmarks.bot.signals`.

Rows are the held-out paraphrases. Weights are those of a listwise softmax over all entries; the figures of "fitted"
are cross-validated by entry in five folds. The last line is what `bot.engines.shelf.WEIGHTS` should hold.
"""

import argparse
import json
import zlib
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.bot.intervals import shown
from bot.corpus import load_corpus
from bot.encoder.runtime import OnnxEncoder
from bot.engines.embedded import EmbeddedEngine
from bot.engines.shelf import SIGNALS, WEIGHTS, Shelf, centre

Array = NDArray[np.float64]


def signals_of(shelf: Shelf, texts: list[str], vectors: NDArray[np.float32]) -> Array:
    """Signals (texts x entries x signals), as the shelf computes them."""
    entries, queries = len(shelf.entry_ids), centre(vectors, shelf.mean)
    words, _ = shelf.words.score(texts)
    return np.stack(
        [
            shelf.rows.nearest(queries @ shelf.rows.vectors.T, entries),
            queries @ shelf.centroids.T,
            shelf.others.nearest(queries @ shelf.others.vectors.T, entries),
            queries @ shelf.answers.T,
            words,
        ],
        axis=2,
    ).astype(np.float64)


def fit(signals: Array, right: NDArray[np.intp]) -> Array:
    """Weights that make the right entry likeliest in a softmax over all."""

    def loss(weights: Array) -> tuple[float, Array]:
        scores = signals @ weights
        scores -= scores.max(axis=1, keepdims=True)
        share = np.exp(scores)
        share /= share.sum(axis=1, keepdims=True)
        rows = np.arange(len(right))
        gradient = np.einsum("qe,qek->k", share, signals) - signals[rows, right].sum(axis=0)
        return -np.log(share[rows, right] + 1e-12).sum() + 0.005 * (weights @ weights), gradient + 0.01 * weights

    found = minimize(loss, np.ones(signals.shape[2]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("faq_corpus"))
    parser.add_argument("--cache", type=Path, default=None)
    arguments = parser.parse_args()
    corpus = load_corpus(arguments.corpus)
    encoder = OnnxEncoder.open(Path("models/encoder"))
    index = EmbeddedEngine(encoder, arguments.cache).index(corpus, date.today())
    lines = [
        json.loads(line)
        for path in sorted((arguments.corpus / "eval").glob("paraphrases*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    every, answers, folds = [], [], []
    for locale, shelf in index.shelves.items():
        rows = [line for line in lines if line["locale"] == locale and line["entry"] in shelf.entry_ids]
        texts = [row["text"] for row in rows]
        signals = signals_of(shelf, texts, encoder.encode(texts))
        right = np.array([shelf.entry_ids.index(row["entry"]) for row in rows])
        for number, name in enumerate(SIGNALS):
            print(f"{locale} {name:9} R@1 {shown(int((signals[:, :, number].argmax(1) == right).sum()), len(right))}")
        print(f"{locale} shipped   R@1 {shown(int(((signals @ WEIGHTS).argmax(1) == right).sum()), len(right))}")
        every.append(signals)
        answers.append(right)
        folds.append(np.array([zlib.crc32(row["entry"].encode()) % 5 for row in rows]))
    if len({signals.shape[1] for signals in every}) > 1:
        raise SystemExit("locales differ in their entries: weights are fitted on a complete corpus only")
    signals, right, fold = np.concatenate(every), np.concatenate(answers), np.concatenate(folds)
    hits = 0
    for number in range(5):
        out = fold == number
        hits += int(((signals[out] @ fit(signals[~out], right[~out])).argmax(1) == right[out]).sum())
    print(f"fitted, by entry   R@1 {shown(hits, len(right))}")
    print(dict(zip(SIGNALS, np.round(fit(signals, right), 2).tolist(), strict=True)))


if __name__ == "__main__":
    main()
