"""Fits the gate for foreign FAQs: `python -m bot.gate.foreign --encoder PLAIN [--out models/gate/faq.json]`.

Such a FAQ has a question and an answer per entry, or a question alone, in one language and about anything. So the
shipped corpus is cut down to that, once with answers and once without, and asked in its other wordings: as they are,
with their own entry hidden, and with the texts that have no answer. (With several wordings an entry as a third form no
threshold kept the smaller risks.) What is a customer of an exchange says nothing
there (`domain` is zero). The encoder has to be a plain one (`honeydesk encoder build --plain --out PLAIN`): the shipped
one has learned which wordings belong together in this corpus, as it has not for a foreign FAQ, and would find the task
too easy. The gate is written for the shipped one all the same. No customer is answered at these thresholds, so they are
where the gate itself expects the risk as the share of wrong answers, without the margin that the desk's own keeps;
those of several risks are kept, for `bot evaluate faq --risk`.
"""

import argparse
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from bot.corpus import Corpus, load_corpus
from bot.encoder.manifest import read_manifest
from bot.encoder.runtime import OnnxEncoder
from bot.encoder.use import UseEncoder
from bot.engines.embedded import EmbeddedEngine, identity_of
from bot.engines.port import Query, Ranking, Thresholds
from bot.gate.exam import Exam, Row, fold_of, ranked, read_exam, with_hidden
from bot.gate.fit import SECOND, fit_rows, held_out, rounded, table_of
from bot.gate.model import GateModel
from bot.gate.risk import calibration_error, choice_threshold, expected_threshold, reliability, rounded_up, summary

DEFAULT_OUT = Path("models/gate/faq.json")
SHIPPED = Path("models/encoder")
# Questions near the subject whose answer is missing come more often here than what is about anything else.
SHARES = {"similar": 0.3, "paraphrase": 0.3, "hidden": 0.25, "unanswered": 0.05, "given": 0.1}
# Of the similar questions, which are many.
_ONE_OF = 2
# Later wordings were written to use other words than these and to lie on the border to other entries, which few
# questions do that a FAQ is asked.
_ASKED = slice(8)
# Choices are worth the look when the right one is among them this often: asking again costs a turn, too.
CHOICE_SHARE = 0.43
# What `bot evaluate faq --risk` is by default.
RISK = 0.05
RISKS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3)


def cut_down(corpus: Corpus, locale: str, *, answers: bool) -> Corpus:
    """Standard questions of one locale, with their answers or without."""
    entries = {}
    for entry in corpus.entries.values():
        if locale in entry.locales:
            own = entry.locales[locale]
            bare = replace(own, similar=(), answer=own.answer if answers else "")
            entries[entry.id] = replace(entry, locales={locale: bare}, buttons=())
    return replace(corpus, entries=entries)


def sit_exam(engine: EmbeddedEngine, corpus: Corpus, given: Sequence[Row], day: date) -> Exam:
    """Other wordings on the corpus cut down, per locale, with answers and without."""
    rows: list[Row] = []
    rankings: list[Ranking] = []
    for locale in corpus.locales:
        own = [row for row in given if row.query.locale == locale]
        own += [
            Row(Query(text, locale), entry.id, True, "similar")
            for entry in corpus.entries.values()
            if locale in entry.locales
            for text in entry.locales[locale].similar[_ASKED]
            if zlib.crc32(text.encode()) % _ONE_OF == 0
        ]
        for answers in (True, False):
            index = engine.index(cut_down(corpus, locale, answers=answers), day)
            more = with_hidden(own)
            rows += more
            rankings += [ranking for _, ranking in ranked(index, more)]
    return Exam(tuple(rows), tuple(rankings), np.array([fold_of(row.entry or row.query.text) for row in rows]), SHARES)


def fit_foreign(
    corpus: Path, encoder: Path, out: Path = DEFAULT_OUT, *, shipped: Path = SHIPPED, cache: Path | None = None
) -> GateModel:
    """Fits on `encoder`, chooses thresholds and writes `out` for the encoder in `shipped`."""
    knowledge = load_corpus(corpus)
    cheap, dear = UseEncoder.open(SECOND, cache=100_000), OnnxEncoder.open(encoder, cache=100_000)
    engine = EmbeddedEngine(cheap, dear, cache=cache, cascade=False)
    read = read_exam(corpus / "eval", tuple(knowledge.entries), knowledge.locales)
    given = [row for row in read if row.kind in SHARES]
    exam = sit_exam(engine, knowledge, given, date.today())
    table = table_of(exam, np.zeros(len(exam.rows)))
    (probability,) = held_out([exam], [table], fit_rows)
    held = exam.held(probability)
    spoken = np.array([row.query.locale for row in exam.rows])
    thresholds: dict[str, Thresholds] = {}
    figures: dict[str, Any] = {"ece": calibration_error(held), "reliability": reliability(held), "risks": {}}
    for locale in knowledge.locales:
        own = held.only(spoken == locale)
        curve = {str(risk): rounded_up(at) for risk in RISKS if (at := expected_threshold(own, risk)) is not None}
        figures["risks"][locale] = curve
        answer_at = curve.get(str(RISK))
        if answer_at is not None:
            clarify_at = min(choice_threshold(own, answer_at, CHOICE_SHARE), answer_at)
            thresholds[locale] = Thresholds(answer_at, round(clarify_at, 4))
            figures[locale] = summary(own, answer_at, clarify_at)
    whole = fit_rows(table, exam.right, exam.weights)
    model = GateModel(
        encoder=identity_of(cheap.identity, read_manifest(shipped).encoder),
        fitted_on=knowledge.version,
        unanswerable_share=1 - SHARES["similar"] - SHARES["paraphrase"],
        risk=RISK,
        centre=rounded(whole.centre),
        scale=rounded(whole.scale),
        coefficients=rounded(whole.coefficients),
        intercept=round(whole.intercept, 5),
        domain=(0.0,) * (cheap.dimensions + dear.dimensions),
        domain_intercept=0.0,
        # Nothing is known about its subject.
        subject_at=1.0,
        thresholds={"int8": thresholds, "fp32": thresholds},
        figures=figures,
    )
    model.write(out)
    return model


def _lines(model: GateModel) -> Iterator[str]:
    for name, value in model.figures.items():
        if name != "reliability":
            yield f"{name}: {json.dumps(value)}"


def main() -> None:
    """Command line of this module; prints the held-out figures."""
    parser = argparse.ArgumentParser(description="Fits the gate for foreign FAQs.")
    parser.add_argument("--corpus", type=Path, default=Path("faq_corpus"))
    parser.add_argument("--encoder", type=Path, required=True, help="a plain encoder")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT)
    parser.add_argument("--cache", type=Path, default=None)
    arguments = parser.parse_args()
    model = fit_foreign(arguments.corpus, arguments.encoder, arguments.out, cache=arguments.cache)
    print("\n".join(_lines(model)))


if __name__ == "__main__":
    main()
