"""The routing rules. A rule only filters or reorders agents; it never adds one and never does anything.

To add a rule: write the function, add one line to the dict it belongs to. The contract test walks the dicts.

    FILTERS      (group, agents, policy) -> agents      who may serve this skill and language at all
    EXCLUSIONS   (waiting, agent, alone, now) -> bool   not this agent for this customer, for now
    PREFERENCES  (group, agent, policy) -> number       among the rest: the lowest tuple is rung first

Capacity is not in a dict because it is not a matter of taste: `handoff.match` never exceeds it. The order of
customers (emergency lane first, then the head start) is `Waiting.place`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from handoff.model import Agent, Group, Policy, Waiting

Filter = Callable[[Group, Sequence[Agent], Policy], list[Agent]]
Exclusion = Callable[[Waiting, Agent, bool, float], bool]
Preference = Callable[[Group, Agent, Policy], float]


def present(group: Group, agents: Sequence[Agent], policy: Policy) -> list[Agent]:
    """Connected is not ready, and ready is not connected: both are needed."""
    return [a for a in agents if a.ready and a.connected]


def skilled(group: Group, agents: Sequence[Agent], policy: Policy) -> list[Agent]:
    return [a for a in agents if group.skill in a.skills]


def speaking(group: Group, agents: Sequence[Agent], policy: Policy) -> list[Agent]:
    """Whoever speaks the language or one that does as well; if nobody does, the last resort."""
    wanted = frozenset(policy.languages(group.language))
    speakers = [a for a in agents if not wanted.isdisjoint(a.languages)]
    if speakers or policy.last_resort is None:
        return speakers
    return [a for a in agents if policy.last_resort in a.languages]


def repass(waiting: Waiting, agent: Agent, alone: bool, now: float) -> bool:
    """Whoever passed is not rung again for a while, unless nobody else could ever answer."""
    return not alone and any(agent.id == name and now < until for name, until in waiting.not_to)


def language_rank(group: Group, agent: Agent, policy: Policy) -> float:
    """0 for the customer's own language, then down the chain of fall-backs."""
    chain = policy.languages(group.language)
    return next((rank for rank, tongue in enumerate(chain) if tongue in agent.languages), len(chain))


def load_share(group: Group, agent: Agent, policy: Policy) -> float:
    """Least loaded first, as a share, so that a capacity of 5 is not filled before one of 2 is touched."""
    return agent.load / agent.capacity if agent.capacity else 1.0


def longest_idle(group: Group, agent: Agent, policy: Policy) -> float:
    return agent.idle_since


FILTERS: Mapping[str, Filter] = {
    "present": present,
    "skill": skilled,
    "language": speaking,
}

EXCLUSIONS: Mapping[str, Exclusion] = {
    "repass": repass,
}

PREFERENCES: Mapping[str, Preference] = {
    "language": language_rank,
    "load": load_share,
    "idle": longest_idle,
}


def staff(group: Group, agents: Sequence[Agent], policy: Policy) -> list[Agent]:
    """The agents who match a group now, whether or not they have capacity left."""
    matching = list(agents)
    for rule in FILTERS.values():
        matching = rule(group, matching, policy)
    return matching


def excluded(waiting: Waiting, agent: Agent, alone: bool, now: float) -> bool:
    """Whether a rule keeps this matching agent from this customer now. `alone`: nobody else matches."""
    return any(rule(waiting, agent, alone, now) for rule in EXCLUSIONS.values())


def preference(group: Group, agent: Agent, policy: Policy) -> tuple[float, ...]:
    return tuple(rule(group, agent, policy) for rule in PREFERENCES.values())
