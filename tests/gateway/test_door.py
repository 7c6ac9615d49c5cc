"""The staff's door: sign-in, one-time codes, CSRF, and what guessing costs."""

from __future__ import annotations

import time

import httpx
import pyotp
import pytest

from app.auth.roles import Role
from app.auth.staff import mint_staff
from tests.gateway.attack import dial, rest
from tests.support.server import People, Server

PASSWORD = "correct horse battery staple 7"


def hired(server: Server, who: str, **more: object) -> str:
    """A member of staff who can sign in; his e-mail."""
    server.hire(who, email=f"{who}@example.com", password=PASSWORD, **more)
    return f"{who}@example.com"


async def sign_in(http: httpx.AsyncClient, email: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    return await http.post("/api/staff/sign-in", json={"email": email, "password": password, **more})


async def test_the_cookie_is_only_for_this_site_and_never_for_scripts(server: Server, people: People) -> None:
    answer = await sign_in(people.http(), hired(server, "cookie"))
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    named = await people.http().post(
        "/api/staff/sign-in",
        json={"email": "cookie@example.com", "password": PASSWORD},
        headers={"host": "desk.example.com"},
    )
    assert "secure" in named.headers["set-cookie"].lower()


async def test_unknown_people_and_wrong_passwords_look_the_same(server: Server, people: People) -> None:
    http, email = people.http(), hired(server, "known")
    wrong, unknown = await sign_in(http, email, "wrong password!"), await sign_in(http, "who@example.com", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.json()["code"] == "sign_in_refused"


@pytest.mark.parametrize("body", ['{"email": 1}', "[]", "", '{"email":"a","password":"b","admin":true}', "[" * 9000])
async def test_a_malformed_sign_in_is_said_to_be_and_not_repeated(people: People, body: str) -> None:
    answer = await people.http().post("/api/staff/sign-in", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


async def test_changes_need_the_csrf_token(server: Server, people: People) -> None:
    http = people.http()
    csrf = (await sign_in(http, hired(server, "csrf", roles=["admin"]))).json()["csrf"]
    body = {"id": "made-by-csrf", "name": "X", "roles": ["admin"]}
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "x" * 43}, {"X-CSRF-Token": csrf + "x"}):
        answer = await http.post("/api/staff", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert (await http.post("/api/staff", json=body, headers={"X-CSRF-Token": csrf})).status_code == 201
    assert (await http.post("/api/staff/sign-out")).json()["code"] == "csrf"
    assert (await http.post("/api/staff/sign-out", headers={"X-CSRF-Token": csrf})).status_code == 200
    assert (await http.get("/api/staff/me")).status_code == 401


async def test_the_desk_s_socket_needs_the_csrf_token_too(server: Server, people: People) -> None:
    http = people.http()
    csrf = (await sign_in(http, hired(server, "socket-csrf"))).json()["csrf"]
    cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    for hello, code in (('{"type":"hello"}', "csrf"), ('{"type":"hello","csrf":"x"}', "csrf")):
        async with dial(server, "/ws/desk", additional_headers={"Cookie": cookie}) as socket:
            await socket.send(hello)
            frames, closed = await rest(socket)
        assert (frames[0]["code"], closed) == (code, 4401)
    async with dial(server, "/ws/desk", additional_headers={"Cookie": cookie}) as socket:
        await socket.send(f'{{"type":"hello","csrf":"{csrf}"}}')
        assert '"welcome"' in str(await socket.recv())


@pytest.mark.parametrize(
    "cookie",
    ["honeydesk_session=" + "x" * 5000, "a=b; honeydesk_session", "honeydesk_session=\x80\xff", ";;;=;", "a b=c"],
)
async def test_an_odd_cookie_is_no_session(server: Server, cookie: str) -> None:
    async with dial(server, "/ws/desk", additional_headers={"Cookie": cookie}) as socket:
        await socket.send('{"type":"hello","csrf":"x"}')
        frames, closed = await rest(socket)
    assert (frames[0]["code"], closed) == ("session_missing", 4401)


async def test_a_one_time_code_is_good_once(server: Server, people: People) -> None:
    http, email = people.http(), hired(server, "totp")
    csrf = {"X-CSRF-Token": (await sign_in(http, email)).json()["csrf"]}
    secret = (await http.post("/api/staff/totp", headers=csrf)).json()["secret"]
    code = pyotp.TOTP(secret)
    now = time.time()
    confirmed = await http.post(
        "/api/staff/totp/confirm", json={"secret": secret, "code": code.at(now - 30)}, headers=csrf
    )
    assert confirmed.status_code == 200
    assert (await sign_in(people.http(), email)).json()["code"] == "totp_required"
    replayed = await sign_in(people.http(), email, totp=code.at(now - 30))
    assert (replayed.status_code, replayed.json()["code"]) == (401, "sign_in_refused")
    assert (await sign_in(people.http(), email, totp=code.at(now))).status_code == 200
    replayed = await sign_in(people.http(), email, totp=code.at(now))
    assert (replayed.status_code, replayed.json()["code"]) == (401, "sign_in_refused")
    for odd in ("", "000", "abcdef", "１２３４５６"):
        assert (await sign_in(people.http(), email, totp=odd)).status_code == 401


async def test_a_disabled_person_s_session_and_token_end(server: Server, people: People) -> None:
    server.hire("leaver", roles=["admin"])
    http = people.http(headers={"Authorization": f"Bearer {mint_staff(server.keyring, 'leaver', [Role.ADMIN])}"})
    assert (await http.get("/api/staff")).status_code == 200
    server.command("agents_disable", agent="leaver")
    answer = await http.get("/api/staff")
    assert (answer.status_code, answer.json()["code"]) == (401, "session_missing")


@pytest.mark.parametrize("path", ["/api/staff", "/api/staff/audit", "/api/staff/settings"])
async def test_an_agent_is_no_administrator_whatever_his_token_says(server: Server, people: People, path: str) -> None:
    server.hire("plain-agent")
    token = mint_staff(server.keyring, "plain-agent", [Role.ADMIN, Role.SUPERVISOR])
    answer = await people.http().get(path, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_nobody_raises_himself(server: Server, people: People) -> None:
    http = people.http(headers={"Authorization": f"Bearer {server.hire('climber')}"})
    answer = await http.patch("/api/staff/climber", json={"roles": ["admin"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    answer = await http.patch("/api/staff/climber", json={"totp": "", "roles": ["admin"]})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


async def test_a_weak_password_is_refused_with_its_code(server: Server, people: People) -> None:
    http = people.http(headers={"Authorization": f"Bearer {server.hire('recruiter', roles=['admin'])}"})
    answer = await http.post("/api/staff", json={"id": "weak", "name": "W", "roles": ["agent"], "password": "12345678"})
    assert (answer.status_code, answer.json()["code"]) == (400, "password_too_weak")
