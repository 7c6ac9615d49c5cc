"""Our own corpus on its held-out wordings: `python -m benchmarks.bot.paraphrases [--corpus faq_corpus]`.

Per language: the paraphrases of `eval/` (written from the standard question and answer alone) and every text there that
has no answer. R@1, also with the entries that two readers called right (`also_right.jsonl`: they judged the first four
wherever the first was not the entry, without knowing which was which); what the shipped thresholds do; and wrong among
answered at the threshold that answers four fifths of the answerable: of all, where a text without an answer that is
answered counts as wrong, and of the paraphrases alone. 95 % Wilson intervals.

The shipped gate was fitted on these rows among others, so its held-out figures are those of `python -m bot.gate.fit`.
"""

import argparse
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.bot.intervals import shown
from bot.corpus import load_corpus
from bot.decision import plausible
from bot.engines import ENGINES, EngineSettings
from bot.gate.exam import read_exam, top

COVERAGE = 0.8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("faq_corpus"))
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--gate", type=Path, default=Path("models/gate/manifest.json"))
    arguments = parser.parse_args()
    corpus = load_corpus(arguments.corpus)
    engine, gate = ENGINES["embedded"](EngineSettings(gate=arguments.gate, cache=arguments.cache))
    index = engine.index(corpus, date.today())
    every = read_exam(arguments.corpus / "eval", tuple(corpus.entries), corpus.locales)
    rows = [row for row in every if row.kind in ("paraphrase", "unanswered", "given")]
    rankings = index.rank([row.query for row in rows], 5)
    probability = np.array([gate.probability(row.query, found) for row, found in zip(rows, rankings, strict=True)])
    first = np.array(
        [row.entry is not None and top(found) == row.entry for row, found in zip(rows, rankings, strict=True)]
    )
    right = np.array([row.is_right(top(found)) for row, found in zip(rows, rankings, strict=True)])
    offered = np.array(
        [any(map(row.is_right, plausible(found.candidates))) for row, found in zip(rows, rankings, strict=True)]
    )
    near = np.array(
        [row.entry in [c.entry_id for c in found.candidates[:4]] for row, found in zip(rows, rankings, strict=True)]
    )
    known = np.array([row.entry is not None for row in rows])
    spoken = np.array([row.query.locale for row in rows])
    for locale in index.locales:
        own = spoken == locale
        answerable = own & known
        if not answerable.any():
            continue
        unanswerable = own & ~known
        print(f"{locale}: {len(corpus.entries)} entries, {answerable.sum()} paraphrases, {unanswerable.sum()} others")
        print(f"  R@1 {shown(int(first[answerable].sum()), int(answerable.sum()))}")
        print(f"  R@1 as two readers see it {shown(int(right[answerable].sum()), int(answerable.sum()))}")
        print(f"  R@4 {shown(int(near[answerable].sum()), int(answerable.sum()))}")
        thresholds = gate.thresholds(locale)
        cuts = {"four fifths": float(np.quantile(probability[answerable], 1 - COVERAGE))}
        if thresholds is not None:
            cuts["shipped"] = thresholds.answer_at
        for name, at in cuts.items():
            answered = own & (probability >= at)
            wrong = int((~right[answered]).sum())
            rightly = shown(int((answered & known).sum()), int(answerable.sum()))
            falsely = shown(int((answered & ~known).sum()), int(unanswerable.sum()))
            print(f"  {name} ({at:.3f}): answers {rightly} of the answerable, {falsely} of the others,")
            print(f"    wrong among answered {shown(wrong, int(answered.sum()))}")
            own_wrong = int((~right[answered & known]).sum())
            print(f"    wrong among answered paraphrases {shown(own_wrong, int((answered & known).sum()))}")
        if thresholds is not None:
            choices = answerable & (probability < thresholds.answer_at) & (probability >= thresholds.clarify_at)
            fine = answerable & right & (probability >= thresholds.answer_at) | (choices & offered)
            print(f"  answered rightly or offered {shown(int(fine.sum()), int(answerable.sum()))}")


if __name__ == "__main__":
    main()
