"""HTTP as an attacker speaks it: origins, paths, bodies, heads, pages with somebody else's text in them."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest

from tests.gateway.attack import handshake
from tests.support.server import People, Server

SETTINGS = {"origins": ["https://exchange.example"], "trusted_proxies": ["10.0.0.1"]}
FOREIGN = (
    "https://evil.example",
    "https://exchange.example.evil.example",
    "null",
    "http://exchange.example",
    "http://[",
)


# --- origins -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("path", ["/ws/chat", "/ws/desk"])
async def test_a_foreign_page_gets_no_socket(server: Server, path: str, origin: str) -> None:
    assert await handshake(server, path, {"Origin": origin}) == 403


@pytest.mark.parametrize("path", ["/ws/chat", "/ws/desk"])
async def test_our_own_and_embedding_pages_get_one(server: Server, path: str) -> None:
    assert await handshake(server, path, {"Origin": server.url}) == 101
    assert await handshake(server, path, {"Origin": "https://EXCHANGE.example"}) == 101
    assert await handshake(server, path, {}) == 101


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_foreign_page_reads_nothing_over_http(people: People, origin: str) -> None:
    http = people.http(headers={"Origin": origin})
    preflight = await http.options("/api/chat/frames", headers={"Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 403
    assert "access-control-allow-origin" not in preflight.headers
    hello = await http.post("/api/chat/hello", content='{"type":"hello"}', headers={"Content-Type": "text/plain"})
    assert (hello.status_code, hello.json()["code"]) == (403, "origin_refused")
    assert "access-control-allow-origin" not in hello.headers


async def test_embedding_pages_read_what_the_widget_needs_and_nothing_of_the_staff(people: People) -> None:
    http = people.http(headers={"Origin": "https://exchange.example"})
    hello = await http.post("/api/chat/hello", json={"type": "hello"})
    assert hello.headers["access-control-allow-origin"] == "https://exchange.example"
    assert "origin" in hello.headers["vary"].lower()
    assert "access-control-allow-credentials" not in hello.headers
    for path in ("/api/staff/me", "/metrics", "/health"):
        assert "access-control-allow-origin" not in (await http.get(path)).headers
    preflight = await http.options("/api/staff/sign-in", headers={"Access-Control-Request-Method": "POST"})
    assert "access-control-allow-origin" not in preflight.headers


# --- headers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/chat", "/console/", "/health", "/t/none", "/nowhere", "/api/chat/conversations"])
async def test_every_answer_carries_a_policy(people: People, path: str) -> None:
    answer = await people.http().get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    embeds = re.search("frame-ancestors ([^;]+)", policy)
    assert embeds is not None
    assert embeds[1] == ("'self' https://exchange.example" if path == "/chat" else "'none'")


async def test_a_nonce_is_used_once(people: People) -> None:
    http = people.http()
    found = [re.findall("nonce-([^']+)", (await http.get("/chat")).headers["content-security-policy"]) for _ in "12"]
    assert found[0] != found[1]


async def test_foreign_hosts_and_forwarded_names_lead_nowhere(people: People) -> None:
    tricks = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Original-URL": "/api/staff"}
    http = people.http(headers=tricks)
    for path in (
        "/",
        "//evil.example",
        "//evil.example/%2f..",
        "/t/x/",
        "/api/chat/hello/",
        "/console",
        "/\\evil.example",
    ):
        answer = await http.get(path)
        assert "evil" not in answer.headers.get("location", "")


# --- paths -------------------------------------------------------------------------------------------------------

PATHS = (
    "/static/../settings.py",
    "/static/..%2f..%2f..%2f..%2fetc/passwd",
    "/static/%2e%2e/%2e%2e/etc/passwd",
    "/static//etc/passwd",
    "/static/%2fetc%2fpasswd",
    "/static/....//....//etc/passwd",
    "/static/..%5c..%5csettings.py",
    "/static/%00",
    "/static/a%00.js",
    "/static/" + "a" * 5000,
    "/static/" + "a/" * 2000,
    "/static/",
    "/static/.",
)


@pytest.mark.parametrize("path", PATHS, ids=range(len(PATHS)))
async def test_static_serves_what_is_in_it_only(server: Server, path: str) -> None:
    status, body = await plain(server, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert status == 404
    assert b"root:" not in body
    assert b"HONEYDESK" not in body


@pytest.mark.parametrize("ticket", ["t-0", "../../etc/passwd", "%00", "<script>alert(1)</script>", "a" * 4000])
async def test_a_ticket_that_is_not_there(people: People, ticket: str) -> None:
    answer = await people.http().get(f"/t/{ticket}")
    assert answer.status_code == 404
    assert "alert" not in answer.text


async def test_names_and_answers_are_text_on_the_ticket_s_page(people: People) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    agent = await people.on_duty("xss", name=evil, ready=False)
    customer = await people.here("xss-customer", name=evil)
    await customer.ask("ticket", text=evil)
    state = await customer.wait(lambda f: f["type"] == "state" and f["tickets"], "ticket")
    ticket = state["tickets"][0]
    await agent.ask("ticket", ticket=ticket["id"], text=f"answer {evil}")
    await customer.row("ticket_answered")
    page = await people.http().get(ticket["url"])
    assert "answer &lt;script&gt;" in page.text
    assert "<script>" not in page.text
    assert "<img" not in page.text
    assert page.headers["cache-control"] == "no-store"


# --- bodies and heads --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/api/staff/sign-in", "/api/chat/hello", "/api/chat/frames", "/demo/token", "/nowhere"]
)
async def test_a_body_without_end_is_cut_off(people: People, path: str) -> None:
    async def flood() -> object:
        for _ in range(4096):
            yield b" " * 65_536

    token = (await people.http().post("/api/chat/hello", json={"type": "hello"})).json()["session"]
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    try:
        answer = await people.http().post(path, content=flood(), headers=headers)  # type: ignore[arg-type]
    except httpx.TransportError:
        return  # cut off while still sending
    assert answer.status_code in (404, 413)


async def test_a_body_that_says_it_is_too_large_is_not_read(server: Server) -> None:
    head = b"POST /api/staff/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    request = head + b"Content-Length: 99999999\r\n\r\n"
    status, body = await plain(server, request)
    assert status == 413
    assert b"too_large" in body


async def test_a_head_without_end_is_cut_off(server: Server) -> None:
    for filler in (b"X-Filler: " + b"a" * 8000 + b"\r\n", b"a" * 8000):
        status, _ = await plain(server, b"GET /health HTTP/1.1\r\nHost: x\r\n" + filler * 40)
        assert status in (0, 400)
    status, _ = await plain(server, b"GET /" + b"a" * 400_000)
    assert status in (0, 400)


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /ws/chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"GET /ws/chat HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["tls", "version", "http2", "two lengths", "space", "half a handshake", "no handshake"],
)
async def test_what_is_no_request_is_refused(server: Server, request_: bytes) -> None:
    status, _ = await plain(server, request_)
    assert 400 <= status < 500


async def test_secrets_are_not_repeated_in_errors(people: People) -> None:
    answer = await people.http().post(
        "/api/staff/sign-in", json={"email": "a@b", "password": 1, "seed": "abandon ability"}
    )
    assert "abandon" not in answer.text


async def plain(server: Server, request: bytes) -> tuple[int, bytes]:
    """Sends these bytes; status and body, 0 when the line was cut without an answer."""
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(request)
        async with asyncio.timeout(10):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head.lower())
            body = await reader.read(int(length[1])) if length else b""
        return int(head.split(b" ", 2)[1]), body
    except (ConnectionError, asyncio.IncompleteReadError):
        return 0, b""
    finally:
        writer.transport.abort()
