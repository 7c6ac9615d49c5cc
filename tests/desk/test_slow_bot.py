"""An engine that takes ten seconds, and a bot that must have answered after one: the customer never waits for it."""

from __future__ import annotations

from tests.desk.test_queue import Beats
from tests.support.server import People, accept

SETTINGS = {"engine_delay": 10, "bot_answer": 1.0, "away_after": 0.3, "lease": 5}
LONG = "请问我昨天充值的那一笔到底什么时候才能到账呢"


async def test_the_button_works_while_the_bot_is_answering(people: People) -> None:
    customer = await people.here("while-answering")
    await customer.say(LONG)
    await customer.wait(lambda f: f["type"] == "state" and f["thinking"], "the bot thinking")
    await customer.ask("handoff")
    state = await customer.owner("queue")
    assert not state["thinking"]
    kinds = [r["kind"] for r in customer.rows[customer.conversation]]
    assert kinds == ["opened", "customer_wrote", "handoff_asked"]


async def test_words_and_emergencies_are_never_delayed(people: People) -> None:
    customer, urgent = await people.here("words-first"), await people.here("urgent-first")
    await customer.say(LONG)
    await customer.say("转人工")
    await customer.row("handoff_asked", by="words")
    await urgent.say("我的账户被盗了，有人正在转走我的币！")
    await urgent.row("emergency_raised")
    assert urgent.state["queue"]["emergency"]


async def test_a_bot_that_does_not_answer_hands_over(people: People) -> None:
    agent = await people.on_duty("slow-bot-agent")
    async with Beats(agent):
        customer = await people.here("unanswered")
        await customer.say(LONG)
        silent = await customer.row("bot_silent")
        assert silent["body"]["broken"] is False
        await accept(agent, customer)
        await customer.owner("agent")
        # The late reply is dropped: whatever the bot says now would be talking over a person.
        await agent.ask("send", conversation=customer.conversation, text="我来帮您")
        await customer.row("agent_wrote")
    assert not any(r["kind"] == "bot_answered" for r in customer.rows[customer.conversation])


async def test_nobody_is_rung_for_who_left_while_the_bot_was_thinking(people: People) -> None:
    agent = await people.on_duty("empty-chair")
    async with Beats(agent):
        customer = await people.here("left-early")
        await customer.say(LONG)
        await customer.drop()
        await agent.wait(
            lambda f: f["type"] == "card" and f["card"]["conversation"] == customer.conversation and f["card"]["away"],
            "him in the queue, away",
        )
        marker = await people.queued("left-marker")
        await accept(agent, marker)
        assert not any(f["type"] == "offer" and f["conversation"] == customer.conversation for f in agent.frames)
        await customer.resume()
        await accept(agent, customer)
