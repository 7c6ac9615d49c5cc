"""REST for customers: the fall-back's three calls, history, tickets."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request, Response

from app.desk.rows import for_customer
from app.gateway.errors import Rejection
from app.gateway.identity import Who
from app.gateway.parts import Parts
from app.gateway.views import ticket_view
from app.wire import customer as wire

router = APIRouter(prefix="/api/chat", tags=["customer"])
Bearer = Annotated[str | None, Header()]
Number = Annotated[int, Query(ge=0, le=2**53)]
"""The number of a row; what is larger does not fit into a column."""


def bearer(header: str | None) -> str:
    """The token of an Authorization header. Raises Rejection."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Rejection("token_missing")
    return token.strip()


def frames(texts: list[str], **more: Any) -> Response:
    """Encoded frames are not encoded again."""
    head = orjson.dumps(more).decode()[1:-1]
    body = "{" + (head + "," if head else "") + '"frames":[' + ",".join(texts) + "]}"
    return Response(body, media_type="application/json")


async def body_of(request: Request, limit: int) -> bytes:
    """The body, refused while it is read when it is larger than ``limit``."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise Rejection("malformed", "the body is too large")
    return body


@router.post("/hello")
async def hello(request: Request) -> Response:
    """A fall-back session: body is a hello frame; answers ``{session, frames}``."""
    parts = Parts.of(request)
    parts.limit_hello(request)
    frame = wire.from_customer.validate_json(await body_of(request, parts.settings.frame_bytes))
    if not isinstance(frame, wire.Hello):
        raise Rejection("unsupported", "hello expected")
    who = parts.identities.customer(frame.token, frame.visitor, frame.locale)
    secret, texts = await parts.fallback.hello(who, frame)
    return frames(texts, session=secret)


@router.post("/frames")
async def post_frame(request: Request, authorization: Bearer = None) -> Response:
    """One frame of a fall-back session; answers ``{frames}``."""
    parts = Parts.of(request)
    secret = bearer(authorization)
    parts.limit_messages(parts.fallback.who(secret).customer)
    return frames(await parts.fallback.post(secret, await body_of(request, parts.settings.frame_bytes)))


@router.get("/poll")
async def poll(request: Request, authorization: Bearer = None, after: Number = 0) -> Response:
    """Waits up to 25 s for news; answers ``{frames}``."""
    return frames(await Parts.of(request).fallback.poll(bearer(authorization)))


def _who(request: Request, authorization: str | None) -> Who:
    """By identity token, visitor token, or fall-back session."""
    parts, token = Parts.of(request), bearer(authorization)
    try:
        return parts.identities.customer(token, None, None)
    except Rejection as rejection:
        visitor = parts.identities.refreshed(token)
        if visitor is None:
            raise rejection
        return parts.identities.customer(None, visitor, None)


@router.get("/conversations")
async def conversations(request: Request, authorization: Bearer = None) -> list[dict[str, Any]]:
    """The customer's own conversations, newest first."""
    who = _who(request, authorization)
    found = await Parts.of(request).desk.store.of_customer(who.customer)
    return [{"id": c.id, "topic": c.topic, "opened": c.opened_at, "seq": c.seq, "segment": c.segment} for c in found]


@router.get("/conversations/{conversation}/rows")
async def rows(
    request: Request, conversation: str, authorization: Bearer = None, after: Number = 0
) -> list[dict[str, Any]]:
    """Rows after ``after`` as event frames, at most 500."""
    who = _who(request, authorization)
    desk = Parts.of(request).desk
    c = await desk.store.conversation(conversation)
    if c is None or c.customer != who.customer:
        raise Rejection("unknown_conversation")
    found = await desk.store.rows(conversation, after, "customer")
    return [f for row in found if (f := for_customer(row, desk.roster.name)) is not None]


@router.get("/tickets")
async def tickets(request: Request, authorization: Bearer = None) -> list[dict[str, Any]]:
    who = _who(request, authorization)
    parts = Parts.of(request)
    return [ticket_view(t, parts.settings.public_url) for t in await parts.desk.store.tickets_of(who.customer)]


@router.get("/tickets/{short}")
async def ticket_by_short(request: Request, short: str, authorization: Bearer = None) -> dict[str, Any]:
    """The short form opens only for the same identity."""
    who = _who(request, authorization)
    parts = Parts.of(request)
    found = await parts.desk.store.ticket_by_short(short.upper(), who.customer)
    if found is None:
        raise Rejection("unknown_ticket")
    return ticket_view(found, parts.settings.public_url)
