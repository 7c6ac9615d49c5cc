from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given

from handoff.match import match
from handoff.model import EMERGENCY
from handoff.position import growth, position, positions
from handoff.rules import staff
from tests.handoff.desk import LANGUAGES, NOW, POLICY, SKILLS, Desk, agent, customer, desks


@given(desks(plain=True))
def test_with_one_skill_the_position_is_the_rank(desk: Desk) -> None:
    ranked = sorted(desk.waiting, key=lambda w: w.place)
    expected = {w.conversation_id: rank for rank, w in enumerate(ranked)}
    assert positions(desk.waiting, desk.agents, POLICY) == expected


@given(desks())
def test_everybody_has_a_position_and_no_more_than_all_others_before_him(desk: Desk) -> None:
    found = positions(desk.waiting, desk.agents, POLICY)
    assert set(found) == {w.conversation_id for w in desk.waiting}
    for waiting in desk.waiting:
        ahead = sum(w.place < waiting.place and w.connected for w in desk.waiting)
        assert 0 <= found[waiting.conversation_id] <= ahead


@given(desks())
def test_within_a_group_positions_follow_the_order(desk: Desk) -> None:
    found = positions(desk.waiting, desk.agents, POLICY)
    queue = sorted((w for w in desk.waiting if w.offered_to is None), key=lambda w: w.place)
    for i, first in enumerate(queue):
        for second in queue[i + 1 :]:
            if first.group == second.group:
                gap = found[second.conversation_id] - found[first.conversation_id]
                assert gap >= (1 if first.connected else 0)


@given(desks())
def test_whoever_is_first_for_all_his_agents_has_nobody_before_him(desk: Desk) -> None:
    found = positions(desk.waiting, desk.agents, POLICY)
    queue = [w for w in desk.waiting if w.offered_to is None]
    mine = {w.group: {a.id for a in staff(w.group, desk.agents, POLICY)} for w in queue}
    for waiting in queue:
        rivals = [w for w in queue if w.connected and w.place < waiting.place]
        if not any(w.group == waiting.group or mine[w.group] & mine[waiting.group] for w in rivals):
            assert found[waiting.conversation_id] == 0


def test_a_later_emergency_counts_before_me() -> None:
    me, robbed = customer("me", 1), customer("robbed", 50, lane=EMERGENCY)
    assert position("me", [me], [agent("ann")], POLICY) == 0
    assert position("me", [me, robbed], [agent("ann")], POLICY) == 1


def test_customers_whom_other_agents_will_serve_do_not_count() -> None:
    others = [customer(f"o{i}", i, skill="trade") for i in range(20)]
    me = customer("me", 99)
    apart = [agent("ann"), agent("tom", skills="trade")]
    assert position("me", [*others, me], apart, POLICY) == 0
    shared = [agent("ann", skills="account trade")]
    assert position("me", [*others, me], shared, POLICY) == 20


def test_with_agents_of_both_skills_only_those_count_whom_they_serve_before_me() -> None:
    others = [customer(f"o{i}", i, skill="trade") for i in range(20)]
    desk = [agent("ann"), agent("tom", skills="trade", capacity=3), agent("both", skills="account trade")]
    assert position("me", [*others, customer("me", 99)], desk, POLICY) <= 1


def test_who_is_away_does_not_count_and_sees_the_place_he_would_have() -> None:
    queue = [customer("a", 1), customer("away", 2, connected=False), customer("c", 3)]
    assert positions(queue, [agent("ann")], POLICY) == {"a": 0, "away": 1, "c": 1}


def test_who_is_being_rung_for_has_nobody_before_him_and_does_not_count() -> None:
    queue = [customer("a", 1, offered_to="ann"), customer("b", 2)]
    assert positions(queue, [agent("ann", load=1)], POLICY) == {"a": 0, "b": 0}


def test_with_nobody_there_it_is_the_rank_of_the_skill() -> None:
    queue = [customer("a", 1), customer("t", 2, skill="trade"), customer("b", 3)]
    assert positions(queue, [agent("ann", ready=False)], POLICY) == {"a": 0, "t": 0, "b": 1}


def test_a_conversation_that_does_not_wait_has_no_position() -> None:
    with pytest.raises(KeyError):
        position("gone", [customer("a")], [], POLICY)


@given(desks())
def test_after_a_match_the_rest_moves_up_or_stays(desk: Desk) -> None:
    agents = [replace(a, load=0) for a in desk.agents]
    pairs = {p.conversation_id: p.agent_id for p in match(desk.waiting, agents, NOW, POLICY)}
    after = [replace(w, offered_to=pairs.get(w.conversation_id, w.offered_to)) for w in desk.waiting]
    found = positions(after, agents, POLICY)
    assert all(found[name] == 0 for name in pairs)


def test_growing_says_why() -> None:
    me, ann = customer("me", 10), [agent("ann", capacity=2)]
    before = ([me], ann)
    assert growth("me", before, ([me, customer("later", 20)], ann), POLICY) is None
    assert growth("me", before, ([me, customer("robbed", 20, lane=EMERGENCY)], ann), POLICY) == "emergency"
    assert growth("me", before, ([me, customer("vip", 20, head_start=180)], ann), POLICY) == "priority"
    assert growth("me", before, ([], ann), POLICY) is None


def test_growing_because_somebody_is_back_or_an_agent_has_gone() -> None:
    me, first, ann = customer("me", 10), customer("first", 1), [agent("ann")]
    away = ([me, replace(first, connected=False)], ann)
    assert growth("me", away, ([me, first], ann), POLICY) == "returned"
    trade = customer("t", 1, skill="trade")
    tom = agent("tom", skills="trade", capacity=9)
    both = [agent("ann", skills="account trade")]
    assert growth("me", ([me, trade], [*both, tom]), ([me, trade], both), POLICY) == "fewer_agents"


def test_five_thousand_positions_take_less_than_100_ms() -> None:
    queue = [
        customer(f"c{i:04}", (i * 7919) % 5000, skill=SKILLS[i % 2], language=LANGUAGES[i % 4]) for i in range(5000)
    ]
    people = [
        agent(
            f"a{i}",
            skills=" ".join(SKILLS[: 1 + i % 2]),
            languages=f"{LANGUAGES[i % 4]} {LANGUAGES[i % 3]}",
            capacity=3,
        )
        for i in range(200)
    ]
    took = []
    for _ in range(5):
        started = time.process_time()
        found = positions(queue, people, POLICY)
        took.append(time.process_time() - started)
    assert len(found) == 5000
    assert min(took) < 0.1
