"""What every store promises, whatever it stands on."""

from __future__ import annotations

import asyncio

import pytest

from app.db.port import Command, Opening, Refused
from conversation import Conversation, codec, replay
from conversation import events as ev
from conversation.effects import AskBot, FindAgent, Release
from conversation.states import Offered, WithAgent, WithBot
from tests.contracts.desk import QUEUE, Desk, kinds, opened, refused, says, stored
from tests.support.stores import POLICY


async def test_a_first_message_opens_a_conversation(desk: Desk) -> None:
    result = stored(await desk.opens("u1", "general", ev.CustomerWrote("你好"), client_id="m1"))
    assert result.before is None
    assert kinds(result.rows) == ["opened", "customer_wrote"]
    assert [row.seq for row in result.rows] == [1, 2]
    assert [row.client_id for row in result.rows] == [None, "m1"]
    assert result.rows[1].body == {"text": "你好", "entry": None, "category": None, "masked": [], "locale": None}
    assert result.effects == (AskBot(1),)
    assert isinstance(result.conversation.state, WithBot)
    assert await desk.store.conversation(result.conversation.id) == result.conversation
    assert await desk.store.current("u1", "general") == result.conversation


async def test_opening_again_joins_the_open_conversation(desk: Desk) -> None:
    first = await desk.open()
    again = stored(await desk.opens("u1", "general", ev.CustomerWrote("still here")))
    assert again.conversation.id == first.id
    assert again.before == first
    other = await desk.open("u1", "withdrawal")
    assert other.id != first.id


async def test_ten_tabs_open_one_conversation(desk: Desk) -> None:
    results = await asyncio.gather(*(desk.opens() for _ in range(10)))
    assert len({stored(r).conversation.id for r in results}) == 1
    assert len(await desk.store.of_customer("u1")) == 1


async def test_after_closing_the_next_message_opens_another(desk: Desk) -> None:
    first = await desk.open()
    await desk.does(first.id, ev.CustomerClosed())
    second = await desk.open()
    assert second.id != first.id
    assert [c.id for c in await desk.store.of_customer("u1")] == [
        second.id,
        first.id,
    ] or second.opened_at == first.opened_at
    assert await desk.store.current("u1", "general") == second


async def test_a_retry_is_stored_once_and_returns_the_first_row(desk: Desk) -> None:
    c = await desk.open()
    first = stored(await desk.writes(c, "one", "m1"))
    await desk.writes(c, "two", "m2")
    again = stored(await desk.writes(c, "one", "m1"))
    assert again.duplicate
    assert again.rows == first.rows
    assert again.effects == ()
    assert again.conversation.seq == 3
    assert len(await desk.store.rows(c.id, 0, "staff")) == 3


async def test_the_very_first_message_retried_is_stored_once(desk: Desk) -> None:
    first = stored(await desk.opens("u1", "general", ev.CustomerWrote("hello"), client_id="m1"))
    again = stored(await desk.opens("u1", "general", ev.CustomerWrote("hello"), client_id="m1"))
    assert again.duplicate
    assert again.rows == first.rows[1:]


async def test_two_copies_of_the_very_first_message_at_the_same_moment_are_one_row(desk: Desk) -> None:
    """Opened and said in one batch with its retry: what is found is what he said, not the opening."""
    both = [desk.opens("u1", "general", ev.CustomerWrote("hello"), client_id="m1") for _ in range(3)]
    first, *again = (stored(result) for result in await asyncio.gather(*both))
    assert [row.kind for row in first.rows] == ["opened", "customer_wrote"]
    assert [result.duplicate for result in again] == [True, True]
    assert [[row.pos for row in result.rows] for result in again] == [[first.rows[1].pos]] * 2


async def test_a_retry_after_the_close_finds_its_row_in_the_closed_conversation(desk: Desk) -> None:
    c = await desk.open()
    first = stored(await desk.writes(c, "one", "m1"))
    await desk.does(c.id, ev.CustomerClosed())
    in_place = stored(await desk.writes(c, "one", "m1"))
    opening = stored(await desk.opens("u1", "general", ev.CustomerWrote("one"), client_id="m1"))
    assert in_place.duplicate
    assert opening.duplicate
    assert in_place.rows == opening.rows == first.rows
    assert await desk.store.current("u1", "general") is None, "nothing was opened"


async def test_two_copies_at_the_same_moment_are_one_row(desk: Desk) -> None:
    c = await desk.open()
    results = [stored(r) for r in await asyncio.gather(*(desk.writes(c, "one", "m1") for _ in range(5)))]
    assert sorted(r.duplicate for r in results) == [False, True, True, True, True]
    assert len({r.rows for r in map(_without_body, results)}) == 1


def _without_body(result: object) -> object:
    return result._replace(rows=tuple(row.pos for row in result.rows))  # type: ignore[attr-defined]


async def test_the_same_client_id_of_two_authors_is_two_rows(desk: Desk) -> None:
    one, two = await desk.open("u1"), await desk.open("u2")
    assert not stored(await desk.writes(one, "hello", "m1")).duplicate
    assert not stored(await desk.writes(two, "hello", "m1")).duplicate


async def test_a_late_event_changes_nothing(desk: Desk) -> None:
    c = await desk.open()
    assert refused(await desk.does(c.id, ev.BotAnswered(7, "too late"))) == "stale_turn"
    assert (await desk.store.conversation(c.id)) == c


async def test_an_illegal_event_is_refused_alone(desk: Desk) -> None:
    c = await desk.open()
    good, bad, missing = await asyncio.gather(
        desk.writes(c, "fine"), desk.does(c.id, ev.GraceOver("a1", 1.0)), desk.does("nowhere", ev.CustomerClosed())
    )
    assert stored(good).conversation.seq == 2
    assert refused(bad) == "illegal_event"
    assert refused(missing) == "unknown_conversation"


async def test_several_events_are_one_change(desk: Desk) -> None:
    c = await desk.open()
    assert refused(await desk.does(c.id, ev.CustomerWrote("转人工"), ev.BotAnswered(9, "late"))) == "stale_turn"
    assert (await desk.store.conversation(c.id)) == c
    both = stored(await desk.does(c.id, ev.CustomerWrote("转人工"), ev.HandoffAsked("words", QUEUE), client_id="m1"))
    assert kinds(both.rows) == ["customer_wrote", "handoff_asked"]
    assert [row.client_id for row in both.rows] == ["m1", None]
    assert both.effects == (AskBot(1), FindAgent())


async def test_decide_sees_what_was_stored_before_it(desk: Desk) -> None:
    c = await desk.open()
    seen: list[int] = []

    def decide(now: Conversation) -> list[ev.Event]:
        seen.append(now.seq)
        return [ev.CustomerWrote("x")]

    await asyncio.gather(*(desk.store.submit(Command(c.id, "system", decide, desk.at)) for _ in range(5)))
    assert seen[-5:] == [1, 2, 3, 4, 5]


async def test_decide_may_refuse_or_do_nothing(desk: Desk) -> None:
    c = await desk.open()

    def too_many(_: Conversation) -> list[ev.Event]:
        raise Refused("too_many_open")

    assert refused(await desk.store.submit(Command(c.id, "system", too_many, desk.at))) == "too_many_open"
    opening = Opening("fresh", opened("u9"), "customer:u9", desk.at, too_many)
    assert refused(await desk.store.submit(opening)) == "too_many_open"
    assert await desk.store.conversation("fresh") is None
    nothing = stored(await desk.does(c.id))
    assert (nothing.rows, nothing.conversation) == ((), c)


async def test_a_bug_in_one_decide_is_its_own(desk: Desk) -> None:
    c = await desk.open()

    def bug(_: Conversation) -> list[ev.Event]:
        raise ZeroDivisionError

    good = desk.store.submit(Command(c.id, "system", says(ev.CustomerWrote("x")), desk.at))
    bad = desk.store.submit(Command(c.id, "system", bug, desk.at))
    assert stored(await good).conversation.seq == 2
    with pytest.raises(ZeroDivisionError):
        await bad


async def test_the_log_replays_to_the_snapshot(desk: Desk) -> None:
    await desk.hires("mei")
    c = await desk.waiting()
    await desk.offers(c, "mei")
    await desk.accepts(c, "mei")
    await desk.does(c.id, ev.AgentWrote("mei", "您好"), author="agent:mei")
    await desk.closes(c, "mei")
    rows = await desk.store.rows(c.id, 0, "supervisor")
    first, *rest = [codec.decode_event(row.kind, row.body or {}) for row in rows]
    assert isinstance(first, ev.Opened)
    events = [(event, row.at) for event, row in zip(rest, rows[1:], strict=True)]
    assert replay(c.id, first, rows[0].at, events, POLICY) == await desk.store.conversation(c.id)  # type: ignore[arg-type]


# --- who may read


async def test_rows_are_for_their_audience(desk: Desk) -> None:
    await desk.hires("mei")
    c = await desk.waiting()
    await desk.does(c.id, ev.Noted("mei", "angry"), author="agent:mei")
    await desk.does(c.id, ev.CustomerWrote("hello?"))
    assert kinds(await desk.store.rows(c.id, 0, "customer")) == ["opened", "handoff_asked", "customer_wrote"]
    assert kinds(await desk.store.rows(c.id, 2, "staff")) == ["noted", "customer_wrote"]
    assert kinds(await desk.store.rows(c.id, 0, "staff", limit=2)) == ["opened", "handoff_asked"]
    assert await desk.store.rows("nowhere", 0, "staff") == []


async def test_the_feed_holds_every_row_once_in_order(desk: Desk) -> None:
    cs = [await desk.open(f"u{i}") for i in range(3)]
    await asyncio.gather(*(desk.writes(c, f"m{i}") for c in cs for i in range(10)))
    seen: list[int] = []
    after = 0
    assert await desk.store.newest() >= 33
    while rows := await desk.store.feed(after, limit=7):
        seen += [row.pos for row in rows]
        after = rows[-1].pos
    assert seen == sorted(seen)
    assert len(seen) == 33
    for c in cs:
        assert len(await desk.store.rows(c.id, 0, "staff")) == 11


# --- queue, agents, capacity


async def test_the_queue_is_ordered_by_lane_and_order(desk: Desk) -> None:
    late, early = await desk.waiting("u1", order=20.0), await desk.waiting("u2", order=10.0)
    urgent = await desk.open("u3")
    route = ev.ToQueue("general", "zh-CN", order=30.0, promise=2000.0, lane=0)
    await desk.does(urgent.id, ev.EmergencyRaised("account_taken", route))
    assert [c.id for c in await desk.store.queue()] == [urgent.id, early.id, late.id]


async def test_an_offer_reserves_capacity_and_accepting_it_needs_no_more(desk: Desk) -> None:
    await desk.hires("mei", capacity=1)
    one, two = await desk.waiting("u1"), await desk.waiting("u2")
    offer = stored(await desk.offers(one, "mei"))
    assert isinstance(offer.conversation.state, Offered)
    assert await desk.store.loads() == {"mei": 1}
    assert refused(await desk.offers(two, "mei")) == "no_capacity"
    assert refused(await desk.pulls(two, "mei")) == "no_capacity"
    assert isinstance(stored(await desk.accepts(one, "mei")).conversation.state, WithAgent)
    assert await desk.store.loads() == {"mei": 1}
    assert [c.id for c in await desk.store.held("mei")] == [c.id for c in await desk.store.talking()] == [one.id]


async def test_closing_frees_capacity(desk: Desk) -> None:
    await desk.hires("mei", capacity=1)
    c = await desk.talking("u1", "mei")
    two = await desk.waiting("u2")
    assert stored(await desk.closes(c, "mei")).effects[0] == Release("mei")
    assert await desk.store.loads() == {}
    stored(await desk.pulls(two, "mei"))


async def test_only_known_and_enabled_agents_hold(desk: Desk) -> None:
    await desk.hires("lee", disabled=True)
    c = await desk.waiting()
    assert refused(await desk.pulls(c, "nobody")) == "unknown_agent"
    assert refused(await desk.pulls(c, "lee")) == "unknown_agent"
    await desk.hires("lee")
    stored(await desk.pulls(c, "lee"))


async def test_pulling_from_another_frees_him(desk: Desk) -> None:
    await desk.hires("mei")
    await desk.hires("lee")
    c = await desk.waiting()
    await desk.offers(c, "mei")
    assert stored(await desk.pulls(c, "lee")).effects == (Release("mei"),)
    assert await desk.store.loads() == {"lee": 1}
    assert refused(await desk.accepts(c, "mei")) == "already_taken"


async def test_many_claimers_never_exceed_capacity(desk: Desk) -> None:
    await desk.hires("mei", capacity=3)
    await desk.hires("lee", capacity=2)
    waiting = [await desk.waiting(f"u{i}") for i in range(12)]
    results = await asyncio.gather(*(desk.pulls(c, agent) for c in waiting for agent in ("mei", "lee")))
    won = [r for r in results if not hasattr(r, "code")]
    assert len(won) == 5
    assert await desk.store.loads() == {"mei": 3, "lee": 2}
    assert {r.code for r in results if hasattr(r, "code")} <= {"no_capacity", "already_taken", "already_yours"}


async def test_one_conversation_has_one_taker(desk: Desk) -> None:
    agents = [f"agent{i}" for i in range(8)]
    for agent in agents:
        await desk.hires(agent)
    c = await desk.waiting()
    results = await asyncio.gather(*(desk.pulls(c, agent) for agent in agents))
    assert sorted("won" if not hasattr(r, "code") else r.code for r in results) == ["already_taken"] * 7 + ["won"]


async def test_deadlines_are_found_in_order(desk: Desk) -> None:
    a = await desk.open("u1")
    desk.at += 5
    b = await desk.open("u2")
    await desk.writes(b, "hello")
    first = await desk.store.next_deadline()
    assert first == desk.at + POLICY.bot_answer
    assert [c.id for c in await desk.store.due(first)] == [b.id]
    assert [c.id for c in await desk.store.due(desk.at + POLICY.bot_idle)] == [b.id, a.id]
    assert await desk.store.due(first - 1) == []
