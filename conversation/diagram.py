"""The life cycle drawn from its table: ``python -m conversation.diagram`` prints a Mermaid state diagram and a
Markdown table of every (state, event) cell, as they stand in the documentation."""

from __future__ import annotations

from collections.abc import Iterator

from conversation.codec import KIND_OF
from conversation.events import ANNOTATIONS, EVENTS, Event
from conversation.states import STATES, Closed, State, WithBot
from conversation.table import TABLE, Cell

ILLEGAL = "·"


def _moves() -> dict[tuple[type[State], type[State]], list[str]]:
    """From state and to state -> the events that lead there; what stays in place is left to the table."""
    moves: dict[tuple[type[State], type[State]], list[str]] = {}
    for event in EVENTS:
        for state in STATES:
            cell = TABLE.get((state, event))
            if isinstance(cell, Cell):
                for to in cell.to:
                    if to is not state:
                        moves.setdefault((state, to), []).append(KIND_OF[event])
    return moves


def mermaid() -> str:
    """The changes of state. Lines that stay in a state are in the table only: there are too many to draw."""
    lines = ["stateDiagram-v2", f"    [*] --> {WithBot.__name__}: opened"]
    for (state, to), events in sorted(_moves().items(), key=_by_state):
        lines.append(f"    {state.__name__} --> {to.__name__}: {'<br/>'.join(events)}")
    lines.append(f"    {Closed.__name__} --> [*]")
    return "\n".join(lines)


def _by_state(move: tuple[tuple[type[State], type[State]], list[str]]) -> tuple[int, int]:
    (state, to), _ = move
    return STATES.index(state), STATES.index(to)


def _cell(state: type[State], event: type[Event]) -> str:
    cell = TABLE.get((state, event))
    if cell is None:
        return ILLEGAL
    if not isinstance(cell, Cell):
        return f"*{cell.code}*"
    if not cell.to:
        return "*late*"
    return ", ".join("stays" if to is state else f"**{to.__name__}**" for to in cell.to)


def _rows() -> Iterator[str]:
    yield "| event | " + " | ".join(state.__name__ for state in STATES) + " |"
    yield "|---" * (len(STATES) + 1) + "|"
    for event in EVENTS:
        if event not in ANNOTATIONS:
            yield f"| `{KIND_OF[event]}` | " + " | ".join(_cell(state, event) for state in STATES) + " |"
    names = ", ".join(f"`{KIND_OF[event]}`" for event in EVENTS if event in ANNOTATIONS)
    yield f"| {names} | " + " | ".join("stays" for _ in STATES) + " |"


def markdown() -> str:
    """Diagram and table, as one piece of Markdown."""
    return f"```mermaid\n{mermaid()}\n```\n\n" + "\n".join(_rows()) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")
