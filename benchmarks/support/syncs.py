"""Reads a strace of the server: was the row on disk before its acknowledgement went out?

SQLite writes a transaction's pages to the write-ahead log and then syncs it. A row counts as covered once a sync that
began after its page was written has returned; an acknowledgement counts when its write to the socket begins.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

STRACE = shutil.which("strace")
IDENT = re.compile(r"quiet\d{3}-sync-\d{6}")
"""The client ids of the people who write meanwhile; in a page, columns stand side by side without a gap."""
ACK = re.compile(r'\\"type\\":\\"ack\\",\\"id\\":\\"(quiet\d{3}-sync-\d{6})')
CALLS = "pwrite64,pwritev,write,writev,sendto,sendmsg,fsync,fdatasync"
BEGIN = re.compile(r"^(\d+) +(\w+)\((.*)")
RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>")


def strace(output: Path) -> list[str]:
    """The command under which a server is traced. Call only where ``STRACE`` is found."""
    return [STRACE or "strace", "-f", "-y", "-s", "70000", "-e", f"trace={CALLS}", "-o", str(output)]


@dataclass
class Syncs:
    acks: int = 0
    early: int = 0
    """Acknowledgements that were not covered."""
    syncs: int = 0
    writes: int = 0
    _written: set[str] = field(default_factory=set)
    _covered: set[str] = field(default_factory=set)
    _under_way: dict[str, tuple[str, set[str]]] = field(default_factory=dict)

    @classmethod
    def read(cls, trace: Path) -> Syncs:
        found = cls()
        with trace.open(errors="replace") as lines:
            for line in lines:
                found._line(line)
        return found

    def _line(self, line: str) -> None:
        begun = BEGIN.match(line)
        if begun is not None:
            thread, call, rest = begun.groups()
            what = self._begins(call, rest)
            if "<unfinished ...>" in line:
                self._under_way[thread] = what
            else:
                self._ends(what)
            return
        resumed = RESUMED.match(line)
        if resumed is not None and resumed[1] in self._under_way:
            self._ends(self._under_way.pop(resumed[1]))

    def _begins(self, call: str, rest: str) -> tuple[str, set[str]]:
        target = rest.partition(",")[0]
        if "-wal>" in target:
            if "sync" in call:
                return "sync", set(self._written)
            return "page", set(IDENT.findall(rest))
        if "sync" not in call:
            for ident in ACK.findall(rest):
                self.acks += 1
                self.early += ident not in self._covered
        return "other", set()

    def _ends(self, what: tuple[str, set[str]]) -> None:
        kind, idents = what
        if kind == "page":
            self.writes += 1
            self._written |= idents
        elif kind == "sync":
            self.syncs += 1
            self._covered |= idents
