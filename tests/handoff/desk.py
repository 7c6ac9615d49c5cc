"""Customers and agents as the tests speak of them, and hypothesis strategies for whole desks."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from handoff.model import EMERGENCY, NORMAL, Agent, Policy, Waiting

NOW = 10_000.0
POLICY = Policy()
SKILLS = ("account", "trade")
LANGUAGES = ("zh-CN", "zh-TW", "en", "ko")


def customer(
    name: str,
    queued_at: float = 0.0,
    *,
    skill: str = "account",
    language: str = "en",
    head_start: float = 0.0,
    lane: int = NORMAL,
    connected: bool = True,
    affinity: str | None = None,
    not_to: dict[str, float] | None = None,
    offered_to: str | None = None,
) -> Waiting:
    return Waiting(
        name, f"user of {name}", skill, language, queued_at, queued_at - head_start, 1, lane, connected, affinity,
        frozenset((not_to or {}).items()), offered_to,
    )  # fmt: skip


def agent(
    name: str,
    *,
    skills: str = "account",
    languages: str = "en",
    capacity: int = 1,
    load: int = 0,
    ready: bool = True,
    connected: bool = True,
    idle_since: float = 0.0,
) -> Agent:
    return Agent(
        name, frozenset(skills.split()), frozenset(languages.split()), capacity, load, ready, connected, idle_since
    )


@dataclass(frozen=True)
class Desk:
    waiting: list[Waiting]
    agents: list[Agent]


@st.composite
def desks(draw: st.DrawFn, *, plain: bool = False) -> Desk:
    """Small desks, so that scarcity and ties are frequent. `plain`: one skill, one language, all present."""
    skills = st.sampled_from(SKILLS[:1] if plain else SKILLS)
    languages = st.sampled_from(LANGUAGES[2:3] if plain else LANGUAGES)
    yes = st.just(True) if plain else st.sampled_from((True, True, True, False))
    agents = [
        Agent(
            f"a{i}",
            draw(st.frozensets(skills, min_size=1)),
            draw(st.frozensets(languages, min_size=1)),
            draw(st.integers(0, 3)),
            draw(st.integers(0, 3)),
            draw(yes),
            draw(yes),
            float(draw(st.integers(0, 5))),
        )
        for i in range(draw(st.integers(0, 5)))
    ]
    names = st.sampled_from([a.id for a in agents] or ["nobody"])
    waiting = [
        Waiting(
            f"c{i}",
            f"u{i}",
            draw(skills),
            draw(languages),
            0.0,
            float(draw(st.integers(0, 6))),
            draw(st.integers(1, 9)),
            draw(st.sampled_from((EMERGENCY, NORMAL, NORMAL))),
            draw(yes),
            None if plain else draw(st.none() | names),
            frozenset() if plain else draw(st.frozensets(st.tuples(names, st.sampled_from((NOW - 1, NOW + 30))))),
            None if plain else draw(st.none() | st.none() | names),
        )
        for i in range(draw(st.integers(0, 10)))
    ]
    return Desk(waiting, agents)
