"""A form lives while the bot has the conversation: it survives questions in its middle and ends with a person."""

from __future__ import annotations

import json

from conversation import events as ev
from conversation import from_json, to_json
from conversation.states import Form, Queued, WithBot
from tests.support.dialogue import Dialogue

COIN = ("coin", "USDT")


def form(d: Dialogue) -> Form | None:
    assert isinstance(d.state, WithBot)
    return d.state.form


def test_what_was_asked_for_is_kept_until_the_next_word() -> None:
    d = Dialogue().customer("提现两小时没到账").bot_asks_for("amount", COIN)
    assert form(d) == Form("withdrawal", (COIN,), asked="amount")
    assert form(d.customer("500")) == Form("withdrawal", (COIN,), asked="amount")
    assert form(d.bot_ends_form()) is None


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on() -> None:
    d = Dialogue().customer().bot_asks_for("amount", COIN).customer("手续费多少")
    d.happens(ev.BotAnswered(d.conversation.turns, "见费率页。", resumes=True))
    assert form(d) is not None


def test_another_answer_leaves_the_form() -> None:
    assert form(Dialogue().customer().bot_asks_for("amount").customer().bot_answers()) is None


def test_a_person_ends_the_form_and_fences_its_questions() -> None:
    d = Dialogue().customer().bot_asks_for("amount", COIN).customer("500").asks_for_person()
    assert isinstance(d.state, Queued)
    d.too_late("stale_turn").bot_asks_for("txid")
    asked = [e for e, _ in d.log if isinstance(e, ev.BotFormAsked)]
    assert asked[-1].form.slots == (COIN,)


def test_an_emergency_ends_the_form_off_hours_too() -> None:
    d = Dialogue().customer().bot_asks_for("amount").customer("我被盗了")
    d.off_hours = True
    assert form(d.emergency()) is None


def test_a_form_survives_json_and_replay() -> None:
    d = Dialogue().customer().bot_asks_for("amount", COIN, ("network", "TRON")).customer()
    assert from_json(json.loads(json.dumps(to_json(d.conversation)))) == d.conversation == d.replayed()


def test_a_snapshot_from_before_there_were_forms_can_be_read() -> None:
    conversation = Dialogue().customer().conversation
    old = to_json(conversation)
    del old["state"]["form"]
    assert from_json(old) == conversation
