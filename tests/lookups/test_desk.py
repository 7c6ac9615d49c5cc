"""Forms and look-ups within one desk, in one process: what is written, and what comes too late to be written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from app.db.memory import MemoryStore
from app.db.port import Command, Opening, Row, Stored
from app.desk.bus import ALL, LocalBus
from app.desk.desk import Desk
from app.lookups import LookupFailed, Lookups, Question
from app.settings import Settings
from bot.corpus.document import from_document
from bot.engines.toy import ToyEngine, ToyGate
from bot.forms import Reply, load_forms
from bot.inference import InferenceWorker
from bot.service import Bot
from bot.verdicts import Verdict
from conversation import Conversation
from conversation.events import CustomerWrote, HandoffAsked, Opened, ToQueue
from conversation.states import Queued, WithBot
from tests.bot.conftest import small_document

FORMS = Path(__file__).parents[2] / "faq_corpus" / "forms"


class Exchange:
    """A connector that answers when it is let."""

    def __init__(self) -> None:
        self.questions: list[Question] = []
        self.asked, self.may = asyncio.Event(), asyncio.Event()
        self.may.set()
        self.code = ""

    async def ask(self, question: Question) -> Reply:
        self.questions.append(question)
        self.asked.set()
        await self.may.wait()
        if self.code:
            raise LookupFailed(self.code)
        return Reply(("正在安全审核。",), (("status", "reviewing"),))

    async def close(self) -> None:
        pass


@dataclass
class Stage:
    desk: Desk
    exchange: Exchange
    rows: asyncio.Queue[Row]

    async def opens(self, text: str, *, verified: bool = True) -> str:
        opening = Opening(
            "c1",
            Opened("user:7", "support", "zh-CN", verified=verified),
            "customer:user:7",
            time.time(),
            lambda _: (CustomerWrote(text),),
            None,
        )
        await self.desk.submit(opening)
        return "c1"

    async def says(self, text: str) -> None:
        await self.does(CustomerWrote(text), author="customer:user:7")

    async def does(self, event: CustomerWrote | HandoffAsked, author: str) -> None:
        await self.desk.submit(Command("c1", author, lambda _: (event,), time.time(), None))

    async def row(self, kind: str) -> Row:
        """The next row of this kind."""
        async with asyncio.timeout(10):
            while (row := await self.rows.get()).kind != kind:
                pass
        return row


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    settings = Settings(bot_burst=0, engine="toy")
    corpus, _ = from_document(small_document(), version="v1")
    bot = Bot(ToyEngine(), ToyGate(), corpus, day=date(2026, 11, 20), forms=load_forms(FORMS))
    store, bus, exchange = MemoryStore(settings.policy()), LocalBus(), Exchange()
    await store.start()
    async with InferenceWorker(bot) as worker:
        desk = Desk(settings, store, bus, worker, Lookups(exchange, store.audit))
        rows: asyncio.Queue[Row] = asyncio.Queue()

        def heard(stored: Stored) -> None:
            for row in stored.rows:
                rows.put_nowait(row)

        bus.listen(ALL, heard)
        await desk.start()
        yield Stage(desk, exchange, rows)
        await desk.close()
    await store.close()


def body(row: Row) -> dict[str, object]:
    assert row.body is not None
    return row.body


async def test_what_was_told_is_looked_up_and_told(stage: Stage) -> None:
    await stage.opens("我的500 USDT提现两小时没到账")
    asked = body(await stage.row("bot_form_asked"))
    assert asked["buttons"] == [{"kind": "say", "label": "跳过"}, {"kind": "say", "label": "不查了"}]
    await stage.says("77120394857")
    done = body(await stage.row("bot_form_done"))
    assert (done["outcome"], done["text"], done["facts"]) == ("answered", "正在安全审核。", [["status", "reviewing"]])
    question = stage.exchange.questions[0]
    assert (question.action, question.customer) == ("action_withdrawal_status", "user:7")
    assert question.slots == {"amount": "500", "coin": "USDT", "order_id": "77120394857"}
    audited = await stage.desk.store.audited(10)
    assert [(a.who, a.what, a.detail["outcome"]) for a in audited] == [("bot", "lookup", "answered")]
    conversation = await stage.desk.store.conversation("c1")
    assert conversation is not None
    assert isinstance(conversation.state, WithBot)
    assert conversation.state.form is None


async def test_a_result_that_comes_after_a_person_was_asked_for_is_dropped(stage: Stage) -> None:
    stage.exchange.may.clear()
    await stage.opens("我的提现两小时没到账，订单号77120394857")
    await stage.exchange.asked.wait()
    now = time.time()
    await stage.does(
        HandoffAsked("button", ToQueue("general", "zh-CN", order=now, promise=now + 600)), author="customer:user:7"
    )
    stage.exchange.may.set()
    await stage.says("怎么取消提币")
    await stage.row("bot_answered")
    assert stage.desk.answering.dropped == 1
    conversation = await stage.desk.store.conversation("c1")
    assert conversation is not None
    assert isinstance(conversation.state, Queued)
    kinds = [row.kind for row in await stage.desk.store.rows("c1", 0, "staff")]
    assert "bot_form_done" not in kinds


async def test_a_failure_is_told_with_a_way_to_a_person(stage: Stage) -> None:
    stage.exchange.code = "timeout"
    await stage.opens("我的提现两小时没到账，订单号77120394857")
    done = body(await stage.row("bot_form_done"))
    assert done["outcome"] == "failed"
    assert "没有回应" in str(done["text"])
    assert done["buttons"][0]["kind"] == "handoff"  # type: ignore[index]
    assert done["form"]["slots"] == [["order_id", "77120394857"]]  # type: ignore[index]
    assert not stage.desk.answering.breaker.is_broken


async def test_nobody_unknown_is_looked_up(stage: Stage) -> None:
    await stage.opens("提现两小时没到账", verified=False)
    answered = body(await stage.row("bot_answered"))
    assert answered["entry"] == "withdraw.pending"
    assert "登录" in str(answered["text"])
    assert stage.exchange.questions == []


async def test_a_question_in_the_middle_leaves_the_form_open(stage: Stage) -> None:
    await stage.opens("我的USDT提现两小时没到账")
    await stage.row("bot_form_asked")
    await stage.says("怎么取消提币")
    assert body(await stage.row("bot_answered"))["resumes"] is True
    await stage.says("77120394857")
    await stage.row("bot_form_done")
    assert stage.exchange.questions[0].slots["coin"] == "USDT"


async def test_the_log_is_read_only_while_something_is_open(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came when the bot had nothing open is all that it has not answered; else the log knows what is."""
    answering, read, asked, fourth = stage.desk.answering, list[int](), list[str](), asyncio.Event()
    from_log, verdict = answering._unanswered, answering._verdict

    async def counted(conversation: Conversation) -> list[Row]:
        read.append(conversation.seq)
        return await from_log(conversation)

    async def heard(conversation: Conversation, text: str, last: dict[str, object]) -> Verdict | None:
        asked.append(text)
        if len(asked) == 4:
            fourth.set()
        return await verdict(conversation, text, last)

    monkeypatch.setattr(answering, "_unanswered", counted)
    monkeypatch.setattr(answering, "_verdict", heard)
    await stage.opens("怎么取消提币")
    await stage.row("bot_answered")
    await stage.says("怎么取消提币呢")
    await stage.row("bot_answered")
    assert (asked, read) == (["怎么取消提币", "怎么取消提币呢"], [])
    stage.exchange.may.clear()
    await stage.says("我的提现两小时没到账，订单号77120394857")
    await stage.exchange.asked.wait()
    assert read == []
    await stage.says("怎么取消提币啊")
    stage.exchange.may.set()
    await asyncio.wait_for(fourth.wait(), 10)
    assert len(read) == 1
    assert asked[-1].split() == ["我的提现两小时没到账，订单号77120394857", "怎么取消提币啊"]
