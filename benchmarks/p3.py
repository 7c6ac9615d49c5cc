"""P3: what an idle socket costs in memory.

    python -m benchmarks.p3 [--quick] [--sockets 10000]

Resident memory with so many visitors' sockets open (hello and welcome done, nothing said), minus that with none, per
socket; the budget is 48 KiB. The process itself, with its engine, is told apart.
"""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.support.load import Load, customer
from benchmarks.support.process import open_files, rss_bytes
from benchmarks.support.server import empty_folder, honeydesk, running
from benchmarks.support.verdict import Verdict, table

BUDGET = 48.0
"""KiB per socket."""
ADDRESSES = 20
"""Loopback addresses that the sockets come from."""
SETTLE = 3.0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="P3: memory of idle sockets.")
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--quick", action="store_true", help="a smoke run of some seconds")
    options = parser.parse_args(arguments)
    sockets = 1_000 if options.quick else options.sockets
    verdict = Verdict("P3")
    with empty_folder() as folder:
        server = honeydesk(folder / "data")
        (folder / "data").mkdir()
        people = [customer(f"idle{n:06d}", None, "i", f"127.0.1.{1 + n % ADDRESSES}") for n in range(sockets)]
        with running(server):
            time.sleep(SETTLE)
            before, files = rss_bytes(server.pid), open_files(server.pid)
            with Load(folder, server.port, people) as load:
                ready = load.ready(200, all_of_them=False)
                time.sleep(SETTLE)
                during, opened = rss_bytes(server.pid), open_files(server.pid) - files
            time.sleep(SETTLE)
            after, left = rss_bytes(server.pid), open_files(server.pid) - files
    each = (during - before) / max(1, sockets) / 1024
    rows = [
        ("no socket", 0, f"{before / 2**20:.1f}"),
        ("all idle", opened, f"{during / 2**20:.1f}"),
        ("all gone again", left, f"{after / 2**20:.1f}"),
    ]
    table(("server", "sockets", "RSS MiB"), rows)
    print(f"{ready['seconds']:.0f} s to connect them all")
    verdict.must(ready["ready"] == sockets <= opened, f"{ready['ready']} of {sockets} sockets welcomed and open")
    verdict.must(each <= BUDGET, f"{each:.1f} KiB per socket, budget <= {BUDGET:.0f}")
    verdict.must(left < 10, f"{left} files more than before once all are closed")
    verdict.say(f"{each:.1f} KiB per socket over {sockets}; process without sockets {before / 2**20:.0f} MiB")
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
