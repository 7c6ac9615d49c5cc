"""A child with a toy engine, for `test_process`: `python -m tests.bot.child N`."""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.child import serve
from bot.corpus import Corpus
from bot.engines.port import EngineFailed, Query, Ranking
from bot.engines.toy import ToyEngine, ToyGate, ToyIndex
from bot.service import Bot

DIES, FAILS, HANGS, ODD, PANICS = "让它死掉吧", "让它失败吧", "让它停住吧", "让它走样吧", "让它慌了吧"
"""What it is asked to do so."""
UNPUBLISHABLE = "unpublishable"
"""A corpus version of which no index can be made."""


@dataclass(frozen=True)
class Given:
    """`broken`: it cannot be built."""

    broken: bool = False


class Foreign(RuntimeError):
    """Nothing that the other side knows."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} {other}")


class Wilful(ToyEngine):
    """Does as it is asked."""

    def index(self, corpus: Corpus, day: date) -> ToyIndex:
        if corpus.version == UNPUBLISHABLE:
            raise EngineFailed("no index of that")
        made = super().index(corpus, day)
        return WilfulIndex(made.version, made.rows, self)


class WilfulIndex(ToyIndex):
    def rank(self, queries: Sequence[Query], k: int) -> list[Ranking]:
        for query in queries:
            if query.text == DIES:
                os._exit(3)
            if query.text == HANGS:
                time.sleep(60)
            if query.text == FAILS:
                raise EngineFailed("as it was told")
            if query.text == ODD:
                raise Foreign("one", "other")
            if query.text == PANICS:
                raise SystemExit("a native library panicked")
        return super().rank(queries, k)


def build(given: Given, corpus: Corpus, day: date) -> Bot:
    if given.broken:
        raise EngineFailed("it was built broken")
    return Bot(Wilful(), ToyGate(), corpus, day=day)


if __name__ == "__main__":
    serve(int(sys.argv[1]), build, lambda: None)
