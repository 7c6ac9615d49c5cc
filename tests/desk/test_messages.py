"""Messages: stored once, in order, seen by all tabs; nothing is lost between two connections."""

from __future__ import annotations

import asyncio

import pytest

from app.peer.peer import Peer
from tests.support.server import People


def seqs(peer: Peer) -> list[int]:
    return [r["seq"] for r in peer.rows[peer.conversation]]


async def test_a_cut_chat_resumes_by_number_with_nothing_lost_or_doubled(people: People) -> None:
    agent = await people.on_duty("resuming")
    customer = await people.talking("cut-1", agent)
    ident = customer.conversation
    await agent.watch(ident)
    await customer.say("第一句")
    await agent.ask("send", conversation=ident, text="收到")
    await customer.row("agent_wrote", text="收到")
    await customer.drop()
    for i in range(5):
        await agent.ask("send", conversation=ident, text=f"离线时 {i}")
    await customer.resume()
    await customer.row("agent_wrote", text="离线时 4")
    assert customer.texts(ident)[-7:] == ["第一句", "收到", *(f"离线时 {i}" for i in range(5))]
    await agent.drop()
    await customer.say("您还在吗")
    await agent.resume()
    await agent.row("customer_wrote", text="您还在吗")
    assert customer.state["owner"] == "agent"


async def test_resuming_tells_the_whole_state(people: People) -> None:
    agent = await people.on_duty("closing")
    customer = await people.talking("cut-2", agent)
    await customer.drop()
    await agent.ask("close", conversation=customer.conversation)
    welcome = await customer.resume()
    assert welcome["state"]["owner"] == "closed"
    assert welcome["state"]["survey"]
    await customer.row("agent_closed")


async def test_the_very_first_message_retried_is_stored_once(people: People) -> None:
    customer = people.customer("retry-1")
    await customer.open()
    await customer.put({"type": "send", "id": "first-0001", "text": "怎么充值"})
    await customer.drop()
    await customer.open()
    again = await customer.say("怎么充值", ident="first-0001")
    await customer.row("bot_answered")
    third = await customer.say("怎么充值", ident="first-0001")
    assert (again["seq"], again["conversation"]) == (third["seq"], third["conversation"])
    assert third["duplicate"]
    assert customer.texts(customer.conversation).count("怎么充值") == 1


async def test_a_retry_in_the_chat_is_stored_once(people: People) -> None:
    agent = await people.on_duty("retried")
    customer = await people.talking("retry-2", agent)
    ident = customer.conversation
    acks = await asyncio.gather(*(customer.say("一次", ident="chat-00001") for _ in range(3)))
    assert len({a["seq"] for a in acks}) == 1
    acks = await asyncio.gather(*(agent.ask("send", "reply-0001", conversation=ident, text="回答") for _ in range(3)))
    assert len({a["seq"] for a in acks}) == 1
    await agent.watch(ident)
    await agent.row("agent_wrote", text="回答")
    assert agent.texts(ident).count("一次") == 1
    assert agent.texts(ident).count("回答") == 1


async def test_a_retry_after_the_close_finds_its_first_row_and_opens_nothing(people: People) -> None:
    agent = await people.on_duty("ended")
    customer = await people.talking("retry-3", agent)
    first = await customer.say("谢谢", ident="thanks-001")
    await agent.ask("close", conversation=customer.conversation)
    await customer.owner("closed")
    again = await customer.say("谢谢", ident="thanks-001")
    assert again["duplicate"]
    assert (again["seq"], again["conversation"]) == (first["seq"], first["conversation"])
    assert customer.state["owner"] == "closed"


async def test_a_message_after_the_close_opens_a_linked_conversation(people: People) -> None:
    agent = await people.on_duty("linked")
    customer = await people.talking("linked-1", agent)
    old = customer.conversation
    await agent.ask("close", conversation=old)
    await customer.owner("closed")
    ack = await customer.say("怎么充值")
    assert ack["conversation"] != old
    opened = await customer.row("opened", previous=old)
    assert opened["seq"] == 1
    # The new segment begins with the bot: the old wish for a person is over.
    await customer.row("bot_answered", customer.frames.index(opened))


async def test_two_tabs_of_one_customer_see_the_same(people: People) -> None:
    one = await people.here("tabs")
    two = people.again(one)
    await two.open()
    await one.say("怎么充值")
    await two.row("customer_wrote", text="怎么充值")
    await one.row("bot_answered")
    await two.row("bot_answered")
    await two.say("手续费是多少")
    await one.row("customer_wrote", text="手续费是多少")
    await one.ask("handoff")
    await two.owner("queue")
    await one.owner("queue")
    third = people.again(one)
    await third.open()
    await third.row("handoff_asked")
    assert third.texts(third.conversation)[:3] == two.texts(two.conversation)[:3] == one.texts(one.conversation)[:3]
    assert seqs(third) == sorted(set(seqs(third)))


async def test_two_tabs_that_open_at_once_share_one_conversation(people: People) -> None:
    one = await people.here("race")
    two = people.again(one)
    await two.open()
    acks = await asyncio.gather(one.say("怎么充值"), two.say("怎么提币"))
    assert acks[0]["conversation"] == acks[1]["conversation"]
    assert acks[0]["seq"] != acks[1]["seq"]


async def test_both_tabs_follow_into_the_linked_conversation(people: People) -> None:
    agent = await people.on_duty("follow")
    one = await people.talking("follow-1", agent)
    two = people.again(one)
    await two.open()
    await agent.ask("close", conversation=one.conversation)
    await two.owner("closed")
    ack = await one.say("怎么充值")
    await two.wait(lambda f: f["type"] == "state" and f["conversation"] == ack["conversation"], "the new conversation")
    await two.row("customer_wrote", text="怎么充值")


async def test_a_burst_of_three_messages_is_one_answer(people: People) -> None:
    customer = await people.here("burst")
    await asyncio.gather(*(customer.say(text) for text in ("你好", "我想问", "怎么充值")))
    rest = await customer.wait(lambda f: f["type"] == "state" and not f["thinking"] and f["seq"] >= 5, "the bot's rest")
    assert rest["owner"] == "bot"
    assert [r["author"]["kind"] for r in customer.rows[customer.conversation]].count("bot") == 1


async def test_typing_is_shown_and_never_stored(people: People) -> None:
    agent = await people.on_duty("typist", name="小林")
    customer = await people.talking("typing-1", agent)
    await agent.watch(customer.conversation)
    await customer.put({"type": "typing"})
    shown = await agent.wait(lambda f: f["type"] == "typing", "typing")
    assert shown["author"]["kind"] == "customer"
    await agent.put({"type": "typing", "conversation": customer.conversation})
    shown = await customer.wait(lambda f: f["type"] == "typing", "typing")
    assert shown["author"] == {"kind": "agent", "id": None, "name": "小林"}
    after = await customer.say("好的")
    before = [r for r in customer.rows[customer.conversation] if r["seq"] < after["seq"]]
    assert before[-1]["seq"] == after["seq"] - 1


@pytest.mark.parametrize("who", ["rater-1", "rater-2"])
async def test_csat_belongs_to_a_segment_and_counts_once(people: People, who: str) -> None:
    agent = await people.on_duty("rated")
    customer = await people.talking(who, agent)
    await agent.ask("close", conversation=customer.conversation)
    state = await customer.owner("closed")
    (segment,) = state["survey"]
    await customer.ask("rate", segment=segment, score=5, solved=True)
    await customer.row("rated", segment=segment, score=5)


async def test_a_retry_is_acknowledged_after_what_it_found_was_shown(people: People) -> None:
    """Another socket of his stored it while this one was opening: no acknowledged number is ahead of the rows."""
    for n in range(40):
        customer = people.customer(f"retry-opening-{n}")
        await customer.open()
        await customer.put({"type": "send", "id": f"opening-{n:04d}", "text": "怎么充值"})
        await customer.drop()
        await customer.open()
        ack = await customer.say("怎么充值", ident=f"opening-{n:04d}")
        await customer.row("bot_answered")
        numbers = [row["seq"] for row in customer.rows[ack["conversation"]]]
        assert numbers == sorted(set(numbers))
        assert customer.texts(ack["conversation"]).count("怎么充值") == 1
