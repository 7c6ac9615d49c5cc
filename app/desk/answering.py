"""Performs ``AskBot``: collects what the customer wrote, asks the bot off the event loop, and writes the verdict
as an event that names its turn. Whatever goes wrong ends with a person, never with silence."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from app.db.port import Command, Refused, Rejected, Result, Row, Store, Stored
from app.desk import turns
from app.desk.routing import Routing
from app.lookups.port import Question
from app.lookups.service import Lookups
from app.settings import Settings
from bot.breaker import Breaker
from bot.inference import Worker
from bot.verdicts import FormEnded, FormFilled, Verdict
from conversation import Conversation
from conversation.events import Event, Route
from conversation.states import WithBot, open_turn

log = logging.getLogger(__name__)

SHORT = 12
"""Characters; a shorter message often goes on in the next one."""
RECENT = (6, 40)
"""Rows looked at for what the customer has written since somebody last answered: the last ones, more when no answer is
among them."""
REPLIES = frozenset(
    {
        "bot_answered",
        "bot_clarified",
        "bot_form_asked",
        "bot_form_done",
        "bot_asked_again",
        "bot_gave_up",
        "bot_had_nothing",
        "bot_silent",
        "agent_wrote",
        "accepted",
        "pulled",
        "handoff_asked",
        "emergency_raised",
    }
)
"""Rows after which what was written before has had its consequence: an old wish for a person is not read again."""


def _all_of_it(stored: Stored | None) -> list[Row]:
    """What the customer wrote in a change before which the bot had nothing open: it then had answered everything. Else
    nothing: the log knows."""
    if stored is None:
        return []
    before = stored.before
    if before is None or (isinstance(before.state, WithBot) and before.state.turn is None):
        return [row for row in stored.rows if row.kind == "customer_wrote"]
    return []


class Answering:
    def __init__(
        self,
        settings: Settings,
        store: Store,
        routing: Routing,
        worker: Worker,
        submit: Callable[[Command], Awaitable[Result]],
        is_here: Callable[[str, str], bool],
        lookups: Lookups,
    ) -> None:
        self._lookups = lookups
        self._is_here = is_here
        self._settings = settings
        self._store = store
        self._routing = routing
        self._worker = worker
        self._submit = submit
        self._latest: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.breaker = Breaker(failures=5, rest=10.0)
        self.dropped = 0
        """Replies that came too late and were dropped at the write."""

    def ask(self, conversation: Conversation, turn: int, stored: Stored | None = None) -> None:
        """Start the turn; a turn asked twice is answered once, because its number is fenced. ``stored`` is the change
        that asks, if it was just made: often it holds all that was written since the last answer."""
        self._latest[conversation.id] = turn
        task = asyncio.create_task(self._turn(conversation, turn, stored))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _turn(self, conversation: Conversation, turn: int, stored: Stored | None) -> None:
        try:
            rows = _all_of_it(stored) or await self._unanswered(conversation)
            text = turns.question(str(r.body["text"]) for r in rows if r.body is not None)
            last = rows[-1].body if rows else None
            clicked = last is not None and (last["entry"] or last["category"])
            if not clicked and len(text) < SHORT and self._settings.bot_burst:
                await asyncio.sleep(self._settings.bot_burst)
            if self._latest.get(conversation.id) != turn:
                return
            verdict = await self._verdict(conversation, text, last or {})
            if isinstance(verdict, FormFilled):
                verdict = await self._looked_up(conversation, text, verdict)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self._failed(error, conversation.id)
            verdict = None
        result = await self._submit(self._write(conversation.id, turn, verdict))
        if isinstance(result, Rejected):
            self.dropped += 1
        if self._latest.get(conversation.id) == turn:
            del self._latest[conversation.id]

    async def _unanswered(self, conversation: Conversation) -> list[Row]:
        rows: Sequence[Row] = ()
        for count in RECENT:
            rows = await self._store.rows(conversation.id, max(0, conversation.seq - count), "staff")
            if conversation.seq <= count or any(row.kind in REPLIES for row in rows):
                break
        found: list[Row] = []
        for row in rows:
            if row.kind in REPLIES:
                found.clear()
            elif row.kind == "customer_wrote" and row.seq <= conversation.seq:
                found.append(row)
        return found

    async def _verdict(self, c: Conversation, text: str, last: dict[str, object]) -> Verdict | None:
        bot = self._worker.front
        entry, category = str(last.get("entry") or ""), str(last.get("category") or "")
        found = turns.clicked(bot, c.locale, entry=entry, category=category)
        if found is not None:
            return found
        context = turns.context(c, datetime.now())
        known = bot.first_look(text, context)
        if known is not None:
            return known
        if self.breaker.is_open:
            return bot.first_look(text, context, alone=True)
        try:
            verdict = await self._worker.reply(text, context)
        except Exception as error:
            self._failed(error, c.id)
            return bot.first_look(text, context, alone=True)
        self.breaker.succeeded()
        return verdict

    def _failed(self, error: Exception, conversation: str) -> None:
        self.breaker.failed()
        log.warning("the bot failed", extra={"error": type(error).__name__, "conversation": conversation})

    async def _looked_up(self, c: Conversation, text: str, filled: FormFilled) -> FormEnded:
        now = time.time()
        question = Question(filled.action, c.id, c.customer, filled.locale, dict(filled.form.slots), text, now)
        return self._worker.front.conclude(filled, await self._lookups.look_up(question))

    def _write(self, conversation: str, turn: int, verdict: Verdict | None) -> Command:
        now = time.time()

        def decide(c: Conversation) -> Sequence[Event]:
            current = open_turn(c.state)
            if current is None or current.number != turn:
                raise Refused("stale_turn")
            return (self._event(c, turn, verdict, now),)

        return Command(conversation, "bot", decide, now)

    def _event(self, c: Conversation, turn: int, verdict: Verdict | None, now: float) -> Event:
        return turns.event(
            turn,
            verdict,
            self._worker.front.corpus,
            waiting=not isinstance(c.state, WithBot),
            route=lambda emergency: self._route(c, now, emergency=emergency),
        )

    def _route(self, c: Conversation, now: float, *, emergency: bool = False) -> Route:
        """He may have gone while the bot was thinking: then nobody is rung for him until he is back."""
        here = self._is_here(c.customer, c.topic)
        return self._routing.route(c.customer, c.locale, c.tier, now, emergency=emergency, connected=here)
