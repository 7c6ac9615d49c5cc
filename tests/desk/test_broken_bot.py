"""Every ranking fails: customers reach people, by every way."""

from __future__ import annotations

import asyncio

from tests.support.server import People, accept

SETTINGS = {"engine_fail": True}
LONG = "请问我昨天充值的那一笔到底什么时候才能到账呢"


async def test_a_question_goes_to_a_person_at_once(people: People) -> None:
    agent, customer = await people.on_duty("broken-1"), await people.here("asks-broken")
    await customer.say(LONG)
    silent = await customer.row("bot_silent")
    assert silent["body"]["broken"] is True
    await accept(agent, customer)
    await agent.ask("send", conversation=customer.conversation, text="我来看")
    await customer.row("agent_wrote")


async def test_button_words_and_emergencies_do_not_need_the_engine(people: People) -> None:
    button, words, urgent = [await people.here(f"broken-{x}") for x in ("button", "words", "urgent")]
    await button.ask("handoff")
    await words.say("转人工")
    await urgent.say("我的账户被盗了，有人正在转走我的币！")
    for customer in (button, words, urgent):
        await customer.owner("queue")
    assert urgent.state["queue"]["emergency"]


async def test_it_is_said_where_operators_look_and_people_go_on(people: People) -> None:
    customers = [await people.here(f"breaker-{i}") for i in range(6)]
    await asyncio.gather(*(c.say(LONG) for c in customers))
    for customer in customers:
        await customer.owner("queue")
    http = people.http()
    ready = await http.get("/ready")
    assert ready.status_code == 200
    assert "engine_broken" in ready.json()["warnings"]
    assert "honeydesk_engine_broken 1.0" in (await http.get("/metrics")).text
