"""How long until an edit is live, published by our own bot: `python -m benchmarks.bot.edits [--sizes 10000]`.

Entries beyond the shipped ones are made up of their wordings, ten each, in one language. Their vectors are drawn, since
nobody waits for those while he edits; the vectors of what is edited are computed by the encoders as they ship.
"""

import argparse
import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from bot.corpus import Corpus, load_corpus
from bot.encoder.runtime import Array, Kind, OnnxEncoder
from bot.encoder.use import UseEncoder
from bot.engines.embedded import EmbeddedEngine
from bot.engines.vectors import Encoder
from bot.gate import FittedGate, read_gate
from bot.service import Bot

MADE = "made up"
PER_ENTRY = 10


class Drawing:
    """An encoder that draws the vectors of made-up texts."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.identity, self.runtime = encoder.identity, encoder.runtime
        self.dimensions, self.warning = encoder.dimensions, encoder.warning

    def encode(self, texts: Sequence[str], kind: Kind = "query") -> Array:
        found = np.zeros((len(texts), self.dimensions), np.float32)
        real = [place for place, text in enumerate(texts) if MADE not in text]
        if real:
            found[real] = self._encoder.encode([texts[place] for place in real], kind)
        for place in sorted(set(range(len(texts))) - set(real)):
            seed = int.from_bytes(hashlib.sha256(texts[place].encode()).digest()[:8], "big")
            drawn = np.random.default_rng(seed).standard_normal(self.dimensions).astype(np.float32)
            found[place] = drawn / np.linalg.norm(drawn)
        return found


def edits(corpus: Corpus, sizes: Sequence[int], locale: str, models: Path) -> Iterator[tuple[str, float]]:
    """What was edited at which size, and the seconds until the next question is answered by it; the vectors are kept
    on disk as a server keeps them."""
    day = date.today()
    with tempfile.TemporaryDirectory(prefix="honeydesk-edits-") as place:
        cache = Path(place) / "index"
        shutil.copytree(models / "index", cache)
        dear = OnnxEncoder.open(models / "encoder")
        engine = EmbeddedEngine(Drawing(UseEncoder.open(models / "encoder-use")), Drawing(dear), cache=cache)
        gate = FittedGate(read_gate(models / "gate" / "manifest.json", engine.identity), engine.runtime)
        bot = Bot(engine, gate, corpus, day=day)
        for size in (len(corpus.entries), *sizes):
            whole = grown(corpus, size, locale)
            bot.publish(whole, day=day)
            count = sum(len(own.phrasings) for entry in whole.entries.values() for own in entry.locales.values())
            for what, changed in (("an answer", answer_edited(whole)), ("a new question", question_added(whole))):
                began = time.perf_counter()
                bot.publish(changed, day=day)
                yield f"{size} entries, {count} wordings: {what}", time.perf_counter() - began


def grown(corpus: Corpus, size: int, locale: str) -> Corpus:
    """With made-up entries up to that size."""
    entries = dict(corpus.entries)
    pattern = [entry for entry in corpus.entries.values() if locale in entry.locales]
    for number in range(max(0, size - len(corpus.entries))):
        source = pattern[number % len(pattern)]
        own = source.locales[locale]
        made = replace(
            own,
            question=f"{own.question} {MADE} {number}",
            similar=tuple(f"{text} {MADE} {number}" for text in own.similar[: PER_ENTRY - 1]),
            answer=f"{MADE} {number}: {own.answer}",
        )
        name = f"{source.id}-{number}"
        entries[name] = replace(source, id=name, locales={locale: made})
    return replace(corpus, entries=entries, version=f"grown-{size}")


def answer_edited(corpus: Corpus) -> Corpus:
    """The first entry with a sentence more in every language."""
    entry = next(iter(corpus.entries.values()))
    locales = {tag: replace(own, answer=f"{own.answer}\n\nNew.") for tag, own in entry.locales.items()}
    return replace(corpus, entries={**corpus.entries, entry.id: replace(entry, locales=locales)})


def question_added(corpus: Corpus) -> Corpus:
    """A new entry, with two wordings in every language that the first one has."""
    entry = next(iter(corpus.entries.values()))
    locales = {
        tag: replace(own, question=f"{own.question} (new)", similar=(f"{own.question} ??",), answer="New.")
        for tag, own in entry.locales.items()
    }
    new = replace(entry, id=f"{entry.id}-new", locales=locales)
    return replace(corpus, entries={**corpus.entries, new.id: new})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("faq_corpus"))
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--locale", default="zh-CN")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000])
    arguments = parser.parse_args()
    for what, seconds in edits(load_corpus(arguments.corpus), arguments.sizes, arguments.locale, arguments.models):
        print(f"{what}: {seconds:.2f} s")


if __name__ == "__main__":
    main()
