"""Runs the detectors in their fixed order: emergency, wish for a person, boundary, small talk."""

from dataclasses import dataclass
from typing import Literal, cast

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


class Detectors:
    """Pattern sets compiled once; pure afterwards and safe to share."""

    def __init__(self) -> None:
        self._sets: tuple[tuple[DetectionKind, PatternSet], ...] = (
            ("emergency", load_patterns("emergency")),
            ("handoff", load_patterns("handoff")),
            ("boundary", load_patterns("boundary")),
            ("chat", load_patterns("chat")),
        )
        self._anger = load_patterns("anger")

    def detect(self, text: str, locale_hint: str = "") -> Detection | None:
        """The first detector that speaks. All languages are tried, whatever the hint: customers mix them."""
        form = normal(text)
        for kind, patterns in self._sets:
            detail = patterns.find(form)
            if detail is not None:
                return Detection(kind, detail)
        return None

    def angry(self, text: str) -> bool:
        """Whether the customer is beyond patience (never decides alone)."""
        return self._anger.find(normal(text)) is not None
