"""The intent rows of the targets table, on public sets: `python -m benchmarks.bot.targets FOLDER [--engine E ...]`.

FOLDER holds `banking77/train.jsonl`, `banking77_oos/train.jsonl`, `clinc150/{full_train,val}.jsonl` and
`zh_intent_smp2017/train.jsonl`. Only these parts are read. Splits, all by the seed in SEED:

| row | fitted on | threshold chosen on | measured on |
|---|---|---|---|
| banking77 full | all but 2,000 rows | - | those 2,000 |
| banking77 10-shot | ten rows a label, five draws | - | 2,000 of the others |
| clinc150 full | full_train | half of val | the other half |
| banking77 out of scope | three fifths of the 50 labels' rows | a fifth, near misses of 13 other labels | see below |
| smp2017 | two thirds | - | a third, three times |

Out of scope is measured on the last fifth, near misses of the remaining 14 labels, and far rows (`oos` of clinc150).
Every engine sees the same rows. Accuracies come with 95 % Wilson intervals; a row that was not run says why.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.bot.intervals import shown
from bot.encoder.manifest import EncoderMissing
from bot.engines import EngineFailed, EngineSettings, UnknownEngine, intent_engine
from bot.evaluation.intents import IntentEngine, evaluate_intents
from bot.evaluation.rows import Labelled, RowsError, read_labelled

SEED = 7


@dataclass(frozen=True, slots=True)
class Split:
    """One measurement."""

    train: list[Labelled]
    test: list[Labelled]
    validation: list[Labelled]


def _cut(rows: Sequence[Labelled], sizes: Sequence[int], seed: int = SEED) -> list[list[Labelled]]:
    """Parts of those sizes, then the rest."""
    order = np.random.default_rng(seed).permutation(len(rows))
    ends = np.cumsum(sizes)
    return [[rows[place] for place in part] for part in np.split(order, ends)]


def banking_full(folder: Path) -> Iterator[Split]:
    test, train = _cut(read_labelled(folder / "banking77/train.jsonl"), [2000])
    yield Split(train, test, [])


def banking_few(folder: Path) -> Iterator[Split]:
    rows = read_labelled(folder / "banking77/train.jsonl")
    labels = np.array([row.label for row in rows])
    for draw in range(5):
        draws = np.random.default_rng(SEED + draw)
        few = [draws.choice(np.flatnonzero(labels == label), 10, replace=False) for label in np.unique(labels)]
        taken = np.concatenate(few)
        others = draws.choice(np.setdiff1d(np.arange(len(rows)), taken), 2000, replace=False)
        yield Split([rows[place] for place in taken], [rows[place] for place in others], [])


def clinc(folder: Path) -> Iterator[Split]:
    held = read_labelled(folder / "clinc150/val.jsonl")
    validation, test = _cut(held, [len(held) // 2])
    yield Split(read_labelled(folder / "clinc150/full_train.jsonl"), test, validation)


def banking_oos(folder: Path) -> Iterator[Split]:
    rows = read_labelled(folder / "banking77_oos/train.jsonl")
    known = {row.label for row in rows}
    test, own, train = _cut(rows, [len(rows) // 5, len(rows) // 5])
    every = read_labelled(folder / "banking77/train.jsonl")
    others = sorted({row.label for row in every} - known)
    seen = set(np.random.default_rng(SEED).permutation(others)[:13])
    near = [[Labelled(row.text, "oos") for row in every if row.label in part] for part in (seen, set(others) - seen)]
    far = [row for name in ("full_train", "val") for row in read_labelled(folder / f"clinc150/{name}.jsonl")]
    far = [row for row in far if not row.in_scope]
    yield Split(train, [*test, *_cut(near[1], [600])[0], *far], [*own, *_cut(near[0], [600])[0]])


def smp(folder: Path) -> Iterator[Split]:
    rows = read_labelled(folder / "zh_intent_smp2017/train.jsonl")
    order = np.random.default_rng(SEED).permutation(len(rows))
    for third in range(3):
        train = [rows[place] for number, place in enumerate(order) if number % 3 != third]
        yield Split(train, [rows[place] for place in order[third::3]], [])


SETS: dict[str, Callable[[Path], Iterator[Split]]] = {
    "banking77 full": banking_full,
    "banking77 10-shot": banking_few,
    "clinc150 full": clinc,
    "banking77 out of scope": banking_oos,
    "smp2017": smp,
}
FIGURES = (
    "accuracy",
    "in_scope_accuracy",
    "oos_recall",
    "auroc",
    "rejection_at_90_coverage",
    "ece",
    "ms_p50",
    "train_seconds",
)


def measure(engine: IntentEngine, splits: Iterable[Split]) -> tuple[dict[str, float], int, int]:
    """Means of the figures over the splits, and how many in-scope rows were right of how many."""
    found, right, total = list[dict[str, float]](), 0, 0
    for split in splits:
        figures = evaluate_intents(engine, split.train, split.test, split.validation)
        count = sum(row.in_scope for row in split.test)
        right, total = right + round(figures["accuracy"] * count), total + count
        found.append(figures)
    means = {name: [own[name] for own in found if own[name] is not None] for name in FIGURES}
    return {name: float(np.mean(values)) for name, values in means.items() if values}, right, total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", action="append", help="may be given several times; default: embedded")
    parser.add_argument("--only", action="append", choices=list(SETS))
    parser.add_argument("--splits", type=int, help="of each row the first so many, for engines that train for minutes")
    arguments = parser.parse_args()
    for engine in arguments.engine or ["embedded"]:
        for name, splits in SETS.items():
            head = f"{engine:22} {name:24}"
            if arguments.only and name not in arguments.only:
                print(f"{head} not run: left out by --only", flush=True)
                continue
            try:
                some = islice(splits(arguments.folder), arguments.splits)
                figures, right, total = measure(intent_engine(engine, EngineSettings()), some)
            except (UnknownEngine, EngineFailed, EncoderMissing, RowsError) as error:
                print(f"{head} not run: {error}", flush=True)
                continue
            print(
                f"{head} accuracy {shown(right, total)} {json.dumps({k: round(v, 4) for k, v in figures.items()})}",
                flush=True,
            )


if __name__ == "__main__":
    main()
