"""Commands that look at an installation: verify, restore, doctor."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from app.auth.keys import load_or_create
from app.bots import models_folder
from app.cli.changes import run as run_command
from app.cli.output import fail, say, tell
from app.db import maintenance
from app.db.port import StoreError
from app.settings import Settings
from bot.encoder.manifest import EncoderDamaged, EncoderMissing, read_manifest


async def verify(settings: Settings) -> int:
    """0 and one JSON line when the log holds together; 1 at violations, the first on stderr."""
    keyring = load_or_create(settings.data_dir)
    try:
        found = await asyncio.to_thread(
            maintenance.verify_log, settings.database_url, settings.data_dir, keyring.log, 1
        )
    except StoreError as error:
        fail(error.code, str(error))
    if found:
        v = found[0]
        tell(f"honeydesk: {v.code}: {v}")
        say({"verified": False, "code": v.code})
        return 1
    say({"verified": True})
    return 0


async def restore(settings: Settings, file: Path) -> dict[str, Any]:
    try:
        rows = await asyncio.to_thread(maintenance.restore, settings.database_url, settings.data_dir, file)
    except StoreError as error:
        fail(error.code, str(error))
    return {"rows": rows, "data_dir": str(settings.data_dir)}


async def doctor(settings: Settings) -> int:
    """Prints what the server (or the database alone) says, and the state of the artefacts. 1 when something is
    broken, 0 with or without warnings."""
    report = await run_command(settings, "doctor", {})
    broken: list[str] = []
    for name in ("encoder", "encoder-use"):
        folder = models_folder(settings) / name
        try:
            manifest = read_manifest(folder)
            report[name.replace("-", "_")] = manifest.encoder
            if not await asyncio.to_thread(manifest.intact, folder):
                broken.append(f"{name}: a file in {folder} is missing or is not what it was: run `make setup`")
        except (EncoderMissing, EncoderDamaged) as error:
            broken.append(f"{name}: {error}")
    report["broken"] = broken
    say(report)
    return 1 if broken else 0
