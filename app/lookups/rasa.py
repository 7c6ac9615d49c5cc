"""The Rasa action-server protocol, so that a server written with ``rasa-sdk`` works as it is.

``POST /webhook`` with ``next_action``, ``sender_id``, ``tracker`` and ``domain``; back come ``responses``, whose texts
are the customer's, and ``events``, whose slots are facts for the agent's card. Besides the form's own slots the
tracker has ``customer_id``, ``verified`` and ``locale``.
"""

from __future__ import annotations

import json
from typing import Any

from app.lookups.port import LookupFailed, Question
from app.lookups.transport import Transport
from bot.forms import Reply

VERSION = "3.6.21"
"""Of the protocol: the Rasa whose requests these look like."""
ACTIONS = ("action_withdrawal_status", "action_deposit_status", "action_kyc_status", "action_order_status")
SLOTS = ("coin", "amount", "network", "txid", "address", "order_id", "time", "email", "phone", "uid")


class RasaActions:
    """A connector to an action server at ``url`` (the whole address, with ``/webhook``)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def ask(self, question: Question) -> Reply:
        return read(await self._transport.post(json.dumps(request(question)).encode(), {}))

    async def close(self) -> None:
        await self._transport.close()


def request(question: Question) -> dict[str, Any]:
    """The body that Rasa would send for a custom action."""
    slots: dict[str, Any] = dict.fromkeys(SLOTS)
    slots |= {**question.slots, "customer_id": question.customer, "verified": True, "locale": question.locale}
    message = {
        "intent": {"name": question.action.removeprefix("action_"), "confidence": 1.0},
        "entities": [{"entity": name, "value": value} for name, value in question.slots.items()],
        "text": question.text,
        "message_id": question.conversation,
        "metadata": {},
        "intent_ranking": [],
    }
    tracker = {
        "sender_id": question.conversation,
        "slots": slots,
        "latest_message": message,
        "latest_event_time": question.asked_at,
        "followup_action": None,
        "paused": False,
        "events": [],
        "latest_input_channel": "honeydesk",
        "active_loop": {},
        "latest_action": {"action_name": "action_listen"},
        "latest_action_name": "action_listen",
        "stack": [],
    }
    return {
        "version": VERSION,
        "next_action": question.action,
        "sender_id": question.conversation,
        "tracker": tracker,
        "domain": _domain(question.action, slots),
    }


def _domain(action: str, slots: dict[str, Any]) -> dict[str, Any]:
    mappings = {
        name: {"type": "any", "mappings": [{"type": "custom"}], "influence_conversation": False} for name in slots
    }
    return {
        "config": {"store_entities_as_slots": True},
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
        "intents": [],
        "entities": list(SLOTS),
        "slots": mappings,
        "responses": {},
        "actions": sorted({*ACTIONS, action}),
        "forms": {},
        "e2e_actions": [],
    }


def read(body: dict[str, Any]) -> Reply:
    """The reply in a response's body. Raises LookupFailed when it is not one of an action server."""
    responses, events = body.get("responses"), body.get("events")
    if not isinstance(responses, list) or not isinstance(events, list):
        raise LookupFailed("unreadable", "no responses or no events")
    texts = [
        r["text"] for r in responses if isinstance(r, dict) and isinstance(r.get("text"), str) and r["text"].strip()
    ]
    facts = [
        (str(e["name"]), str(e["value"]))
        for e in events
        if isinstance(e, dict) and e.get("event") == "slot" and e.get("name") and e.get("value") is not None
    ]
    return Reply(tuple(texts), tuple(facts))
