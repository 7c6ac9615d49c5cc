"""`evaluate faq`: index a foreign FAQ, ask it in other words, count what a customer would have got."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from bot.corpus import Corpus, Entry
from bot.corpus.model import Localised
from bot.engines.port import Engine, Gate, Query, RiskGate
from bot.evaluation.metrics import auroc, ranks_of
from bot.evaluation.rows import FaqQuery, FaqRow, locale_of

TIMED = 200
# How many candidates are ranked to find the right one's place.
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class FaqEngine:
    """An engine with the gate that belongs to it; `close` ends what they started."""

    engine: Engine
    gate: Gate
    close: Callable[[], None] = lambda: None


def evaluate_faq(
    tool: FaqEngine,
    rows: Sequence[FaqRow],
    queries: Sequence[FaqQuery],
    risk: float = 0.05,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Any]:
    """The figures of the contract; None where the queries hold none of what a figure needs. Raises EngineFailed."""
    # One shelf holds the whole of a foreign FAQ.
    locale = locale_of([row.question for row in rows])
    began = clock()
    index = tool.engine.index(corpus_of(rows, locale), date.today())
    seconds = clock() - began
    asked = [Query(query.text, locale) for query in queries]
    times = []
    for query in asked[:: max(1, len(asked) // TIMED)][:TIMED]:
        one = clock()
        index.rank([query], 5)
        times.append((clock() - one) * 1000)
    rankings = index.rank(asked, _DEPTH)
    probability = np.array([tool.gate.probability(*pair) for pair in zip(asked, rankings, strict=True)])
    ranked = [tuple(candidate.entry_id for candidate in ranking.candidates) for ranking in rankings]
    answerable = np.array([query.faq_id is not None for query in queries])
    right = np.array(
        [bool(ids) and ids[0] == query.faq_id for ids, query in zip(ranked, queries, strict=True)], np.bool_
    )
    places = ranks_of(
        [ids for ids, known in zip(ranked, answerable, strict=True) if known],
        [query.faq_id for query in queries if query.faq_id is not None],
    )
    answered = probability >= threshold_of(tool.gate, locale, risk)
    return {
        "r1": _share(places == 1),
        "r3": _share((places > 0) & (places <= 3)),
        "mrr": _share(np.where(places > 0, 1 / np.maximum(places, 1), 0.0)),
        "auroc_answerable": _rounded(auroc(probability, answerable)),
        "coverage": _share(answered),
        "wrong_rate": _share(~right[answered]),
        "ms_p50": _rounded(float(np.percentile(times, 50)), 3),
        "index_seconds": _rounded(seconds, 2),
    }


def threshold_of(gate: Gate, locale: str, risk: float) -> float:
    """From which probability on the bot would answer at that risk; infinite = never."""
    if isinstance(gate, RiskGate):
        at = gate.threshold_at(locale, risk)
        return np.inf if at is None else at
    thresholds = gate.thresholds(locale)
    return thresholds.answer_at if thresholds else np.inf


def corpus_of(rows: Sequence[FaqRow], locale: str) -> Corpus:
    """The rows as a corpus. Double braces are no variables in foreign answers."""
    day = date.today()
    entries = {
        row.faq_id: Entry(
            row.faq_id,
            "evaluation",
            day,
            {locale: Localised(_plain(row.question), tuple(map(_plain, row.similar)), _plain(row.answer))},
        )
        for row in rows
    }
    return Corpus(entries, version="evaluation")


def _plain(text: str) -> str:
    return text.replace("{{", "{ {")


def _share(values: Any) -> float | None:
    return _rounded(float(np.mean(values))) if len(values) else None


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
