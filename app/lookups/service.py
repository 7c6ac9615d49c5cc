"""Look-ups as the desk asks for them: never an exception, always an audit row, masked like all that is stored."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from app.db.port import Audit
from app.lookups.port import Connector, LookupFailed, Question
from app.masking import mask
from bot.breaker import Breaker
from bot.forms import Looked, Reply

log = logging.getLogger(__name__)

MAX_TEXTS, MAX_TEXT, MAX_FACTS, MAX_FACT = 4, 1_500, 20, 200
"""Of a reply what is taken: sentences and their characters, facts and theirs."""


class Lookups:
    """``connector`` None: none is configured, and every look-up says so."""

    def __init__(
        self, connector: Connector | None, audit: Callable[[Sequence[Audit]], Awaitable[None]], *, rest: float = 15.0
    ) -> None:
        self._connector = connector
        self._audit = audit
        self.breaker = Breaker(failures=3, rest=rest)

    async def look_up(self, question: Question) -> Looked:
        """What came of it; ``failed`` is written to the log without a word of the customer's."""
        if self._connector is None:
            return "none"
        began, outcome = time.monotonic(), "answered"
        looked: Looked
        try:
            looked = bounded(await self._ask(self._connector, question))
        except LookupFailed as error:
            outcome, looked = error.code, "failed"
            log.warning("a look-up failed", extra={"action": question.action, "code": error.code})
        detail = {
            "action": question.action,
            "customer": question.customer,
            "slots": sorted(question.slots),
            "outcome": outcome,
            "ms": round((time.monotonic() - began) * 1000),
        }
        await self._audit([Audit(time.time(), "bot", "lookup", question.conversation, detail)])
        return looked

    async def _ask(self, connector: Connector, question: Question) -> Reply:
        if self.breaker.is_open:
            raise LookupFailed("resting")
        try:
            reply = await connector.ask(question)
        except LookupFailed:
            self.breaker.failed()
            raise
        self.breaker.succeeded()
        return reply

    async def close(self) -> None:
        if self._connector is not None:
            await self._connector.close()


def bounded(reply: Reply) -> Reply:
    """Cut to what a conversation can hold, secrets masked."""
    texts = tuple(mask(text[:MAX_TEXT]).text for text in reply.texts[:MAX_TEXTS])
    facts = tuple((name[:40], mask(value[:MAX_FACT]).text) for name, value in reply.facts[:MAX_FACTS])
    return Reply(texts, facts)
