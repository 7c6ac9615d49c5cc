"""What `honeydesk` commands change: one function each, run by the running server when there is one (over the Unix
socket in the data folder), else by the command itself under the folder's lock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from app.auth.passwords import check_policy, hash_password
from app.auth.roles import Role
from app.db.port import Audit, Staff, Store
from app.desk.desk import Desk
from app.gateway.hub import Hub
from app.publishing import PUBLISHED, publish, version_key
from app.settings import Settings
from bot.corpus import Corpus, from_document, load_corpus


class CommandError(Exception):
    """The command cannot be done; ``code`` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Context:
    """``desk`` and ``hub`` only inside a running server."""

    settings: Settings
    store: Store
    desk: Desk | None = None
    hub: Hub | None = None


Handler = Callable[..., Awaitable[Any]]


async def _known(context: Context, agent: str) -> Staff:
    staff = await context.store.staff(agent)
    if staff is None:
        raise CommandError("unknown_agent", f"nobody is called {agent!r}")
    return staff


async def _save(context: Context, staff: Staff, what: str) -> dict[str, Any]:
    if context.desk is not None:
        await context.desk.roster.save(staff)
        context.desk.allocator.want()
    else:
        await context.store.save_staff(staff)
    await context.store.audit([Audit(time.time(), "command-line", what, staff.id, {"roles": list(staff.roles)})])
    return {"id": staff.id, "name": staff.name, "roles": list(staff.roles), "disabled": staff.disabled}


async def agents_add(
    context: Context,
    agent: str,
    display: str,
    email: str = "",
    roles: list[str] | None = None,
    skills: list[str] | None = None,
    languages: list[str] | None = None,
    capacity: int = 5,
    password: str = "",
) -> dict[str, Any]:
    """A new member of staff, or the known one with these values."""
    known = {r.value for r in Role}
    for role in roles or ():
        if role not in known:
            raise CommandError("unknown_role", f"{role!r}: one of {', '.join(sorted(known))}")
    hashed = ""
    if password:
        check_policy(password, name=email)
        hashed = await asyncio.to_thread(hash_password, password)
    old = await context.store.staff(agent)
    staff = Staff(
        agent,
        display,
        email,
        tuple(roles or ("agent",)),
        tuple(skills or ("general",)),
        tuple(languages or ("zh-CN", "en")),
        capacity,
        password=hashed or (old.password if old else ""),
        totp=old.totp if old else "",
        totp_step=old.totp_step if old else 0,
    )
    return await _save(context, staff, "staff_saved")


async def agents_disable(context: Context, agent: str) -> dict[str, Any]:
    """His sockets are closed within a second and his sessions end."""
    staff = replace(await _known(context, agent), disabled=True)
    saved = await _save(context, staff, "staff_disabled")
    await context.store.drop_sessions(agent)
    if context.hub is not None:
        context.hub.disabled(agent)
    return saved


async def agents_roles(context: Context, agent: str, roles: list[str]) -> dict[str, Any]:
    known = {r.value for r in Role}
    for role in roles:
        if role not in known:
            raise CommandError("unknown_role", f"{role!r}: one of {', '.join(sorted(known))}")
    return await _save(context, replace(await _known(context, agent), roles=tuple(roles)), "staff_roles")


async def agents_list(context: Context) -> list[dict[str, Any]]:
    return [
        {
            "id": s.id,
            "name": s.name,
            "roles": list(s.roles),
            "skills": list(s.skills),
            "languages": list(s.languages),
            "capacity": s.capacity,
            "disabled": s.disabled,
        }
        for s in await context.store.all_staff()
    ]


async def corpus_import(context: Context, folder: str) -> dict[str, Any]:
    """Check, store and publish the corpus in a folder; a running server answers from it at once."""
    corpus = await asyncio.to_thread(load_corpus, Path(folder))
    await publish(context.store, corpus)
    await _swap(context, corpus)
    return {"version": corpus.version, "entries": len(corpus.entries)}


async def corpus_rollback(context: Context, version: str) -> dict[str, Any]:
    """Back to a stored version: a swap of one pointer."""
    document = await context.store.document(version_key(version))
    if document is None:
        raise CommandError("unknown_version", f"no stored corpus version {version!r}")
    corpus, _ = from_document(document, version=version)
    await context.store.save_document(PUBLISHED, version)
    await _swap(context, corpus)
    return {"version": version, "entries": len(corpus.entries)}


async def _swap(context: Context, corpus: Corpus) -> None:
    if context.desk is None:
        return
    worker = context.desk.worker
    shown = replace(corpus, demo=context.settings.demo_values)
    await worker.publish(shown, day=date.today())


async def corpus_document(context: Context) -> dict[str, Any]:
    """The published corpus as its JSON document."""
    version = await context.store.document(PUBLISHED)
    document = await context.store.document(version_key(version)) if version else None
    if document is None:
        raise CommandError("unknown_version", "nothing was published yet: start the server once")
    return {"version": version, "document": document}


async def backup(context: Context, path: str) -> dict[str, Any]:
    """A consistent copy with every row acknowledged before this returns."""
    return {"rows": await context.store.backup(path), "file": path}


async def doctor(context: Context) -> dict[str, Any]:
    """What an operator should know."""
    warnings: list[str] = []
    desk = context.desk
    if desk is not None:
        if desk.worker.warning:
            warnings.append(desk.worker.warning)
        if desk.answering.breaker.is_broken:
            warnings.append("the engine fails; customers go straight to people")
    if context.settings.demo:
        warnings.append("the demo is on: anybody can get a customer's token")
    if context.settings.demo_values:
        warnings.append("answers show demo values; set HONEYDESK_DEMO_VALUES=false once yours are set")
    if not context.settings.origins:
        warnings.append("HONEYDESK_ORIGINS is empty: only pages of this server can embed the widget")
    return {"store": context.store.name, "stats": await context.store.stats(), "warnings": warnings}


HANDLERS: Mapping[str, Handler] = {
    "agents_add": agents_add,
    "agents_disable": agents_disable,
    "agents_roles": agents_roles,
    "agents_list": agents_list,
    "corpus_import": corpus_import,
    "corpus_rollback": corpus_rollback,
    "corpus_document": corpus_document,
    "backup": backup,
    "doctor": doctor,
}
