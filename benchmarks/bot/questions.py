"""Real questions through the bot, every answer printed for judging: `python -m benchmarks.bot.questions FOLDER`.

Each text is a conversation of its own, cut at 300 characters. Dialogues about phones and carriers have no answer in
the corpus: every answer there is a false one.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.bot.intervals import shown
from benchmarks.bot.shipped import shipped_bot
from bot.verdicts import Answered, BotContext, Clarified, Emergency, HandedOff, Refused, Verdict

SETS = {
    "wallet zh": ("crypto_tokenpocket/faq_zh.jsonl", "question", "zh-CN"),
    "wallet en": ("crypto_tokenpocket/faq_en.jsonl", "question", "en"),
    "newbie zh": ("crypto_zh_newbie_faq/faq_zh.jsonl", "question", "zh-CN"),
    "exchange en": ("crypto_coinbyte_help/faq_en.jsonl", "question", "en"),
    "reviews en": ("crypto_binance_reviews/reviews.jsonl", "text", "en"),
}
ROWS, LENGTH, DIALOGUES = 60, 300, 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path, default=None)
    arguments = parser.parse_args()
    bot = shipped_bot(cache=arguments.cache)
    for name, (path, field, locale) in SETS.items():
        texts = [row[field][:LENGTH] for row in _rows(arguments.folder / path)[:ROWS]]
        report(name, texts, bot.reply_all([(text, BotContext(locale)) for text in texts]))
    turns = [
        (turn["text"][:LENGTH], BotContext("zh-CN" if dialogue["lang"] == "zh" else "en"))
        for path in ("test_cn", "test_en")
        for dialogue in _rows(arguments.folder / "chats_stc3_helpdesk" / f"{path}.jsonl")[:DIALOGUES]
        for turn in dialogue["turns"]
        if turn["role"] == "user" and turn["text"].strip()
    ]
    verdicts = bot.reply_all(turns)
    report("phones (all answers false)", [text for text, _ in turns], verdicts)
    print("false answers", shown(sum(isinstance(verdict, Answered) for verdict in verdicts), len(verdicts)))


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def report(name: str, texts: list[str], verdicts: list[Verdict]) -> None:
    """Counts by kind of verdict, then each one that a person should judge."""
    print(f"== {name}: {dict(Counter(type(verdict).__name__ for verdict in verdicts))}")
    for text, verdict in zip(texts, verdicts, strict=True):
        line = text.replace("\n", " ")[:120]
        match verdict:
            case Answered():
                print(f"  answer  {verdict.confidence:.2f} {line} -> {verdict.entry_id} | {verdict.title}")
            case Clarified():
                print(f"  choices {verdict.confidence:.2f} {line} -> {[c.entry_id for c in verdict.choices]}")
            case HandedOff():
                print(f"  person  {verdict.reason} {line}")
            case Emergency():
                print(f"  urgent  {verdict.kind} {line}")
            case Refused():
                print(f"  refused {verdict.boundary} {line}")
            case _:
                pass


if __name__ == "__main__":
    main()
