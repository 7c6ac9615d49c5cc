"""Real input 1: what foreign customers really ask, through the socket.

    python -m benchmarks.real_questions DATA [--out answers.jsonl] [--judged judged.jsonl]

DATA is the folder with the evaluation sets. The first 60 questions of each set are asked by a customer of his own, in
the set's language, on a server of this command's own with the default engine. Every decision is written to --out with
the standard question that answered, to be read by a person; --judged holds what readers found, and turns the table
into a verdict: wrong <= 10 % of those answered. An answer nobody has read yet fails it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from app.peer import PeerError
from app.selftest.cast import Cast
from app.selftest.servers import server
from bot.corpus import load_corpus

JUDGED = Path(__file__).with_name("real_questions.judged.jsonl")
"""No text: where in the public set, which entry answered, and whether a reader found it right."""
CORPUS = Path(__file__).resolve().parent.parent / "faq_corpus"
SETS = (
    ("crypto_tokenpocket/faq_zh.jsonl", "question", "zh-CN"),
    ("crypto_tokenpocket/faq_en.jsonl", "question", "en"),
    ("crypto_zh_newbie_faq/faq_zh.jsonl", "question", "zh-CN"),
    ("crypto_coinbyte_help/faq_en.jsonl", "question", "en"),
    ("crypto_binance_reviews/reviews.jsonl", "text", "en"),
)
FIRST = 60
CHARACTERS = 300
LIMIT = 0.10
DECISIONS = {
    "bot_answered": "answered",
    "bot_clarified": "choices",
    "bot_asked_again": "asked again",
    "bot_form_asked": "form",
    "bot_form_done": "form",
    "bot_gave_up": "person",
    "handoff_asked": "person",
    "emergency_raised": "person",
    "bot_silent": "person",
}


def questions(data: Path) -> list[dict[str, Any]]:
    found = []
    for name, field, locale in SETS:
        rows = (data / name).read_text("utf-8").splitlines()[:FIRST]
        for number, row in enumerate(rows):
            text = str(json.loads(row)[field])[:CHARACTERS].strip()
            found.append({"set": name, "number": number, "locale": locale, "text": text})
    return found


async def ask(cast: Cast, row: dict[str, Any], titles: dict[str, dict[str, str]]) -> None:
    peer = await cast.guest(row["locale"])
    try:
        await peer.say(row["text"])
        event = await peer.wait(lambda f: f["type"] == "event" and f["kind"] in DECISIONS, row["text"][:40], 0, 30)
    except PeerError as error:
        row |= {"decision": f"failed: {error.code}"}
        return
    finally:
        await peer.close()
    body = event["body"]
    row["decision"] = DECISIONS[event["kind"]]
    if event["kind"] == "bot_answered":
        row["kind"], row["entry"] = body["kind"], body["entry"]
        row["decision"] = "answered" if body["kind"] == "entry" else body["kind"]
        row["answered_as"] = titles.get(body["entry"] or "", {}).get(row["locale"], body["text"][:60])
    elif event["kind"] == "bot_clarified":
        row["choices"] = [c["label"] for c in body["choices"]]


async def play(rows: list[dict[str, Any]]) -> None:
    corpus = load_corpus(CORPUS)
    titles = {e.id: {tag: own.question for tag, own in e.locales.items()} for e in corpus.entries.values()}
    async with server(HONEYDESK_CONNECTIONS_PER_ADDRESS="1000", HONEYDESK_HELLOS_PER_MINUTE="100000") as s:
        cast = Cast(s.url, s.data_dir)
        for row in rows:
            await ask(cast, row, titles)


def table(rows: list[dict[str, Any]]) -> None:
    kinds = ["answered", "chat", "refusal", "form", "choices", "asked again", "person"]
    print(f"{'set':42}" + "".join(f"{k:>13}" for k in kinds))
    for name, _, _ in SETS:
        count = Counter(r["decision"] for r in rows if r["set"] == name)
        print(f"{name:42}" + "".join(f"{count[k]:13}" for k in kinds))


def verdict(rows: list[dict[str, Any]]) -> int:
    """Judged rows: wrong among answered."""
    answered = [r for r in rows if r["decision"] == "answered"]
    unread = [r for r in answered if "right" not in r]
    wrong = [r for r in answered if r.get("right") is False]
    for r in wrong[:10]:
        print(f"  wrong: {r['text'][:70]!r} -> {r['entry']}")
    share = len(wrong) / len(answered) if answered else 0.0
    passed = not unread and share <= LIMIT
    word = "PASS" if passed else "FAIL"
    print(
        f"REAL-INPUT-1 {word}: {len(wrong)} wrong of {len(answered)} answered ({share:.1%}), {len(unread)} not yet read"
    )
    return 0 if passed else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument(
        "--judged", type=Path, default=JUDGED, help="answers read by a person: set, number, entry, right"
    )
    args = parser.parse_args()
    rows = questions(args.data)
    asyncio.run(play(rows))
    table(rows)
    if args.judged:
        read = {}
        for line in args.judged.read_text("utf-8").splitlines():
            j = json.loads(line)
            read[(j["set"], j["number"], j["entry"])] = j["right"]
        for r in rows:
            known = read.get((r["set"], r["number"], r.get("entry")))
            if known is not None:
                r["right"] = known
    if args.out:
        args.out.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return verdict(rows)


if __name__ == "__main__":
    sys.exit(main())
