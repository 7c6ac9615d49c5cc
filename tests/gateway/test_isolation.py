"""Nobody reads or changes what is not his: customers, agents, people without the right."""

from __future__ import annotations

from typing import Any

import pytest

from app.peer.peer import Peer, PeerError
from tests.support.server import People, Server, accept


def bearer(peer: Peer) -> dict[str, str]:
    return {"Authorization": f"Bearer {peer.token or peer.visitor}"}


# --- customers ---------------------------------------------------------------------------------------------------


async def test_another_customer_s_conversation_is_not_resumed(people: People) -> None:
    victim = await people.here("victim-1")
    await victim.say("我的订单 12345 出问题了")
    mallory = people.customer("mallory-1")
    welcome = await mallory.open(conversation=victim.conversation, after=0)
    error = await mallory.wait(lambda f: f["type"] == "error", "error")
    assert error["code"] == "unknown_conversation"
    assert welcome["state"]["conversation"] == ""
    assert (await mallory.say("hi"))["conversation"] != victim.conversation
    assert victim.conversation not in mallory.rows


async def test_what_is_not_yours_and_what_is_not_there_look_the_same(people: People) -> None:
    victim = await people.here("victim-2")
    await victim.say("hello")
    answers = []
    for conversation in (victim.conversation, "c-0000000000000000"):
        mallory = people.customer("mallory-2")
        await mallory.open(conversation=conversation)
        error = await mallory.wait(lambda f: f["type"] == "error", "error")
        answers.append({**error, "conversation": None})
    assert answers[0] == answers[1]


async def test_the_rows_api_gives_only_your_own(people: People) -> None:
    victim, mallory, http = await people.here("victim-3"), await people.here("mallory-3"), people.http()
    await victim.say("秘密的问题")
    for url in (f"/api/chat/conversations/{victim.conversation}/rows", "/api/chat/conversations/%00/rows"):
        answer = await http.get(url, headers=bearer(mallory))
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_conversation")
    answer = await http.get(f"/api/chat/conversations/{victim.conversation}/rows", headers=bearer(victim))
    assert [r["body"].get("text") for r in answer.json()][1] == "秘密的问题"
    assert (await http.get(f"/api/chat/conversations/{victim.conversation}/rows")).status_code == 401
    assert (await http.get("/api/chat/conversations", headers=bearer(mallory))).json() == []


@pytest.mark.parametrize("after", ["99", "-5", "9" * 30, "-" + "9" * 30, "x", "1e3", "9223372036854775808"])
async def test_odd_numbers_in_the_rows_api_do_no_harm(people: People, after: str) -> None:
    peer, http = await people.here("numbers"), people.http()
    await peer.say("hello")
    answer = await http.get(f"/api/chat/conversations/{peer.conversation}/rows?after={after}", headers=bearer(peer))
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert answer.json()["code"] == "malformed"


async def test_votes_and_ratings_reach_only_your_own_conversation(people: People) -> None:
    victim, mallory = await people.here("victim-4"), await people.here("mallory-4")
    await victim.say("怎么充值")
    answered = await victim.row("bot_answered")
    attempts: tuple[tuple[str, dict[str, Any]], ...] = (
        ("vote", {"about": answered["seq"], "helpful": False}),
        ("rate", {"segment": 1, "score": 1}),
    )
    for type_, fields in attempts:
        with pytest.raises(PeerError, match="unknown_conversation"):
            await mallory.ask(type_, **fields)
        with pytest.raises(PeerError, match="malformed"):
            await named(mallory, {"type": type_, **fields, "conversation": victim.conversation})
    await victim.ask("vote", about=answered["seq"], helpful=True)
    assert [r["kind"] for r in victim.rows[victim.conversation]].count("voted") <= 1


async def named(peer: Peer, frame: dict[str, object]) -> None:
    mark = len(peer.frames)
    await peer.put({**frame, "id": peer.fresh_id()})
    error = await peer.wait(lambda f: f["type"] == "error", "error", mark)
    raise PeerError(error["code"], error["code"])


async def test_votes_on_what_is_not_there_are_refused(people: People) -> None:
    peer = await people.here("voter")
    await peer.say("怎么充值")
    for about in (10_000, 2**53):
        with pytest.raises(PeerError, match="malformed"):
            await peer.ask("vote", about=about, helpful=True)
    with pytest.raises(PeerError, match="malformed"):
        await peer.ask("rate", segment=9999, score=5)


async def test_a_visitor_is_not_another_visitor(people: People) -> None:
    one, two = await people.here(None), await people.here(None)
    await one.say("我是一号")
    welcome = await two.open(conversation=one.conversation)
    assert welcome["state"]["conversation"] == ""
    assert one.frames[0]["me"]["id"] != two.frames[0]["me"]["id"]


async def test_two_topics_of_one_customer_are_two_conversations(people: People) -> None:
    one, two = people.customer("two-topics"), people.customer("two-topics")
    await one.open()
    await two.open(topic="otc")
    assert (await one.say("hello"))["conversation"] != (await two.say("hello"))["conversation"]


async def test_a_ticket_s_short_form_opens_only_for_its_customer(people: People) -> None:
    owner, mallory, http = await people.here("ticket-owner"), await people.here("ticket-thief"), people.http()
    await owner.ask("ticket", text="请联系我")
    state = await owner.wait(lambda f: f["type"] == "state" and f["tickets"], "the ticket")
    short = state["tickets"][0]["short"]
    assert (await http.get(f"/api/chat/tickets/{short.lower()}", headers=bearer(owner))).status_code == 200
    answer = await http.get(f"/api/chat/tickets/{short}", headers=bearer(mallory))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_ticket")


# --- staff -------------------------------------------------------------------------------------------------------


async def test_frames_on_a_conversation_that_is_not_his(people: People) -> None:
    holder, other = await people.on_duty("holder-1"), await people.on_duty("other-1", ready=False)
    customer = await people.talking("held-1", holder)
    ident, before = customer.conversation, len(customer.rows[customer.conversation])
    for type_, fields, code in (
        ("send", {"text": "我是客服，把密码给我"}, "not_yours"),
        ("close", {}, "not_yours"),
        ("transfer", {"skill": "general", "note": "偷看"}, "not_yours"),
        ("accept", {}, "already_taken"),
        ("pass", {}, "offer_over"),
        ("pull", {}, "already_taken"),
        ("note", {"text": "我来过"}, "forbidden"),
        ("watch", {"after": 0}, "unknown_conversation"),
    ):
        with pytest.raises(PeerError) as refusal:
            await other.ask(type_, conversation=ident, **fields)
        assert refusal.value.code == code, type_
    await holder.ask("send", conversation=ident, text="您好")
    await customer.row("agent_wrote", text="您好")
    assert len(customer.rows[ident]) == before + 1
    await holder.watch(ident)
    await holder.row("agent_wrote")
    assert not any(r["kind"] in ("noted", "transferred") for r in holder.rows[ident])
    await holder.ask("close", conversation=ident)


async def test_frames_on_a_conversation_that_nobody_handed_over(people: People) -> None:
    agent, customer = await people.on_duty("nosy", ready=False), await people.here("with-bot")
    await customer.say("怎么充值")
    for type_, fields, code in (
        ("send", {"text": "hi"}, "illegal_event"),
        ("pull", {}, "illegal_event"),
        ("accept", {}, "illegal_event"),
        ("note", {"text": "x"}, "forbidden"),
        ("watch", {"after": 0}, "unknown_conversation"),
    ):
        with pytest.raises(PeerError) as refusal:
            await agent.ask(type_, conversation=customer.conversation, **fields)
        assert refusal.value.code == code, type_
    with pytest.raises(PeerError, match="unknown_conversation"):
        await agent.ask("send", conversation="c-0000000000000000", text="hi")


async def test_who_watched_a_waiting_customer_does_not_go_on_reading_his_chat_with_a_colleague(people: People) -> None:
    curious, holder = await people.on_duty("curious", ready=False), await people.on_duty("holder-2", ready=False)
    customer = await people.queued("watched")
    ident = customer.conversation
    await curious.watch(ident)
    await holder.ask("pull", conversation=ident)
    await curious.wait(lambda f: f["type"] == "error" and f["code"] == "forbidden", "the end of watching")
    await holder.ask("send", conversation=ident, text="只给您看的内容")
    await customer.row("agent_wrote")
    await curious.ask("presence", ready=False)
    assert "只给您看的内容" not in curious.texts(ident)
    await holder.ask("close", conversation=ident)


async def test_supervisors_read_every_conversation_and_it_is_audited(server: Server, people: People) -> None:
    boss = await people.on_duty("boss", ready=False, roles=["supervisor"])
    customer = await people.here("supervised")
    await customer.say("怎么充值")
    await boss.watch(customer.conversation)
    await boss.row("customer_wrote", text="怎么充值")
    server.hire("auditor", roles=["admin"])
    headers = {"Authorization": f"Bearer {server.staff_token('auditor')}"}
    audit = (await people.http().get("/api/staff/audit?who=boss", headers=headers)).json()
    assert {"conversation_read"} <= {a["what"] for a in audit if a["target"] == customer.conversation}


async def test_a_role_that_was_withdrawn_counts_at_once_on_an_open_socket(server: Server, people: People) -> None:
    demoted = await people.on_duty("demoted", roles=["supervisor", "agent"])
    customer = await people.here("private")
    await customer.say("怎么充值")
    await demoted.watch(customer.conversation)
    server.command("agents_roles", agent="demoted", roles=["trainer"])
    with pytest.raises(PeerError, match="unknown_conversation"):
        await demoted.ask("watch", conversation=customer.conversation, after=0)
    with pytest.raises(PeerError, match="forbidden"):
        await demoted.ask("presence", ready=True)


async def test_who_serves_no_customers_is_told_nothing_of_them(people: People) -> None:
    """An administrator or a trainer keeps the installation, and does not thereby read customers' words."""
    trainer = await people.on_duty("trainer", ready=False, roles=["trainer"])
    waiting = await people.queued("waiting-1")
    alarmed = await people.here("alarmed-1")
    await alarmed.say("我的账户被盗了，有人在转走我的币")
    await alarmed.ask("ticket", text="我的工单内容")
    holder = await people.on_duty("holder-3", ready=False)
    await holder.wait(lambda f: f["type"] == "welcome", "welcome")
    with pytest.raises(PeerError, match="forbidden"):
        await trainer.ask("presence", ready=True)
    seen = str(trainer.frames)
    assert waiting.conversation not in seen
    assert alarmed.conversation not in seen
    await trainer.resume()
    assert trainer.frames[-1]["tickets"] == []


async def test_a_disabled_agent_s_open_socket_is_closed_within_a_second(server: Server, people: People) -> None:
    fired = await people.on_duty("fired")
    customer = await people.talking("held-2", fired)
    server.command("agents_disable", agent="fired")
    with pytest.raises(PeerError, match="4410"):
        await fired.wait(lambda f: False, "the end", patience=1.0)
    assert fired.closed == (4410, "disabled")
    with pytest.raises(PeerError) as refusal:
        await fired.resume()
    assert refusal.value.code == "session_missing"
    await customer.ask("close")


async def test_a_customer_never_learns_an_agent_s_id(people: People) -> None:
    agent = await people.on_duty("id-of-agent", name="小林")
    customer = await people.talking("held-3", agent)
    await agent.ask("send", conversation=customer.conversation, text="您好")
    row = await customer.row("agent_wrote")
    assert row["author"] == {"kind": "agent", "id": None, "name": "小林"}
    await agent.ask("note", conversation=customer.conversation, text="内部备注")
    await agent.ask("close", conversation=customer.conversation)
    await customer.owner("closed")
    assert "id-of-agent" not in str(customer.frames)
    assert "内部备注" not in str(customer.frames)


async def test_an_accept_from_two_agents_has_one_winner(people: People) -> None:
    one, two = await people.on_duty("one-1", capacity=1), await people.on_duty("two-1", ready=False)
    customer = await people.queued("contested")
    await accept(one, customer)
    with pytest.raises(PeerError, match="already_taken"):
        await two.ask("accept", conversation=customer.conversation)
    assert (await one.ask("accept", conversation=customer.conversation))["type"] == "ack"
    await one.ask("close", conversation=customer.conversation)
