"""Agents in the store and tokens for everybody, made before the server starts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from app.auth.identity import mint_customer
from app.auth.keys import Keyring, load_or_create
from app.auth.roles import Role
from app.auth.staff import mint_staff
from app.db.open import open_store
from app.db.port import Staff
from conversation import Policy

LANGUAGES = ("zh-CN", "zh-TW", "en")
TTL = 6 * 3600.0


def agent_ids(count: int) -> list[str]:
    return [f"agent{n:04d}" for n in range(count)]


def hire(folder: Path, agents: Iterable[str], capacity: int, url: str | None = None) -> None:
    """Write these agents into the store of a folder (or of ``url``) whose server does not run."""

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = open_store(url, folder, Policy(), load_or_create(folder).log)

    async def write() -> None:
        await store.start()
        try:
            for agent in agents:
                await store.save_staff(Staff(agent, agent.title(), "", ("agent",), ("general",), LANGUAGES, capacity))
        finally:
            await store.close()

    asyncio.run(write())


class Tokens:
    """Signed with the keys of a data folder."""

    def __init__(self, folder: Path) -> None:
        self._keyring: Keyring = load_or_create(folder)

    def agent(self, agent: str) -> str:
        return mint_staff(self._keyring, agent, (Role.AGENT,), TTL)

    def customer(self, customer: str) -> str:
        return mint_customer(self._keyring, customer, TTL)
