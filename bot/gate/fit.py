"""Fits the gate on the texts of the repository: `python -m bot.gate.fit [--corpus faq_corpus] [--out ...]`.

The rows are those of `bot.gate.exam`. Phrasings left out of the index would say nothing: the encoder's adapter has
learned them. Each row is fitted on twice, as the leading encoder alone ranks it and as all do: the gate says as well
which texts all are to read. Where answers begin is chosen by the mix in each language, but no lower than on the
validation rows, texts of writers that nothing is fitted on, answers stay within the risk. Everything reported comes
from rows whose entry (or, for the rest, whose fold) was not used in fitting; but for the validation rows (`later`),
which are those that the limit was chosen on.
Nothing outside the repository is read.
"""

import argparse
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.corpus import load_corpus
from bot.encoder.runtime import OnnxEncoder, Runtime
from bot.encoder.use import UseEncoder
from bot.engines.embedded import EmbeddedEngine
from bot.engines.port import Ranking, Thresholds
from bot.engines.shelf import is_sure
from bot.gate.exam import ANSWERABLE, FOLDS, SHARES, Exam, read_exam, sit_exam
from bot.gate.logistic import fit_logistic, sigmoid
from bot.gate.model import GateModel, features_of, standardised
from bot.gate.risk import (
    Held,
    answer_floor,
    answer_threshold,
    calibration_error,
    reliability,
    risk_coverage,
    rounded_up,
    summary,
)
from bot.network import Recipe, fit_network

Array = NDArray[np.float64]
DEFAULT_OUT = Path("models/gate/manifest.json")
SECOND = Path("models/encoder-use")
UNANSWERABLE_SHARE = sum(share for kind, share in SHARES.items() if kind not in ANSWERABLE)
RISK = 0.03
# Of the answerable, at which wrong answers are told besides.
COVERAGE = 0.8
# From which probability on choices are offered to whom may not be a customer at all (`bot.decision.LEAST` to others).
# How many of other companies' customers are offered any is told by `benchmarks.real_dialogues`.
OFFER_AT = 0.05
# A text that is likelier a stranger's than a customer's, and below this probability by the leading encoder alone, is
# not read by the other one, and so neither answered nor offered choices: of 376 texts below .5 e5 turned 3 into an
# answer. (Without the first condition, of real customers' questions in doubt a tenth fewer had the right entry among
# their choices.)
READ_FROM = OFFER_AT
# Of the texts about something else, the share that may be taken for a customer's and offered choices.
STRANGERS = 0.003
_GATE_PENALTY = 1e-3
_CONSTANT = 1e-3
_DOMAIN_PENALTY = 2e-4
RECIPE = Recipe(units=32, rounds=60, batch=256, step=3e-3, decay=3e-2, dropped=0.3, spread=1.0)


def domain_of(exams: Sequence[Exam]) -> tuple[list[Array], Array, float]:
    """Held-out logits of "this is a customer of an exchange" per exam, of the same rows in each, and the vector and
    intercept fitted on all of them."""
    vectors = [np.stack([_vector(ranking) for ranking in exam.rankings]) for exam in exams]
    fitted = ~exams[0].later
    labels = np.array([row.crypto for row in exams[0].rows], np.float64)
    counts = np.bincount(labels[fitted].astype(int), minlength=2)
    weights = 1.0 / counts[labels.astype(int)]
    logits = [np.zeros(len(labels)) for _ in exams]

    def fit(rows: NDArray[np.bool_]) -> tuple[Array, float]:
        times = len(exams)
        read = np.concatenate([block[rows] for block in vectors])
        return fit_logistic(read, np.tile(labels[rows], times), np.tile(weights[rows], times), _DOMAIN_PENALTY)

    for fold in range(FOLDS):
        out = exams[0].group == fold
        found, intercept = fit(fitted & ~out)
        for own, block in zip(logits, vectors, strict=True):
            own[out] = block[out] @ found + intercept
    return (logits, *fit(fitted))


def subject_threshold(exam: Exam, logits: Array) -> float:
    """The held-out log odds that no more than `STRANGERS` of the texts about something else reach."""
    strange = logits[[row.kind == "given" for row in exam.rows]]
    return round(float(np.quantile(strange, 1 - STRANGERS)), 4)


def _vector(ranking: Ranking) -> Array:
    if ranking.vector is None:
        raise ValueError("the gate is fitted on an engine that gives vectors")
    return ranking.vector.astype(np.float64)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A gate's numbers: see `GateModel`."""

    centre: Array
    scale: Array
    coefficients: Array
    intercept: float
    units: Array
    unit_bias: Array
    unit_out: Array

    def probability(self, features: Array) -> Array:
        rows = standardised(features, self.centre, self.scale)
        hidden = np.maximum(rows @ self.units.T + self.unit_bias, 0)
        return sigmoid(rows @ self.coefficients + self.intercept + hidden @ self.unit_out)


Fit = Callable[[Array, NDArray[np.bool_], Array], Fitted]


def fit_network_rows(features: Array, right: NDArray[np.bool_], weights: Array) -> Fitted:
    """A gate with hidden units: which features count differs with the others, above all with what read the text."""
    centre, scale = _spread(features, weights)
    rows = standardised(features, centre, scale).astype(np.float32)
    network = fit_network(rows, right.astype(np.intp), 2, weights / weights.mean(), RECIPE)
    out = network.second[:, 1] - network.second[:, 0]
    bias = float(network.second_bias[1] - network.second_bias[0])
    none = np.zeros(features.shape[1])
    hidden = (network.first.T.astype(np.float64), network.first_bias.astype(np.float64), out.astype(np.float64))
    return Fitted(centre, scale, none, bias, *hidden)


def fit_rows(features: Array, right: NDArray[np.bool_], weights: Array) -> Fitted:
    """A logistic gate."""
    centre, scale = _spread(features, weights)
    rows = standardised(features, centre, scale)
    size = features.shape[1]
    nothing = (np.zeros((0, size)), np.zeros(0), np.zeros(0))
    return Fitted(centre, scale, *fit_logistic(rows, right.astype(np.float64), weights, _GATE_PENALTY), *nothing)


def _spread(features: Array, weights: Array) -> tuple[Array, Array]:
    share = weights / weights.sum()
    centre = share @ features
    spread = np.sqrt(share @ (features - centre) ** 2)
    # What never varies tells nothing; its scale must not be rounded to zero.
    return centre, np.where(spread < _CONSTANT, 1.0, spread)


def table_of(exam: Exam, domain: Array) -> Array:
    triples = zip(exam.rows, exam.rankings, domain, strict=True)
    return np.stack([features_of(row.query, ranking, float(logit)) for row, ranking, logit in triples])


def held_out(exams: Sequence[Exam], features: Sequence[Array], fit: Fit) -> list[Array]:
    """Per exam, of the same rows in each, their probabilities by a gate fitted on all exams without the row's fold."""
    found = [np.zeros(len(exam.rows)) for exam in exams]
    for fold in range(FOLDS):
        out = exams[0].group == fold
        gate = fit_all(exams, features, fit, ~out & ~exams[0].later)
        for own, block in zip(found, features, strict=True):
            own[out] = gate.probability(block[out])
    return found


def fit_all(exams: Sequence[Exam], features: Sequence[Array], fit: Fit, rows: NDArray[np.bool_]) -> Fitted:
    """A gate fitted on some rows of all exams."""
    return fit(
        np.concatenate([block[rows] for block in features]),
        np.concatenate([exam.right[rows] for exam in exams]),
        np.concatenate([exam.weights[rows] for exam in exams]),
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """What the cascade makes of the exam: each row as ranked by the leading encoder alone where that is enough, which
    `alone` tells, else by all; with held-out probabilities and log odds of being a customer's."""

    exam: Exam
    alone: NDArray[np.bool_]
    held: Held
    domain: Array


def settled(quick: Exam, whole: Exam, probabilities: Sequence[Array], domains: Sequence[Array]) -> Settled:
    cheap = np.array([ranking.features["alone"] == 1 for ranking in quick.rankings])
    sure = np.array([is_sure(ranking) for ranking in quick.rankings])
    alone = cheap & (sure | ((probabilities[0] < READ_FROM) & (domains[0] < 0)))
    rankings = tuple(
        first if enough else both
        for first, both, enough in zip(quick.rankings, whole.rankings, alone.tolist(), strict=True)
    )
    exam = replace(whole, rankings=rankings)
    return Settled(exam, alone, exam.held(np.where(alone, *probabilities)), np.where(alone, *domains))


def fit_gate(
    corpus: Path = Path("faq_corpus"),
    encoder: Path = Path("models/encoder"),
    out: Path = DEFAULT_OUT,
    *,
    second: Path = SECOND,
    risk: float = RISK,
    cache: Path | None = None,
    runtimes: Sequence[str] = ("int8", "fp32"),
) -> GateModel:
    """Fits on the first runtime, chooses thresholds for each, writes `out`. About a minute a runtime.

    Raises ValueError when answers would be right often enough at no limit: then nothing more is written."""
    knowledge = load_corpus(corpus)
    model: GateModel | None = None
    thresholds: dict[str, dict[str, Thresholds]] = {}
    figures: dict[str, Any] = {}
    for runtime in runtimes:
        prefer: Runtime = "int8" if runtime == "int8" else "fp32"
        cheap = UseEncoder.open(second, cache=100_000, prefer=prefer)
        dear = OnnxEncoder.open(encoder, cache=100_000, prefer=prefer, workers=os.cpu_count() or 1)
        engine = EmbeddedEngine(cheap, dear, cache=cache)
        rows = read_exam(corpus / "eval", tuple(knowledge.entries), knowledge.locales)
        exams = sit_exam(engine, knowledge, rows, date.today())
        domains, domain, domain_intercept = domain_of(exams)
        features = [table_of(exam, logits) for exam, logits in zip(exams, domains, strict=True)]
        found = settled(*exams, held_out(exams, features, fit_network_rows), domains)
        thresholds[runtime], figures[runtime] = _choose(found, knowledge.locales, risk)
        if model is None:
            fitted = fit_all(exams, features, fit_network_rows, ~found.exam.later)
            model = GateModel(
                encoder=engine.identity,
                fitted_on=knowledge.version,
                unanswerable_share=UNANSWERABLE_SHARE,
                risk=risk,
                centre=rounded(fitted.centre),
                scale=rounded(fitted.scale),
                coefficients=rounded(fitted.coefficients),
                intercept=round(fitted.intercept, 5),
                domain=rounded(domain),
                domain_intercept=round(domain_intercept, 5),
                subject_at=subject_threshold(found.exam, found.domain),
                read_from=READ_FROM,
                thresholds=thresholds,
                figures=figures,
                units=tuple(rounded(unit) for unit in fitted.units),
                unit_bias=rounded(fitted.unit_bias),
                unit_out=rounded(fitted.unit_out),
            )
        # After every runtime: the second one takes longer, and the first is of use alone.
        model.write(out)
    if model is None:
        raise ValueError("name at least one runtime")
    return model


def rounded(values: Array) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)


def _choose(found: Settled, locales: Sequence[str], risk: float) -> tuple[dict[str, Thresholds], dict[str, Any]]:
    exam, every = found.exam, found.held
    validation = exam.later
    held = every.only(~validation)
    later = every.only(validation)
    # They have no share in the mix.
    later = replace(later, weight=np.ones(len(later.weight)))
    least = answer_floor(later, risk)
    if least is None:
        raise ValueError(f"at no limit are at most {risk} of the answers to later writers' texts wrong")
    thresholds: dict[str, Thresholds] = {}
    figures: dict[str, Any] = {"ece": calibration_error(held), "reliability": reliability(held)}
    spoken = np.array([row.query.locale for row in exam.rows])
    for locale in locales:
        mine = (spoken == locale) & ~validation
        own = every.only(mine)
        known = own.only(own.answerable)
        figures[locale] = {"r1": round(float(known.right.mean()), 4), "offered": round(float(known.offered.mean()), 4)}
        kinds = np.array([row.kind for row in exam.rows])[mine]
        figures[locale] |= _at_four_fifths(own, kinds)
        read = ~found.alone[mine]
        figures[locale]["read_by_all"] = {
            kind: round(float(read[kinds == kind].mean()), 4) for kind in dict.fromkeys(kinds.tolist())
        }
        answer_at = answer_threshold(own, risk)
        if answer_at is None:
            continue
        answer_at = rounded_up(max(answer_at, least))
        clarify_at = min(OFFER_AT, answer_at)
        thresholds[locale] = Thresholds(answer_at, clarify_at)
        figures[locale] |= summary(own, answer_at, clarify_at)
        figures[locale]["risk_coverage"] = risk_coverage(own)
        figures[locale]["customers"] = summary(own.only(np.char.startswith(kinds, "customer")), answer_at, clarify_at)
        figures[locale]["later"] = summary(later.only(spoken[validation] == locale), answer_at, clarify_at)
    return thresholds, figures


def _at_four_fifths(own: Held, kinds: NDArray[np.str_]) -> dict[str, float]:
    """Wrong among answered at the threshold that answers four fifths of the paraphrases: of these alone, and with the
    exam's texts that have no answer."""
    asked = kinds == "paraphrase"
    at = float(np.quantile(own.probability[asked], 1 - COVERAGE))
    figures = {}
    for name, rows in (("paraphrases", asked), ("exam", asked | np.isin(kinds, ["unanswered", "given"]))):
        answered = rows & (own.probability >= at)
        figures[f"wrong_at_four_fifths_{name}"] = round(float((~own.right[answered]).mean()), 4)
    return figures


def main() -> None:
    """Command line of this module; prints the held-out figures as JSON."""
    parser = argparse.ArgumentParser(description="Fits the gate on the repository's own texts.")
    parser.add_argument("--corpus", type=Path, default=Path("faq_corpus"))
    parser.add_argument("--encoder", type=Path, default=Path("models/encoder"))
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT)
    parser.add_argument("--risk", type=float, default=RISK)
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--second", type=Path, default=SECOND)
    parser.add_argument("--runtimes", nargs="+", default=["int8", "fp32"])
    arguments = parser.parse_args()
    model = fit_gate(
        arguments.corpus,
        arguments.encoder,
        arguments.out,
        second=arguments.second,
        risk=arguments.risk,
        cache=arguments.cache,
        runtimes=arguments.runtimes,
    )
    print(
        json.dumps(
            {
                "thresholds": {
                    k: {t: [v.answer_at, v.clarify_at] for t, v in d.items()} for k, d in model.thresholds.items()
                },
                "figures": model.figures,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
