"""Secrets masked, and harmless texts left alone: `python -m benchmarks.bot.masking [--rows FILE] [--misses]`.

Every wording is filled three times. Those of `eval/masking.jsonl` have mended the detectors.
`eval/unseen/masking.jsonl` is by two later writers; when first seen .986 were masked (651 of 660) and none of 480
wrongly. Half of `eval/unseen/masking_stories.jsonl` name the secret by nothing but the story around it. A row counts as
masked when none of the values put in can be read any more (of a phrase, no four words in a row), as masked wrongly when
anything changed.
"""

import argparse
import json
import random
from collections import Counter
from pathlib import Path

from app.masking import mask
from benchmarks.bot.intervals import shown
from benchmarks.bot.secrets import fill

ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=Path, default=Path("faq_corpus/eval/masking.jsonl"))
    parser.add_argument("--misses", action="store_true")
    arguments = parser.parse_args()
    counts: Counter[tuple[str, bool, bool]] = Counter()
    lines = arguments.rows.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines * ROUNDS):
        row = json.loads(line)
        text, values = fill(row["text"], random.Random(number))
        masked = mask(text).text
        changed = not any(readable(value, masked) for value in values) if row["label"] else masked != text
        counts[row["locale"], row["label"], changed] += 1
        if arguments.misses and changed != row["label"]:
            print(f"  {row['locale']} {row['label']}: {text} -> {masked}")
    for locale in ["all", *sorted({key[0] for key in counts})]:
        for wanted, title in ((True, "masked"), (False, "masked wrongly")):
            some = {key: n for key, n in counts.items() if key[1] == wanted and locale in ("all", key[0])}
            print(f"{locale:6} {title:15} {shown(sum(n for key, n in some.items() if key[2]), sum(some.values()))}")


def readable(value: str, masked: str) -> bool:
    """Whether the value, or four words in a row of it, still stands in the text."""
    words = value.split()
    if len(words) < 12:
        return value in masked
    return any(" ".join(words[place : place + 4]) in masked for place in range(len(words) - 3))


if __name__ == "__main__":
    main()
