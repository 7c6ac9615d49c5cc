"""The contract of every store beside conversations: tickets, staff, presence, sessions, audit, documents, erasure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.db.port import Audit, Presence, Refused, Session, Staff, Store
from conversation import events as ev
from conversation.effects import OpenTicket
from conversation.states import Closed, Queued
from tests.contracts.desk import TICKET, Desk, kinds, stored

# --- tickets


async def test_a_ticket_is_written_with_its_event(desk: Desk) -> None:
    c = await desk.open()
    result = stored(await desk.does(c.id, ev.HandoffAsked("button", TICKET)))
    assert result.effects == (OpenTicket("ticket-0001", "off_hours", 5000.0),)
    ticket = await desk.store.ticket("ticket-0001")
    assert ticket is not None
    assert (ticket.conversation, ticket.customer, ticket.reason, ticket.status) == (c.id, "u1", "off_hours", "open")
    assert (ticket.opened, ticket.promised, ticket.answered) == (desk.at, 5000.0, None)
    assert await desk.store.tickets() == await desk.store.tickets_of("u1") == [ticket]
    assert await desk.store.ticket_by_short(ticket.short, "u1") == ticket
    assert await desk.store.ticket_by_short(ticket.short, "u2") is None


async def test_a_ticket_taken_while_waiting_keeps_text_and_skill(desk: Desk) -> None:
    c = await desk.waiting()
    result = stored(await desk.does(c.id, ev.TicketTaken("t9", 7000.0, "my withdrawal")))
    assert isinstance(result.conversation.state, Closed)
    ticket = await desk.store.ticket("t9")
    assert ticket is not None
    assert (ticket.reason, ticket.skill, ticket.text) == ("asked", "general", "my withdrawal")


async def test_tickets_are_listed_by_promised_time_and_answered(desk: Desk) -> None:
    c = await desk.open()
    await desk.does(c.id, ev.TicketTaken("later", 9000.0))
    await desk.does(c.id, ev.TicketTaken("sooner", 8000.0))
    assert [t.id for t in await desk.store.tickets()] == ["sooner", "later"]
    desk.at += 60
    await desk.does(c.id, ev.TicketAnswered("sooner", "mei", "done"), author="agent:mei")
    await desk.does("nowhere", ev.TicketAnswered("later", "mei", "not yours"))
    ticket = await desk.store.ticket("sooner")
    assert ticket is not None
    assert (ticket.status, ticket.answered) == ("answered", desk.at)
    assert [t.id for t in await desk.store.tickets()] == ["later"]
    assert [t.id for t in await desk.store.tickets(("open", "answered"))] == ["sooner", "later"]


# --- staff, presence, sessions, audit, documents


async def test_staff_come_back_as_saved(store: Store) -> None:
    mei = Staff("mei", "梅", "mei@x", ("agent", "reviewer"), ("kyc",), ("zh-CN", "en"), 3, False, "hash", "TOTP", 7)
    await store.save_staff(mei)
    assert await store.staff("mei") == mei
    disabled = replace(mei, disabled=True, capacity=0)
    await store.save_staff(disabled)
    await store.save_staff(replace(mei, id="anna"))
    assert [s.id for s in await store.all_staff()] == ["anna", "mei"]
    assert await store.staff("mei") == disabled
    assert await store.staff("nobody") is None


async def test_a_one_time_code_is_used_once(store: Store) -> None:
    await store.save_staff(Staff("mei", "Mei", "", ("agent",), (), (), 1))
    assert await store.use_totp_step("mei", 100)
    assert not await store.use_totp_step("mei", 100)
    assert not await store.use_totp_step("mei", 99)
    assert await store.use_totp_step("mei", 101)
    assert not await store.use_totp_step("nobody", 1)


async def test_presence_is_renewed_and_dropped(store: Store) -> None:
    await store.renew(Presence("mei", "node1", True, 100.0, 50.0))
    await store.renew(Presence("mei", "node1", False, 130.0, 50.0))
    await store.renew(Presence("lee", "node2", True, 120.0, 60.0))
    lee, mei = await store.presences()
    assert mei == Presence("mei", "node1", False, 130.0, 50.0)
    await store.drop_presence("mei")
    assert await store.presences() == [lee]


async def test_sessions_end_one_by_one_or_all_of_a_person(store: Store) -> None:
    sessions = [Session(f"hash{i}", "mei", "csrf", 1.0, 100.0, 50.0) for i in range(3)]
    for session in sessions:
        await store.save_session(session)
    await store.save_session(replace(sessions[0], idle_expires=60.0))
    assert await store.session("hash0") == replace(sessions[0], idle_expires=60.0)
    await store.drop_session("hash0")
    assert await store.session("hash0") is None
    assert await store.session("hash1") == sessions[1]
    await store.drop_sessions("mei")
    assert await store.session("hash1") is None


async def test_audit_rows_are_read_newest_first(store: Store) -> None:
    await store.audit([Audit(1.0, "mei", "sign_in", "", {"ip": "::1"}), Audit(2.0, "lee", "sign_in_refused", "", {})])
    await store.audit([])
    await store.audit([Audit(3.0, "mei", "conversation_read", "c1", {})])
    assert [a.what for a in await store.audited()] == ["conversation_read", "sign_in_refused", "sign_in"]
    assert [a.at for a in await store.audited(who="mei")] == [3.0, 1.0]
    assert (await store.audited(who="mei"))[1].detail == {"ip": "::1"}
    assert len(await store.audited(limit=1)) == 1


async def test_documents_are_json_by_key(store: Store) -> None:
    assert await store.document("hours") is None
    await store.save_document("hours", {"mon": ["09:00", "18:00"]})
    await store.save_document("hours", {"mon": None})
    assert await store.document("hours") == {"mon": None}


# --- erasure and operations


async def test_erasing_removes_what_was_said_and_keeps_the_rows(desk: Desk) -> None:
    c = await desk.open()
    await desk.does(c.id, ev.TicketTaken("t1", 9000.0, "my address"))
    await desk.writes(c, "my name is Ada", "m1")
    with pytest.raises(Refused, match="still_open"):
        await desk.store.erase(c.id)
    await desk.does(c.id, ev.CustomerClosed())
    assert await desk.store.erase(c.id) == 4
    assert await desk.store.erase(c.id) == 0
    assert await desk.store.erase("nowhere") == 0
    rows = await desk.store.rows(c.id, 0, "staff")
    assert [row.body for row in rows] == [None] * 4
    assert kinds(rows) == ["opened", "ticket_taken", "customer_wrote", "customer_closed"]
    ticket, now = await desk.store.ticket("t1"), await desk.store.conversation(c.id)
    assert ticket is not None
    assert now is not None
    assert (ticket.text, now.name) == ("", "")
    assert stored(await desk.writes(c, "again", "m1")).rows[0].body is None, "a retry finds its erased row"


async def test_figures_for_the_metrics(desk: Desk) -> None:
    c = await desk.waiting()
    await desk.does((await desk.open("u2")).id, ev.TicketTaken("t1", 10.0))
    figures = await desk.store.stats()
    now = await desk.store.now()
    assert isinstance(c.state, Queued)
    assert figures["events"] == 4
    assert figures["conversations"] == 2
    assert figures["tickets_overdue"] == 1
    assert figures["oldest_waiting"] == pytest.approx(now - c.state.place.since, abs=60)
    assert {"commits", "batch_size", "commit_p50", "commit_p99", "queued"} <= figures.keys()
    await desk.store.ping()
