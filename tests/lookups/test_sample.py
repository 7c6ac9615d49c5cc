"""The sample action server, as a process, asked by our own connector."""

from __future__ import annotations

import pytest

from app.lookups.port import LookupFailed, Question
from app.lookups.rasa import RasaActions
from app.lookups.transport import Transport
from tests.support.action_server import ActionServer, action_server

__all__ = ["action_server"]


async def ask(server: ActionServer, action: str, customer: str = "user:7", locale: str = "zh-CN", **slots: str) -> str:
    rasa = RasaActions(Transport(server.url, 5))
    try:
        reply = await rasa.ask(Question(action, "c1", customer, locale, slots))
    finally:
        await rasa.close()
    assert reply.facts
    return f"{dict(reply.facts)['status']} {reply.texts[0]}"


@pytest.mark.parametrize(
    ("action", "slots", "status"),
    [
        ("action_withdrawal_status", {"order_id": "77120394857"}, "reviewing"),
        ("action_withdrawal_status", {"coin": "BTC", "amount": "0.05"}, "sent"),
        ("action_withdrawal_status", {"order_id": "77120394859"}, "rejected"),
        ("action_withdrawal_status", {"order_id": "1"}, "not_found"),
        ("action_withdrawal_status", {}, "not_found"),
        ("action_deposit_status", {"coin": "ETH", "network": "ETHEREUM"}, "confirming"),
        ("action_deposit_status", {"txid": "0xabc"}, "not_found"),
        ("action_kyc_status", {}, "reviewing"),
        ("action_order_status", {"order_id": "88010023411"}, "open"),
    ],
)
async def test_it_tells_the_status(
    action_server: ActionServer, action: str, slots: dict[str, str], status: str
) -> None:
    assert (await ask(action_server, action, **slots)).startswith(status)
    assert (await ask(action_server, action, locale="en", **slots)).isascii()


async def test_an_action_it_does_not_know_is_refused(action_server: ActionServer) -> None:
    with pytest.raises(LookupFailed, match="refused"):
        await ask(action_server, "action_dance")
