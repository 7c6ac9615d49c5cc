"""A small corpus, so that the toy engine, which compares a question with every phrasing in Python, costs no more
than the delay it is told to have."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

from benchmarks.support.server import ROOT
from bot.corpus import Corpus, load_corpus
from bot.corpus.files import write_corpus

LOCALE = "zh-CN"


def small_corpus(folder: Path, entries: int = 8) -> list[str]:
    """Write the first few entries of the seed corpus into ``folder``; a question that each of them answers."""
    seed = load_corpus(ROOT / "faq_corpus")
    few = {e.id: replace(e, related=(), buttons=()) for e in islice(seed.entries.values(), entries)}
    corpus: Corpus = replace(seed, entries=few)
    write_corpus(corpus, folder)
    return [next(iter(entry.locales[LOCALE].phrasings)) for entry in few.values()]
