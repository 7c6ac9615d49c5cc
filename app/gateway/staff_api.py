"""REST for staff: sign-in, one-time codes, people, history, audit."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.auth.passwords import check_policy, hash_password, verify_password
from app.auth.roles import Right, Role, may
from app.auth.sessions import new_session
from app.auth.totp import new_secret, provisioning_uri, verify_code
from app.db.port import Audit, Staff
from app.desk.rows import for_staff
from app.gateway.chat_api import Number
from app.gateway.errors import Rejection
from app.gateway.identity import COOKIE
from app.gateway.parts import Parts
from app.gateway.views import colleague, me

router = APIRouter(prefix="/api/staff", tags=["staff"])
Short = Annotated[str, Field(min_length=1, max_length=200)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignIn(Body):
    email: Short
    password: Short
    totp: str | None = Field(default=None, max_length=12)


class NewStaff(Body):
    id: str = Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_.@-]+$")
    name: Short
    email: str = Field(default="", max_length=200)
    roles: list[Role]
    skills: list[Short] = Field(default_factory=lambda: ["general"])
    languages: list[Short] = Field(default_factory=lambda: ["zh-CN", "en"])
    capacity: int = Field(default=5, ge=0, le=100)
    password: str = Field(default="", max_length=200)


class ChangeStaff(Body):
    roles: list[Role] | None = None
    skills: list[Short] | None = None
    languages: list[Short] | None = None
    capacity: int | None = Field(default=None, ge=0, le=100)
    disabled: bool | None = None
    password: str | None = Field(default=None, max_length=200)


class Code(Body):
    code: str = Field(min_length=6, max_length=8)
    secret: str = Field(min_length=16, max_length=64)


def roles(staff: Staff) -> list[Role]:
    return [Role(r) for r in staff.roles]


async def need(request: Request, right: Right, *, changes: bool = False) -> Staff:
    """The member of staff, if he has the right. Refusals are audited."""
    parts = Parts.of(request)
    staff = await parts.staff(request, changes=changes)
    if not may(roles(staff), right):
        await note(parts, staff.id, "refused", request.url.path, {"right": right.value})
        raise Rejection("forbidden")
    return staff


async def note(parts: Parts, who: str, what: str, target: str, detail: dict[str, Any] | None = None) -> None:
    await parts.desk.store.audit([Audit(time.time(), who, what, target, detail or {})])


async def open_session(parts: Parts, staff: Staff, response: Response, *, secure: bool) -> str:
    """Sets the cookie; returns the CSRF token."""
    s = parts.settings
    token, session = new_session(staff.id, time.time(), lifetime=s.session_ttl, idle=s.session_idle)
    await parts.door.sessions.put(session)
    response.set_cookie(
        COOKIE, token, max_age=int(s.session_ttl), httponly=True, secure=secure, samesite="strict", path="/"
    )
    return session.csrf


def is_secure(request: Request) -> bool:
    """Cookies are ``Secure`` but on plain-HTTP loopback, where the demo and tests run."""
    return request.url.scheme == "https" or request.url.hostname not in ("127.0.0.1", "localhost", "::1")


@router.post("/sign-in")
async def sign_in(request: Request, response: Response, body: SignIn) -> dict[str, Any]:
    parts, now = Parts.of(request), time.time()
    found = next((s for s in parts.desk.roster.everybody() if s.email.lower() == body.email.lower() and s.email), None)
    # What was typed is not kept: people type their password into the wrong field.
    named = found.id if found else "unknown"
    for key in (("address", parts.address(request)), ("account", body.email.lower())):
        if not parts.sign_ins.allow(key, now):
            await note(parts, named, "sign_in_limited", parts.address(request))
            raise Rejection("rate_limited", retry_after=parts.sign_ins.retry_after(key, now))
    # The hash is computed for unknown people too: the time tells nothing. It takes long, hence the thread.
    check = await asyncio.to_thread(verify_password, found.password if found else None, body.password)
    staff = await parts.desk.store.staff(found.id) if found and check.ok else None
    if staff is None or staff.disabled:
        await note(parts, named, "sign_in_refused", parts.address(request))
        raise Rejection("sign_in_refused")
    if staff.totp:
        if not body.totp:
            raise Rejection("totp_required")
        step = verify_code(staff.totp, body.totp, now, staff.totp_step or None)
        if step is None or not await parts.desk.store.use_totp_step(staff.id, step):
            await note(parts, staff.id, "sign_in_refused", parts.address(request), {"totp": True})
            raise Rejection("sign_in_refused")
    elif parts.settings.totp_required:
        raise Rejection("totp_setup_required")
    if check.rehash:
        # Read again: the record from above does not know the one-time code that was just used up.
        fresh = await parts.desk.store.staff(staff.id)
        await parts.desk.roster.save(replace(fresh or staff, password=check.rehash))
    csrf = await open_session(parts, staff, response, secure=is_secure(request))
    await note(parts, staff.id, "sign_in", parts.address(request))
    return {"csrf": csrf, "me": me(parts.desk, staff)}


@router.get("/me")
async def who_am_i(request: Request) -> dict[str, Any]:
    parts = Parts.of(request)
    staff, session = await parts.door.by_session(request.cookies.get(COOKIE), None, changes=False)
    return {"csrf": session.csrf, "me": me(parts.desk, staff)}


@router.post("/sign-out")
async def sign_out(request: Request, response: Response) -> dict[str, Any]:
    parts = Parts.of(request)
    staff, session = await parts.door.by_session(
        request.cookies.get(COOKIE), request.headers.get("x-csrf-token"), changes=True
    )
    await parts.door.sessions.remove(session.id_hash)
    await parts.desk.roster.leave(staff.id)
    parts.hub.signed_out(staff.id)
    response.delete_cookie(COOKIE, path="/")
    await note(parts, staff.id, "sign_out", parts.address(request))
    return {}


@router.post("/totp")
async def totp_secret(request: Request) -> dict[str, str]:
    """A new secret to put into an authenticator; it counts once it was confirmed."""
    staff = await Parts.of(request).staff(request, changes=True)
    secret = new_secret()
    return {"secret": secret, "uri": provisioning_uri(secret, staff.email or staff.id, "Honeydesk")}


@router.post("/totp/confirm")
async def totp_confirm(request: Request, body: Code) -> dict[str, Any]:
    parts = Parts.of(request)
    staff = await parts.staff(request, changes=True)
    step = verify_code(body.secret, body.code, time.time(), None)
    if step is None:
        raise Rejection("sign_in_refused")
    await parts.desk.roster.save(replace(staff, totp=body.secret, totp_step=step))
    await note(parts, staff.id, "totp_set_up", staff.id)
    return {}


@router.get("")
async def people(request: Request) -> list[dict[str, Any]]:
    await need(request, Right.SERVE_CUSTOMERS if request.query_params.get("present") else Right.MANAGE_STAFF)
    desk = Parts.of(request).desk
    return [
        {**colleague(desk, s), "email": s.email, "roles": list(s.roles), "languages": list(s.languages)}
        for s in desk.roster.everybody()
    ]


@router.post("", status_code=201)
async def add(request: Request, body: NewStaff) -> dict[str, Any]:
    admin = await need(request, Right.MANAGE_STAFF, changes=True)
    parts = Parts.of(request)
    password = ""
    if body.password:
        check_policy(body.password, name=body.email)
        password = await asyncio.to_thread(hash_password, body.password)
    staff = Staff(
        body.id,
        body.name,
        body.email,
        tuple(r.value for r in body.roles),
        tuple(body.skills),
        tuple(body.languages),
        body.capacity,
        password=password,
    )
    await parts.desk.roster.save(staff)
    await note(parts, admin.id, "staff_saved", staff.id, {"roles": list(staff.roles)})
    return colleague(parts.desk, staff)


@router.patch("/{agent}")
async def change(request: Request, agent: str, body: ChangeStaff) -> dict[str, Any]:
    """Disabling somebody closes his sockets within a second and ends his sessions."""
    admin = await need(request, Right.MANAGE_STAFF, changes=True)
    parts = Parts.of(request)
    staff = await parts.desk.store.staff(agent)
    if staff is None:
        raise Rejection("unknown_agent")
    changes: dict[str, Any] = {}
    for name in ("skills", "languages"):
        if (value := getattr(body, name)) is not None:
            changes[name] = tuple(value)
    if body.roles is not None:
        changes["roles"] = tuple(r.value for r in body.roles)
    if body.capacity is not None:
        changes["capacity"] = body.capacity
    if body.disabled is not None:
        changes["disabled"] = body.disabled
    if body.password:
        check_policy(body.password, name=staff.email)
        changes["password"] = await asyncio.to_thread(hash_password, body.password)
    staff = replace(staff, **changes)
    await parts.desk.roster.save(staff)
    if staff.disabled:
        await parts.desk.store.drop_sessions(agent)
        parts.hub.disabled(agent)
    await note(parts, admin.id, "staff_changed", agent, {k: v for k, v in changes.items() if k != "password"})
    return colleague(parts.desk, staff)


@router.get("/conversations/{conversation}/rows")
async def rows(request: Request, conversation: str, after: Number = 0) -> list[dict[str, Any]]:
    """Any conversation, for who may read all; every read is an audit row."""
    staff = await need(request, Right.READ_ALL_CONVERSATIONS)
    parts = Parts.of(request)
    if await parts.desk.store.conversation(conversation) is None:
        raise Rejection("unknown_conversation")
    await note(parts, staff.id, "conversation_read", conversation)
    found = await parts.desk.store.rows(conversation, after, "staff")
    return [for_staff(row, parts.desk.roster.name) for row in found]


@router.get("/audit")
async def audit(request: Request, limit: Number = 200, who: str | None = None) -> list[dict[str, Any]]:
    await need(request, Right.READ_AUDIT)
    entries = await Parts.of(request).desk.store.audited(min(max(limit, 1), 1000), who)
    return [{"at": a.at, "who": a.who, "what": a.what, "target": a.target, "detail": a.detail} for a in entries]


@router.get("/settings")
async def settings(request: Request) -> dict[str, Any]:
    """The settings in force, without secrets."""
    await need(request, Right.MANAGE_SETTINGS)
    values = Parts.of(request).settings.model_dump(mode="json")
    if values.get("database_url"):
        values["database_url"] = "set"
    return values
