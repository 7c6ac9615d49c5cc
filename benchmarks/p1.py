"""P1: a customer's message with an agent present, against a bare FastAPI echo in the same run.

    python -m benchmarks.p1 [--quick] [--clients 200,500] [--seconds 5] [--repetitions 3]

Every message is validated, masked, stepped, stored durably (SQLite, synchronous=FULL), acknowledged to the customer
and delivered to the agent who has the conversation open. Medians of interleaved repetitions; the budget is >= 0.30 of
the echo's throughput and <= 3 times its CPU per message at each number of clients, and rows = acknowledgements =
deliveries.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.support.load import Load, agent, customer, echo
from benchmarks.support.log import query, query_postgres
from benchmarks.support.people import Tokens, agent_ids, hire
from benchmarks.support.process import cpu_seconds
from benchmarks.support.server import Process, empty_folder, honeydesk, running
from benchmarks.support.server import echo as echo_server
from benchmarks.support.verdict import Verdict, table

CHATS = 5
"""Conversations of one agent."""
SHARE, CPU = 0.30, 3.0


def measured(server: Process, load: Load, seconds: float) -> dict[str, Any]:
    """One stretch of load: messages per second, and the server's CPU in microseconds per message."""
    before = cpu_seconds(server.pid)
    figures = load.go(seconds)
    spent = cpu_seconds(server.pid) - before
    return {**figures, "rate": figures["in_time"] / figures["seconds"], "us": 1e6 * spent / max(1, figures["acked"])}


@dataclass(frozen=True)
class Store:
    """Where the desk stores, and what is asked of it there. ``url`` None: SQLite in its folder."""

    url: str | None
    share: float
    cpu: float | None

    def stored(self, data: Path) -> int:
        """Customers' messages in the log."""
        count = "SELECT count(*) FROM events WHERE kind = 'customer_wrote'"
        rows = query(data, count) if self.url is None else query_postgres(self.url, count)
        return int(rows[0][0])


SQLITE = Store(None, SHARE, CPU)


def one_size(
    folder: Path, clients: int, seconds: float, repetitions: int, verdict: Verdict, store: Store = SQLITE
) -> list[list[object]]:
    data = folder / f"data-{clients}"
    agents = agent_ids(-(-clients // CHATS))
    hire(data, agents, CHATS, store.url)
    settings = {} if store.url is None else {"database_url": store.url}
    desk, bare = honeydesk(data, **settings), echo_server(folder)
    tokens = Tokens(data)
    people = [agent(a, tokens.agent(a)) for a in agents]
    people += [customer(f"cust{n:05d}", tokens.customer(f"cust{n:05d}")) for n in range(clients)]
    runs: dict[str, list[dict[str, Any]]] = {"echo": [], "desk": []}
    with (
        running(desk, bare),
        Load(folder, bare.port, [echo(f"echo{n:05d}") for n in range(clients)]) as echoing,
        Load(folder, desk.port, people) as chatting,
    ):
        echoing.ready()
        chatting.ready()
        for _ in range(repetitions):
            runs["echo"].append(measured(bare, echoing, seconds))
            runs["desk"].append(measured(desk, chatting, seconds))
    acked = sum(r["acked"] for r in runs["desk"])
    stored = store.stored(data)
    told = sum(r["told"] for r in runs["desk"])
    faults = sum(r["errors"] + r["mismatched"] + r["lost"] for r in (*runs["desk"], *runs["echo"]))
    middle = {
        name: {key: median(r[key] for r in of_one) for key in ("rate", "us", "p50_ms", "p99_ms", "cpu")}
        for name, of_one in runs.items()
    }
    share = middle["desk"]["rate"] / middle["echo"]["rate"]
    cpu = middle["desk"]["us"] / middle["echo"]["us"]
    verdict.say(f"{clients} clients: {share:.2f} of the echo, CPU {cpu:.1f} x")
    verdict.must(share >= store.share, f"{clients} clients: {share:.3f} of the echo's throughput, >= {store.share}")
    if store.cpu is not None:
        verdict.must(cpu <= store.cpu, f"{clients} clients: {cpu:.2f} times the echo's CPU per message, <= {store.cpu}")
    verdict.must(stored == acked, f"{clients} clients: {stored} rows = {acked} acknowledgements")
    verdict.must(told == acked, f"{clients} clients: {told} deliveries to agents = {acked} acknowledgements")
    verdict.must(faults == 0, f"{clients} clients: {faults} errors")
    rows: list[list[object]] = []
    for name, m in middle.items():
        figures = (f"{m['rate']:.0f}", f"{m['us']:.0f}", f"{m['p50_ms']:.1f}", f"{m['p99_ms']:.1f}")
        rates = " ".join(f"{r['rate']:.0f}" for r in runs[name])
        rows.append([f"{clients} {name}", *figures, f"{m['cpu'] / seconds:.2f}", rates])
    return rows


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="P1: chat messages against a bare echo.")
    parser.add_argument("--clients", default="200,500")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a smoke run of some seconds")
    options = parser.parse_args(arguments)
    if options.quick:
        options.clients, options.seconds, options.repetitions = "50", 1.0, 1
    verdict, rows = Verdict("P1"), list[list[object]]()
    with empty_folder() as folder:
        for clients in map(int, options.clients.split(",")):
            rows += one_size(folder, clients, options.seconds, options.repetitions, verdict)
    print()
    table(("clients", "msg/s", "us CPU/msg", "p50 ms", "p99 ms", "client's cores", "repetitions"), rows)
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
