"""The desk: one per process. Takes commands from the edges, stores them, tells who must know, and performs the
effects. Every performer is idempotent, so ``start`` can derive what is pending from the states alone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from app.db.outcome import Outcome
from app.db.port import Audit, Command, Opening, Rejected, Result, Store, Stored
from app.desk.allocation import Allocator
from app.desk.answering import Answering
from app.desk.attendance import Attendance
from app.desk.bus import Bus
from app.desk.listeners import Listeners
from app.desk.live import Live, moved
from app.desk.queue import Queue
from app.desk.roster import Roster
from app.desk.routing import Routing
from app.desk.sweeper import Sweeper
from app.desk.typing import Typing
from app.lookups.service import Lookups
from app.settings import Settings
from bot.inference import Worker
from conversation import Conversation
from conversation.effects import AskBot, Effect, FindAgent, Release, RequestFreeze, pending
from conversation.events import Noted
from conversation.states import WithBot, open_turn

log = logging.getLogger(__name__)

FEED_EVERY = 0.2
"""Seconds between two looks at what other processes stored (PostgreSQL only)."""
OVERLAP = 500
"""Rows before the newest one that are looked at again when a process starts."""
ROSTER_EVERY = 0.5


class Desk:
    def __init__(
        self, settings: Settings, store: Store, bus: Bus, worker: Worker, lookups: Lookups | None = None
    ) -> None:
        self.settings = settings
        self.store = store
        self.bus = bus
        self.worker = worker
        self.live = Live()
        self.roster = Roster(store, self.live, settings.node, settings.lease)
        self.routing = Routing(settings, self.live, self.roster)
        self.queue = Queue(self.live, self.roster, self.routing)
        self.allocator = Allocator(self.live, self.roster, self.routing, self.queue, self.submit, self._moved)
        self.attendance = Attendance(self)
        self.lookups = lookups or Lookups(None, store.audit)
        self.answering = Answering(
            settings, store, self.routing, worker, self.submit, self.attendance.is_here, self.lookups
        )
        self.sweeper = Sweeper(store, self.routing, self.submit, self.attendance.is_here)
        self.typing = Typing(self.roster.name)
        self.moved: Listeners[[]] = Listeners()
        """Told that their place in the queue is another one now."""
        self.on_disabled: list[Callable[[str], None]] = []
        """Told which member of staff may not be here any more."""
        self._tasks: list[asyncio.Task[None]] = []
        self._follows = store.name == "postgresql"
        """Other processes may write to the same log."""
        self._own: set[int] = set()
        self._after = 0

    # --- life ---------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Load what is live and go on where the last process stopped."""
        await self.roster.refresh()
        # Rows that other processes are just writing may have earlier positions: begin a little before the end.
        self._after = max(0, await self.store.newest() - OVERLAP)
        self.live.load([*await self.store.queue(), *await self.store.talking()])
        # Open questions to the bot are not live; they are found by their deadlines, the passed ones too.
        asked = await self.store.due(await self.store.now() + self.settings.bot_answer, 10_000)
        for conversation in (*self.live.all(), *(c for c in asked if isinstance(c.state, WithBot))):
            for effect in pending(conversation.state):
                self._perform(conversation, effect)
        self.attendance.absent(self.live.waiting())
        loops = [self.allocator.run(), self.sweeper.run(), self._watch_roster(), self.attendance.run()]
        if self._follows:
            loops.append(self._follow())
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def close(self) -> None:
        """Stop the clocks; what was submitted is flushed by the store's own ``close``."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.answering.close()
        await self.lookups.close()

    # --- commands -----------------------------------------------------------------------------------------------

    def submit(self, command: Command | Opening) -> Outcome[Result]:
        """Store a command. When it is done, the change is on disk and was published."""
        outcome = self.store.submit(command)
        outcome.add_done_callback(self._done)
        return outcome

    def _done(self, outcome: Outcome[Result]) -> None:
        if outcome.exception() is not None:
            return
        result = outcome.result()
        if isinstance(result, Rejected):
            if result.conversation is not None:
                self.live.put(result.conversation)
            return
        if not result.duplicate and result.rows:
            self.took(result)

    def took(self, stored: Stored) -> None:
        """A change is on disk: update what is live, tell the readers, perform the effects."""
        if self._follows:
            self._own.update(row.pos for row in stored.rows)
        changed = self.live.put(stored.conversation)
        now = stored.rows[-1].at
        if changed:
            self.queue.observe(stored.before, stored.conversation, now)
        self.bus.publish(stored)
        for effect in stored.effects:
            self._perform(stored.conversation, effect, stored)
        if changed and moved(stored.before, stored.conversation):
            self.attendance.queued(stored.conversation)
            self.allocator.want()

    def _perform(self, conversation: Conversation, effect: Effect, stored: Stored | None = None) -> None:
        """``stored`` is the change that wants it, if it was just made."""
        match effect:
            case AskBot(turn):
                current = open_turn(conversation.state)
                if current is not None and current.number == turn:
                    # A later event of the same command may have fenced it: 转人工 in words.
                    self.answering.ask(conversation, turn, stored)
            case FindAgent() | Release():
                self.allocator.want()
            case RequestFreeze(kind):
                self._freeze(conversation, kind)
            case _:
                # Ringing, alarms, ticket offers and surveys are shown by the edges from the state; tickets are
                # written by the store in the event's own transaction.
                pass

    def _freeze(self, conversation: Conversation, kind: str) -> None:
        """No connector to the exchange is configured: say so to staff, in the conversation and the audit."""
        now = time.time()
        text = (
            f"[freeze] {kind}: no connector is configured, nothing was frozen. Freeze the account in the back office."
        )
        self.submit(Command(conversation.id, "system", lambda c: (Noted("system", text),), now))
        self.later(
            self.store.audit([Audit(now, "system", "freeze_without_connector", conversation.id, {"kind": kind})])
        )

    def later(self, work: object) -> None:
        """Run a coroutine in the background; its failure is logged."""
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.append(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("background work failed", exc_info=task.exception())

    # --- other processes, staff changes ----------------------------------------------------------------------------

    def _moved(self, conversations: list[str]) -> None:
        for conversation in conversations:
            c = self.live.get(conversation)
            if c is not None:
                self.moved.tell(c.customer, c.topic)

    async def _watch_roster(self) -> None:
        """Leases of other processes, changed staff, disabled people."""
        present: frozenset[str] = frozenset()
        while True:
            await asyncio.sleep(ROSTER_EVERY)
            try:
                disabled = await self.roster.refresh()
            except Exception:
                log.exception("the roster could not be read")
                continue
            for agent in disabled:
                for told in self.on_disabled:
                    told(agent)
            now = time.time()
            there = frozenset(f"{a.id}{a.ready}{a.capacity}" for a in self.roster.agents(now) if a.connected)
            if there != present:
                present = there
                self.allocator.want()

    async def _follow(self) -> None:
        """Publish what other processes stored, as hints with their rows."""
        while True:
            await asyncio.sleep(FEED_EVERY)
            try:
                rows = await self.store.feed(self._after)
            except Exception:
                log.exception("the feed could not be read")
                continue
            if not rows:
                continue
            self._after = rows[-1].pos
            others = [r for r in rows if r.pos not in self._own]
            self._own.difference_update(r.pos for r in rows)
            for conversation in dict.fromkeys(r.conversation for r in others):
                current = await self.store.conversation(conversation)
                if current is None:
                    continue
                mine: Sequence[object] = [r for r in others if r.conversation == conversation]
                before = self.live.get(conversation)
                changed = self.live.put(current)
                self.bus.publish(Stored(current, before, tuple(mine), ()))  # type: ignore[arg-type]
                if changed:
                    self.allocator.want()
