"""Builds the bot of the settings, and says where it is asked: in a thread of the server, or in a process of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

from app.publishing import ROOT, corpus_folder
from app.settings import Settings
from bot.corpus import Corpus, load_corpus
from bot.decision import Limits
from bot.detectors.classifier import classifier_for
from bot.engines import ENGINES, EngineSettings, embedded_engine
from bot.engines.port import WITH_ENCODERS
from bot.engines.toy import ToySettings
from bot.forms import load_forms
from bot.inference import InferenceWorker, Worker
from bot.process import BotProcess
from bot.service import Bot

CHILD = "app.engine"
"""The module that the process runs."""


def models_folder(settings: Settings) -> Path:
    return settings.models_dir or ROOT / "models"


def rasa_folder(settings: Settings) -> Path:
    return settings.rasa_dir or models_folder(settings) / "rasa"


def rasa_environment(settings: Settings) -> Path:
    return settings.rasa_venv or ROOT / ".venv-rasa"


def build_bot(settings: Settings, corpus: Corpus, day: date | None = None) -> Bot:
    """Slow (seconds): loads the encoder and indexes the corpus. Raises EncoderMissing before ``make setup``."""
    models = models_folder(settings)
    if settings.engine != "toy":
        seed_vectors(settings)
    toy = ToySettings(delay_ms=settings.engine_delay * 1000, fail_after=0 if settings.engine_fail else None)
    engine, gate = ENGINES[settings.engine](
        EngineSettings(
            models / "encoder",
            models / "gate" / "manifest.json",
            settings.data_dir / "index",
            toy,
            rasa_folder(settings),
            model=settings.sentence_transformers,
            workers=settings.encoder_threads,
        )
    )
    limits = Limits(settings.max_misses, settings.max_clarify)
    forms = load_forms(corpus_folder(settings) / "forms")
    classifier = classifier_for(engine, models)
    return Bot(engine, gate, corpus, day=day or date.today(), limits=limits, forms=forms, classifier=classifier)


def seed_vectors(settings: Settings) -> None:
    """A new data folder begins with the vectors that ``make setup`` computed for the shipped corpus: they are kept
    by content, so whatever the corpus, only unknown phrasings are embedded."""
    own, shipped = settings.data_dir / "index", models_folder(settings) / "index"
    if not own.exists() and shipped.is_dir():
        shutil.copytree(shipped, own)


def warm_vectors(settings: Settings) -> int:
    """Compute those vectors (half a minute the first time). Returns the number of entries."""
    corpus = replace(load_corpus(corpus_folder(settings)), demo=True)
    models = models_folder(settings)
    engine = embedded_engine(EngineSettings(models / "encoder", cache=models / "index", workers=os.cpu_count() or 1))
    engine.index(corpus, date.today())
    return len(corpus.entries)


async def open_worker(settings: Settings, corpus: Corpus) -> Worker:
    """The bot, ready to be asked. Raises what `build_bot` raises."""
    day = date.today()
    # Encoders compute so much that a process of their own is worth its memory.
    if settings.engine_process and settings.engine in WITH_ENCODERS:
        forms = load_forms(corpus_folder(settings) / "forms")
        within, placed = settings.bot_answer, settings.one_core
        return await BotProcess.start(CHILD, settings, corpus, day=day, forms=forms, within=within, placed=placed)
    worker = InferenceWorker(await asyncio.to_thread(build_bot, settings, corpus, day))
    worker.start()
    return worker
