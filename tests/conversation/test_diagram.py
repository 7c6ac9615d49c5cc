"""The documentation shows the table as it is."""

from __future__ import annotations

from pathlib import Path

from conversation.codec import KIND_OF
from conversation.diagram import markdown, mermaid
from conversation.events import EVENTS
from conversation.table import TABLE, Cell

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "life-cycle.md"
BEGIN, END = "<!-- begin: python -m conversation.diagram -->\n", "<!-- end -->"


def test_the_page_shows_the_table_as_it_is() -> None:
    """When it fails, put the output of ``python -m conversation.diagram`` between the two markers."""
    shown = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    assert shown.strip() == markdown().strip()


def test_every_change_of_state_is_drawn() -> None:
    drawn = mermaid()
    for (state, event), cell in TABLE.items():
        for to in cell.to if isinstance(cell, Cell) else ():
            if to is not state:
                arrow = f"{state.__name__} --> {to.__name__}: "
                (line,) = [line for line in drawn.splitlines() if arrow in line]
                assert KIND_OF[event] in line.split(": ")[1].split("<br/>")


def test_every_event_has_a_row() -> None:
    for event in EVENTS:
        assert f"`{KIND_OF[event]}`" in markdown()
