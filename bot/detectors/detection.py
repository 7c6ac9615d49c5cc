"""Runs the detectors in their fixed order: emergency, wish for a person, boundary, small talk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

from bot.corpus.checks import key
from bot.corpus.nlu import Intent
from bot.detectors.normal import normal
from bot.detectors.patterns import PatternSet, load_patterns
from bot.verdicts import Boundary, ChatTopic, EmergencyKind

DetectionKind = Literal["emergency", "handoff", "boundary", "chat"]


@dataclass(frozen=True, slots=True)
class Detection:
    """`detail` is the emergency's kind, the boundary's name or the topic of small talk; "asked" for a hand-over."""

    kind: DetectionKind
    detail: str

    @property
    def emergency(self) -> EmergencyKind:
        return cast(EmergencyKind, self.detail)

    @property
    def boundary(self) -> Boundary:
        return cast(Boundary, self.detail)

    @property
    def topic(self) -> ChatTopic:
        return cast(ChatTopic, self.detail)


RECENT = 512
"""Texts (masked ones) whose detection is remembered; a published corpus begins with none."""


class Detectors:
    """Pattern sets compiled once; pure afterwards and safe to share.

    Trainers' wordings (`nlu/`) go before the patterns and are taken literally: what they file under an intent is
    detected as that, and what they file under `not_handoff` or `not_emergency` is not.
    """

    def __init__(self, intents: Sequence[Intent] = ()) -> None:
        self._filed = _filed(intents)
        self._sets: tuple[tuple[DetectionKind, PatternSet], ...] = (
            ("emergency", load_patterns("emergency")),
            ("handoff", load_patterns("handoff")),
            ("boundary", load_patterns("boundary")),
            ("chat", load_patterns("chat")),
        )
        self._anger = load_patterns("anger")
        # One message is looked at before it is stored, before it is queued for the engine, and beside its ranking.
        self._looked = lru_cache(maxsize=RECENT)(self._look)

    def detect(self, text: str, locale_hint: str = "") -> Detection | None:
        """The first detector that speaks. All languages are tried, whatever the hint: customers mix them."""
        return self._looked(text)

    def _look(self, text: str) -> Detection | None:
        form = normal(text)
        filed = self._filed.get(key(form))
        if isinstance(filed, Detection):
            return filed
        for kind, patterns in self._sets:
            if kind == filed:
                continue
            detail = patterns.find(form)
            if detail is not None:
                return Detection(kind, detail)
        return None

    def angry(self, text: str) -> bool:
        """Whether the customer is beyond patience (never decides alone)."""
        return self._anger.find(normal(text)) is not None


# What an intent's wordings are detected as; a bare kind means "not that kind".
_INTENTS: Mapping[str, Detection | DetectionKind] = {
    "handoff": Detection("handoff", "asked"),
    "emergency_account_taken": Detection("emergency", "account_taken"),
    "emergency_unauthorised_withdrawal": Detection("emergency", "unauthorised_withdrawal"),
    "emergency_wrong_address": Detection("emergency", "wrong_address"),
    "emergency_secret_given": Detection("emergency", "secret_given"),
    "greet": Detection("chat", "greet"),
    "thanks": Detection("chat", "thanks"),
    "goodbye": Detection("chat", "goodbye"),
    "bot_challenge": Detection("chat", "bot_challenge"),
    "who_are_you": Detection("chat", "who_are_you"),
    "investment_advice": Detection("boundary", "investment_advice"),
    "ask_price_prediction": Detection("boundary", "price_prediction"),
    "not_handoff": "handoff",
    "not_emergency": "emergency",
}


def meaning(intent: str) -> Detection | None:
    """What an engine that decides intents means by one of these; None for an intent that is no wish of its own."""
    found = _INTENTS.get(intent)
    return found if isinstance(found, Detection) else None


def _filed(intents: Sequence[Intent]) -> Mapping[str, Detection | DetectionKind]:
    found: dict[str, Detection | DetectionKind] = {}
    for intent in intents:
        meaning = _INTENTS.get(intent.name)
        if meaning is not None:
            found |= {key(normal(text)): meaning for text in intent.texts}
    return found
