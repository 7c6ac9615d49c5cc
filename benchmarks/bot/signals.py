"""What each ranking signal contributes, and which weights fit best: `python -m benchmarks.bot.signals`.

| regime | index | rows |
|---|---|---|
| paraphrases | everything | held-out paraphrases, written without sight of the entry's phrasings |
| customers | everything | texts in the shapes of real ones, written without sight of the FAQ, labelled by two readers |
| bare | standard question and answer only, one locale alone | the paraphrases |

Similar questions are not asked: the encoder's adapter has learned to which entry they belong.
Weights are those of one listwise softmax, a customers' block weighing as much as three of paraphrases; the figures of
"fitted" are cross-validated by entry in five folds. The last lines tell the best weights. `bot.engines.shelf` holds
those as WEIGHTS and LEADING_WEIGHTS but for words, which have two thirds of theirs (see there). BARE_WEIGHTS were
fitted before the encoder was adapted to this corpus, since it is not to a foreign one.
"""

import argparse
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.bot.intervals import shown
from benchmarks.bot.shipped import shipped_engine
from bot.corpus import Corpus, load_corpus
from bot.engines.embedded import EmbeddedEngine
from bot.engines.shelf import BARE_WEIGHTS, LEADING_WEIGHTS, PARTS, SURE, VIEWS, WEIGHTS

Array = NDArray[np.float64]
EVERY = tuple(range(len(PARTS)))
WORDS, PLENTY = PARTS.index("words"), PARTS.index("plenty")
# Of the leading encoder and words.
LEADING = (*range(len(VIEWS)), WORDS, PLENTY)
# Every entry of a bare corpus has one phrasing.
BARE = EVERY[:PLENTY]
# Candidates per row that the softmax sees: those that any signal puts high, and the right one.
_CANDIDATES = 60


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one regime and locale: parts (rows x candidates x PARTS), place of the right candidate, fold."""

    regime: str
    locale: str
    signals: NDArray[np.float32]
    right: NDArray[np.intp]
    fold: NDArray[np.intp]

    def hits(self, weights: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
        return np.asarray((self.signals @ weights.astype(np.float32)).argmax(axis=1) == self.right)


Rows = list[tuple[str, tuple[str, ...]]]
"""Texts with the entries that are right."""
_WEIGHED = {"customers": 3.0}


def regimes(corpus: Corpus, folder: Path) -> Iterator[tuple[str, Corpus, dict[str, Rows]]]:
    """Name, corpus to index, and per locale (text, entry) rows."""
    paraphrases: dict[str, Rows] = {locale: [] for locale in corpus.locales}
    for path in sorted((folder / "eval").glob("paraphrases*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["entry"] in corpus.entries and row["locale"] in paraphrases:
                paraphrases[row["locale"]].append((row["text"], (row["entry"],)))
    customers: dict[str, Rows] = {locale: [] for locale in corpus.locales}
    for line in (folder / "eval" / "customers.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["a"] and row["b"]:
            customers[row["locale"]].append((row["text"], tuple(dict.fromkeys([*row["a"], *row["b"]]))))
    yield "paraphrases", corpus, paraphrases
    yield "customers", corpus, customers
    for locale in corpus.locales:
        alone = {}
        for entry in corpus.entries.values():
            if locale in entry.locales:
                own = entry.locales[locale]
                alone[entry.id] = replace(entry, locales={locale: replace(own, similar=())})
        yield "bare", replace(corpus, entries=alone), {locale: paraphrases[locale]}


def blocks(engine: EmbeddedEngine, corpus: Corpus, folder: Path) -> Iterator[Block]:
    for name, indexed, by_locale in regimes(corpus, folder):
        index = engine.index(indexed, date.today())
        for locale, rows in by_locale.items():
            shelf = index.shelves[locale]
            place = {entry_id: number for number, entry_id in enumerate(shelf.entry_ids)}
            rows = [(text, entries) for text, entries in rows if entries[0] in place]
            parts = []
            right = [[place[entry_id] for entry_id in entries if entry_id in place] for _, entries in rows]
            for start in range(0, len(rows), 256):
                texts = [text for text, _ in rows[start : start + 256]]
                signals = shelf.parts(texts, engine.vectors(texts))
                parts.append(_shortened(signals, right[start : start + 256]))
            fold = np.array([zlib.crc32(entries[0].encode()) % 5 for _, entries in rows])
            yield Block(name, locale, np.concatenate(parts), np.zeros(len(rows), np.intp), fold)


def _shortened(signals: NDArray[np.float32], right: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """The right candidate first, then the strongest others by the sum of standardised signals; further right ones are
    left out."""
    spread = signals.std(axis=(0, 1)) + 1e-6
    strength = (signals / spread)[:, :, :PLENTY].sum(axis=2)
    for row, (first, *others) in enumerate(right):
        strength[row, first] = np.inf
        strength[row, others] = -np.inf
    order = np.argsort(-strength, axis=1)[:, : min(_CANDIDATES, signals.shape[1])]
    return np.take_along_axis(signals, order[:, :, None], axis=1)


def fit(found: list[Block], out: int | None = None, read: Sequence[int] = EVERY) -> Array:
    """Weights that make the right entry likeliest, without fold `out`; zero for signals that are not `read`."""
    used = [(block.signals[block.fold != out], block) for block in found]

    def loss(weights: Array) -> tuple[float, Array]:
        total, slope = 0.0, np.zeros(len(PARTS))
        for signals, block in used:
            weight = _WEIGHED.get(block.regime, 1.0)
            scores = signals @ weights
            scores -= scores.max(axis=1, keepdims=True)
            share = np.exp(scores)
            share /= share.sum(axis=1, keepdims=True)
            total -= weight * float(np.log(share[:, 0] + 1e-12).mean())
            slope += weight * (np.einsum("qe,qek->k", share, signals) - signals[:, 0].sum(axis=0)) / len(signals)
        return total + 1e-4 * float(weights @ weights), slope + 2e-4 * weights

    # The nearer the better; the more phrasings, the less it says that one is near.
    bounds = [(None if number == PLENTY else 0, None) if number in read else (0, 0) for number in EVERY]
    found_at = minimize(
        loss, np.array([float(number in read) for number in EVERY]), jac=True, method="L-BFGS-B", bounds=bounds
    )
    return np.asarray(found_at.x)


def cascade(block: Block) -> Iterator[str]:
    """How often the leading encoder is how sure, and whether the other one would then have changed the first entry."""
    alone = block.signals @ LEADING_WEIGHTS
    first = np.sort(alone, axis=1)[:, ::-1][:, :5]
    share = 1 / np.exp(first - first[:, :1]).sum(axis=1)
    same = alone.argmax(axis=1) == (block.signals @ WEIGHTS).argmax(axis=1)
    for at in (0.5, 0.7, SURE, 0.9, 0.95):
        sure = share >= at
        if sure.any():
            both = shown(int(same[sure].sum()), int(sure.sum()))
            yield f"share {at}: {shown(int(sure.sum()), len(sure))}, both name the same entry {both}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("faq_corpus"))
    parser.add_argument("--cache", type=Path, default=None)
    arguments = parser.parse_args()
    corpus = load_corpus(arguments.corpus)
    found = list(blocks(shipped_engine(cache=arguments.cache), corpus, arguments.corpus))
    for name, asked, shipped, read in (
        ("all", ("paraphrases", "customers"), WEIGHTS, EVERY),
        ("leading", ("paraphrases", "customers"), LEADING_WEIGHTS, LEADING),
        ("bare", ("bare",), BARE_WEIGHTS, BARE),
    ):
        own = [block for block in found if block.regime in asked]
        fitted = [fit(own, number, read) for number in range(5)]
        for block in own:
            head = f"{name:8} {block.regime:12} {block.locale:6}"
            for number in read:
                hits = block.hits(np.eye(len(PARTS))[number])
                print(f"{head} {PARTS[number]:15} R@1 {shown(int(hits.sum()), len(block.right))}")
            print(f"{head} {'shipped':15} R@1 {shown(int(block.hits(shipped).sum()), len(block.right))}")
            hits = np.array([block.hits(weights) for weights in fitted])[block.fold, np.arange(len(block.right))]
            print(f"{head} {'fitted':15} R@1 {shown(int(hits.sum()), len(block.right))}")
        if name == "leading":
            for block in own:
                for line in cascade(block):
                    print(f"cascade  {block.regime:12} {block.locale:6} {line}")
        print(name, dict(zip(PARTS, np.round(fit(own, read=read), 2).tolist(), strict=True)))


if __name__ == "__main__":
    main()
