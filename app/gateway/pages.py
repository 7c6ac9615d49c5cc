"""Pages and assets: widget, console, help for a ticket's link; and the demo when it is switched on."""

from __future__ import annotations

import html
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from app.auth.identity import mint_customer
from app.db.port import Row
from app.gateway.errors import Rejection
from app.gateway.parts import Parts
from app.gateway.staff_api import is_secure, open_session

router = APIRouter(include_in_schema=False)
STATIC = Path(__file__).resolve().parent.parent / "static"
"""Built by ``make web``; inside wheels, not in git."""
DEMO_AGENT = "agent-demo"
IMMUTABLE = "public, max-age=31536000, immutable"


class DemoToken(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(default="demo-customer", pattern=r"^[A-Za-z0-9_-]{1,40}$")


def page(name: str, nonce: str) -> HTMLResponse:
    """An HTML file of the build with this response's nonce in it."""
    path = STATIC / name
    if not path.is_file():
        return HTMLResponse("<!doctype html><title>Honeydesk</title><p>The web part is not built: make web</p>", 503)
    text = path.read_text("utf-8").replace("__NONCE__", nonce)
    return HTMLResponse(text, headers={"Cache-Control": "no-cache"})


@router.get("/")
async def root() -> Response:
    return Response(status_code=307, headers={"Location": "/console/"})


@router.get("/widget.js")
async def widget() -> Response:
    path = STATIC / "widget.js"
    if not path.is_file():
        raise Rejection("unsupported", "the web part is not built")
    return FileResponse(path, media_type="text/javascript", headers={"Cache-Control": "public, max-age=300"})


@router.get("/favicon.ico")
async def icon() -> Response:
    """What browsers ask for on pages that name no icon: the demo, the WebView's page, tickets."""
    found = next(STATIC.glob("console/assets/icon-*.svg"), None)
    headers = {"Cache-Control": "public, max-age=86400"}
    return FileResponse(found, headers=headers) if found else Response(status_code=204, headers=headers)


@router.get("/static/{name:path}")
async def static(name: str) -> Response:
    try:
        path = (STATIC / name).resolve()
        found = STATIC in path.parents and path.is_file()
    except (OSError, ValueError):
        # Too long for a file's name, or a NUL in it.
        found = False
    if not found:
        return Response(status_code=404)
    hashed = "-" in path.stem and path.suffix in (".js", ".css")
    return FileResponse(path, headers={"Cache-Control": IMMUTABLE if hashed else "no-cache"})


@router.get("/console")
@router.get("/console/")
async def console(request: Request) -> Response:
    return page("console/index.html", request.scope["honeydesk_nonce"])


@router.get("/chat")
async def chat(request: Request) -> Response:
    """The widget alone, full page, for WebViews."""
    nonce = request.scope["honeydesk_nonce"]
    return HTMLResponse(
        "<!doctype html><html lang=zh-CN><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width,initial-scale=1,viewport-fit=cover">'
        "<title>Honeydesk</title></head><body>"
        f'<script src="/widget.js" data-mode="page" nonce="{nonce}" defer></script></body></html>',
        headers={"Cache-Control": "no-cache"},
    )


STATUS = {
    "open": ("等待答复", "Waiting for an answer"),
    "answered": ("已答复", "Answered"),
    "closed": ("已关闭", "Closed"),
}


@router.get("/t/{ticket}")
async def ticket_page(request: Request, ticket: str) -> Response:
    """Whoever has the link may read the ticket: its number, state, promised time and the answers. Not the chat."""
    desk = Parts.of(request).desk
    found = await desk.store.ticket(ticket)
    if found is None:
        return HTMLResponse("<!doctype html><title>Honeydesk</title><p>没有这张工单 · No such ticket</p>", 404)
    rows: list[Row] = []
    while page_of := await desk.store.rows(found.conversation, rows[-1].seq if rows else 0, "customer"):
        rows += page_of
    answers = [r for r in rows if r.kind == "ticket_answered" and r.body is not None and r.body["ticket"] == ticket]
    zh, en = STATUS[found.status]

    def when(at: float) -> str:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")

    said = "".join(
        f"<article><p class=who>{html.escape(str((r.body or {}).get('name') or ''))} · {when(r.at)}</p>"
        f"<p>{html.escape(str((r.body or {})['text']))}</p></article>"
        for r in answers
        if (r.body or {}).get("text")
    )
    late = found.status == "open" and found.promised < time.time()
    nonce = request.scope["honeydesk_nonce"]
    body = (
        "<!doctype html><html lang=zh-CN><head><meta charset=utf-8><meta name=robots content=noindex>"
        '<meta name=viewport content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(found.short)}</title><style nonce={nonce}>{TICKET_STYLE}</style></head><body><main>"
        f"<p class=brand>工单 · Ticket</p><h1>{html.escape(found.short)}</h1>"
        f"<p><strong>{zh} · {en}</strong></p>"
        f"<p>承诺答复时间 · Answer promised by <time>{when(found.promised)}</time>"
        f"{' · 已超时，我们正在加急 · overdue, we are on it' if late else ''}</p>{said}</main></body></html>"
    )
    return HTMLResponse(body, headers={"Cache-Control": "no-store"})


TICKET_STYLE = (
    ":root{color-scheme:light dark}body{margin:0;font:16px/1.6 system-ui,'PingFang SC','Noto Sans CJK SC',sans-serif;"
    "background:light-dark(#faf7f2,#17130d);color:light-dark(#292118,#f3ece1)}main{max-width:40rem;margin:8vh auto;"
    "padding:2rem;border-radius:16px;background:light-dark(#fff,#221c14);overflow-wrap:anywhere}"
    ".brand{color:light-dark(#92400e,#fbbf24);margin:0}h1{margin:.2em 0;letter-spacing:.04em}"
    "article{border-top:1px solid light-dark(#e7ded1,#3a3022);margin-top:1rem;padding-top:.5rem;white-space:pre-wrap}"
    ".who{opacity:.75;font-size:.9em;margin:0}"
)


# --- demo --------------------------------------------------------------------------------------------------------


def _demo(request: Request) -> Parts:
    parts = Parts.of(request)
    if not parts.settings.demo:
        raise Rejection("demo_off")
    return parts


@router.get("/demo")
async def demo(request: Request) -> Response:
    _demo(request)
    return page("demo/index.html", request.scope["honeydesk_nonce"])


@router.post("/demo/token")
async def demo_token(request: Request, body: DemoToken) -> dict[str, str]:
    parts = _demo(request)
    token = mint_customer(parts.keyring, f"demo-{body.id}", 3600.0, name="李雷", tier="vip")
    return {"token": token}


@router.post("/demo/agent-session")
async def demo_session(request: Request, response: Response) -> dict[str, str]:
    parts = _demo(request)
    staff = await parts.desk.store.staff(DEMO_AGENT)
    if staff is None:
        raise Rejection("unknown_agent")
    # In a demo nobody should have to find the switch first.
    await parts.desk.roster.set_ready(DEMO_AGENT, True)
    return {"csrf": await open_session(parts, staff, response, secure=is_secure(request))}


def nonce() -> str:
    return secrets.token_urlsafe(16)
