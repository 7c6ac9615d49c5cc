"""Runs make targets one after the other, goes on after a failure, and closes with one line each.

``python -m tests.stages unit store`` exits 1 when one of them failed: it is what ``make test`` runs.
"""

from __future__ import annotations

import subprocess
import sys
import time


def run(stages: list[str]) -> int:
    began = time.monotonic()
    results: list[tuple[str, int, float]] = []
    for stage in stages:
        print(f"\n=== {stage}", flush=True)
        started = time.monotonic()
        code = subprocess.run(["make", stage], check=False).returncode
        results.append((stage, code, time.monotonic() - started))
        print(f"=== {stage}: {'passed' if code == 0 else 'FAILED'}", flush=True)
    print()
    for stage, code, seconds in results:
        print(f"{stage:<10} {'passed' if code == 0 else 'FAILED'} {seconds:7.1f} s")
    failed = [stage for stage, code, _ in results if code]
    print(f"{'FAIL: ' + ', '.join(failed) if failed else 'PASS'} in {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
