"""The ladder, row by row."""

import pytest

from bot.decision import LEAST, Answer, AskAgain, Clarify, Decision, Handoff, decide
from bot.engines.port import Candidate, Thresholds

AT = Thresholds(answer_at=0.9, clarify_at=0.4)
ALONE = (Candidate("a", 1.0, "", 1.0),)
FAR = tuple(Candidate(name, 1.0, "", share) for name, share in zip("abcd", (1, 0.01, 0.01, 0.01), strict=True))
CLOSE = tuple(Candidate(name, 1.0, "", share) for name, share in zip("abcde", (1, 0.8, 0.5, 0.3, 0.2), strict=True))


@pytest.mark.parametrize(
    ("candidates", "probability", "misses", "clarified", "decision"),
    [
        (ALONE, 0.95, 0, 0, Answer("a")),
        (ALONE, 0.95, 9, 9, Answer("a")),
        (CLOSE, 0.90, 0, 0, Answer("a")),
        (CLOSE, 0.89, 0, 0, Clarify(("a", "b", "c", "d"))),
        (CLOSE, 0.40, 1, 1, Clarify(("a", "b", "c", "d"))),
        (CLOSE, 0.89, 0, 2, AskAgain()),
        (CLOSE, 0.89, 1, 2, Handoff("unsure")),
        (FAR, 0.89, 0, 0, Clarify(("a", "b", "c"))),
        (ALONE, 0.89, 0, 0, AskAgain()),
        (ALONE, 0.89, 1, 0, Handoff("unsure")),
        (CLOSE, 0.39, 0, 0, AskAgain()),
        (CLOSE, 0.39, 1, 0, Handoff("unsure")),
        ((), 0.0, 0, 0, AskAgain()),
        ((), 0.0, 1, 0, Handoff("unsure")),
    ],
)
def test_every_rung(
    candidates: tuple[Candidate, ...], probability: float, misses: int, clarified: int, decision: Decision
) -> None:
    assert decide(candidates, probability, AT, misses=misses, clarified=clarified) == decision


def test_without_thresholds_nothing_is_answered_or_offered() -> None:
    assert decide(CLOSE, 0.99, None) == AskAgain()
    assert decide(CLOSE, 0.99, None, misses=1) == Handoff("unsure")


def test_the_ladder_ends_in_a_person() -> None:
    misses = clarified = 0
    for _ in range(4):
        match decide(CLOSE, 0.5, AT, misses=misses, clarified=clarified):
            case Clarify():
                clarified += 1
            case AskAgain():
                misses += 1
            case decision:
                assert decision == Handoff("unsure")
                return
    pytest.fail("four unsure turns and no person")


def test_a_question_of_our_subject_is_offered_choices_however_unsure() -> None:
    assert decide(CLOSE, 0.1, AT, subject=True) == Clarify(("a", "b", "c", "d"))
    assert decide(CLOSE, LEAST, AT, subject=True) == Clarify(("a", "b", "c", "d"))
    assert decide(CLOSE, LEAST - 0.001, AT, subject=True) == AskAgain()
    assert decide(CLOSE, 0.1, AT, subject=True, clarified=2) == AskAgain()
    assert decide(ALONE, 0.1, AT, subject=True) == AskAgain()
    assert decide(CLOSE, 0.1, None, subject=True) == AskAgain()
