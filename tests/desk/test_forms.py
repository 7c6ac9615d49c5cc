"""A customer's own case over the real socket: the form, the look-up, the truth when it fails, and a person with the
card."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.action_server import ActionServer
from tests.support.server import People, Server, accept, running

OPENING = "提现两小时没到账, 订单号77120394857"


@pytest.fixture(scope="module")
def actions() -> Iterator[ActionServer]:
    found = ActionServer().start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def server(actions: ActionServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("forms") / "data"
    with running(folder, lookup="rasa", lookup_url=actions.url, lookup_timeout=2) as found:
        yield found


async def test_from_the_first_sentence_to_a_person_with_the_card(people: People, actions: ActionServer) -> None:
    agent = await people.on_duty("story")
    customer = await people.here("story")
    await customer.say(OPENING)
    done = await customer.row("bot_form_done")
    assert done["body"]["outcome"] == "answered"
    assert "正在安全审核" in done["body"]["text"]
    assert set(done["body"]) == {"text", "outcome", "buttons", "locale"}

    actions.stop()
    mark = len(customer.frames)
    await customer.say("那我充的USDT也没到账，走的TRC20")
    asked = await customer.row("bot_form_asked", mark)
    assert [b["kind"] for b in asked["body"]["buttons"]] == ["say", "say"]
    await customer.say("跳过")
    await customer.row("bot_form_asked", mark, text="充了多少？写数字就可以，例如 500。")
    await customer.say("一千")
    failed = await customer.row("bot_form_done", mark)
    assert failed["body"]["outcome"] == "failed"
    assert "没有回应" in failed["body"]["text"]
    assert failed["body"]["buttons"][0]["kind"] == "handoff"

    await customer.ask("handoff")
    await accept(agent, customer)
    await customer.owner("agent")
    await agent.watch(customer.conversation)
    first = await agent.row("bot_form_done", outcome="answered")
    assert dict(first["body"]["facts"])["status"] == "reviewing"
    card = await agent.row("bot_form_done", outcome="failed")
    assert card["body"]["form"]["name"] == "deposit"
    assert card["body"]["form"]["slots"] == [["coin", "USDT"], ["network", "TRON"], ["amount", "1000"]]
    assert card["body"]["form"]["skipped"] == ["txid"]
    actions.start()


async def test_a_person_in_the_middle_gets_what_was_told_so_far(people: People) -> None:
    customer = await people.here("middle")
    await customer.say("我的500 USDT提现2小时了还没到账")
    await customer.row("bot_form_asked")
    await customer.say("转人工")
    await customer.owner("queue")
    agent = await people.on_duty("middle-agent")
    await accept(agent, customer)
    await agent.watch(customer.conversation)
    asked = await agent.row("bot_form_asked")
    assert asked["body"]["form"]["slots"] == [["amount", "500"], ["coin", "USDT"]]


async def test_a_visitor_is_told_to_sign_in_and_nothing_is_looked_up(people: People, server: Server) -> None:
    visitor = await people.here(None)
    await visitor.say(OPENING)
    told = await visitor.wait(lambda f: f["type"] == "event" and "登录" in str(f["body"].get("text")), "to sign in")
    assert told["kind"] in ("bot_answered", "bot_form_done")
    assert "安全审核" not in told["body"]["text"]


async def test_general_questions_go_to_the_faq(people: People) -> None:
    customer = await people.here("general")
    await customer.say("怎么充值")
    row = await customer.row("bot_answered")
    assert row["body"]["kind"] == "entry"
