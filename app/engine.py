"""The process in which the engine runs: ``python -m app.engine N``, begun by the server with its end of a socket."""

from __future__ import annotations

import sys
from datetime import date

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


if __name__ == "__main__":
    threadpool_limits(limits=1)
    serve(int(sys.argv[1]), _built, heap.settle)
