"""Who plays: customers, two agents, and the administrator who lets the agents in."""

from __future__ import annotations

import secrets
from pathlib import Path

import httpx

from app.auth.identity import mint_customer
from app.auth.keys import Keyring, load_or_create
from app.auth.roles import Role
from app.auth.staff import mint_staff
from app.peer import Peer, agent, customer
from app.selftest.timeline import Failed

AGENTS = ("selftest-a", "selftest-b")


class Cast:
    """Peers of one server; ``close`` sends them all home and disables the agents."""

    def __init__(self, url: str, data_dir: Path) -> None:
        self.url = url
        self._keyring: Keyring = load_or_create(data_dir)
        self._peers: list[Peer] = []

    async def _staff(self, path: str, body: dict[str, object], method: str = "POST") -> None:
        token = mint_staff(self._keyring, "admin", [Role.ADMIN])
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.request(
                method, f"{self.url}/api/staff{path}", json=body, headers={"Authorization": f"Bearer {token}"}
            )
        if answer.status_code >= 300:
            raise Failed(f"the administrator was refused: {answer.status_code} {answer.text[:200]}")

    async def hire(self) -> None:
        for name in AGENTS:
            await self._staff("", {"id": name, "name": f"Agent {name[-1].upper()}", "roles": ["agent"], "capacity": 5})

    def customer(self, locale: str = "zh-CN", name: str = "") -> Peer:
        """A verified customer nobody has seen before; not connected."""
        ident = f"selftest-{secrets.token_hex(6)}"
        peer = customer(self.url, mint_customer(self._keyring, ident, 900.0, name=name or "测试"), locale=locale)
        self._peers.append(peer)
        return peer

    async def guest(self, locale: str = "zh-CN") -> Peer:
        """A connected customer."""
        peer = self.customer(locale)
        await peer.open()
        return peer

    async def agent(self, name: str, *, ready: bool = True) -> Peer:
        peer = agent(self.url, mint_staff(self._keyring, name, [Role.AGENT], 900.0))
        self._peers.append(peer)
        await peer.open()
        if ready:
            await peer.ask("presence", ready=True)
        return peer

    async def close(self) -> None:
        for peer in self._peers:
            await peer.close()
        for name in AGENTS:
            await self._staff(f"/{name}", {"disabled": True}, "PATCH")
