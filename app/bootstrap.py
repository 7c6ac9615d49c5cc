"""The composition root: the only place that knows the concrete classes."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import shutil
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from app.auth.keys import Keyring, load_or_create
from app.auth.passwords import hash_password
from app.auth.ratelimit import Limiter
from app.control import HANDLERS, Context
from app.db.commands import CommandServer
from app.db.open import open_store
from app.db.port import Staff, Store
from app.desk.bus import LocalBus
from app.desk.desk import Desk
from app.gateway.fallback import Fallback
from app.gateway.hub import Hub
from app.gateway.identity import Identities, StaffDoor
from app.gateway.origins import Origins
from app.gateway.pages import DEMO_AGENT
from app.gateway.parts import Parts
from app.gateway.sockets import ChatSocket, DeskSocket, Registry
from app.lookups import Lookups, connector
from app.publishing import ROOT, canned_replies, corpus_folder, published_corpus
from app.settings import Settings
from bot.corpus import Corpus, load_corpus
from bot.decision import Limits
from bot.detectors.classifier import classifier_for
from bot.engines import ENGINES, EngineSettings, embedded_engine
from bot.engines.toy import ToySettings
from bot.forms import load_forms
from bot.inference import InferenceWorker
from bot.service import Bot

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Runtime:
    parts: Parts
    store: Store
    control: CommandServer


def models_folder(settings: Settings) -> Path:
    return settings.models_dir or ROOT / "models"


def rasa_folder(settings: Settings) -> Path:
    return settings.rasa_dir or models_folder(settings) / "rasa"


def rasa_environment(settings: Settings) -> Path:
    return settings.rasa_venv or ROOT / ".venv-rasa"


def build_bot(settings: Settings, corpus: Corpus) -> Bot:
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
    return Bot(engine, gate, corpus, day=date.today(), limits=limits, forms=forms, classifier=classifier)


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


async def first_admin(store: Store, data_dir: Path) -> None:
    """Somebody must be able to sign in: written once, readable by the owner of the folder only."""
    if await store.all_staff():
        return
    password = secrets.token_urlsafe(18)
    hashed = await asyncio.to_thread(hash_password, password)
    admin = Staff(
        "admin",
        "Admin",
        "admin@localhost",
        ("admin", "supervisor", "agent"),
        ("general", "security"),
        ("zh-CN", "zh-TW", "en"),
        5,
        password=hashed,
    )
    await store.save_staff(admin)
    path = data_dir / "first-admin.json"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"email": admin.email, "password": password}, file)
    log.info("first admin written", extra={"file": str(path)})


async def demo_agent(store: Store) -> None:
    if await store.staff(DEMO_AGENT) is None:
        await store.save_staff(
            Staff(DEMO_AGENT, "小林", "", ("agent",), ("general", "security"), ("zh-CN", "zh-TW", "en"), 4)
        )


async def start_runtime(settings: Settings) -> Runtime:
    """Migrate, publish, make keys and the first admin, load the engine, start the desk."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    keyring = load_or_create(settings.data_dir)
    store = open_store(settings.database_url, settings.data_dir, settings.policy(), keyring.log)
    await store.start()
    try:
        corpus = await published_corpus(store, settings)
        bot = await asyncio.to_thread(build_bot, settings, corpus)
        await first_admin(store, settings.data_dir)
        await canned_replies(store, settings)
        if settings.demo:
            await demo_agent(store)
        return await assemble(settings, keyring, store, bot)
    except BaseException:
        await store.close()
        raise


async def assemble(settings: Settings, keyring: Keyring, store: Store, bot: Bot) -> Runtime:
    worker = InferenceWorker(bot)
    worker.start()
    desk = Desk(settings, store, LocalBus(), worker, Lookups(connector(settings), store.audit))
    hub = Hub(desk)
    registry, origins = Registry(settings), Origins(settings.origins)
    identities, door = Identities(settings, keyring), StaffDoor(store, keyring)
    per_second = settings.sign_in_per_minute / 60
    parts = Parts(
        settings=settings,
        keyring=keyring,
        desk=desk,
        hub=hub,
        identities=identities,
        door=door,
        origins=origins,
        registry=registry,
        chat=ChatSocket(settings, desk, registry, origins, identities),
        desk_socket=DeskSocket(settings, desk, registry, origins, door, hub),
        fallback=Fallback(settings, desk, identities),
        sign_ins=Limiter(per_second, max(1.0, settings.sign_in_per_minute)),
        hellos=Limiter(settings.hellos_per_minute / 60, max(1.0, settings.hellos_per_minute / 4)),
    )
    await desk.start()
    context = Context(settings, store, desk, hub)
    control = CommandServer(settings.data_dir, {name: partial(do, context) for name, do in HANDLERS.items()})
    await control.start()
    return Runtime(parts, store, control)


async def stop_runtime(runtime: Runtime) -> None:
    """The order matters: no new work, then flush, then the engine."""
    await runtime.control.close()
    await runtime.parts.desk.close()
    await runtime.store.close()
    await runtime.parts.desk.worker.close()
