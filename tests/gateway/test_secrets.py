"""Seed phrases and private keys: nowhere on disk, not in the log, not on anybody's screen."""

from __future__ import annotations

import pytest

from app.peer.peer import PeerError
from tests.support.server import People, Server

# Published test vectors of BIP-39 and of the WIF format; no money was ever theirs.
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
TAIL = "sausage worth useful legal winner"
HEX = "e9873d79c6d87dc0fb6a5778633389f4453213303da61f20bd67fc233aa33262"
WIF = "5Kb8kLf9zgWQnogidDA76MzPL6TsZZY36hWXMssSzNydYXYB9KF"
CARD = "4111 1111 1111 1111"
SECRETS = {
    "seed_phrase": (f"我的助记词是 {PHRASE} 请帮我恢复", TAIL),
    "private_key": (f"private key {HEX}", HEX),
    "WIF": (f"私钥：{WIF}", WIF),
    "card": (f"银行卡 {CARD} 扣款失败", CARD),
    "password": ("我的密码是 Tr0ub4dor&3xyzzy", "Tr0ub4dor&3xyzzy"),
}


def shown(peers: list[object]) -> str:
    return "".join(str(getattr(p, "frames", "")) for p in peers)


@pytest.mark.parametrize("kind", SECRETS)
async def test_a_customer_s_secret_is_nowhere_afterwards(server: Server, people: People, kind: str) -> None:
    text, secret = SECRETS[kind]
    agent = await people.on_duty("sees-nothing")
    customer = people.customer(f"leaks-{kind}")
    await customer.open()
    ack = await customer.say(text)
    assert ack["masked"]
    told = await customer.row("secret_masked")
    assert told["body"]["about"] == ack["seq"]
    stored = await customer.row("customer_wrote")
    assert "⟦masked:" in stored["body"]["text"]
    # A retry, in the chat with a person, in a ticket, in a rating, in what an agent writes, on HTTP.
    await customer.say(text, ident=ack["id"])
    await customer.ask("handoff")
    offer = await agent.wait(lambda f: f["type"] == "offer", "offer")
    await agent.ask("accept", conversation=customer.conversation)
    await agent.watch(customer.conversation)
    await customer.say(text)
    await agent.ask("send", conversation=customer.conversation, text=f"您发的是 {text} 吗")
    await agent.ask("note", conversation=customer.conversation, text=text)
    await agent.ask("transfer", conversation=customer.conversation, skill="general", note=text)
    await agent.wait(lambda f: f["type"] == "event" and f["kind"] == "transferred", "transfer")
    await customer.ask("ticket", text=text)
    state = await customer.owner("closed")
    await customer.ask("rate", segment=max(1, state["segment"] - 1), score=1, comment=text)
    await people.http().post("/api/chat/hello", json={"type": "hello", "oops": text})
    assert secret not in shown([agent, offer])
    assert secret not in shown([customer])
    assert not server.holding(secret)


async def test_a_secret_in_a_malformed_or_rejected_frame_is_not_logged(server: Server, people: People) -> None:
    customer = await people.here("leaks-badly")
    await customer.put({"type": "send", "id": "leak-00001", "text": PHRASE, "unknown": PHRASE})
    await customer.wait(lambda f: f["type"] == "error", "error")
    await customer.put({"type": PHRASE})
    await customer.put({"type": "suggest", "id": "leak-00002", "prefix": "x " + PHRASE[:70]})
    with pytest.raises(PeerError):
        await customer.ask("vote", about=99_999, helpful=True)
    await people.http().post("/api/staff/sign-in", json={"email": PHRASE, "password": PHRASE[:190]})
    await people.http().get(f"/nowhere/{PHRASE}?q={PHRASE}")
    assert not server.holding(TAIL)


async def test_tokens_and_passwords_are_not_on_disk_in_the_clear(server: Server, people: People) -> None:
    server.hire("hashed", email="hashed@example.com", password="correct horse battery staple 9")
    http = people.http()
    answer = await http.post(
        "/api/staff/sign-in", json={"email": "hashed@example.com", "password": "correct horse battery staple 9"}
    )
    assert answer.status_code == 200
    assert not server.holding("correct horse battery staple 9")
    assert not server.holding(http.cookies["honeydesk_session"])
    customer = await people.here("token-holder")
    await customer.say("怎么充值")
    assert customer.token
    assert not server.holding(customer.token)


async def test_the_data_folder_is_its_owner_s_alone(server: Server) -> None:
    assert server.folder.stat().st_mode & 0o077 == 0
    for path in (server.folder / "keys").iterdir():
        assert path.stat().st_mode & 0o077 == 0
    assert (server.folder / "first-admin.json").stat().st_mode & 0o077 == 0
