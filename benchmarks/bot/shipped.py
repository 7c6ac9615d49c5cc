"""The bot as it ships, for benchmarks: embedded engine, shipped corpus and gate."""

from datetime import date
from pathlib import Path

from bot.corpus import load_corpus
from bot.detectors.classifier import classifier_for
from bot.encoder.runtime import OnnxEncoder
from bot.encoder.use import UseEncoder
from bot.engines import ENGINES, EngineSettings
from bot.engines.embedded import EmbeddedEngine
from bot.service import Bot


def shipped_bot(corpus: Path = Path("faq_corpus"), cache: Path | None = None) -> Bot:
    """Loads everything; half a minute without a cache of phrasings."""
    engine, gate = ENGINES["embedded"](EngineSettings(cache=cache))
    classifier = classifier_for(engine, Path("models"))
    return Bot(engine, gate, load_corpus(corpus), day=date.today(), classifier=classifier)


def shipped_engine(cache: Path | None = None, *, remembered: int = 4096) -> EmbeddedEngine:
    """Both encoders, each remembering the vectors of that many texts."""
    cheap = UseEncoder.open(Path("models/encoder-use"), cache=remembered)
    return EmbeddedEngine(cheap, OnnxEncoder.open(Path("models/encoder"), cache=remembered), cache=cache)
