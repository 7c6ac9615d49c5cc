"""Precision, recall and F1 of the entities: `python -m benchmarks.bot.entities [--rows FILE] [--misses]`.

Rows are `{text, locale, now, entities: [{type, value, normalised, valid}]}`. An entity counts as found when type, value
and normalised form are right; `validity` is the share of those whose `valid` is right too. Intervals are of Wilson, for
precision and recall. Each set was written before the patterns had seen a row of it, and then mended them: quote the
figures of the first time, not today's. They were .966 and .945 on the first 422 rows of `eval/entities.jsonl`, .915 on
the next 150, .958 on the last 200; on `eval/unseen/entities.jsonl` .963 and .964 on 200 each, .944 on the next 500,
.954 and .945 on 300 each, .966 on the last 200.
"""

import argparse
import json
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.bot.intervals import shown
from bot.entities import TYPES, extract


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=Path, default=Path("faq_corpus/eval/entities.jsonl"))
    parser.add_argument("--misses", action="store_true")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.rows.read_text(encoding="utf-8").splitlines()]
    hits: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    checked: Counter[bool] = Counter()
    clean, began = Counter[bool](), time.perf_counter()
    for row in rows:
        right = {key(e): e["valid"] for e in row["entities"]}
        given = {
            (e.type, e.value, e.normalised): e.valid
            for e in extract(row["text"], now=datetime.fromisoformat(row["now"]), locale=row.get("locale", ""))
        }
        wanted.update(kind for kind, *_ in right)
        found.update(kind for kind, *_ in given)
        for entity in right.keys() & given.keys():
            hits[entity[0]] += 1
            checked[right[entity] == given[entity]] += 1
        if not right:
            clean[not given] += 1
        if arguments.misses and right != given:
            print(f"  {row['text']}\n    missed {sorted(right.keys() - given.keys())}")
            print(f"    wrong  {sorted(given.keys() - right.keys())}")
    spent = time.perf_counter() - began
    for kind in (*TYPES, "all"):
        h, w, f = (sum(c.values()) if kind == "all" else c[kind] for c in (hits, wanted, found))
        f1 = 2 * h / (w + f) if w + f else 0.0
        print(f"{kind:9} F1 {f1:.3f}  precision {shown(h, f)}  recall {shown(h, w)}")
    print(f"validity right among found {shown(checked[True], sum(checked.values()))}")
    print(f"rows without entities left clean {shown(clean[True], sum(clean.values()))}")
    print(f"{len(rows)} rows, {1000 * spent / len(rows):.2f} ms a row")


def key(entity: dict[str, Any]) -> tuple[str, str, str]:
    """What must be right."""
    return entity["type"], entity["value"], entity["normalised"]


if __name__ == "__main__":
    main()
