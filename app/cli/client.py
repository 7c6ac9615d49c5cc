"""``honeydesk client``: one JSON command a line in, one JSON frame a line out; exit 1 on a protocol error."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

from app.cli.output import say, tell
from app.peer import Peer, PeerError, agent, customer


async def lines() -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    while True:
        line = await loop.run_in_executor(None, sys.stdin.readline)
        if not line:
            return
        if line.strip():
            yield line


class Script:
    """Runs commands on one peer. ``{"cmd": "send", "text": "..."}``; every command but ``drop``, ``resume`` and
    ``wait`` waits for the server's answer and prints it with all frames."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._offered = ""
        peer.on_frame = self._frame

    def _frame(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "offer":
            self._offered = frame["conversation"]
        say(frame)

    def _where(self, args: dict[str, Any]) -> str:
        return str(args.pop("conversation", None) or self._offered or self._peer.conversation)

    async def run(self, command: dict[str, Any]) -> None:
        """Raises PeerError for a refused command, KeyError for a missing argument."""
        args = dict(command)
        name = args.pop("cmd", None) or args.pop("do")
        peer = self._peer
        ident = args.pop("id", None)
        if name == "drop":
            await peer.drop()
            say({"type": "dropped"})
        elif name == "resume":
            await peer.resume()
        elif name == "wait":
            await peer.row(args["kind"], 0, float(args.get("seconds", 10)))
        elif name == "raw":
            await peer.put(args["frame"])
        elif name in ("send", "note", "transfer", "close", "accept", "pass", "pull", "watch") and peer.kind == "agent":
            args["conversation"] = self._where(args)
            if name == "accept":
                await peer.ask(name, ident, **args)
                await peer.watch(args["conversation"])
            elif name == "watch":
                await peer.watch(args["conversation"])
            else:
                await peer.ask(name, ident, **args)
        elif name == "rate":
            args.setdefault("segment", (peer.state.get("survey") or [1])[-1])
            await peer.ask(name, ident, **args)
        elif name in ("send", "handoff", "ticket", "vote", "close", "suggest", "presence", "alarm"):
            await peer.ask(name, ident, **args)
        else:
            raise KeyError(name)


async def run(kind: str, url: str, token: str | None, locale: str, *, ready: bool = True) -> int:
    """0 when the input ended and nothing broke; 1 on a protocol error or a refused hello."""
    peer = customer(url, token, locale=locale or "zh-CN") if kind == "customer" else agent(url, token or "")
    script = Script(peer)
    try:
        await peer.open()
        if kind == "agent" and ready:
            await peer.ask("presence", ready=True)
        async for line in lines():
            try:
                await script.run(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                say({"type": "error", "code": "bad_command", "message": f"{type(error).__name__}: {error}"})
            except PeerError as error:
                if error.code in ("protocol", "closed", "timeout", "peer"):
                    raise
                # A refusal by code is an answer: it was printed with the frames.
        await asyncio.sleep(0.3)
        await peer.close()
    except (PeerError, OSError) as error:
        tell(f"honeydesk: {getattr(error, 'code', 'connection')}: {error}")
        return 1
    return 0
