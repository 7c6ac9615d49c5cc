"""From the bot to a person: by button, by words, whatever the bot is doing."""

from __future__ import annotations

import asyncio

import pytest

from app.peer.peer import PeerError
from tests.support.server import People, accept

WORDS = (
    "转人工",
    "我要找真人客服",
    "人工！！",
    "speak to a human",
    "agent please",
    "オペレーターに繋いで",
    "전화 상담원 연결해줘",
)


async def test_by_button_with_no_message_before(people: People) -> None:
    customer = await people.here("button")
    ack = await customer.ask("handoff")
    state = await customer.owner("queue")
    assert ack["conversation"] == state["conversation"]
    assert state["queue"]["position"] == 1
    asked = await customer.row("handoff_asked")
    assert asked["body"]["by"] == "button"


@pytest.mark.parametrize("words", WORDS)
async def test_by_words_as_the_first_message(people: People, words: str) -> None:
    customer = await people.here(f"words-{WORDS.index(words)}")
    await customer.say(words)
    await customer.owner("queue")
    asked = await customer.row("handoff_asked")
    assert asked["body"]["by"] == "words"
    assert not any(r["kind"].startswith("bot_") for r in customer.rows[customer.conversation])


async def test_asking_again_is_no_mistake(people: People) -> None:
    customer = await people.queued("impatient")
    acks = [await customer.ask("handoff") for _ in range(3)]
    await customer.say("转人工")
    await customer.say("人工人工")
    assert "排队" in (await customer.row("bot_answered"))["body"]["text"]
    assert customer.state["owner"] == "queue"
    assert {a["conversation"] for a in acks} == {customer.conversation}
    assert [r["kind"] for r in customer.rows[customer.conversation]].count("handoff_asked") == 1


async def test_a_returning_customer_s_second_hand_over_works_as_the_first(people: People) -> None:
    agent = await people.on_duty("twice")
    customer = await people.talking("returning", agent)
    await agent.ask("close", conversation=customer.conversation)
    await customer.owner("closed")
    await customer.say("怎么充值")
    mark = len(customer.frames)
    await customer.ask("handoff")
    await customer.row("handoff_asked", mark)
    await accept(agent, customer)
    assert (await customer.owner("agent"))["agent"]["name"] == "Twice"


async def test_with_an_agent_the_bot_is_silent_and_words_are_words(people: People) -> None:
    agent = await people.on_duty("silent-bot")
    customer = await people.talking("with-agent", agent)
    for text in ("怎么充值", "转人工", "asdf qwer"):
        await customer.say(text)
    with pytest.raises(PeerError, match="with_agent"):
        await customer.ask("ticket")
    await agent.ask("send", conversation=customer.conversation, text="我在")
    await customer.row("agent_wrote")
    assert not any(r["author"]["kind"] == "bot" for r in customer.rows[customer.conversation])
    assert not customer.state["thinking"]


async def test_nonsense_is_asked_again_once_and_then_a_person(people: People) -> None:
    customer = await people.here("nonsense")
    await customer.say("blorf zwick quux vlim")
    await customer.row("bot_asked_again")
    await customer.say("grumph snazzle wibble fnord")
    await customer.row("bot_gave_up", reason="unsure")
    await customer.owner("queue")


async def test_the_bot_goes_on_answering_while_the_customer_waits(people: People) -> None:
    customer = await people.queued("waiting")
    await customer.say("怎么充值")
    row = await customer.row("bot_answered")
    assert row["author"]["kind"] == "bot"
    assert customer.state["owner"] == "queue"
    mark = len(customer.frames)
    await customer.say("blorf zwick quux vlim")
    await customer.wait(lambda f: f["type"] == "state" and not f["thinking"], "the bot's rest", mark)
    assert not any(r["kind"] in ("bot_asked_again", "bot_gave_up") for r in customer.rows[customer.conversation])


async def test_an_old_wish_for_a_person_is_not_read_again(people: People) -> None:
    customer = await people.here("wished")
    await customer.say("转人工")
    await customer.owner("queue")
    await customer.say("怎么充值")
    answered = await customer.row("bot_answered")
    assert answered["body"]["kind"] == "entry"


async def test_the_agent_is_offered_it_with_the_transcript(people: People) -> None:
    agent, customer = await people.on_duty("reader"), await people.here("transcript")
    await customer.say("怎么充值")
    await customer.row("bot_answered")
    await customer.ask("handoff")
    offer = await agent.wait(lambda f: f["type"] == "offer", "offer")
    assert offer["card"]["last"] == "怎么充值"
    await agent.watch(customer.conversation)
    answered = await agent.row("bot_answered")
    assert answered["body"]["confidence"] > 0.5
    await agent.ask("accept", conversation=customer.conversation)
    row = await customer.row("accepted")
    assert row["body"]["name"] == "Reader"


async def test_transfer_with_a_note_keeps_the_clock_and_the_note_from_the_customer(people: People) -> None:
    first, second = await people.on_duty("first"), await people.on_duty("second", ready=False)
    customer = await people.talking("moved", first)
    ident = customer.conversation
    since = (await second.wait(lambda f: f["type"] == "card" and f["card"]["conversation"] == ident, "card"))["card"][
        "since"
    ]
    await second.ask("presence", ready=True)
    await first.ask("transfer", conversation=ident, agent="second", note="他急了，先查提币")
    offer = await second.wait(lambda f: f["type"] == "offer" and f["conversation"] == ident, "offer")
    assert offer["card"]["since"] == since
    assert offer["card"]["reason"] == "transfer"
    await second.ask("accept", conversation=ident)
    await second.watch(ident)
    await second.row("noted", text="他急了，先查提币")
    await customer.wait(
        lambda f: f["type"] == "state" and (f["agent"] or {}).get("name") == "Second", "the second agent"
    )
    assert "他急了" not in str(customer.frames)
    again = people.again(customer)
    await again.open()
    await again.row("transferred")
    assert "他急了" not in str(again.frames)
    with pytest.raises(PeerError, match="not_yours"):
        await first.ask("send", conversation=ident, text="还是我")


@pytest.mark.parametrize(
    ("fields", "code"), [({"agent": "nobody"}, "unknown_agent"), ({"skill": "magic"}, "unknown_skill")]
)
async def test_a_transfer_to_nowhere_is_refused(people: People, fields: dict[str, str], code: str) -> None:
    agent = await people.on_duty("lost")
    customer = await people.talking(f"not-moved-{code}", agent)
    with pytest.raises(PeerError) as refusal:
        await agent.ask("transfer", conversation=customer.conversation, note="", **fields)
    assert refusal.value.code == code
    assert customer.state["owner"] == "agent"


async def test_a_race_between_the_bot_and_the_button_leaks_nothing(people: People) -> None:
    async def one(i: int) -> None:
        customer = await people.here(f"racer-{i}")
        await asyncio.gather(customer.say("怎么充值到我的账户里面呢"), customer.ask("handoff"))
        await customer.owner("queue")
        kinds = [r["kind"] for r in customer.rows[customer.conversation]]
        asked = kinds.index("handoff_asked")
        assert not {"bot_asked_again", "bot_gave_up", "bot_clarified"} & set(kinds[asked:])

    await asyncio.gather(*(one(i) for i in range(20)))
