"""Priority as a head start in seconds.

A customer's order is a constant fixed when he is queued. Nobody starves: whoever queues later than the
largest head start after him comes behind him, whatever his tier.
"""

from __future__ import annotations

from handoff.model import EMERGENCY, NORMAL, Policy


def head_start(severity: str, tier: str, policy: Policy) -> float:
    """Seconds, never negative. Names that the policy does not list give none: tiers come from the token."""
    by_severity = policy.severity_head_start.get(severity, 0.0)
    by_tier = policy.tier_head_start.get(tier, 0.0)
    return max(0.0, by_severity) + max(0.0, by_tier)


def order(queued_at: float, severity: str, tier: str, policy: Policy) -> float:
    """The sort key within a lane: lower is served first."""
    return queued_at - head_start(severity, tier, policy)


def lane(severity: str, policy: Policy) -> int:
    """The emergency lane is served before the normal one."""
    return EMERGENCY if severity in policy.emergencies else NORMAL


def affinity(agent_id: str | None, served_at: float | None, now: float, policy: Policy) -> str | None:
    """The agent a returning customer prefers: the last one, within the policy's window."""
    if agent_id is None or served_at is None or now - served_at > policy.affinity_window:
        return None
    return agent_id
