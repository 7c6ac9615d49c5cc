"""An alarm repeats until somebody acknowledges it."""

from __future__ import annotations

import pytest

from tests.support.server import People, accept

STOLEN = "我的账户被盗了，有人正在转走我的币！"


async def test_the_alarm_repeats_until_acknowledged(people: People) -> None:
    agent = await people.on_duty("on-alarm", ready=False)
    customer = await people.here("robbed-1")
    await customer.say(STOLEN)
    mark = 0
    for _ in range(2):
        alarm = await agent.wait(lambda f: f["type"] == "alarm", "alarm", mark)
        assert alarm["conversation"] == customer.conversation
        assert alarm["card"]["last"] == STOLEN
        mark = agent.frames.index(alarm, mark) + 1
    await agent.ask("alarm", conversation=customer.conversation)
    await agent.watch(customer.conversation)
    await agent.row("alarm_acknowledged")
    quiet = len(agent.frames)
    other = await people.here("robbed-2")
    await other.say(STOLEN)
    await agent.wait(lambda f: f["type"] == "alarm" and f["conversation"] == other.conversation, "the other", quiet)
    assert not any(f["type"] == "alarm" and f["conversation"] == customer.conversation for f in agent.frames[quiet:])


async def test_it_goes_to_the_security_team_when_one_of_them_is_there(people: People) -> None:
    general = await people.on_duty("general-only")
    security = await people.on_duty("security-team", skills=["security"])
    customer = await people.here("robbed-3")
    await customer.say(STOLEN)
    await accept(security, customer)
    assert not any(f["type"] == "offer" for f in general.frames)


@pytest.mark.parametrize("state", ["queued", "with an agent"])
async def test_an_emergency_later_in_the_chat(people: People, state: str) -> None:
    agent = await people.on_duty("later-alarm", ready=state == "with an agent")
    if state == "queued":
        customer = await people.queued("robbed-later")
        await customer.say(STOLEN)
        await customer.row("emergency_raised")
        assert (await customer.owner("queue"))["queue"]["emergency"]
        await agent.wait(lambda f: f["type"] == "alarm", "alarm")
    else:
        customer = await people.talking("robbed-talking", agent)
        await customer.say(STOLEN)
        await customer.say("请快一点")
        assert customer.state["owner"] == "agent"
