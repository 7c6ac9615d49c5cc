from __future__ import annotations

import pytest
from hypothesis import given

from handoff.model import Group
from handoff.priority import affinity, head_start, lane, order
from handoff.rules import EXCLUSIONS, FILTERS, PREFERENCES, preference, staff
from tests.handoff.desk import NOW, POLICY, Desk, agent, customer, desks


@pytest.mark.parametrize("name", FILTERS)
@given(desk=desks())
def test_a_filter_only_takes_agents_away_and_keeps_their_order(name: str, desk: Desk) -> None:
    for waiting in desk.waiting:
        kept = FILTERS[name](waiting.group, desk.agents, POLICY)
        rest = iter(desk.agents)
        assert all(any(person is other for other in rest) for person in kept)


@pytest.mark.parametrize("name", EXCLUSIONS)
@given(desk=desks())
def test_an_exclusion_never_applies_to_who_alone_matches(name: str, desk: Desk) -> None:
    for waiting in desk.waiting:
        assert not any(EXCLUSIONS[name](waiting, person, True, NOW) for person in desk.agents)


@pytest.mark.parametrize("name", PREFERENCES)
@given(desk=desks())
def test_a_preference_is_a_number_for_every_matching_agent(name: str, desk: Desk) -> None:
    for waiting in desk.waiting:
        for person in staff(waiting.group, desk.agents, POLICY):
            rank = PREFERENCES[name](waiting.group, person, POLICY)
            assert rank == rank


@given(desks())
def test_taking_another_conversation_never_makes_an_agent_more_preferred(desk: Desk) -> None:
    group = Group("account", "en")
    for person in desk.agents:
        fuller = agent(
            person.id,
            languages=" ".join(person.languages),
            capacity=person.capacity,
            load=person.load + 1,
            idle_since=max(person.idle_since, NOW),
        )
        assert preference(group, fuller, POLICY) >= preference(group, person, POLICY)


def test_connected_is_not_ready() -> None:
    group = Group("account", "en")
    assert staff(group, [agent("a", ready=False), agent("b", connected=False)], POLICY) == []


def test_an_unknown_severity_or_tier_has_no_head_start() -> None:
    assert head_start("?", "?", POLICY) == 0.0
    assert head_start("high", "vip", POLICY) == 480.0
    assert order(1000.0, "high", "vip", POLICY) == 520.0


def test_nobody_starves_behind_later_customers_with_head_starts() -> None:
    most = max(POLICY.severity_head_start.values()) + max(POLICY.tier_head_start.values())
    patient = order(0.0, "low", "standard", POLICY)
    assert all(order(most + 1 + later, "critical", "vip", POLICY) > patient for later in range(0, 9000, 600))


def test_only_emergencies_have_their_own_lane() -> None:
    assert lane("emergency", POLICY) < lane("critical", POLICY) == lane("normal", POLICY)


def test_affinity_ends_with_its_window() -> None:
    assert affinity("ann", NOW, NOW + POLICY.affinity_window, POLICY) == "ann"
    assert affinity("ann", NOW, NOW + POLICY.affinity_window + 1, POLICY) is None
    assert affinity(None, None, NOW, POLICY) is None


def test_a_customers_place_is_by_lane_then_order_then_id() -> None:
    assert customer("z", 9, lane=0).place < customer("a", 1).place < customer("b", 1).place
