"""What the kernel says about a process. Linux only, like the benchmarks."""

from __future__ import annotations

import os
from pathlib import Path

TIME_WAIT = "06"
"""In the fourth column of /proc/net/tcp."""
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of all its threads, and of those of the processes that it has started."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS + sum(map(cpu_seconds, children(pid)))


def rss_bytes(pid: int) -> int:
    """Resident memory, with that of the processes that it has started."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 + sum(map(rss_bytes, children(pid)))
    raise ProcessLookupError(pid)


def open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def children(pid: int) -> list[int]:
    """Processes that it has started, and that still run."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]


def holds_connection(port: int, peer: int) -> bool:
    """Whether the kernel still keeps the IPv4 connection of a local port with a peer's port."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, there, state, *_ = line.split()
        if state != TIME_WAIT and (int(here[-4:], 16), int(there[-4:], 16)) == (port, peer):
            return True
    return False
