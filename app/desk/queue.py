"""What a waiting customer is told: his position and an honest wait range, again whenever they change."""

from __future__ import annotations

from dataclasses import dataclass

from app.desk.live import Live, place, waiting
from app.desk.roster import Roster
from app.desk.routing import Routing
from conversation import Conversation
from conversation.states import Offered, Queued, holder
from handoff.model import Group
from handoff.position import positions
from handoff.wait import WaitModel


@dataclass(frozen=True, slots=True)
class Standing:
    """``position`` 1 is next; waits in seconds from now, None when no honest figure exists."""

    position: int
    p50: float | None
    p90: float | None


class Queue:
    """Recomputed as a whole after each change; feeds the wait model with what happens."""

    def __init__(self, live: Live, roster: Roster, routing: Routing) -> None:
        self._live = live
        self._roster = roster
        self._routing = routing
        self.model = WaitModel(routing.policy)
        self._standings: dict[str, Standing] = {}
        self._held_since: dict[tuple[str, str], float] = {}

    def standing(self, conversation: str) -> Standing | None:
        return self._standings.get(conversation)

    def recompute(self, now: float) -> list[str]:
        """New standings; returns the conversations whose position changed."""
        queue = [waiting(c) for c in self._live.waiting()]
        agents = self._roster.agents(now)
        policy = self._routing.policy
        before, after = self._standings, {}
        matching = {group: self._routing.matching(group, now) for group in {w.group for w in queue}}
        ranked = positions(queue, agents, policy)
        told: dict[tuple[Group, int], tuple[float | None, float | None]] = {}
        changed: list[str] = []
        for w in queue:
            position = ranked[w.conversation_id]
            key = (w.group, position)
            if key not in told:
                estimate = self.model.estimate(position, matching[w.group], now)
                told[key] = (estimate.p50, estimate.p90) if estimate else (None, None)
                if estimate and w.conversation_id not in before:
                    self.model.told(w, position, estimate, now)
            old = before.get(w.conversation_id)
            p50, p90 = told[key]
            if old is not None and old.position == position + 1 and (old.p50 is None) == (p50 is None):
                after[w.conversation_id] = old
                continue
            after[w.conversation_id] = Standing(position + 1, p50, p90)
            changed.append(w.conversation_id)
        self._standings = after
        self.model.idle(agents, now)
        return changed

    def expected(self, locale: str, now: float) -> Standing | None:
        """What somebody who queued now would be told, for the greeting. None when nobody is there."""
        group = self._routing.group(locale, emergency=False, now=now)
        matching = self._routing.matching(group, now)
        if not matching:
            return None
        free = any(a.free for a in matching)
        ahead = 0 if free else sum(1 for c in self._live.waiting() if place(c).skill == group.skill)
        estimate = self.model.estimate(ahead, matching, now)
        return Standing(ahead + 1, estimate.p50 if estimate else None, estimate.p90 if estimate else None)

    def observe(self, before: Conversation | None, after: Conversation, at: float) -> None:
        """Feed one stored change to the model."""
        if before is None:
            return
        old, new = holder(before.state), holder(after.state)
        if old != new and old is not None:
            since = self._held_since.pop((after.id, old), None)
            if since is not None and not isinstance(before.state, Offered):
                self.model.released(old, at - since, at)
        if new is not None and old != new:
            self._held_since[(after.id, new)] = at
        if not isinstance(before.state, Queued | Offered) or isinstance(after.state, Queued | Offered):
            return
        w = waiting(before)
        staff = self._roster.staff(new) if new is not None else None
        if staff is not None:
            self.model.served(w, self._roster.agent(staff, at), at)
        elif new is None:
            self.model.left(w, at)
