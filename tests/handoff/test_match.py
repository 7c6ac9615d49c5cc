from __future__ import annotations

import time
from dataclasses import replace

from hypothesis import given

from handoff.match import match
from handoff.model import EMERGENCY, Agent, Pair, Policy, Waiting
from handoff.rules import excluded, staff
from tests.handoff.desk import LANGUAGES, NOW, POLICY, SKILLS, Desk, agent, customer, desks


def rung(waiting: list[Waiting], agents: list[Agent], now: float = NOW) -> list[tuple[str, str]]:
    return [(p.conversation_id, p.agent_id) for p in match(waiting, agents, now, POLICY)]


def suits(waiting: Waiting, person: Agent, agents: list[Agent]) -> bool:
    matching = staff(waiting.group, agents, POLICY)
    alone = len(matching) == 1
    return person.id in {a.id for a in matching} and not excluded(waiting, person, alone, NOW)


def applied(agents: list[Agent], pairs: list[Pair]) -> list[Agent]:
    return [replace(a, load=a.load + sum(p.agent_id == a.id for p in pairs)) for a in agents]


@given(desks())
def test_no_agent_is_given_more_than_capacity(desk: Desk) -> None:
    pairs = match(desk.waiting, desk.agents, NOW, POLICY)
    for before, after in zip(desk.agents, applied(desk.agents, pairs), strict=True):
        assert after.load == before.load or after.load <= after.capacity


@given(desks())
def test_each_conversation_is_offered_once_and_at_the_seq_that_was_read(desk: Desk) -> None:
    pairs = match(desk.waiting, desk.agents, NOW, POLICY)
    seqs = {w.conversation_id: w.seq for w in desk.waiting}
    assert len({p.conversation_id for p in pairs}) == len(pairs)
    assert all(seqs[p.conversation_id] == p.seq for p in pairs)


@given(desks())
def test_every_pair_suits(desk: Desk) -> None:
    customers = {w.conversation_id: w for w in desk.waiting}
    people = {a.id: a for a in desk.agents}
    for pair in match(desk.waiting, desk.agents, NOW, POLICY):
        waiting = customers[pair.conversation_id]
        assert waiting.connected
        assert waiting.offered_to is None
        assert suits(waiting, people[pair.agent_id], desk.agents)


@given(desks())
def test_no_free_agent_is_left_beside_a_customer_he_suits(desk: Desk) -> None:
    pairs = match(desk.waiting, desk.agents, NOW, POLICY)
    taken = {p.conversation_id for p in pairs}
    for waiting in desk.waiting:
        if waiting.connected and waiting.offered_to is None and waiting.conversation_id not in taken:
            assert not any(a.free and suits(waiting, a, desk.agents) for a in applied(desk.agents, pairs))


@given(desks())
def test_nobody_is_overtaken_at_an_agent_who_suits_him(desk: Desk) -> None:
    pairs = match(desk.waiting, desk.agents, NOW, POLICY)
    customers = {w.conversation_id: w for w in desk.waiting}
    people = {a.id: a for a in desk.agents}
    taken = {p.conversation_id for p in pairs}
    for left in desk.waiting:
        if not left.connected or left.offered_to is not None or left.conversation_id in taken:
            continue
        for pair in pairs:
            if left.place < customers[pair.conversation_id].place:
                assert not suits(left, people[pair.agent_id], desk.agents)


@given(desks())
def test_the_order_of_the_input_does_not_matter(desk: Desk) -> None:
    forth = match(desk.waiting, desk.agents, NOW, POLICY)
    assert forth == match(desk.waiting[::-1], desk.agents[::-1], NOW, POLICY)


@given(desks())
def test_a_second_match_after_the_first_finds_nothing(desk: Desk) -> None:
    pairs = match(desk.waiting, desk.agents, NOW, POLICY)
    taken = {p.conversation_id for p in pairs}
    rest = [w for w in desk.waiting if w.conversation_id not in taken]
    assert match(rest, applied(desk.agents, pairs), NOW, POLICY) == []


def test_the_longest_waiting_is_served_first() -> None:
    assert rung([customer("late", 5), customer("early", 1)], [agent("ann")]) == [("early", "ann")]


def test_an_emergency_goes_before_everybody() -> None:
    queue = [customer("vip", 1, head_start=9_000), customer("robbed", 50, lane=EMERGENCY)]
    assert rung(queue, [agent("ann")]) == [("robbed", "ann")]


def test_a_head_start_overtakes_only_that_many_seconds() -> None:
    vip = customer("vip", 100, head_start=180)
    assert rung([customer("plain", 0), vip], [agent("ann")]) == [("vip", "ann")]
    assert rung([customer("plain", -90), vip], [agent("ann")]) == [("plain", "ann")]


def test_a_customer_who_is_away_is_skipped_and_keeps_his_place() -> None:
    away, here = customer("away", 1, connected=False), customer("here", 2)
    assert rung([away, here], [agent("ann")]) == [("here", "ann")]
    assert rung([replace(away, connected=True), here], [agent("ann")]) == [("away", "ann")]


def test_a_customer_being_rung_for_is_not_offered_to_a_second_agent() -> None:
    assert rung([customer("c", offered_to="ann")], [agent("ann", load=1), agent("bob")]) == []


def test_the_least_loaded_agent_is_rung_then_the_longest_idle() -> None:
    desk = [agent("busy", capacity=4, load=1), agent("fresh", capacity=2, idle_since=9), agent("rested", capacity=2)]
    queue = [customer("c1", 1), customer("c2", 2), customer("c3", 3)]
    assert rung(queue, desk) == [("c1", "rested"), ("c2", "fresh"), ("c3", "busy")]


def test_who_spoke_with_the_customer_before_is_preferred_while_free() -> None:
    queue = [customer("c", affinity="bob")]
    assert rung(queue, [agent("ann"), agent("bob", idle_since=9)]) == [("c", "bob")]
    assert rung(queue, [agent("ann"), agent("bob", load=1)]) == [("c", "ann")]
    assert rung(queue, [agent("ann"), agent("bob", connected=False)]) == [("c", "ann")]
    assert rung(queue, [agent("ann")]) == [("c", "ann")]


def test_who_passed_is_not_rung_again_for_a_while_unless_alone() -> None:
    queue = [customer("c", not_to={"ann": NOW + 60})]
    assert rung(queue, [agent("ann"), agent("bob", load=1)]) == []
    assert rung(queue, [agent("ann"), agent("bob", load=1)], NOW + 60) == [("c", "ann")]
    assert rung(queue, [agent("ann"), agent("bob")]) == [("c", "bob")]
    assert rung(queue, [agent("ann"), agent("bob", ready=False)]) == [("c", "ann")]


def test_the_customer_behind_gets_the_agent_who_passed_the_first() -> None:
    queue = [customer("first", 1, not_to={"ann": NOW + 60}), customer("second", 2)]
    assert rung(queue, [agent("ann"), agent("bob", load=1)]) == [("second", "ann")]


def test_a_language_that_does_as_well_is_second_choice_and_the_last_resort_only_if_nobody_speaks_it() -> None:
    queue = [customer("c", language="zh-TW")]
    mainland, taiwan, english = agent("m", languages="zh-CN"), agent("t", languages="zh-TW"), agent("e")
    assert rung(queue, [mainland, replace(taiwan, idle_since=9), english]) == [("c", "t")]
    assert rung(queue, [mainland, replace(taiwan, load=1), english]) == [("c", "m")]
    assert rung(queue, [replace(mainland, load=1), english]) == []
    assert rung(queue, [replace(mainland, ready=False), english]) == [("c", "e")]
    assert match(queue, [english], NOW, Policy(last_resort=None)) == []


def test_five_thousand_waiting_and_two_hundred_agents_are_matched_within_50_ms() -> None:
    queue = [
        customer(f"c{i:04}", (i * 7919) % 5000, skill=SKILLS[i % 2], language=LANGUAGES[i % 4]) for i in range(5000)
    ]
    people = [
        agent(f"a{i}", skills=SKILLS[i % 2], languages=LANGUAGES[i % 4], capacity=5, load=i % 5) for i in range(200)
    ]
    took = []
    for _ in range(5):
        started = time.process_time()
        pairs = match(queue, people, NOW, POLICY)
        took.append(time.process_time() - started)
    assert len(pairs) == sum(a.free for a in people)
    assert min(took) < 0.05
