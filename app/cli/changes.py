"""Runs one of ``app.control``'s commands: in the running server, or here when none runs."""

from __future__ import annotations

import asyncio
from typing import Any

from app.auth.keys import load_or_create
from app.cli.output import fail
from app.control import HANDLERS, CommandError, Context
from app.db.commands import CommandFailed, NoServer, call
from app.db.open import open_store
from app.db.port import StoreError
from app.settings import Settings
from bot.corpus import CorpusError


async def run(settings: Settings, name: str, args: dict[str, Any]) -> Any:
    """Ends the process with a code when the command cannot be done."""
    try:
        return await asyncio.to_thread(call, settings.data_dir, name, **args)
    except NoServer:
        # Nobody holds the folder: the lock is ours for the moment of the command.
        return await _alone(settings, name, args)
    except CommandFailed as error:
        fail(error.code, str(error))


async def _alone(settings: Settings, name: str, args: dict[str, Any]) -> Any:
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    keyring = load_or_create(settings.data_dir)
    store = open_store(settings.database_url, settings.data_dir, settings.policy(), keyring.log)
    try:
        await store.start()
    except StoreError as error:
        fail(error.code, str(error))
    try:
        return await HANDLERS[name](Context(settings, store), **args)
    except CommandError as error:
        fail(error.code, str(error))
    except CorpusError as error:
        fail("corpus", str(error))
    finally:
        await store.close()
