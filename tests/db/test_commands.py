"""A command finds the running server, whatever its folder is called."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.db.commands import CommandFailed, CommandServer, NoServer, call
from app.db.port import StoreUnavailable


async def add(name: str, capacity: int = 1) -> dict[str, Any]:
    if capacity < 1:
        raise StoreUnavailable("no disk")
    return {"name": name, "capacity": capacity}


async def bug() -> None:
    raise ZeroDivisionError("inside")


async def ask(folder: Path, name: str, /, **args: Any) -> Any:
    return await asyncio.to_thread(call, folder, name, **args)


@pytest.fixture(params=["short", "a" * 120])
async def folder(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Path]:
    path = tmp_path / str(request.param)
    path.mkdir()
    server = CommandServer(path, {"agents.add": add, "bug": bug})
    await server.start()
    yield path
    await server.close()


async def test_the_server_does_it_and_answers(folder: Path) -> None:
    assert await ask(folder, "agents.add", name="梅", capacity=3) == {"name": "梅", "capacity": 3}
    answers = await asyncio.gather(*(ask(folder, "agents.add", name=f"{i}") for i in range(8)))
    assert [a["name"] for a in answers] == [f"{i}" for i in range(8)]


@pytest.mark.parametrize(
    ("name", "args", "code"),
    [
        ("nothing", {}, "unknown_command"),
        ("agents.add", {"name": "x", "capacity": 0}, "store_unavailable"),
        ("agents.add", {"nom": "x"}, "internal"),
        ("bug", {}, "internal"),
    ],
)
async def test_failures_have_codes(folder: Path, name: str, args: dict[str, Any], code: str) -> None:
    with pytest.raises(CommandFailed) as failed:
        await ask(folder, name, **args)
    assert failed.value.code == code


async def test_the_socket_is_the_owners(folder: Path) -> None:
    mode = (folder / "control.sock").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


async def test_without_a_server_the_command_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoServer):
        await ask(tmp_path, "agents.add", name="x")
    with pytest.raises(NoServer):
        await ask(tmp_path / "nowhere", "agents.add", name="x")
    server = CommandServer(tmp_path, {})
    await server.start()
    await server.close()
    with pytest.raises(NoServer):
        await ask(tmp_path, "agents.add", name="x")


async def test_a_socket_left_by_a_crash_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "control.sock").write_text("left over")
    server = CommandServer(tmp_path, {"agents.add": add})
    await server.start()
    assert await ask(tmp_path, "agents.add", name="x") == {"name": "x", "capacity": 1}
    await server.close()
