"""What a text can be detected as, and the labels that the fitted models tell apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

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


ORDER: tuple[DetectionKind, ...] = ("emergency", "handoff", "boundary")
"""The fitted kinds in the order in which they are decided."""

LABELS: tuple[Detection | None, ...] = (
    None,
    Detection("handoff", "asked"),
    *(Detection("emergency", name) for name in get_args(EmergencyKind)),
    *(Detection("boundary", name) for name in get_args(Boundary)),
)
"""Classes of the fitted models, in the order of their columns; the first is everything else."""

NAMES: tuple[str, ...] = tuple(label.detail if label is not None else "other" for label in LABELS)


def _span(kind: DetectionKind) -> slice:
    own = [place for place, label in enumerate(LABELS) if label is not None and label.kind == kind]
    return slice(own[0], own[-1] + 1)


SPANS: Mapping[DetectionKind, slice] = {kind: _span(kind) for kind in ORDER}
"""The columns of each fitted kind."""

# What an intent's wordings are detected as; a bare kind means "not that kind".
INTENTS: Mapping[str, Detection | DetectionKind] = {
    "handoff": Detection("handoff", "asked"),
    **{f"emergency_{name}": Detection("emergency", name) for name in get_args(EmergencyKind)},
    **{name: Detection("boundary", name) for name in get_args(Boundary)},
    "ask_price_prediction": Detection("boundary", "price_prediction"),
    **{name: Detection("chat", name) for name in get_args(ChatTopic)},
    "not_handoff": "handoff",
    "not_emergency": "emergency",
    "not_boundary": "boundary",
}


def label_of_intent(name: str) -> int:
    """The place in `LABELS` of what an intent's wordings are; that of everything else for all other intents."""
    meaning = INTENTS.get(name)
    return LABELS.index(meaning) if isinstance(meaning, Detection) and meaning in LABELS else 0
