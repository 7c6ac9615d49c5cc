"""Real input 2: 200 help-desk dialogues about phones and carriers, 20 at a time, agents played by clients.

    python -m benchmarks.real_dialogues DATA [--dialogues 200] [--out answers.jsonl]

The customer says what the real one said, turn by turn, waiting for an answer; then asks for a person if he has none
yet. None of it is our business, so every answer or offer of choices by the
bot, but small talk, is a false one. PASS: no error, every message stored
once, each dialogue ends with a person or a ticket, false answers <= 5 % of the customers' turns.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from app.auth.keys import load_or_create
from app.db import maintenance
from app.peer import Peer, PeerError
from app.selftest.cast import AGENTS, Cast
from app.selftest.servers import server

READS = 0.25
"""Seconds an agent takes over one: with less he is faster than the limit of frames a second lets anybody be."""
AT_ONCE = 20
LIMIT = 0.05
CHARACTERS = 1000
REPLIES = ("bot_answered", "bot_clarified", "bot_asked_again", "bot_gave_up", "handoff_asked", "emergency_raised")


def dialogues(data: Path, count: int) -> list[dict[str, Any]]:
    """Half Chinese, half English, from the training parts, in file order."""
    folder, found = data / "chats_stc3_helpdesk", []
    for name, locale in (("train_cn.jsonl", "zh-CN"), ("train_en.jsonl", "en")):
        with (folder / name).open(encoding="utf-8") as lines:
            for _, line in zip(range(count // 2), lines, strict=False):
                turns = [t["text"].strip()[:CHARACTERS] for t in json.loads(line)["turns"] if t["role"] == "user"]
                found.append({"locale": locale, "turns": [t for t in turns if t]})
    return [d for d in found if d["turns"]]


async def customer(cast: Cast, dialogue: dict[str, Any], tally: Counter[str], false: list[dict[str, Any]]) -> None:
    peer = await cast.guest(dialogue["locale"])
    try:
        sent = []
        for text in dialogue["turns"]:
            mark = len(peer.frames)
            await peer.say(text)
            sent.append(text)
            tally["turns"] += 1
            if peer.state.get("owner") != "bot":
                continue
            event = await peer.wait(lambda f: f["type"] == "event" and f["kind"] in REPLIES, "a reply", mark, 30)
            tally[event["kind"]] += 1
            if event["kind"] == "bot_clarified" or (
                event["kind"] == "bot_answered" and event["body"]["kind"] == "entry"
            ):
                false.append({"locale": dialogue["locale"], "text": text, "entry": event["body"].get("entry")})
        if peer.state.get("owner") == "bot":
            await peer.ask("handoff")
        end = await peer.wait(lambda f: f["type"] == "state" and f["owner"] in ("agent", "closed"), "a person", 0, 60)
        tally[f"ended:{end['owner']}"] += 1
        await peer.wait(lambda f: f["type"] == "event" and f["kind"] == "agent_closed", "the end", 0, 60)
        stored = [r for r in peer.rows[peer.conversation] if r["kind"] == "customer_wrote"]
        tally["stored"] += len(stored)
    except PeerError as error:
        tally["errors"] += 1
        print(f"error: {error.code}: {error}", file=sys.stderr)
    finally:
        await peer.close()


async def serve(agent: Peer) -> None:
    """Accepts whatever rings, greets, reads, closes."""
    mark = 0
    while True:
        offer = await agent.wait(lambda f: f["type"] == "offer", "an offer", mark, 3600)
        mark = agent.frames.index(offer, mark) + 1
        conversation = offer["conversation"]
        try:
            await agent.ask("accept", conversation=conversation)
            await agent.watch(conversation)
            await agent.ask("send", conversation=conversation, text="您好，已为您记录。Hello, noted.")
            await asyncio.sleep(READS)
            await agent.ask("close", conversation=conversation)
        except PeerError as error:
            if error.code in ("protocol", "closed", "timeout"):
                raise


async def play(all_of_them: list[dict[str, Any]]) -> tuple[Counter[str], list[dict[str, Any]]]:
    tally: Counter[str] = Counter()
    false: list[dict[str, Any]] = []
    async with server(HONEYDESK_CONNECTIONS_PER_ADDRESS="1000", HONEYDESK_HELLOS_PER_MINUTE="100000") as s:
        cast = Cast(s.url, s.data_dir)
        await cast.hire()
        agents = [await cast.agent(name) for name in AGENTS]
        serving = [asyncio.create_task(serve(a)) for a in agents]
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(dialogue: dict[str, Any]) -> None:
            async with slots:
                await customer(cast, dialogue, tally, false)

        await asyncio.gather(*(one(d) for d in all_of_them))
        for task in serving:
            tally["errors"] += task.done()
            task.cancel()
        keyring = load_or_create(s.data_dir)
        violations = await asyncio.to_thread(maintenance.verify_log, None, s.data_dir, keyring.log, 1)
        tally["violations"] = len(violations)
    return tally, false


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--dialogues", type=int, default=200)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    chosen = dialogues(args.data, args.dialogues)
    tally, false = asyncio.run(play(chosen))
    for name, value in sorted(tally.items()):
        print(f"{name:24} {value}")
    if args.out:
        args.out.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in false), "utf-8")
    share = len(false) / max(1, tally["turns"])
    ended = tally["ended:agent"] + tally["ended:closed"]
    passed = not tally["errors"] and not tally["violations"] and ended == len(chosen) and share <= LIMIT
    passed = passed and tally["stored"] == tally["turns"]
    print(
        f"REAL-INPUT-2 {'PASS' if passed else 'FAIL'}: {len(chosen)} dialogues, {tally['turns']} turns, "
        f"{len(false)} false answers ({share:.1%}), {ended} ended with a person or ticket, {tally['errors']} errors"
    )
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
