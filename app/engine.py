"""The process in which the engine runs: ``python -m app.engine N``, begun by the server with its end of a socket."""

from __future__ import annotations

import contextlib
import sys
from datetime import date
from pathlib import Path

from threadpoolctl import threadpool_limits

from app import heap
from app.bots import build_bot
from app.logs import configure
from app.settings import Settings
from bot.child import serve
from bot.corpus import Corpus
from bot.service import Bot


def _built(settings: Settings, corpus: Corpus, day: date) -> Bot:
    configure(settings.log_level)
    return build_bot(settings, corpus, day)


def _first_to_go() -> None:
    """When memory runs out, the desk is to outlive its bot."""
    # Not everywhere is there such a file, or may it be written: then the kernel chooses by size, as for all.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")


if __name__ == "__main__":
    _first_to_go()
    threadpool_limits(limits=1)
    serve(int(sys.argv[1]), _built, heap.settle)
