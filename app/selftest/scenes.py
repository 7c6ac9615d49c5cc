"""The scenes. Each is a customer's story and checks what every side saw."""

from __future__ import annotations

from typing import Any

from app.peer import Peer, PeerError
from app.selftest.cast import AGENTS, Cast
from app.selftest.timeline import Timeline

QUESTIONS = (
    ("zh-CN", "提币一直显示审核中怎么办", {"withdraw.pending"}),
    ("zh-CN", "忘记登录密码怎么办", {"login.forgot-password"}),
    ("zh-CN", "充值没到账怎么办", {"deposit.missing"}),
    ("en", "I forgot my password", {"login.forgot-password"}),
    ("en", "how do I deposit crypto", {"deposit.how-to"}),
    ("en", "What is a seed phrase?", {"basics.seed-phrase"}),
)
NONSENSE = ("阿巴阿巴 qwxz", "咕噜咕噜 zzkk")


async def answered(cast: Cast, t: Timeline) -> None:
    for locale, text, expected in QUESTIONS:
        peer = await cast.guest(locale)
        await peer.say(text)
        row = await peer.row("bot_answered")
        t.check(row["body"]["entry"] in expected, f"小蜜 answers «{text}» with {row['body']['entry']}")
        await peer.ask("close")
        await peer.close()


async def unsure(cast: Cast, t: Timeline) -> Peer:
    """Nonsense is asked again once; nonsense again goes to the queue. Returns the waiting customer."""
    peer = await cast.guest()
    await peer.say(NONSENSE[0])
    await peer.row("bot_asked_again")
    t.check(True, "nonsense is asked again")
    mark = len(peer.frames)
    await peer.say(NONSENSE[1])
    row = await peer.row("bot_gave_up", mark)
    t.check(row["body"]["reason"] == "unsure", "nonsense again goes to the queue: unsure")
    state = await peer.owner("queue")
    t.check(state["queue"]["position"] >= 1, f"position {state['queue']['position']}")
    return peer


async def taken(cast: Cast, t: Timeline, peer: Peer) -> tuple[Peer, Peer]:
    """The agent who is offered it accepts; the other one is too late. Returns (his agent, the other)."""
    agents = {name: await cast.agent(name) for name in AGENTS}
    conversation = peer.conversation

    def rung(a: Peer) -> bool:
        return any(f["type"] == "offer" and f["conversation"] == conversation for f in a.frames)

    first = agents[AGENTS[0]]
    card = await first.wait(
        lambda f: f["type"] == "card" and f["card"]["conversation"] == conversation and f["card"]["state"] == "offered",
        "the card of an offered conversation",
    )
    name = card["card"]["offered_to"]
    mine, other = agents[name], next(a for n, a in agents.items() if n != name)
    await mine.wait(lambda f: f["type"] == "offer" and f["conversation"] == conversation, "offer")
    t.check(rung(mine) and not rung(other), f"offered to {name} alone")
    await mine.watch(conversation)
    await mine.row("bot_gave_up")
    t.check(NONSENSE[0] in mine.texts(conversation), "with the whole transcript")
    await mine.ask("accept", conversation=conversation)
    state = await peer.owner("agent")
    t.check(bool(state["agent"]["name"]), f"the customer sees {state['agent']['name']}")
    await _refused(t, other.ask("accept", conversation=conversation), "already_taken", "a second accept is too late")
    return mine, other


async def _refused(t: Timeline, asked: Any, code: str, what: str) -> None:
    try:
        await asked
    except PeerError as error:
        t.check(error.code == code, f"{what}: {error.code}")
    else:
        t.check(False, f"{what}: was not refused")


async def talk(t: Timeline, peer: Peer, agent: Peer) -> None:
    """They talk; the customer's line is cut; nothing is lost or doubled."""
    conversation = peer.conversation
    await agent.ask("send", conversation=conversation, text="您好，我来帮您。")
    await peer.row("agent_wrote")
    mark = len(agent.frames)
    await peer.say("我的订单一直没动静")
    await agent.row("customer_wrote", mark, text="我的订单一直没动静")
    t.check(True, "both read each other")
    await peer.drop()
    for i in range(5):
        await agent.ask("send", conversation=conversation, text=f"断线期间的第 {i + 1} 条")
    await peer.resume()
    await peer.row("agent_wrote", text="断线期间的第 5 条")
    seen = [x for x in peer.texts(conversation) if x.startswith("断线")]
    t.check(seen == [f"断线期间的第 {i + 1} 条" for i in range(5)], "cut off in mid-chat: five messages, each once")
    t.check(peer.state["owner"] == "agent", "and the state came with them")


async def retries(cast: Cast, t: Timeline, agent: Peer) -> None:
    """A first message, one in the chat and one after the close, each sent twice, are stored once."""
    peer = cast.customer()
    first = peer.fresh_id()
    await peer.open()
    await peer.put({"type": "send", "id": first, "text": "转人工，第一条消息"})
    await peer.drop()
    await peer.open()
    again = await peer.say("转人工，第一条消息", first)
    third = await peer.say("转人工，第一条消息", first)
    t.check(again["seq"] == third["seq"] and third["duplicate"], "the very first message, retried: stored once")
    conversation = peer.conversation
    await agent.wait(lambda f: f["type"] == "offer" and f["conversation"] == conversation, "offer", 0, 40)
    await agent.ask("accept", conversation=conversation)
    await peer.owner("agent")
    middle = peer.fresh_id()
    one, two = await peer.say("聊天中的一条", middle), await peer.say("聊天中的一条", middle)
    t.check(one["seq"] == two["seq"] and two["duplicate"], "a retry in the chat: stored once")
    await agent.ask("close", conversation=conversation)
    await peer.owner("closed")
    late = await peer.say("聊天中的一条", middle)
    t.check(late["duplicate"] and late["conversation"] == conversation, "a retry after the close: stored once")
    await agent.watch(conversation)
    await agent.wait(lambda f: f.get("kind") == "agent_closed" and f["conversation"] == conversation, "the end")
    texts = agent.texts(conversation)
    t.check(texts.count("聊天中的一条") == 1 and texts.count("转人工，第一条消息") == 1, "the agent saw each once")
    await peer.close()


async def transferred(t: Timeline, peer: Peer, agent: Peer, other: Peer) -> None:
    """With a note that the customer never sees; then close and rating."""
    conversation = peer.conversation
    target = next(name for name in AGENTS if name != agent_name(agent))
    mark = len(other.frames)
    await agent.ask("transfer", conversation=conversation, agent=target, note="客户很着急，请优先看订单")
    await other.wait(lambda f: f["type"] == "offer" and f["conversation"] == conversation, "offer", mark)
    await other.ask("accept", conversation=conversation)
    await other.watch(conversation)
    await other.row("noted", text="客户很着急，请优先看订单")
    await peer.row("transferred")
    state = await peer.wait(
        lambda f: f["type"] == "state" and f["owner"] == "agent", "the new agent", len(peer.frames) - 3
    )
    t.check(state["agent"]["name"] != "", f"transferred to {state['agent']['name']}, with note")
    t.check(all("着急" not in x for x in peer.texts(conversation)), "the customer does not see the note")
    await _refused(
        t,
        agent.ask("send", conversation=conversation, text="还是我"),
        "not_yours",
        "the first agent cannot write any more",
    )
    await other.ask("close", conversation=conversation)
    closed = await peer.owner("closed")
    segment = closed["survey"][0]
    await peer.ask("rate", segment=segment, score=5, solved=True, timeliness=4, clarity=5)
    await peer.row("rated")
    t.check(True, f"closed, and segment {segment} rated")


def agent_name(peer: Peer) -> str:
    return next(str(f["me"]["id"]) for f in peer.frames if f["type"] == "welcome")


async def ticket(cast: Cast, t: Timeline, agent: Peer) -> None:
    peer = await cast.guest()
    await peer.say("阿巴 qqxx")
    await peer.ask("ticket", text="请查一下我的充值")
    state = await peer.wait(lambda f: f["type"] == "state" and bool(f["tickets"]), "a ticket in the state")
    mine = state["tickets"][0]
    t.check(mine["promised"] > mine["opened"], f"ticket {mine['short']} with a promised time")
    await agent.wait(lambda f: f["type"] == "ticket" and f["ticket"]["id"] == mine["id"], "the ticket in the console")
    await agent.ask("ticket", ticket=mine["id"], text="已为您查到，今天到账。", status="answered")
    row = await peer.row("ticket_answered")
    t.check(row["body"]["text"] == "已为您查到，今天到账。", "the answer reaches the widget")
    await peer.ask("close")
    await peer.close()


async def wordings(cast: Cast, t: Timeline, lines: list[str]) -> None:
    missed: list[str] = []
    for text in lines:
        peer = await cast.guest()
        await peer.say(text)
        try:
            await peer.wait(
                lambda f: f["type"] == "event" and f["kind"] in ("handoff_asked", "emergency_raised"), text, 0, 5
            )
        except PeerError:
            missed.append(text)
        await peer.ask("close")
        await peer.close()
    t.check(not missed, f"a person is asked for in {len(lines)} wordings" + (f"; missed: {missed}" if missed else ""))


async def emergency(cast: Cast, t: Timeline, agent: Peer) -> None:
    peer = await cast.guest()
    await peer.say("我的账户被盗了，有人正在转走我的币")
    row = await peer.row("emergency_raised")
    t.check(bool(row["body"]["checklist"]), "an emergency gets its checklist at once")
    alarm = await agent.wait(lambda f: f["type"] == "alarm" and f["conversation"] == peer.conversation, "alarm")
    t.check(alarm["kind"] == row["body"]["kind"], f"and rings at the console: {alarm['kind']}")
    await agent.ask("alarm", conversation=peer.conversation)
    await peer.ask("close")
    await peer.close()


async def late_reply(cast: Cast, t: Timeline) -> None:
    """Own server with a slow engine: the reply comes after the hand-over and is dropped at the write."""
    agent = await cast.agent(AGENTS[0])
    peer = await cast.guest()
    await peer.say("提币两个小时了还在处理中，怎么办呢")
    await peer.ask("handoff")
    await agent.wait(lambda f: f["type"] == "offer", "offer")
    conversation = peer.conversation
    await agent.ask("accept", conversation=conversation)
    await agent.watch(conversation)
    slow = await cast.guest()
    await slow.say("提币两个小时了还在处理中，怎么办呢")
    # The second customer's answer comes after the first one's would have come: the engine works in order.
    await slow.wait(lambda f: str(f.get("kind", "")).startswith("bot_"), "the second customer's answer", 0, 20)
    kinds = [r["kind"] for r in agent.rows[conversation]]
    t.check(not any(k.startswith("bot_") for k in kinds), f"a late reply is dropped: {' '.join(kinds)}")


async def broken(cast: Cast, t: Timeline) -> None:
    """Own server whose engine fails: people at once, by themselves and when asked for."""
    peer = await cast.guest()
    await peer.say("提币两个小时了还在处理中，怎么办呢")
    row = await peer.row("bot_silent")
    t.check(row["body"]["broken"] is True, "a failing bot hands over by itself")
    await peer.owner("queue")
    asked = await cast.guest()
    await asked.say("转人工")
    await asked.owner("queue")
    t.check(True, "转人工 works with the bot broken")
    pressed = await cast.guest()
    await pressed.ask("handoff")
    await pressed.owner("queue")
    t.check(True, "the button works with no message before")
