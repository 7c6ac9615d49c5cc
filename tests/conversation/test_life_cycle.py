"""The cells that two people would fill differently, told as stories."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from conversation import Conversation, IllegalEvent, Policy
from conversation import events as ev
from conversation.effects import (
    AskBot,
    FindAgent,
    OfferSurvey,
    OfferTicket,
    OpenTicket,
    RaiseAlarm,
    Release,
    RequestFreeze,
    Ring,
)
from conversation.states import EMERGENCY, Closed, Offered, Queued, WithAgent, WithBot
from tests.support.dialogue import NOW, Dialogue


@pytest.fixture
def d() -> Dialogue:
    return Dialogue()


@pytest.fixture
def waiting(d: Dialogue) -> Dialogue:
    return d.customer("人工").asks_for_person()


@pytest.fixture
def served(waiting: Dialogue) -> Dialogue:
    return waiting.wait(60).served_by("ann")


class TestBotAndTurn:
    def test_an_answer_ends_the_turn(self, d: Dialogue) -> None:
        assert d.customer("怎么提币").effects == (AskBot(1),)
        assert d.bot_answers().turn is None

    def test_nonsense_is_asked_again_once_and_then_goes_to_a_person(self, d: Dialogue) -> None:
        d.customer("asdf").bot_asks_again().customer("qwer").bot_gives_up()
        assert d.kind is Queued
        assert d.place.reason == "unsure"

    def test_an_answer_forgives_earlier_misses(self, d: Dialogue) -> None:
        d.customer("asdf").bot_asks_again().customer("which?").bot_offers_choices()
        assert isinstance(d.state, WithBot)
        assert (d.state.misses, d.state.clarified) == (1, 1)
        d.customer("提币").bot_answers()
        assert (d.state.misses, d.state.clarified) == (0, 0)

    def test_a_silent_bot_hands_over_at_its_deadline(self, d: Dialogue) -> None:
        d.customer().wait(d.policy.bot_answer).sweep()
        assert d.kind is Queued
        assert d.place.reason == "bot_silent"
        d.too_late("stale_turn").bot_answers(turn=1)

    def test_a_broken_bot_hands_over_at_once(self, d: Dialogue) -> None:
        assert d.customer().bot_breaks().place.reason == "bot_broken"

    def test_silence_with_the_bot_closes_but_never_an_open_turn(self, d: Dialogue) -> None:
        d.customer().wait(1).bot_answers().wait(d.policy.bot_idle).sweep()
        assert d.state == Closed(d.now, "idle")
        Dialogue().customer().too_late("no_change").happens(ev.IdleClosed())


class TestBotWhileQueued:
    def test_it_keeps_answering(self, waiting: Dialogue) -> None:
        waiting.customer("手续费多少？").bot_answers()
        assert waiting.kind is Queued
        assert waiting.turn is None

    def test_it_keeps_answering_while_an_agent_is_rung(self, waiting: Dialogue) -> None:
        waiting.rings("ann").customer("手续费多少？").bot_answers()
        assert waiting.kind is Offered

    def test_it_neither_clarifies_nor_hands_over_again(self, waiting: Dialogue) -> None:
        waiting.customer("?")
        for line in (waiting.bot_offers_choices, waiting.bot_asks_again, waiting.bot_gives_up):
            waiting.too_late("stale_turn")
            line()
        assert waiting.bot_has_nothing().turn is None

    def test_its_silence_only_ends_the_turn(self, waiting: Dialogue) -> None:
        place = waiting.place
        waiting.customer("?").wait(waiting.policy.bot_answer).sweep()
        assert waiting.kind is Queued
        assert waiting.turn is None
        assert waiting.place == place

    @pytest.mark.parametrize("how", ["accepts", "pulls"])
    def test_a_person_fences_it(self, waiting: Dialogue, how: str) -> None:
        waiting.customer("手续费多少？").rings("ann")
        getattr(waiting, how)("ann")
        assert waiting.turn is None
        waiting.too_late("stale_turn").bot_answers()

    def test_asking_for_a_person_fences_the_question_before(self, d: Dialogue) -> None:
        d.customer("怎么提币").asks_for_person().too_late("stale_turn").bot_answers(turn=1)

    def test_asking_twice_keeps_the_first_place(self, waiting: Dialogue) -> None:
        place = waiting.place
        waiting.wait(30).too_late("already_queued").asks_for_person()
        assert waiting.place == place


class TestPromise:
    def test_about_to_break_it_brings_a_ticket_offer_and_keeps_the_place(self, waiting: Dialogue) -> None:
        place = waiting.place
        waiting.wait(waiting.policy.max_wait).sweep()
        assert waiting.effects == (OfferTicket(), FindAgent())
        assert (waiting.place.since, waiting.place.order) == (place.since, place.order)
        assert waiting.kind is Queued

    def test_who_is_here_waits_as_long_as_he_likes(self, waiting: Dialogue) -> None:
        for _ in range(50):
            waiting.wait(waiting.policy.max_wait).sweep()
        assert waiting.kind is Queued

    def test_the_ticket_once_taken_ends_the_wait(self, waiting: Dialogue) -> None:
        waiting.wait(waiting.policy.max_wait).sweep().takes_ticket()
        assert waiting.state == Closed(waiting.now, "ticketed")
        assert waiting.effects == (OpenTicket("t1", "promise", waiting.now + 3_600),)

    def test_away_longer_than_the_policy_says_becomes_a_ticket(self, waiting: Dialogue) -> None:
        waiting.goes_away().wait(waiting.policy.max_wait).sweep()
        assert waiting.kind is Queued
        waiting.wait(waiting.policy.away - waiting.policy.max_wait).sweep()
        assert waiting.state == Closed(waiting.now, "ticketed")
        assert waiting.effects[0] == OpenTicket("t1", "away", waiting.now + 3_600)

    def test_coming_back_in_time_keeps_the_place(self, waiting: Dialogue) -> None:
        place = waiting.place
        waiting.goes_away().wait(waiting.policy.max_wait).sweep().wait(60).comes_back()
        assert waiting.effects == (FindAgent(),)
        assert waiting.place.order == place.order
        waiting.too_late("no_change").happens(ev.AwayTooLong("t", waiting.now))

    def test_off_hours_a_ticket_is_opened_and_the_bot_stays(self, d: Dialogue) -> None:
        d.off_hours = True
        d.customer("人工").asks_for_person()
        assert d.kind is WithBot
        assert d.effects == (OpenTicket("t1", "off_hours", NOW + 36_000),)
        assert d.customer("手续费？").bot_answers().kind is WithBot

    def test_with_nobody_there_the_ticket_is_offered_at_once(self, d: Dialogue) -> None:
        d.nobody = True
        assert d.asks_for_person().effects == (FindAgent(), OfferTicket())
        assert d.kind is Queued


class TestOffers:
    def test_ringing_reserves_and_accepting_holds(self, waiting: Dialogue) -> None:
        assert waiting.rings("ann").effects == (Ring("ann", waiting.now + waiting.policy.ring),)
        assert (waiting.holder, waiting.owner) == ("ann", "queue")
        assert (waiting.accepts("ann").holder, waiting.owner) == ("ann", "agent:ann")

    def test_nobody_is_rung_for_a_customer_who_is_not_connected(self, waiting: Dialogue) -> None:
        waiting.goes_away().too_late("no_change").rings("ann")
        assert waiting.comes_back().rings("ann").kind is Offered

    def test_who_passes_is_left_alone_for_a_while(self, waiting: Dialogue) -> None:
        order = waiting.place.order
        waiting.rings("ann").passes("ann")
        assert waiting.effects == (Release("ann"), FindAgent())
        assert waiting.place.not_to == (("ann", waiting.now + waiting.policy.repass),)
        assert waiting.place.order == order

    def test_an_offer_not_answered_goes_back_to_the_same_place(self, waiting: Dialogue) -> None:
        place = waiting.place
        waiting.rings("ann").wait(waiting.policy.ring).sweep()
        assert waiting.kind is Queued
        assert (waiting.place.since, waiting.place.order, waiting.place.lane) == (place.since, place.order, place.lane)
        waiting.too_late("offer_over").accepts("ann")

    def test_who_passed_long_ago_is_forgotten(self, waiting: Dialogue) -> None:
        waiting.rings("ann").passes("ann").wait(waiting.policy.repass + 1).rings("ben").passes("ben")
        assert [agent for agent, _ in waiting.place.not_to] == ["ben"]

    def test_push_and_pull_race_and_the_loser_is_told(self, waiting: Dialogue) -> None:
        waiting.rings("ann").pulls("ben")
        assert waiting.effects == (Release("ann"),)
        assert waiting.owner == "agent:ben"
        waiting.too_late("already_taken").accepts("ann")
        waiting.too_late("already_yours").pulls("ben")

    def test_pulling_what_rings_at_ones_own_desk_keeps_the_reservation(self, waiting: Dialogue) -> None:
        assert waiting.rings("ann").pulls("ann").effects == ()

    def test_an_agent_who_drops_while_being_rung_is_not_blamed(self, waiting: Dialogue) -> None:
        place = waiting.place
        waiting.rings("ann").loses_lease("ann")
        assert waiting.effects == (Release("ann"), FindAgent())
        assert waiting.place == place


class TestWithAnAgent:
    def test_closing_releases_and_asks_how_it_was(self, served: Dialogue) -> None:
        assert served.closes("ann").effects == (Release("ann"), OfferSurvey(3))
        assert served.state == Closed(served.now, "solved")

    def test_a_foreign_agent_can_neither_write_nor_close_nor_transfer(self, served: Dialogue) -> None:
        served.too_late("not_yours").agent("hi", "ben")
        served.too_late("not_yours").closes("ben")
        served.too_late("not_yours").transfers("ben")
        assert served.owner == "agent:ann"

    def test_a_transfer_keeps_the_waiting_clock(self, served: Dialogue) -> None:
        since, order = served.place.since, served.place.order
        served.wait(300).transfers("ann", skill="withdrawal", wanted="cai")
        assert (served.place.since, served.place.order) == (since, order)
        assert (served.place.skill, served.place.wanted, served.place.reason) == ("withdrawal", "cai", "transfer")
        assert served.effects == (Release("ann"), FindAgent())
        assert [agent for agent, _ in served.place.not_to] == ["ann"]

    def test_a_lost_lease_has_grace(self, served: Dialogue) -> None:
        served.loses_lease("ann").wait(5).regains_lease("ann").agent("我回来了")
        assert served.owner == "agent:ann"
        served.too_late("no_change").happens(ev.GraceOver("ann", NOW))

    def test_after_grace_the_customer_is_at_the_front(self, served: Dialogue) -> None:
        before_him = served.place.order
        served.loses_lease("ann").wait(served.policy.grace).sweep()
        assert served.kind is Queued
        assert served.effects == (Release("ann"), FindAgent())
        assert served.place.order < before_him - 3_600
        assert served.place.since == NOW

    def test_who_was_away_before_the_agent_came_is_not_away_for_ever(self, waiting: Dialogue) -> None:
        """An agent may take somebody who is away; his coming back is not written while the agent has him."""
        waiting.goes_away().pulls("ann").too_late("no_change").comes_back()
        waiting.loses_lease("ann").wait(waiting.policy.grace).sweep()
        assert waiting.place.away_since is None
        assert waiting.rings("ben").kind is Offered

    def test_whoever_left_before_grace_was_over_is_skipped(self, served: Dialogue) -> None:
        served.loses_lease("ann").wait(30).happens(ev.GraceOver("ann", served.now + 600, connected=False))
        assert served.place.away_since == served.now

    def test_long_silence_closes(self, served: Dialogue) -> None:
        served.agent("还在吗？").wait(served.policy.agent_idle).sweep()
        assert served.state == Closed(served.now, "idle")
        assert served.effects == (Release("ann"), OfferSurvey(3))


class TestEmergency:
    def test_it_goes_to_its_own_lane_with_alarm_and_freeze(self, d: Dialogue) -> None:
        d.emergency("unauthorised_withdrawal")
        assert d.place.lane == EMERGENCY
        alarm, freeze = RaiseAlarm("unauthorised_withdrawal"), RequestFreeze("unauthorised_withdrawal")
        assert d.effects == (FindAgent(), alarm, freeze)

    def test_it_moves_who_is_already_waiting_or_rung_for(self, waiting: Dialogue) -> None:
        assert waiting.emergency().place.lane == EMERGENCY
        ringing = Dialogue().asks_for_person().rings("ann").emergency()
        assert (ringing.kind, ringing.place.lane) == (Offered, EMERGENCY)

    def test_it_needs_no_bot_and_no_message_before(self, d: Dialogue) -> None:
        assert d.emergency().turn is None
        assert Dialogue().customer().bot_breaks().emergency().place.reason == "emergency"

    def test_the_alarm_lasts_until_somebody_takes_it_or_says_so(self, d: Dialogue) -> None:
        assert d.emergency().rings("ann").conversation.alarm == "account_taken"
        assert d.accepts("ann").conversation.alarm is None
        again = d.emergency("secret_given").conversation
        assert again.alarm == "secret_given"
        assert d.happens(ev.AlarmAcknowledged("ann")).conversation.alarm is None

    def test_off_hours_it_is_a_ticket_and_still_an_alarm(self, d: Dialogue) -> None:
        d.off_hours = True
        d.emergency()
        assert [type(effect) for effect in d.effects] == [OpenTicket, RaiseAlarm, RequestFreeze]


class TestTheEnd:
    def test_a_later_message_opens_a_linked_conversation(self, served: Dialogue) -> None:
        served.closes("ann")
        with pytest.raises(IllegalEvent):
            served.customer("还有个问题")
        linked = Dialogue(previous=served.conversation.id)
        assert linked.conversation.previous == "c1"
        assert linked.customer("还有个问题").effects == (AskBot(1),)

    def test_notes_votes_and_ratings_are_welcome_after_it(self, served: Dialogue) -> None:
        served.closes("ann").rates(segment=3, score=5).happens(ev.Voted(2, True)).happens(ev.Noted("ann", "vip"))
        assert served.kind is Closed

    def test_leaving_while_being_rung_for_frees_the_agent(self, waiting: Dialogue) -> None:
        assert waiting.rings("ann").leaves().effects == (Release("ann"),)

    def test_taking_a_ticket_while_being_rung_for_frees_the_agent(self, waiting: Dialogue) -> None:
        assert Release("ann") in waiting.rings("ann").takes_ticket().effects

    def test_leaving_twice_is_a_race(self, d: Dialogue) -> None:
        d.leaves().too_late("closed").leaves()


def test_segments_are_stretches_of_one_owner(served: Dialogue) -> None:
    assert served.conversation.segment == 3
    assert served.transfers("ann").served_by("ben").closes("ben").conversation.segment == 6


def test_the_customers_language_follows_his_messages() -> None:
    assert Dialogue().customer("hello", locale="en").conversation.locale == "en"


def test_policy_is_the_only_place_of_numbers() -> None:
    hasty = Dialogue(Policy(ring=5, grace=1)).asks_for_person().rings("ann").wait(5).sweep()
    assert hasty.kind is Queued
    assert isinstance(hasty.served_by("ben").state, WithAgent)


def test_a_conversation_cannot_be_changed_however_it_was_made(served: Dialogue) -> None:
    assert type(served.conversation) is Conversation
    assert hash(served.conversation) == hash(served.replayed())
    with pytest.raises(FrozenInstanceError):
        served.conversation.segment = 1  # type: ignore[misc]
