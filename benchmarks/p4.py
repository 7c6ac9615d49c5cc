"""P4: what agents' chats feel of a saturated bot.

    python -m benchmarks.p4 [--quick] [--engine embedded|toy] [--chats 40] [--askers 48]

Customers write to their agents at a steady pace, a third of the time alone and then while others ask the bot as fast
as it answers. The median time to the acknowledgement may be three times as long at most. Without encoder artefacts
the toy engine stands in, with a delay.
"""

from __future__ import annotations

import argparse
import sys
from statistics import median
from typing import Any

from benchmarks.support.load import Load, agent, customer
from benchmarks.support.people import Tokens, agent_ids, hire
from benchmarks.support.process import cpu_seconds
from benchmarks.support.server import ROOT, empty_folder, honeydesk, running
from benchmarks.support.verdict import Verdict, table
from bot.corpus import load_corpus

BUDGET = 3.0
CHATS_EACH = 5
INTERVAL = 0.25
"""Seconds between two messages of one customer."""


def questions() -> list[str]:
    """Similar questions of the seed corpus in two languages."""
    corpus = load_corpus(ROOT / "faq_corpus")
    found = [p for e in corpus.entries.values() for p in (e.locales["zh-CN"].similar[0], e.locales["en"].similar[0])]
    return found[:256]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="P4: chats beside a saturated bot.")
    parser.add_argument("--engine", choices=("embedded", "toy"))
    parser.add_argument("--chats", type=int, default=40)
    parser.add_argument("--askers", type=int, default=48)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a smoke run of some seconds")
    options = parser.parse_args(arguments)
    if options.quick:
        options.seconds, options.repetitions = 2.0, 1
    built = (ROOT / "models" / "encoder").exists() and (ROOT / "models" / "gate" / "manifest.json").exists()
    engine = options.engine or ("embedded" if built else "toy")
    verdict = Verdict("P4")
    runs: dict[str, list[dict[str, Any]]] = {"alone": [], "beside the bot": [], "the bot": []}
    cpu: dict[str, list[float]] = {"alone": [], "beside the bot": []}
    with empty_folder() as folder:
        data = folder / "data"
        agents = agent_ids(-(-options.chats // CHATS_EACH))
        hire(data, agents, CHATS_EACH)
        server = honeydesk(data, engine=engine, engine_delay="0.03", bot_burst="0", bot_answer="60")
        tokens = Tokens(data)
        chatting = [agent(a, tokens.agent(a)) for a in agents]
        chatting += [customer(f"chat{n:04d}", tokens.customer(f"chat{n:04d}")) for n in range(options.chats)]
        asking = [customer(f"asks{n:04d}", tokens.customer(f"asks{n:04d}"), "b") for n in range(options.askers)]
        with (
            running(server),
            Load(folder, server.port, chatting) as chats,
            Load(folder, server.port, asking, questions()) as bot,
        ):
            chats.ready()
            bot.ready()
            for _ in range(options.repetitions):
                before = cpu_seconds(server.pid)
                runs["alone"].append(chats.go(options.seconds, INTERVAL))
                cpu["alone"].append((cpu_seconds(server.pid) - before) / options.seconds)
                before = cpu_seconds(server.pid)
                bot.begin(options.seconds + 0.5)
                runs["beside the bot"].append(chats.go(options.seconds, INTERVAL))
                runs["the bot"].append(bot.figures(options.seconds + 60))
                cpu["beside the bot"].append((cpu_seconds(server.pid) - before) / options.seconds)
    rows = []
    for name, of_one in runs.items():
        rate = median(r["in_time"] / r["seconds"] for r in of_one)
        p50, p99 = (median(r[key] for r in of_one) for key in ("p50_ms", "p99_ms"))
        cores = f"{median(cpu[name]):.2f}" if name in cpu else ""
        rows.append((name, f"{rate:.0f}", f"{p50:.2f}", f"{p99:.2f}", cores))
    table((f"{engine} engine", "answers/s", "p50 ms", "p99 ms", "server's cores"), rows)
    alone, beside = (median(r["p50_ms"] for r in runs[name]) for name in ("alone", "beside the bot"))
    answered = sum(r["acked"] for r in runs["the bot"])
    faults = sum(r["errors"] + r["lost"] for of_one in runs.values() for r in of_one)
    verdict.must(beside <= BUDGET * alone, f"p50 {alone:.2f} ms alone, {beside:.2f} ms beside the bot, <= {BUDGET} x")
    verdict.must(answered > options.askers, f"the bot answered {answered} questions meanwhile")
    verdict.must(faults == 0, f"{faults} errors")
    verdict.say(f"{engine} engine: p50 of chats {beside / alone:.2f} x")
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
