"""The numbers a life cycle needs, in seconds unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    bot_answer: float = 8.0
    """The bot must have answered a turn by then; else a person."""
    bot_idle: float = 86_400.0
    """A conversation with the bot in which nobody writes is closed after this."""
    max_wait: float = 600.0
    """The promise of a queued conversation: about to break -> a ticket is offered."""
    away: float = 1_800.0
    """How long a queued customer may be away, once his promise broke, before a ticket replaces his place."""
    ring: float = 30.0
    """An offer not answered by then goes back to the queue."""
    grace: float = 30.0
    """An agent whose lease is lost keeps his conversations this long."""
    agent_idle: float = 14_400.0
    """A conversation with an agent in which nobody writes is closed after this."""
    repass: float = 60.0
    """Who passed, or let an offer run out, is not offered that conversation again for this long."""
    max_misses: int = 1
    """How often the bot asks again before it hands over."""
    max_clarify: int = 2
    """How often in a row the bot may offer choices before it hands over."""
