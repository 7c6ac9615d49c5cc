"""Typing is no state and no row: it is passed on to whoever listens now, and forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.desk.listeners import Listeners
from conversation import Conversation
from conversation.states import WithAgent

Frame = dict[str, Any]


class Typing:
    """Customers' sessions register at ``to_customer``; ``to_agent`` is the staff hub's."""

    def __init__(self, names: Callable[[str], str]) -> None:
        self._names = names
        self.to_customer: Listeners[[Frame]] = Listeners()
        self.to_agent: Callable[[str, Frame], None] = lambda agent, frame: None

    def customer(self, conversation: Conversation) -> None:
        """The customer types: his agent may know."""
        state = conversation.state
        if isinstance(state, WithAgent):
            author = {"kind": "customer", "id": conversation.customer, "name": None}
            self.to_agent(state.agent, {"type": "typing", "conversation": conversation.id, "author": author})

    def agent(self, conversation: Conversation | None, agent: str) -> None:
        """The agent types: only the one who has the conversation is believed."""
        if conversation is None or not isinstance(conversation.state, WithAgent) or conversation.state.agent != agent:
            return
        author = {"kind": "agent", "id": None, "name": self._names(agent)}
        frame = {"type": "typing", "conversation": conversation.id, "author": author}
        self.to_customer.tell(conversation.customer, conversation.topic, frame)
