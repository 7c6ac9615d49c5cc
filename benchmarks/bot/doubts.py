"""What the second look is asked, and what passes it by: `python -m benchmarks.bot.doubts [--cache FOLDER]`.

Wishes, look-alikes and ordinary questions that neither the encoder's adapter nor, in five folds, a network was fitted
on; of the wishes those count that both encoders together recognise. A text passes without being read by both when the
first look is silent and the leading encoder's network doubts no kind; and when it doubts one a little, but the gate is
sure of an entry by a ranking of the leading encoder alone (`bot.service`; asked here as typed, without what the service
strips from a question). Told for the first rule alone and for both: the share of ordinary questions that are looked at
once more, and of each kind's recognised wishes the share that pass. Twenty minutes, and ten more where the larger
encoder has not read the texts yet.
"""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.bot.intervals import shown
from bot.corpus import load_corpus
from bot.detectors.classifier import PLACE, Look, inputs, read_model
from bot.detectors.examples import read_examples
from bot.detectors.fit import FIRST_SHARE, Rows, groups, meanings, scores_of, threshold, vectors_of
from bot.detectors.kinds import ORDER
from bot.engines import ENGINES, EngineSettings
from bot.engines.embedded import EmbeddedIndex
from bot.engines.port import LEADING, Gate, Query
from bot.language import LanguageDetector
from bot.service import FAMILIAR, LIKELIER

_AT_ONCE = 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("faq_corpus"))
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--cache", type=Path, default=None, help="vectors, kept between runs")
    arguments = parser.parse_args()
    corpus = load_corpus(arguments.corpus)
    every = read_examples(corpus, arguments.corpus / "eval")
    engine: Any
    engine, gate = ENGINES["embedded"](EngineSettings(cache=arguments.cache))
    model = read_model(arguments.models / PLACE, [encoder.identity for encoder in engine.encoders])
    rows = Rows(every)
    surface, _ = rows.surface()
    heard = rows.heard(surface)
    limits = {kind: threshold(every, heard, kind, FIRST_SHARE, rows.spoken(kind)) for kind in ORDER}
    taken = rows.taken(heard, limits)
    spoken = np.any([taken[kind] for kind in ORDER], axis=0)
    looks = [Look(hits, logits=tuple(logits)) for hits, logits in zip(rows.hits, surface.tolist(), strict=True)]
    texts = [example.text for example in every]
    vectors = vectors_of(every, engine.encoders, arguments.cache / "texts" if arguments.cache else None)
    logits, _ = rows.network(inputs(vectors[LEADING], looks, model.means[LEADING]))
    both, _ = rows.network(inputs(vectors, looks, model.means))
    meant = meanings(both, taken, model.thresholds, model.denials)
    doubts = np.max([scores_of(logits, kind) - model.doubts[kind] for kind in ORDER], axis=0)
    parts = {kind: groups(every, kind) for kind in ORDER}
    asked = np.any([some for named in parts.values() for some in named.values()], axis=0)
    known = np.zeros(len(every))
    known[asked] = probabilities(engine.index(corpus, date.today()), gate, [texts[n] for n in np.flatnonzero(asked)])
    for name, passed in (
        ("no doubt", ~spoken & (doubts < 0)),
        ("or familiar", ~spoken & ((doubts < 0) | ((doubts < LIKELIER) & (known >= FAMILIAR)))),
    ):
        ordinary = parts[ORDER[0]]["ordinary"]
        print(f"{name:12} ordinary questions looked at once more {shown(*_counted(~passed, ordinary))}")
        for kind in ORDER:
            recognised = parts[kind]["recall"] & (meant == kind)
            print(f"{name:12} {kind:10} recognised wishes that pass {shown(*_counted(passed, recognised))}")


def _counted(some: NDArray[np.bool_], among: NDArray[np.bool_]) -> tuple[int, int]:
    return int((some & among).sum()), int(among.sum())


def probabilities(index: EmbeddedIndex, gate: Gate, texts: Sequence[str]) -> list[float]:
    """Of the first entry of each text by the leading encoder alone; 0 where that ranking is not enough."""
    language, found = LanguageDetector(), list[float]()
    for start in range(0, len(texts), _AT_ONCE):
        some = [(text, language.detect(text, "en")) for text in texts[start : start + _AT_ONCE]]
        # Chinese is ranked in one writing.
        queries = [Query(text, "zh-CN" if spoken.startswith("zh") else spoken) for text, spoken in some]
        for query, quick in zip(queries, index.rank_quickly(queries, 5), strict=True):
            ranking = quick.ranking if quick.enough else None
            found.append(gate.probability(query, ranking) if ranking is not None and ranking.candidates else 0.0)
    return found


if __name__ == "__main__":
    main()
