"""From a probability to an action: a finite ladder that ends in a person.

| probability that the first is right | clarified so far | misses so far | action |
|---|---|---|---|
| >= answer_at | any | any | answer |
| >= clarify_at, or LEAST and surely of our subject; two or more | < max_clarify | any | offer two to four choices |
| otherwise | any | < max_misses | ask again |
| otherwise | any | >= max_misses | hand over: unsure |

Without thresholds for the locale nothing is answered or offered: the last two rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.engines.port import Candidate, Thresholds

MAX_CHOICES = 4
# So many are always offered, and a further one from this share of the first one's plausibility on: low, since a choice
# more costs a glance and a missing one the question.
ALWAYS, PLAUSIBLE = 3, 0.06
# Below this probability choices are guesses even for a text that is surely of our subject.
LEAST = 0.015


@dataclass(frozen=True, slots=True)
class Limits:
    """How often the bot asks again, and offers choices, before a person is called."""

    misses: int = 1
    clarified: int = 2


@dataclass(frozen=True, slots=True)
class Answer:
    entry_id: str


@dataclass(frozen=True, slots=True)
class Clarify:
    entry_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskAgain:
    pass


@dataclass(frozen=True, slots=True)
class Handoff:
    reason: Literal["unsure"] = "unsure"


Decision = Answer | Clarify | AskAgain | Handoff


def decide(
    candidates: Sequence[Candidate],
    probability: float,
    thresholds: Thresholds | None,
    *,
    subject: bool = False,
    misses: int = 0,
    clarified: int = 0,
    limits: Limits | None = None,
) -> Decision:
    """Pure; the table above, row by row. `subject`: the text is surely of the corpus's subject."""
    limits = limits or Limits()
    if candidates and thresholds is not None:
        if probability >= thresholds.answer_at:
            return Answer(candidates[0].entry_id)
        choices = plausible(candidates)
        worth = probability >= (LEAST if subject else thresholds.clarify_at)
        if worth and len(choices) > 1 and clarified < limits.clarified:
            return Clarify(choices)
    return AskAgain() if misses < limits.misses else Handoff()


def plausible(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """The first three candidates, and the fourth if it is close behind the first."""
    some = enumerate(candidates[:MAX_CHOICES])
    return tuple(c.entry_id for place, c in some if place < ALWAYS or c.share >= PLAUSIBLE)
