"""Where a conversation goes that needs a person: a place in the queue, or a ticket with a promised time."""

from __future__ import annotations

import json
from typing import Any

from app import ids
from app.desk.live import VISITOR, Live
from app.desk.roster import Roster
from app.settings import Settings
from conversation.events import Route, TicketReason, ToQueue, ToTicket
from handoff.hours import ALWAYS, WEEKDAYS, Hours, HoursError, Timetable, parse_hours
from handoff.model import EMERGENCY, NORMAL, Agent, Group, Policy
from handoff.priority import order
from handoff.rules import staff

GENERAL, SECURITY = "general", "security"
"""The default queue, and the one emergencies go to when somebody present has that skill."""

WORDS_TIER = "standard"

KNOWN_HEAD_START = 600.0
"""Seconds by which a customer known to the exchange counts as having queued earlier than an anonymous visitor: nobody
can make customers wait by opening many windows."""


def timetable(text: str) -> Timetable:
    """The setting ``hours``: ``24x7``; or ``Asia/Shanghai mon-fri 09:00-18:00; Asia/Shanghai sat 10:00-14:00``; or
    JSON ``{"default": HOURS, "queues": [{"skill", "language", "hours"}]}`` with HOURS as in
    ``handoff.hours.parse_hours``. Raises HoursError."""
    if text.strip() == "24x7":
        return Timetable()
    if not text.lstrip().startswith("{"):
        return Timetable(parse_hours(_short(text)))
    try:
        data: dict[str, Any] = json.loads(text)
    except json.JSONDecodeError as error:
        raise HoursError(f"not the JSON it begins like: {error}") from error
    default = parse_hours(data["default"]) if "default" in data else ALWAYS
    queues: dict[tuple[str | None, str | None], Hours] = {
        (q.get("skill"), q.get("language")): parse_hours(q["hours"]) for q in data.get("queues", [])
    }
    return Timetable(default, queues)


def _short(text: str) -> dict[str, Any]:
    """``ZONE DAYS SPAN [SPAN ...]``, several separated by ``;``, as ``parse_hours`` takes it. Raises HoursError."""
    zones: set[str] = set()
    week: dict[str, list[str]] = {}
    for line in text.split(";"):
        zone, days, *spans = [*line.split(), "", ""]
        spans = [x for x in spans if x]
        first, _, last = days.partition("-")
        last = last or first
        if not spans or first not in WEEKDAYS or last not in WEEKDAYS or WEEKDAYS.index(last) < WEEKDAYS.index(first):
            raise HoursError(f"not like `Asia/Shanghai mon-fri 09:00-18:00`: {line.strip()!r}")
        zones.add(zone)
        for day in WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last) + 1]:
            week.setdefault(day, []).extend(spans)
    if len(zones) != 1:
        raise HoursError(f"one zone for all days, not {', '.join(sorted(zones))}")
    return {"zone": zones.pop(), "week": week}


class Routing:
    """Asked before the event exists, so that the life cycle stays pure."""

    def __init__(self, settings: Settings, live: Live, roster: Roster) -> None:
        self._settings = settings
        self._live = live
        self._roster = roster
        self.policy = Policy(repass=settings.repass, ring=settings.ring)
        self.hours = timetable(settings.hours)

    def group(self, locale: str, *, emergency: bool, skill: str | None = None, now: float) -> Group:
        """The queue for this language; emergencies go to the security team when one of them is present."""
        if skill is None:
            skill = GENERAL
            if emergency and any(SECURITY in a.skills and a.connected for a in self._roster.agents(now)):
                skill = SECURITY
        return Group(skill, locale)

    def matching(self, group: Group, now: float) -> list[Agent]:
        """Agents who are present and may serve this group."""
        return staff(group, self._roster.agents(now), self.policy)

    def visitor_places(self, now: float) -> int:
        """How many conversations of anonymous visitors may wait or be held at once."""
        capacity = sum(a.capacity for a in self._roster.agents(now) if a.present)
        return max(self._settings.visitor_places, int(capacity * self._settings.visitor_share))

    def promise(self, group: Group, now: float) -> float:
        """The promised time of a ticket opened now."""
        promised = self.hours.of(group).promise(now, self._settings.ticket_promise)
        return promised if promised is not None else now + self._settings.ticket_promise

    def wait_until(self, now: float) -> float:
        """By when a person is promised to somebody who is queued now."""
        return now + self._settings.max_wait

    def ticket(self, group: Group, why: TicketReason, now: float) -> ToTicket:
        return ToTicket(ids.ticket_id(), why, self.promise(group, now))

    def route(
        self,
        customer: str,
        locale: str,
        tier: str,
        now: float,
        *,
        emergency: bool = False,
        skill: str | None = None,
        wanted: str | None = None,
        connected: bool = True,
    ) -> Route:
        """Emergencies are queued at any hour; others off hours become tickets. Anonymous visitors past their
        share become tickets too."""
        group = self.group(locale, emergency=emergency, skill=skill, now=now)
        hours = self.hours.of(group)
        if not emergency and not hours.is_open(now):
            return self.ticket(group, "off_hours", now)
        if customer.startswith(VISITOR) and self._live.visitors >= self.visitor_places(now):
            return self.ticket(group, "queue_full", now)
        closes = hours.next_close(now)
        promise = now + self._settings.max_wait
        return ToQueue(
            skill=group.skill,
            language=group.language,
            order=order(now, "critical" if emergency else "normal", tier or WORDS_TIER, self.policy)
            - (0.0 if customer.startswith(VISITOR) else KNOWN_HEAD_START),
            promise=promise if closes is None else min(promise, closes),
            lane=EMERGENCY if emergency else NORMAL,
            wanted=wanted,
            connected=connected,
            nobody=not self.matching(group, now),
        )
