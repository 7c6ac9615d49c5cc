"""Recall and false alarms of the detectors on the exam rows: `python -m benchmarks.bot.detectors [--misses]`.

The exam is split in two by a hash of the text: the `tuned` half has been looked at while patterns were written, the
`unseen` half has not, and is the figure to quote. `--misses` prints mistakes of the tuned half only.
"""

import argparse
import json
import zlib
from collections import Counter
from pathlib import Path

from benchmarks.bot.intervals import shown
from bot.corpus.nlu import read_nlu
from bot.detectors import Detectors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("faq_corpus"))
    parser.add_argument("--misses", action="store_true")
    arguments = parser.parse_args()
    detectors = Detectors(read_nlu(arguments.corpus / "nlu").intents)
    for name in ("handoff", "emergency"):
        counts: Counter[tuple[str, str, bool, bool]] = Counter()
        kinds: Counter[bool] = Counter()
        for line in (arguments.corpus / "eval" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            half = "unseen" if zlib.crc32(row["text"].encode()) % 2 else "tuned"
            detection = detectors.detect(row["text"])
            found, wanted = detection is not None and detection.kind == name, bool(row["label"])
            counts[half, row["locale"], wanted, found] += 1
            if detection is not None and found and wanted and name == "emergency":
                kinds[detection.detail == row["label"]] += 1
            if arguments.misses and half == "tuned" and found != wanted:
                print(f"  {row['locale']} {row['label']}: {row['text']} -> {detection}")
        for half in ("unseen", "tuned"):
            for wanted, title in ((True, "recall"), (False, "false alarms")):
                some = {key: n for key, n in counts.items() if key[0] == half and key[2] == wanted}
                total, hits = sum(some.values()), sum(n for key, n in some.items() if key[3])
                print(f"{name:9} {half:6} {title:12} {shown(hits, total)}")
        for locale in sorted({key[1] for key in counts}):
            total = sum(n for key, n in counts.items() if key[1] == locale and key[2])
            print(f"{name:9} {locale:6} recall, both halves {shown(counts_of(counts, locale), total)}")
        if kinds:
            print(f"{name:9} right kind among found {shown(kinds[True], sum(kinds.values()))}")


def counts_of(counts: Counter[tuple[str, str, bool, bool]], locale: str) -> int:
    """Found positives of a locale."""
    return sum(n for key, n in counts.items() if key[1] == locale and key[2] and key[3])


if __name__ == "__main__":
    main()
