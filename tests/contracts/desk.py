"""A desk as a test speaks of it: each sentence is one command on a store."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from app.db.port import Command, Decide, Opening, Rejected, Result, Staff, Store, Stored
from conversation import Conversation
from conversation import events as ev
from conversation.events import Event

QUEUE = ev.ToQueue("general", "zh-CN", order=1000.0, promise=2000.0)
TICKET = ev.ToTicket("ticket-0001", "off_hours", promised=5000.0)
MORNING = 1000.0


def opened(customer: str = "u1", topic: str = "general") -> ev.Opened:
    return ev.Opened(customer, topic, "zh-CN", name="Ada")


def says(*events: Event) -> Decide:
    return lambda _: events


def stored(result: Result) -> Stored:
    assert isinstance(result, Stored), result
    return result


def refused(result: Result) -> str:
    assert isinstance(result, Rejected), result
    return result.code


def kinds(rows: Sequence[object]) -> list[str]:
    return [row.kind for row in rows]  # type: ignore[attr-defined]


class Desk:
    """``at`` is the desk's clock, moved by hand."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.at = MORNING
        self._fresh = count(1)

    async def hires(self, agent: str, capacity: int = 1, *, disabled: bool = False) -> None:
        staff = Staff(agent, agent.title(), f"{agent}@desk.example", ("agent",), (), ("zh-CN",), capacity, disabled)
        await self.store.save_staff(staff)

    async def opens(
        self, customer: str = "u1", topic: str = "general", *events: Event, client_id: str | None = None
    ) -> Result:
        which = f"{customer}-{topic}-{next(self._fresh)}"
        decide = says(*events) if events else None
        opening = Opening(which, opened(customer, topic), f"customer:{customer}", self.at, decide, client_id)
        return await self.store.submit(opening)

    async def open(self, customer: str = "u1", topic: str = "general") -> Conversation:
        return stored(await self.opens(customer, topic)).conversation

    async def does(
        self, conversation: str, *events: Event, author: str = "system", client_id: str | None = None
    ) -> Result:
        return await self.store.submit(Command(conversation, author, says(*events), self.at, client_id))

    async def writes(self, c: Conversation, text: str, client_id: str | None = None) -> Result:
        return await self.does(c.id, ev.CustomerWrote(text), author=f"customer:{c.customer}", client_id=client_id)

    async def asks_person(self, c: Conversation, order: float = 1000.0) -> Result:
        route = ev.ToQueue("general", "zh-CN", order=order, promise=2000.0)
        return await self.does(c.id, ev.HandoffAsked("button", route), author=f"customer:{c.customer}")

    async def waiting(self, customer: str = "u1", order: float = 1000.0) -> Conversation:
        c = await self.open(customer)
        return stored(await self.asks_person(c, order)).conversation

    async def offers(self, c: Conversation, agent: str) -> Result:
        return await self.does(c.id, ev.OfferMade(agent, self.at + 30.0))

    async def accepts(self, c: Conversation, agent: str) -> Result:
        return await self.does(c.id, ev.Accepted(agent), author=f"agent:{agent}")

    async def pulls(self, c: Conversation, agent: str) -> Result:
        return await self.does(c.id, ev.Pulled(agent), author=f"agent:{agent}")

    async def closes(self, c: Conversation, agent: str) -> Result:
        return await self.does(c.id, ev.AgentClosed(agent), author=f"agent:{agent}")

    async def talking(self, customer: str, agent: str) -> Conversation:
        return stored(await self.pulls(await self.waiting(customer), agent)).conversation
