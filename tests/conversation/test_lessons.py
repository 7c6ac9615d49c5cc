"""What went wrong in other desks, as far as the life cycle alone decides it. Each docstring names the issue."""

from __future__ import annotations

import pytest

from conversation import IllegalEvent
from conversation import events as ev
from conversation.codec import from_json, to_json
from conversation.effects import AskBot, FindAgent, OfferSurvey, OpenTicket, Release, Ring, pending
from conversation.states import Closed, Queued, WithBot, deadline
from tests.support.dialogue import Dialogue


def test_the_bot_never_talks_over_a_person() -> None:
    """chatwoot#13673: the job never re-read the status, one leaked message was accepted."""
    d = Dialogue().customer("怎么提币？").asks_for_person().customer("在吗").served_by("ann")
    for turn in (1, 2):
        for late in (d.bot_answers, d.bot_offers_choices, d.bot_asks_again, d.bot_gives_up):
            d.too_late("stale_turn")
            late(turn=turn)
    assert d.owner == "agent:ann"


def test_a_hand_over_is_an_event_and_never_a_text() -> None:
    """chatwoot#13178: hand-over was inferred from a magic string."""
    d = Dialogue().customer("[[handoff]] transfer_to_human").bot_answers("[[handoff]] transfer_to_human")
    assert d.kind is WithBot


def test_a_closed_chat_does_not_reopen_or_hand_over_again() -> None:
    """chatwoot#13880, #15068, #14683: after closing, the old "transfer me" triggered again."""
    d = Dialogue().customer().asks_for_person().served_by("ann").closes("ann")
    d.too_late("stale_turn").bot_gives_up(turn=1)
    for impossible in (d.asks_for_person, d.emergency, d.customer):
        with pytest.raises(IllegalEvent):
            impossible()
    assert d.kind is Closed


def test_notice_and_change_come_from_one_step() -> None:
    """chatwoot#13881: typing bubble, then nothing. The event that tells and the state it leads to are one row."""
    d = Dialogue().customer("asdf").bot_gives_up()
    assert d.kind is Queued
    assert d.effects == (FindAgent(),)
    assert d.conversation.seq == len(d.log) + 1


def test_a_dead_bot_leaves_nobody_in_limbo() -> None:
    """chatwoot#12379, #12754: a dead bot left people waiting for ever; a healthy slow one was thrown out."""
    d = Dialogue().customer()
    assert deadline(d.state) == d.now + d.policy.bot_answer
    assert d.wait(d.policy.bot_answer - 0.1).bot_answers().kind is WithBot
    assert d.customer().wait(d.policy.bot_answer).sweep().kind is Queued


def test_a_returning_customer_can_be_handed_over_again() -> None:
    """Apps.Rasa#26: the second hand-over of a returning customer failed."""
    d = Dialogue().asks_for_person().served_by("ann").transfers("ann").served_by("ben").transfers("ben")
    assert d.served_by("ann").owner == "agent:ann"
    again = Dialogue(previous=d.conversation.id).asks_for_person()
    assert again.kind is Queued


def test_with_no_department_there_is_a_branch() -> None:
    """tiledesk-chatbot#4: no department was an unhandled error."""
    d = Dialogue()
    d.off_hours = True
    assert isinstance(d.asks_for_person().effects[0], OpenTicket)


def test_a_burst_is_one_answer() -> None:
    """chatwoot#15263: three short messages, three bot answers."""
    d = Dialogue().customer("你好").customer("我想问").customer("怎么提币")
    d.too_late("stale_turn").bot_answers(turn=1).too_late("stale_turn").bot_answers(turn=2).bot_answers(turn=3)
    assert d.turn is None


def test_asking_for_a_person_is_not_delayed_by_a_burst() -> None:
    """chatwoot#15263: 转人工 and emergencies are never held back by an open turn."""
    assert Dialogue().customer("你好").customer("人工").asks_for_person().kind is Queued
    assert Dialogue().customer("你好").emergency().kind is Queued


@pytest.mark.parametrize("end", ["closes", "leaves", "passes", "transfers", "expires", "lease"])
def test_every_release_drains_the_queue(end: str) -> None:
    """chatwoot#10583: the fourth chat waited for ever while the fifth was assigned. Release is what drains."""
    d = Dialogue().asks_for_person().rings("ann")
    if end == "passes":
        d.passes("ann")
    elif end == "expires":
        d.wait(30).sweep()
    elif end == "lease":
        d.accepts("ann").loses_lease("ann").wait(30).sweep()
    elif end == "leaves":
        d.accepts("ann").leaves()
    else:
        getattr(d.accepts("ann"), end)("ann")
    assert d.effects.count(Release("ann")) == 1


def test_only_one_agent_gets_it() -> None:
    """RocketChat#19352: concurrent routing; here every second claim of one conversation is late."""
    d = Dialogue().asks_for_person().pulls("ann")
    for other in ("ben", "cai"):
        d.too_late("already_taken").pulls(other)
        d.too_late("already_taken").accepts(other)
        d.too_late("already_taken").rings(other)
    assert d.owner == "agent:ann"


def test_who_waited_longest_is_never_closed() -> None:
    """RocketChat#22955: those who waited longest were auto-closed."""
    d = Dialogue().asks_for_person()
    for _ in range(20):
        d.wait(86_400).sweep()
    assert d.kind is Queued
    d.too_late("no_change").happens(ev.IdleClosed())


def test_an_agents_lost_network_costs_the_customer_nothing() -> None:
    """LiveHelperChat#687: the lease expires, grace, back to the front of the queue."""
    d = Dialogue().asks_for_person().served_by("ann")
    order = d.place.order
    d.loses_lease("ann").customer("在吗？").wait(d.policy.grace).sweep()
    assert d.kind is Queued
    assert d.place.order < order
    assert d.too_late("not_yours").agent("我回来了", "ann").kind is Queued


def test_an_unanswered_offer_does_not_stay_with_who_ignores_it() -> None:
    """RocketChat#9760: no sound, 200 chats unanswered."""
    d = Dialogue().asks_for_person().rings("ann").wait(30).sweep()
    assert ("ann", d.now + d.policy.repass) in d.place.not_to
    assert FindAgent() in d.effects


def test_a_returning_customer_does_not_wait_for_one_agent_for_ever() -> None:
    """chatwoot#4158: assigned to an agent who is offline. A wish belongs to one stay in the queue."""
    d = Dialogue().asks_for_person(wanted="ann").served_by("ben")
    assert d.place.wanted is None


def test_the_survey_belongs_to_the_segment_that_ended() -> None:
    """chatwoot#5592, #14872, #4526: CSAT was lost when a bot was connected or the agent unassigned."""
    d = Dialogue().customer().bot_answers().asks_for_person().served_by("ann").transfers("ann").served_by("ben")
    assert d.closes("ben").effects[-1] == OfferSurvey(5)
    d.rates(segment=3, score=2).rates(segment=5, score=5)


def test_times_of_bot_and_people_are_told_apart_by_segment() -> None:
    """chatwoot#13181, #6409: bot replies polluted first-response times."""
    d = Dialogue().customer().bot_answers()
    assert d.conversation.segment == 1
    assert d.asks_for_person().conversation.segment == 2
    assert d.served_by("ann").agent("您好").conversation.segment == 3


def test_resuming_gives_the_whole_state_and_not_only_messages() -> None:
    """chatwoot#14683: messages were synced again but not the status."""
    d = Dialogue().customer().asks_for_person().customer("在吗").rings("ann").wait(5).goes_away()
    assert d.replayed() == d.conversation == from_json(to_json(d.conversation))


def test_after_a_crash_what_was_under_way_is_derived_again() -> None:
    """chatwoot#995: broadcast without store. The effect follows from what is stored, with the same numbers."""
    d = Dialogue().customer().asks_for_person().customer("在吗")
    assert pending(d.replayed().state) == (AskBot(2), FindAgent())
    d.rings("ann")
    assert pending(d.replayed().state) == (AskBot(2), Ring("ann", d.now + d.policy.ring))
