"""Performs ``AskBot``: collects what the customer wrote, asks the bot off the event loop, and writes the verdict
as an event that names its turn. Whatever goes wrong ends with a person, never with silence."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from app.db.port import Command, Refused, Rejected, Result, Row, Store
from app.desk.breaker import Breaker
from app.desk.routing import Routing
from app.lookups.port import Question
from app.lookups.service import Lookups
from app.masking.masker import TOKEN
from app.settings import Settings
from bot.inference import InferenceWorker
from bot.phrases import phrase
from bot.verdicts import (
    AnswerButton,
    Answered,
    AskedAgain,
    BotContext,
    Chatted,
    Clarified,
    Emergency,
    FormAsked,
    FormEnded,
    FormFilled,
    HandedOff,
    Verdict,
)
from bot.verdicts import (
    Refused as Declined,
)
from conversation import Conversation
from conversation.events import (
    BotAnswered,
    BotAskedAgain,
    BotClarified,
    BotFormAsked,
    BotFormDone,
    BotGaveUp,
    BotHadNothing,
    BotSilent,
    EmergencyRaised,
    Event,
    Route,
)
from conversation.states import WithBot, open_turn

log = logging.getLogger(__name__)

SHORT = 12
"""Characters; a shorter message often goes on in the next one."""
RECENT = 40
"""Rows looked at for what the customer has written since somebody last answered."""
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


class Answering:
    def __init__(
        self,
        settings: Settings,
        store: Store,
        routing: Routing,
        worker: InferenceWorker,
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

    def ask(self, conversation: Conversation, turn: int) -> None:
        """Start the turn; a turn asked twice is answered once, because its number is fenced."""
        self._latest[conversation.id] = turn
        task = asyncio.create_task(self._turn(conversation, turn))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _turn(self, conversation: Conversation, turn: int) -> None:
        try:
            rows = await self._unanswered(conversation)
            # What stands for a removed secret is no word of the customer's: its letters would pass for English.
            text = TOKEN.sub("", "\n".join(str(r.body["text"]) for r in rows if r.body is not None)).strip()
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
            self.breaker.failed()
            log.warning("the bot failed", extra={"error": type(error).__name__, "conversation": conversation.id})
            verdict = None
        result = await self._submit(self._write(conversation.id, turn, verdict))
        if isinstance(result, Rejected):
            self.dropped += 1
        if self._latest.get(conversation.id) == turn:
            del self._latest[conversation.id]

    async def _unanswered(self, conversation: Conversation) -> list[Row]:
        rows = await self._store.rows(conversation.id, max(0, conversation.seq - RECENT), "staff")
        found: list[Row] = []
        for row in rows:
            if row.kind in REPLIES:
                found.clear()
            elif row.kind == "customer_wrote" and row.seq <= conversation.seq:
                found.append(row)
        return found

    async def _verdict(self, c: Conversation, text: str, last: dict[str, object]) -> Verdict | None:
        bot, locale = self._worker.bot, c.locale
        if last.get("entry"):
            answered = bot.answer_entry(str(last["entry"]), locale)
            if answered is not None:
                return answered
        if last.get("category"):
            entries = bot.category_entries(str(last["category"]), locale)
            if entries:
                return Clarified(tuple(entries[:8]), phrase(bot.corpus, "clarify", locale), locale, 1.0, bot.version)
        context = _context(c)
        known = bot.first_look(text, context)
        if known is not None:
            return known
        if self.breaker.is_open:
            return None
        verdict = await self._worker.reply(text, context)
        self.breaker.succeeded()
        return verdict

    async def _looked_up(self, c: Conversation, text: str, filled: FormFilled) -> FormEnded:
        now = time.time()
        question = Question(filled.action, c.id, c.customer, filled.locale, dict(filled.form.slots), text, now)
        return self._worker.bot.conclude(filled, await self._lookups.look_up(question))

    def _write(self, conversation: str, turn: int, verdict: Verdict | None) -> Command:
        now = time.time()

        def decide(c: Conversation) -> Sequence[Event]:
            current = open_turn(c.state)
            if current is None or current.number != turn:
                raise Refused("stale_turn")
            return (self._event(c, turn, verdict, now),)

        return Command(conversation, "bot", decide, now)

    def _event(self, c: Conversation, turn: int, verdict: Verdict | None, now: float) -> Event:
        waiting = not isinstance(c.state, WithBot)
        match verdict:
            case None:
                return BotSilent(turn, self._route(c, now), broken=True)
            case Answered():
                return _answered(turn, verdict)
            case Chatted(_, text, locale):
                return BotAnswered(turn, text, "chat", locale=locale)
            case Declined(_, text, locale):
                return BotAnswered(turn, text, "refusal", locale=locale)
            case Emergency(kind, checklist, _):
                return EmergencyRaised(kind, self._route(c, now, emergency=True), checklist)
            case HandedOff("asked", _, locale) if waiting:
                return BotAnswered(
                    turn, phrase(self._worker.bot.corpus, "already_queued", locale), "chat", locale=locale
                )
            case Clarified() | AskedAgain() | HandedOff() | FormAsked() | FormEnded() if waiting:
                return BotHadNothing(turn)
            case FormAsked(form, text, locale, buttons):
                return BotFormAsked(turn, text, form, _buttons(buttons), locale)
            case FormEnded(form, outcome, text, locale, buttons, facts):
                return BotFormDone(turn, text, form, outcome, facts, _buttons(buttons), locale)
            case FormFilled():
                raise AssertionError("a filled form is looked up before its verdict is written")
            case Clarified(choices, text, _, confidence, version):
                offered = tuple({"kind": "entry", "label": x.title, "id": x.entry_id} for x in choices)
                return BotClarified(turn, text, offered, confidence, version)
            case AskedAgain(text, _, confidence, version):
                return BotAskedAgain(turn, text, confidence, version)
            case HandedOff(reason, _, _, confidence, version):
                return BotGaveUp(turn, reason, self._route(c, now), confidence, version)

    def _route(self, c: Conversation, now: float, *, emergency: bool = False) -> Route:
        """He may have gone while the bot was thinking: then nobody is rung for him until he is back."""
        here = self._is_here(c.customer, c.topic)
        return self._routing.route(c.customer, c.locale, c.tier, now, emergency=emergency, connected=here)


def _answered(turn: int, verdict: Answered) -> BotAnswered:
    buttons = list(_buttons(verdict.buttons))
    if verdict.offer_person and not any(b["kind"] == "handoff" for b in buttons):
        buttons.append({"kind": "handoff", "label": ""})
    return BotAnswered(
        turn=turn,
        text=verdict.markdown,
        kind="entry",
        entry=verdict.entry_id,
        version=verdict.version,
        confidence=verdict.confidence,
        buttons=tuple(buttons),
        related=tuple({"kind": "entry", "label": r.title, "id": r.entry_id} for r in verdict.related),
        locale=verdict.locale,
        resumes=verdict.resumes,
    )


def _context(c: Conversation) -> BotContext:
    """Times are told from the server's clock; while he waits for a person no form begins."""
    now, verified = datetime.now(), c.verified
    if isinstance(c.state, WithBot):
        return BotContext(c.locale, c.state.misses, c.state.clarified, c.state.form, verified, now=now)
    return BotContext(c.locale, verified=verified, may_ask=False, now=now)


def _buttons(buttons: Sequence[AnswerButton]) -> tuple[dict[str, str], ...]:
    return tuple(_button(b.kind, b.label, b.target) for b in buttons)


def _button(kind: str, label: str, target: str) -> dict[str, str]:
    match kind:
        case "entry":
            return {"kind": kind, "label": label, "id": target}
        case "link":
            return {"kind": kind, "label": label, "url": target}
        case _:
            return {"kind": kind, "label": label}
