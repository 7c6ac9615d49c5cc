"""Many people at once, at random: whatever wins, the log, the snapshots and the agents' loads agree."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from app.db.port import Result, Row, Stored
from conversation import codec, replay
from conversation import events as ev
from conversation.states import Closed, holder
from tests.contracts.desk import Desk
from tests.support.stores import POLICY

AGENTS = {"mei": 1, "lee": 2, "ana": 3}


def sentence(desk: Desk, dice: random.Random, known: list[str], step: int) -> asyncio.Future[Result]:
    """One thing that somebody does now, sensible or not."""
    customer = f"u{dice.randrange(8)}"
    which = dice.choice(known) if known else "nowhere"
    agent = dice.choice([*AGENTS, "stranger"])
    client_id = f"m{dice.randrange(step + 1)}"
    does = dice.choice(
        [
            lambda: desk.opens(customer, "general", ev.CustomerWrote("hello"), client_id=client_id),
            lambda: desk.opens(customer),
            lambda: desk.does(which, ev.CustomerWrote("hello"), author=f"customer:{customer}", client_id=client_id),
            lambda: desk.does(which, ev.HandoffAsked("button", ev.ToQueue("g", "en", float(step), 9e9))),
            lambda: desk.does(which, ev.OfferMade(agent, desk.at + 30)),
            lambda: desk.does(which, ev.Accepted(agent), author=f"agent:{agent}"),
            lambda: desk.does(which, ev.Pulled(agent), author=f"agent:{agent}", client_id=client_id),
            lambda: desk.does(which, ev.Passed(agent), author=f"agent:{agent}"),
            lambda: desk.does(which, ev.AgentWrote(agent, "hi"), ev.AgentClosed(agent), author=f"agent:{agent}"),
            lambda: desk.does(which, ev.BotAnswered(dice.randrange(1, 6), "answer"), author="bot"),
            lambda: desk.does(which, ev.CustomerClosed()),
            lambda: desk.does(which, ev.Rated(1, 5)),
        ]
    )
    return asyncio.ensure_future(does())


@pytest.mark.parametrize("seed", range(3))
async def test_everything_agrees_after_random_work(desk: Desk, seed: int) -> None:
    dice = random.Random(seed)
    for agent, capacity in AGENTS.items():
        await desk.hires(agent, capacity)
    known: list[str] = []
    stored: list[Stored] = []
    for step in range(25):
        desk.at += 1
        results = await asyncio.gather(*(sentence(desk, dice, known, step) for _ in range(20)))
        stored += [r for r in results if isinstance(r, Stored)]
        known = sorted({r.conversation.id for r in stored if not isinstance(r.conversation.state, Closed)})
    feed = await everything(desk)
    told = {row.pos: row for r in stored for row in r.rows}
    assert told == {row.pos: row for row in feed}, "what was acknowledged is what is stored"
    assert len({(row.author, row.client_id) for row in feed if row.client_id}) == sum(bool(r.client_id) for r in feed)
    assert_within_capacity(feed, stored)
    loads: Counter[str] = Counter()
    for which in {row.conversation for row in feed}:
        now = await desk.store.conversation(which)
        assert now is not None
        assert replayed(feed, which) == now
        loads.update([agent] if (agent := holder(now.state)) else [])
    assert await desk.store.loads() == dict(loads)


async def everything(desk: Desk) -> list[Row]:
    feed: list[Row] = []
    while rows := await desk.store.feed(feed[-1].pos if feed else 0, limit=100):
        feed += rows
    return feed


def replayed(feed: list[Row], which: str) -> object:
    rows = [row for row in feed if row.conversation == which]
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    first, *rest = [codec.decode_event(row.kind, row.body or {}) for row in rows]
    assert isinstance(first, ev.Opened)
    events = [(event, row.at) for event, row in zip(rest, rows[1:], strict=True)]
    return replay(which, first, rows[0].at, events, POLICY)  # type: ignore[arg-type]


def assert_within_capacity(feed: list[Row], stored: list[Stored]) -> None:
    """At every position nobody holds more than he may. Who holds what follows from the results."""
    holders = {(r.conversation.id, r.conversation.seq): holder(r.conversation.state) for r in stored if not r.duplicate}
    held: dict[str, str | None] = {}
    for row in feed:
        if (row.conversation, row.seq) in holders:
            held[row.conversation] = holders[row.conversation, row.seq]
            load = Counter(agent for agent in held.values() if agent)
            assert all(n <= AGENTS[agent] for agent, n in load.items()), (row, load)
