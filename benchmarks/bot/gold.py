"""Customers' questions against two readers' labels: `python -m benchmarks.bot.gold FOLDER`, or `--written`,
`--fresh`, `--customers`, `--later`, which need no FOLDER.

Two readers said, independently and before the bot was asked, which entries answer each question. There are three sets
that nothing is fitted on. `gold.jsonl` names places in the public sets and holds no text: these questions come
after those of `benchmarks.real_questions`, so no entry was mended with one of them in sight. `gold_written.jsonl`
(`--written`) was composed by a writer who had read the public sets and nothing of ours: English in their wordings,
Chinese in the sentence shapes of WeBank's customers. `gold_fresh.jsonl` (`--fresh`) came about in the same way by three
other writers, later than all else. So did the 904 of `eval/customers_later` (`--later`), which only say where answers
begin, and the 1,220 of `eval/customers` (`--customers`), which weights and gate are fitted on. Told with 95 % Wilson
intervals:

- wrong among answered: the entry is on neither reader's list, or not on both;
- of the questions for which a reader (both readers) found an entry: answered with one, or offered it;
- of those for which both did, and in whose language there is an index: ranked first, or among the first four.

`--hurried` asks as signed-in customers while the larger encoder reads for others; without it, as guests. `--list`
prints the wrong answers, and where the readers disagree on whether there is an answer at all.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.bot.intervals import shown
from benchmarks.bot.shipped import shipped_bot
from bot.verdicts import Answered, BotContext, Clarified, Verdict

GOLD = Path(__file__).with_name("gold.jsonl")
WRITTEN = Path(__file__).with_name("gold_written.jsonl")
FRESH = Path(__file__).with_name("gold_fresh.jsonl")
CUSTOMERS = Path("faq_corpus/eval/customers.jsonl")
LATER = Path("faq_corpus/eval/customers_later.jsonl")
FIELDS = {"crypto_binance_reviews/reviews.jsonl": "text"}
LENGTH = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path())
    sets = parser.add_mutually_exclusive_group()
    sets.add_argument("--written", dest="gold", action="store_const", const=WRITTEN, default=GOLD)
    sets.add_argument("--customers", dest="gold", action="store_const", const=CUSTOMERS)
    sets.add_argument("--later", dest="gold", action="store_const", const=LATER)
    sets.add_argument("--fresh", dest="gold", action="store_const", const=FRESH)
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--hurried", action="store_true", help="as while the larger encoder reads for others")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.gold.read_text(encoding="utf-8").splitlines()]
    texts = [text_of(arguments.folder, row) for row in rows]
    bot = shipped_bot(cache=arguments.cache)
    # One at a time, as most customers come: with what else a text is read, its int8 vector is rounded by.
    contexts = [BotContext(row["locale"], verified=arguments.hurried) for row in rows]
    verdicts = [
        bot.reply(text, context, hurried=arguments.hurried) for text, context in zip(texts, contexts, strict=True)
    ]
    print(dict(Counter(type(verdict).__name__ for verdict in verdicts)))
    told = list(zip(rows, verdicts, strict=True))
    for name, everybody in (("neither reader accepts it", False), ("not both readers accept it", True)):
        answered = [(row, verdict) for row, verdict in told if isinstance(verdict, Answered)]
        wrong = sum(not accepted(row, verdict.entry_id, everybody) for row, verdict in answered)
        print(f"wrong among answered, {name}: {shown(wrong, len(answered))}")
    for name, everybody in (("a reader", False), ("both readers", True)):
        covered = [(row, verdict) for row, verdict in told if (all if everybody else any)((row["a"], row["b"]))]
        served = sum(serves(row, verdict) for row, verdict in covered)
        print(f"covered according to {name}, answered rightly or offered: {shown(served, len(covered))}")
    covered_rows = [place for place, row in enumerate(rows) if row["a"] and row["b"]]
    # The ranking as such knows no hurry.
    for count in () if arguments.hurried else (1, 4):
        ranked = [bot.ranked(texts[place], contexts[place], count) for place in covered_rows]
        known = [(place, found) for place, found in zip(covered_rows, ranked, strict=True) if found]
        hits = sum(any(accepted(rows[place], entry, False) for entry in found) for place, found in known)
        print(f"right among the first {count}: {shown(hits, len(known))}")
    split = sum(bool(row["a"]) != bool(row["b"]) for row in rows)
    print(f"readers disagree on whether there is an answer: {shown(split, len(rows))}")
    if arguments.list:
        listed(texts, told)


def text_of(folder: Path, row: dict[str, Any]) -> str:
    """The question that a row of the gold file holds, or names."""
    if "text" in row:
        return str(row["text"])
    lines = (folder / row["set"]).read_text(encoding="utf-8").splitlines()
    return str(json.loads(lines[row["number"]])[FIELDS.get(row["set"], "question")])[:LENGTH].strip()


def accepted(row: dict[str, Any], entry_id: str, everybody: bool) -> bool:
    """Whether one reader, or every reader, accepts that entry as the answer."""
    return (all if everybody else any)(entry_id in row[reader] for reader in ("a", "b"))


def serves(row: dict[str, Any], verdict: Verdict) -> bool:
    """Whether the bot answered with, or offered, an entry that a reader accepts."""
    match verdict:
        case Answered():
            return accepted(row, verdict.entry_id, False)
        case Clarified():
            return any(accepted(row, choice.entry_id, False) for choice in verdict.choices)
        case _:
            return False


def listed(texts: list[str], told: list[tuple[dict[str, Any], Verdict]]) -> None:
    for text, (row, verdict) in zip(texts, told, strict=True):
        line = text.replace("\n", " ")[:100]
        if isinstance(verdict, Answered) and not accepted(row, verdict.entry_id, True):
            print(f"  {verdict.confidence:.2f} {line} -> {verdict.entry_id}, readers: {row['a']} {row['b']}")
        if bool(row["a"]) != bool(row["b"]):
            print(f"  disagreement: {line}: {row['a']} {row['b']}")


if __name__ == "__main__":
    main()
