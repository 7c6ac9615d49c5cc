"""The composition root: the only place that knows the concrete classes."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.auth.keys import Keyring, load_or_create
from app.auth.passwords import hash_password
from app.auth.ratelimit import Limiter
from app.bots import open_worker
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
from app.publishing import canned_replies, published_corpus
from app.settings import Settings
from bot.inference import Worker

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Runtime:
    parts: Parts
    store: Store
    control: CommandServer


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
        worker = await open_worker(settings, corpus)
        try:
            await first_admin(store, settings.data_dir)
            await canned_replies(store, settings)
            if settings.demo:
                await demo_agent(store)
            return await assemble(settings, keyring, store, worker)
        except BaseException:
            await worker.close()
            raise
    except BaseException:
        await store.close()
        raise


async def assemble(settings: Settings, keyring: Keyring, store: Store, worker: Worker) -> Runtime:
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
