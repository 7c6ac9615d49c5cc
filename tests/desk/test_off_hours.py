"""Nobody works today: a ticket is opened and the bot keeps the conversation; emergencies are queued at any hour."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from tests.support.server import People

# Closed today and tomorrow, so that no midnight makes a difference.
_OPEN = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
SETTINGS = {"hours": f"UTC {_OPEN} 09:00-10:00", "ticket_promise": 600}


async def test_a_wish_for_a_person_becomes_a_ticket_with_a_promised_time(people: People) -> None:
    customer = await people.here("late")
    await customer.say("转人工")
    state = await customer.wait(lambda f: f["type"] == "state" and f["tickets"], "the ticket")
    (ticket,) = state["tickets"]
    assert ticket["reason"] == "off_hours"
    assert ticket["promised"] > time.time()
    assert datetime.fromtimestamp(ticket["promised"], UTC).hour in (9, 10)
    assert state["owner"] == "bot"
    await customer.say("怎么充值")
    await customer.row("bot_answered")
    assert [t["id"] for t in customer.state["tickets"]] == [ticket["id"]]
    assert (await people.http().get(ticket["url"])).status_code == 200


async def test_nonsense_twice_becomes_a_ticket_too(people: People) -> None:
    customer = await people.here("late-nonsense")
    await customer.say("blorf zwick quux vlim")
    await customer.row("bot_asked_again")
    await customer.say("grumph snazzle wibble fnord")
    await customer.row("bot_gave_up")
    state = await customer.wait(lambda f: f["type"] == "state" and f["tickets"], "the ticket")
    assert state["owner"] == "bot"


async def test_an_emergency_is_queued_at_any_hour(people: People) -> None:
    customer = await people.here("late-emergency")
    await customer.say("我的账户被盗了，有人正在转走我的币！")
    await customer.owner("queue")
    assert customer.state["queue"]["emergency"]


async def test_the_greeting_tells_the_hours_and_no_wait(people: People) -> None:
    customer = people.customer("greeted")
    welcome = await customer.open()
    assert welcome["greeting"]["wait"] is None
    assert "今天休息" in welcome["greeting"]["hours"]


async def test_a_ticket_that_is_answered_reaches_the_widget_and_its_page(people: People) -> None:
    customer = await people.here("answered")
    await customer.ask("handoff")
    state = await customer.wait(lambda f: f["type"] == "state" and f["tickets"], "the ticket")
    ticket = state["tickets"][0]
    agent = people.agent("answers", name="小林")
    welcome = await agent.open()
    assert ticket["id"] in {t["id"] for t in welcome["tickets"]}
    await agent.ask("ticket", ticket=ticket["id"], text="已经为您处理")
    row = await customer.row("ticket_answered", ticket=ticket["id"])
    assert (row["body"]["text"], row["body"]["name"]) == ("已经为您处理", "小林")
    await customer.wait(
        lambda f: f["type"] == "state" and [t["status"] for t in f["tickets"]] == ["answered"], "its new status"
    )
    assert "已经为您处理" in (await people.http().get(ticket["url"])).text
    await agent.wait(lambda f: f["type"] == "ticket" and f["ticket"]["status"] == "answered", "the console's list")
