"""Who is there: staff records, presence leases and loads, as ``handoff`` wants to see them."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from dataclasses import replace

from app.db.port import Presence, Staff, Store
from app.desk.live import Live
from handoff.model import Agent

RENEW_SHARE = 3
"""A lease is written again when a third of it has passed: presence is not a row per heartbeat."""


class Roster:
    """One process's view of the staff; leases are in the store, so that every process sees all of them."""

    def __init__(self, store: Store, live: Live, node: str, lease: float) -> None:
        self._store = store
        self._live = live
        self._node = node
        self._lease = lease
        self._staff: dict[str, Staff] = {}
        self._presence: dict[str, Presence] = {}
        self._sockets: dict[str, int] = {}
        self._idle_since: dict[str, float] = {}
        self._pending = 0
        self._writes = 0

    async def refresh(self) -> set[str]:
        """Read staff and leases again. Returns the ids of people disabled since the last look."""
        writes = self._writes
        staff = {s.id: s for s in await self._store.all_staff()}
        presence = {p.agent: p for p in await self._store.presences()}
        if self._pending or self._writes != writes:
            # What was read may be older than what this process has just written: look again at the next tick.
            return set()
        disabled = {i for i, s in staff.items() if s.disabled and not self._staff.get(i, s).disabled}
        disabled |= {i for i, s in staff.items() if s.disabled and self._sockets.get(i)}
        self._staff = staff
        self._presence = presence
        return disabled

    def staff(self, agent: str) -> Staff | None:
        return self._staff.get(agent)

    def everybody(self) -> list[Staff]:
        return [s for s in self._staff.values() if not s.disabled]

    def name(self, agent: str) -> str:
        staff = self._staff.get(agent)
        return staff.name if staff else agent

    def presence(self, agent: str) -> Presence | None:
        return self._presence.get(agent)

    def is_connected(self, agent: str, now: float) -> bool:
        presence = self._presence.get(agent)
        return presence is not None and presence.until > now

    def is_ready(self, agent: str, now: float) -> bool:
        presence = self._presence.get(agent)
        return presence is not None and presence.ready and presence.until > now

    async def came(self, agent: str) -> None:
        """A socket of this agent opened. He is as ready as he was while the lease held; else not yet."""
        self._sockets[agent] = self._sockets.get(agent, 0) + 1
        now = time.time()
        old = self._presence.get(agent)
        ready = old is not None and old.ready and old.until > now
        await self._save(Presence(agent, self._node, ready, now + self._lease, old.since if old else now))

    def went(self, agent: str) -> None:
        """A socket closed: nothing changes until the lease runs out, he may be back in a moment."""
        left = self._sockets.get(agent, 0) - 1
        if left > 0:
            self._sockets[agent] = left
        else:
            self._sockets.pop(agent, None)

    async def beat(self, agent: str) -> None:
        presence = self._presence.get(agent)
        now = time.time()
        if presence is None or presence.until - now < self._lease * (1 - 1 / RENEW_SHARE):
            ready = presence is not None and presence.ready and presence.until > now
            await self._save(Presence(agent, self._node, ready, now + self._lease, now))

    async def set_ready(self, agent: str, ready: bool) -> None:
        now = time.time()
        old = self._presence.get(agent)
        self._idle_since[agent] = now
        await self._save(Presence(agent, self._node, ready, now + self._lease, old.since if old else now))

    async def leave(self, agent: str) -> None:
        """Signed out or forced off: the lease ends now."""
        self._presence.pop(agent, None)
        await self._write(self._store.drop_presence(agent))

    async def _save(self, presence: Presence) -> None:
        self._presence[presence.agent] = presence
        await self._write(self._store.renew(presence))

    async def _write(self, work: Awaitable[None]) -> None:
        self._pending += 1
        try:
            await work
        finally:
            self._pending -= 1
            self._writes += 1

    async def save(self, staff: Staff) -> None:
        await self._write(self._store.save_staff(staff))
        self._staff[staff.id] = staff
        if staff.disabled:
            presence = self._presence.get(staff.id)
            if presence is not None:
                self._presence[staff.id] = replace(presence, ready=False)

    def took(self, agent: str, at: float) -> None:
        self._idle_since[agent] = at

    def agents(self, now: float) -> list[Agent]:
        """Everybody, as routing sees him."""
        return [self.agent(s, now) for s in self._staff.values() if not s.disabled and "agent" in s.roles]

    def agent(self, staff: Staff, now: float) -> Agent:
        presence = self._presence.get(staff.id)
        connected = presence is not None and presence.until > now
        return Agent(
            id=staff.id,
            skills=frozenset(staff.skills),
            languages=frozenset(staff.languages),
            capacity=staff.capacity,
            load=self._live.loads.get(staff.id, 0),
            ready=connected and presence is not None and presence.ready,
            connected=connected,
            idle_since=self._idle_since.get(staff.id, presence.since if presence else 0.0),
        )
