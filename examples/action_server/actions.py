"""The same look-ups as actions of rasa-sdk: ``python -m rasa_sdk --actions actions --port 5055`` in this folder.

rasa-sdk has requirements that Honeydesk's environment cannot meet, so it gets one of its own (requirements.txt).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ledger import Found, Ledger
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

LEDGER = Ledger(Path(os.environ.get("LEDGER", "sample.sqlite3")))


def look_up(
    find: Callable[[str, Any, str], Found], dispatcher: CollectingDispatcher, tracker: Tracker
) -> list[dict[str, Any]]:
    customer = tracker.get_slot("customer_id")
    if not customer or not tracker.get_slot("verified"):
        return []
    found = find(customer, tracker.slots, tracker.get_slot("locale") or "en")
    dispatcher.utter_message(text=found.text)
    return [SlotSet(name, value) for name, value in found.facts.items()]


class WithdrawalStatus(Action):
    def name(self) -> str:
        return "action_withdrawal_status"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        return look_up(LEDGER.withdrawal, dispatcher, tracker)


class DepositStatus(Action):
    def name(self) -> str:
        return "action_deposit_status"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        return look_up(LEDGER.deposit, dispatcher, tracker)


class KycStatus(Action):
    def name(self) -> str:
        return "action_kyc_status"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        return look_up(LEDGER.kyc, dispatcher, tracker)


class OrderStatus(Action):
    def name(self) -> str:
        return "action_order_status"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        return look_up(LEDGER.order, dispatcher, tracker)
