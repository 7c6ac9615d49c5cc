"""What it costs that in a hurry choices are the cheap encoder's (ADR 0029): every text asked alone, twice.

    python -m benchmarks.bot.hurry [--cache FOLDER] [--every 2]

Of the held-out paraphrases, and of texts that no entry answers: how many the larger encoder reads, how many have the
right entry first or are served it at all, how many are answered and how many of these wrongly, how many are offered
choices; and of the texts that only in a hurry are not read, how many would have been answered.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bot.intervals import shown
from benchmarks.bot.shipped import shipped_bot
from benchmarks.support.verdict import table
from bot.service import Bot, Unread
from bot.verdicts import Answered, BotContext, Clarified, Verdict

EVAL = Path("faq_corpus/eval")
LOCALES = ("zh-CN", "en")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=None, help="vectors of phrasings, kept between runs")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every N-th text only")
    options = parser.parse_args()
    bot = shipped_bot(cache=options.cache)
    sets = [(f"paraphrases {locale}", _rows("paraphrases*", locale)) for locale in LOCALES]
    sets += [(name, _rows(name)) for name in ("out_of_scope", "unanswered")]
    lines = []
    for name, rows in sets:
        some = rows[:: options.every]
        calm, hurried = ([_asked(bot, row, hurried=hurry) for row in some] for hurry in (False, True))
        lines += [(name, *_figures(some, calm)), (f"{name}, hurried", *_figures(some, hurried))]
        spared = [verdict for (verdict, read), (_, late) in zip(calm, hurried, strict=True) if read and not late]
        lost = sum(isinstance(verdict, Answered) for verdict in spared)
        print(f"{name}: of those not read in a hurry would be answered: {shown(lost, len(spared))}", flush=True)
    table(("", "texts", "read", "right first", "served", "answered", "wrong", "offered"), lines)
    return 0


def _rows(pattern: str, locale: str = "") -> list[dict[str, str | None]]:
    found = [json.loads(line) for path in sorted(EVAL.glob(f"{pattern}.jsonl")) for line in path.open(encoding="utf-8")]
    return [row for row in found if row["locale"] == (locale or row["locale"])]


def _asked(bot: Bot, row: dict[str, str | None], *, hurried: bool) -> tuple[Verdict, bool]:
    """The verdict, and whether the larger encoder had to read the text."""
    turn = (row["text"] or "", BotContext(row["locale"] or "", verified=True))
    verdict, read = None, False
    for step in bot.replies([turn], hurried=hurried):
        if isinstance(step, Unread):
            step.read(step.texts)
            read = True
        else:
            verdict = step[1]
    assert verdict is not None
    return verdict, read


def _figures(rows: Sequence[dict[str, str | None]], told: Sequence[tuple[Verdict, bool]]) -> tuple[str, ...]:
    first = served = answered = wrong = offered = 0
    for row, (verdict, _) in zip(rows, told, strict=True):
        entry = row.get("entry")
        match verdict:
            case Answered(entry_id=said):
                answered += 1
                wrong += said != entry
                first += said == entry
                served += said == entry
            case Clarified(choices=choices):
                offered += 1
                first += choices[0].entry_id == entry
                served += any(choice.entry_id == entry for choice in choices)
            case _:
                pass
    read = sum(read for _, read in told)
    return tuple(map(str, (len(rows), read, first, served, answered, wrong, offered)))


if __name__ == "__main__":
    sys.exit(main())
