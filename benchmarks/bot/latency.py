"""One reply at a time on one thread, detectors included: `python -m benchmarks.bot.latency`.

Texts are not in the corpus and each is asked once; an encoder remembers no more than a turn asks it for.
"""

import argparse
import json
import time
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.bot.shipped import shipped_engine
from bot.corpus import load_corpus
from bot.detectors.classifier import classifier_for
from bot.gate import FittedGate, read_gate
from bot.service import Bot
from bot.verdicts import BotContext


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("faq_corpus"))
    parser.add_argument("--cache", type=Path, default=None, help="vectors of phrasings; the texts asked are not cached")
    arguments = parser.parse_args()
    engine = shipped_engine(arguments.cache, remembered=4)
    runtime = engine.runtime
    gate = FittedGate(read_gate(Path("models/gate/manifest.json"), engine.identity), runtime)
    began = time.perf_counter()
    corpus = load_corpus(arguments.corpus)
    bot = Bot(engine, gate, corpus, day=date.today(), classifier=classifier_for(engine, Path("models")))
    built = time.perf_counter() - began
    lines = [
        json.loads(line)
        for path in sorted((arguments.corpus / "eval").glob("paraphrases*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    taken, worked = [], []
    for row in lines[:400]:
        began, busy = time.perf_counter(), time.thread_time()
        bot.reply(row["text"], BotContext(row["locale"]))
        taken.append((time.perf_counter() - began) * 1000)
        worked.append((time.thread_time() - busy) * 1000)
    p50, p95, p99 = np.percentile(taken, [50, 95, 99])
    began = time.perf_counter()
    bot.publish(corpus, day=date.today())
    again = time.perf_counter() - began
    print(f"runtime {runtime}, {len(corpus.entries)} entries, {len(taken)} texts")
    print(f"reply ms: p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f}; of them processor time p50 {np.median(worked):.1f}")
    print(f"index s: first {built:.1f}, publishing again without a change {again:.2f}")


if __name__ == "__main__":
    main()
