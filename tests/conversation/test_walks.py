"""What holds at every step, whatever happens: checked on random walks that met every cell and every edge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest

from conversation import (
    Conversation,
    IllegalEvent,
    Late,
    Stepped,
    decode_event,
    due,
    encode_event,
    from_json,
    replay,
    step,
    to_json,
)
from conversation import events as ev
from conversation.cells import FRONT
from conversation.effects import AskBot, FindAgent, OpenTicket, Release, Ring, pending
from conversation.events import EVENTS
from conversation.states import (
    EMERGENCY,
    STATES,
    Closed,
    Offered,
    Queued,
    WithAgent,
    deadline,
    holder,
    open_turn,
    owner,
)
from conversation.table import TABLE, Cell
from tests.conversation.walks import POLICY, REPLIES, Edge, Moment, Walk, Walker

ENOUGH = 20
DECLARED: frozenset[Edge] = frozenset(
    (state, kind, to) for (state, kind), cell in TABLE.items() if isinstance(cell, Cell) for to in cell.to
)


@pytest.fixture(scope="module")
def walker() -> Walker:
    walker = Walker(seed=7, enough=ENOUGH, edges=DECLARED)
    walker.go(limit=150_000)
    return walker


@pytest.fixture(scope="module")
def walks(walker: Walker) -> list[Walk]:
    return walker.walks


@pytest.fixture(scope="module")
def moments(walks: list[Walk]) -> list[Moment]:
    return [moment for walk in walks for moment in walk.moments]


def stored(moments: list[Moment]) -> Iterator[tuple[Moment, Stepped]]:
    for moment in moments:
        if isinstance(moment.outcome, Stepped):
            yield moment, moment.outcome


def visited(moments: list[Moment]) -> list[Conversation]:
    """Every conversation of the walks once, however many events were tried on it."""
    return list({id(m.before): m.before for m in moments}.values())


def test_every_cell_is_met_often_enough(walker: Walker) -> None:
    assert set(walker.cells) == {(state, kind) for state in STATES for kind in EVENTS}
    assert {cell: n for cell, n in walker.cells.items() if n < ENOUGH} == {}


def test_the_declared_edges_are_those_reached(walker: Walker) -> None:
    assert {edge for edge, n in walker.edges.items() if n} == DECLARED
    assert {edge: n for edge, n in walker.edges.items() if n < ENOUGH} == {}


def test_illegal_is_what_the_table_leaves_out(moments: list[Moment]) -> None:
    for m in moments:
        absent = (type(m.before.state), type(m.event)) not in TABLE
        assert isinstance(m.outcome, IllegalEvent) == absent, m


def test_what_is_late_or_illegal_changes_nothing(moments: list[Moment]) -> None:
    for m in moments:
        if not isinstance(m.outcome, Stepped):
            untouched = repr(m.before)
            with suppress(IllegalEvent):
                assert step(m.before, m.event, m.at, POLICY) == m.outcome
            assert repr(m.before) == untouched


def test_a_step_depends_on_nothing_but_its_arguments(moments: list[Moment]) -> None:
    for m, after in stored(moments):
        assert step(m.before, m.event, m.at, POLICY) == after


def test_a_stored_event_counts_one(moments: list[Moment]) -> None:
    for m, after in stored(moments):
        assert after.conversation.seq == m.before.seq + 1


def test_who_it_is_about_never_changes(moments: list[Moment]) -> None:
    for m, after in stored(moments):
        for name in ("id", "customer", "topic", "verified", "tier", "name", "previous", "channel", "opened_at"):
            assert getattr(after.conversation, name) == getattr(m.before, name), name


def test_a_late_cell_is_always_late(moments: list[Moment]) -> None:
    for m in moments:
        cell = TABLE.get((type(m.before.state), type(m.event)))
        if isinstance(cell, Late):
            assert m.outcome == cell


def test_replay_of_the_log_gives_the_same_conversation(walks: list[Walk]) -> None:
    for walk in walks:
        log = [(m.event, m.at) for m, _ in stored(list(walk.moments))]
        rows = [(*encode_event(event), at) for event, at in log]
        again = [(decode_event(kind, body), at) for kind, body, at in json.loads(json.dumps(rows))]
        last = walk.moments[-1]
        final = last.outcome.conversation if isinstance(last.outcome, Stepped) else last.before
        assert replay(final.id, walk.opened, walk.begun, again, POLICY) == final  # type: ignore[arg-type]


def test_events_and_conversations_survive_json(moments: list[Moment]) -> None:
    for m in moments:
        kind, body = json.loads(json.dumps(encode_event(m.event)))
        assert decode_event(kind, body) == m.event
    for c in visited(moments):
        assert from_json(json.loads(json.dumps(to_json(c)))) == c


def test_one_release_for_every_lost_holder(moments: list[Moment]) -> None:
    for m, after in stored(moments):
        had, has = holder(m.before.state), holder(after.conversation.state)
        released = [effect for effect in after.effects if isinstance(effect, Release)]
        assert released == ([Release(had)] if had is not None and had != has else []), m


def test_every_state_but_the_last_has_a_deadline_that_is_due_then_and_not_before(moments: list[Moment]) -> None:
    for c in visited(moments):
        when = deadline(c.state)
        if when is None:
            assert isinstance(c.state, Closed)
            assert due(c, 1e12) is None
        else:
            assert due(c, when) is not None
            assert due(c, when - 0.001) is None


def swept(c: Conversation, at: float) -> Conversation | None:
    """After the event that is due at ``at``, None when nothing is."""
    route = ev.ToQueue("general", "zh", at, at + POLICY.max_wait)
    turn, agent = open_turn(c.state), holder(c.state) or ""
    meant: dict[str, ev.Event] = {
        "bot_silent": ev.BotSilent(turn.number if turn else 0, route),
        "idle": ev.IdleClosed(),
        "promise": ev.PromiseBroke(),
        "away": ev.AwayTooLong("t9", at + 60),
        "offer_expired": ev.OfferExpired(agent),
        "grace_over": ev.GraceOver(agent, at + POLICY.max_wait),
    }
    what = due(c, at)
    if what is None:
        return None
    outcome = step(c, meant[what], at, POLICY)
    assert isinstance(outcome, Stepped), (what, c.state)
    return outcome.conversation


def test_what_is_due_can_happen_and_the_sweeper_comes_to_rest(moments: list[Moment]) -> None:
    for before in visited(moments):
        when = deadline(before.state)
        for late_by in (0.0, 100_000.0):
            c: Conversation | None = before
            rounds = 0
            while when is not None and c is not None:
                c = swept(c, when + late_by)
                rounds += 1
                assert rounds <= 5, before.state


def test_a_turn_once_fenced_never_answers(walks: list[Walk]) -> None:
    for walk in walks:
        fenced: set[int] = set()
        for m, after in stored(list(walk.moments)):
            if isinstance(m.event, REPLIES):
                assert m.event.turn not in fenced
            was, now = open_turn(m.before.state), open_turn(after.conversation.state)
            if was is not None and (now is None or now.number != was.number):
                fenced.add(was.number)


def test_a_reply_to_another_turn_is_dropped(moments: list[Moment]) -> None:
    for m in moments:
        turn = open_turn(m.before.state)
        if isinstance(m.event, REPLIES) and (turn is None or turn.number != m.event.turn):
            assert m.outcome == Late("stale_turn")


def test_turns_are_asked_once_and_in_order(walks: list[Walk]) -> None:
    for walk in walks:
        asked = [e.turn for _, after in stored(list(walk.moments)) for e in after.effects if isinstance(e, AskBot)]
        assert asked == list(range(1, len(asked) + 1))


def test_a_person_silences_the_bot(moments: list[Moment]) -> None:
    for m in moments:
        if isinstance(m.before.state, WithAgent | Closed):
            assert open_turn(m.before.state) is None
            if isinstance(m.event, REPLIES):
                assert not isinstance(m.outcome, Stepped)


def test_a_segment_ends_exactly_where_the_owner_changes(moments: list[Moment]) -> None:
    for m, after in stored(moments):
        changed = owner(m.before.state) != owner(after.conversation.state)
        assert after.conversation.segment - m.before.segment == int(changed)


def test_waiting_changes_nobodys_order(moments: list[Moment]) -> None:
    for m, after in stored(moments):
        before, state = m.before.state, after.conversation.state
        if not isinstance(before, Queued | Offered | WithAgent) or not isinstance(state, Queued | Offered | WithAgent):
            continue
        was, now = before.place, state.place
        assert now.since == was.since
        if isinstance(m.event, ev.EmergencyRaised):
            assert (now.lane, now.order) <= (was.lane, was.order)
        elif isinstance(m.event, ev.GraceOver):
            assert (now.lane, now.order) == (was.lane, was.order - FRONT)
        else:
            assert (now.lane, now.order) == (was.lane, was.order)


def test_an_emergency_waits_in_its_own_lane(moments: list[Moment]) -> None:
    for m, after in stored(moments):
        state = after.conversation.state
        if isinstance(m.event, ev.EmergencyRaised) and isinstance(state, Queued | Offered):
            assert after.conversation.alarm == m.event.kind
            if isinstance(m.event.route, ev.ToQueue):
                assert state.place.lane == EMERGENCY


def test_the_place_outlives_offers(moments: list[Moment]) -> None:
    for m, after in stored(moments):
        before, state = m.before.state, after.conversation.state
        if isinstance(before, Queued) and isinstance(state, Offered):
            assert state.place == before.place
        if isinstance(before, Offered) and isinstance(state, Queued):
            aside = [agent for agent, _ in state.place.not_to]
            if isinstance(m.event, ev.LeaseLost):
                assert state.place == before.place
            else:
                assert aside[-1] == before.agent
                assert len(set(aside)) == len(aside)


def test_who_waits_and_is_here_is_never_closed_by_a_clock(moments: list[Moment]) -> None:
    for m, after in stored(moments):
        if isinstance(m.before.state, Queued | Offered) and isinstance(after.conversation.state, Closed):
            assert isinstance(m.event, ev.TicketTaken | ev.CustomerClosed | ev.AwayTooLong)
            if isinstance(m.event, ev.AwayTooLong):
                assert m.before.state.place.away_since is not None


def test_ticketed_means_that_a_ticket_was_opened(moments: list[Moment]) -> None:
    for m, after in stored(moments):
        state = after.conversation.state
        if isinstance(state, Closed) and state.outcome == "ticketed" and not isinstance(m.before.state, Closed):
            assert any(isinstance(effect, OpenTicket) for effect in after.effects)


def test_whoever_comes_to_the_queue_or_moves_in_it_is_looked_after(moments: list[Moment]) -> None:
    for m, after in stored(moments):
        state = after.conversation.state
        if isinstance(state, Queued) and not isinstance(m.before.state, Queued):
            assert FindAgent() in after.effects


def test_a_crash_loses_no_effect_that_must_still_happen(moments: list[Moment]) -> None:
    """What a step asks for and is not done yet follows from the state it led to."""
    for m, after in stored(moments):
        state = after.conversation.state
        again = pending(state)
        for effect in after.effects:
            if isinstance(effect, AskBot | Ring) or (isinstance(effect, FindAgent) and isinstance(state, Queued)):
                assert effect in again, (m.event, state)
