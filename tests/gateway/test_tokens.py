"""Tokens that are wrong, old, or signed the wrong way. Each has its code; the socket closes with 4401."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from app.auth.roles import Role
from app.auth.staff import mint_staff
from app.auth.visitors import Visitors
from tests.gateway.attack import dial, refused, rest
from tests.support.server import People, Server, running


@dataclass(frozen=True)
class Exchange:
    """The exchange's own RSA key, which the server knows by its JWKS file."""

    rsa: RSAPrivateKey

    @property
    def pem(self) -> bytes:
        return self.rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def jwks(self) -> str:
        public = json.loads(RSAAlgorithm.to_jwk(self.rsa.public_key()))
        return json.dumps({"keys": [{**public, "kid": "rsa-1", "alg": "RS256", "use": "sig"}]})


@pytest.fixture(scope="module")
def exchange() -> Exchange:
    return Exchange(generate_private_key(65537, 2048))


@pytest.fixture(scope="module")
def server(exchange: Exchange, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "jwks.json").write_text(exchange.jwks)
    with running(folder / "data", identity_jwks=str(folder / "jwks.json")) as found:
        yield found


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    fixed = {"iss": "honeydesk", "aud": "honeydesk", "sub": "mallory", "iat": now, "exp": now + 600}
    return {k: v for k, v in {**fixed, **more}.items() if v is not None}


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def hand_made(header: dict[str, Any], body: dict[str, Any], secret: bytes, digest: Any = hashlib.sha256) -> str:
    """A token as no library would sign it."""
    signed = f"{part(header)}.{part(body)}"
    mac = hmac.new(secret, signed.encode(), digest).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


Make = Callable[[Server, Exchange], str]


def own(s: Server, header: dict[str, Any] | None = None, **more: Any) -> str:
    """Signed with the server's HS256 key, with these claims."""
    key = s.keyring
    return hand_made({"alg": "HS256", "kid": key.identity_kid, **(header or {})}, claims(**more), key.identity_secret)


def none(s: Server, alg: str) -> str:
    return f"{part({'alg': alg, 'kid': s.keyring.identity_kid})}.{part(claims())}."


def tampered(token: str) -> str:
    head, _, mac = token.split(".")
    return f"{head}.{part(claims(sub='victim'))}.{mac}"


WRONG: dict[str, tuple[Make, str]] = {
    "not a token": (lambda s, x: "abc", "token_malformed"),
    "three dots": (lambda s, x: "...", "token_malformed"),
    "no JSON inside": (lambda s, x: "!!!.???.***", "token_malformed"),
    "expired": (lambda s, x: own(s, exp=int(time.time()) - 1), "token_expired"),
    "not valid yet": (lambda s, x: own(s, nbf=int(time.time()) + 600), "token_expired"),
    "issued tomorrow": (lambda s, x: own(s, iat=int(time.time()) + 600, exp=int(time.time()) + 700), "token_expired"),
    "no expiry": (lambda s, x: own(s, exp=None), "token_claims"),
    "expiry as text": (lambda s, x: own(s, exp="never"), "token_claims"),
    "for a year": (lambda s, x: own(s, exp=int(time.time()) + 31_536_000), "token_claims"),
    "nobody": (lambda s, x: own(s, sub=None), "token_claims"),
    "an empty subject": (lambda s, x: own(s, sub=""), "token_claims"),
    "two lines of subject": (lambda s, x: own(s, sub="a\nb"), "token_claims"),
    "a long subject": (lambda s, x: own(s, sub="a" * 201), "token_claims"),
    "a number as subject": (lambda s, x: own(s, sub=1), "token_claims"),
    "a visitor's subject": (lambda s, x: own(s, sub="v_" + "a" * 22), "token_claims"),
    "a list as name": (lambda s, x: own(s, name=["x"]), "token_claims"),
    "another issuer": (lambda s, x: own(s, iss="evil"), "token_issuer"),
    "another audience": (lambda s, x: own(s, aud="honeydesk-staff"), "token_audience"),
    "no audience": (lambda s, x: own(s, aud=None), "token_audience"),
    "none": (lambda s, x: none(s, "none"), "token_algorithm"),
    "NoNe": (lambda s, x: none(s, "NoNe"), "token_algorithm"),
    "HS512": (lambda s, x: own(s, {"alg": "HS512"}), "token_algorithm"),
    "RS256 by the HS256 key": (lambda s, x: own(s, {"alg": "RS256"}), "token_algorithm"),
    "the RSA key as HMAC secret": (
        lambda s, x: hand_made({"alg": "HS256", "kid": "rsa-1"}, claims(), x.pem),
        "token_algorithm",
    ),
    "the right algorithm, the RSA key as HMAC secret": (
        lambda s, x: hand_made({"alg": "RS256", "kid": "rsa-1"}, claims(), x.pem),
        "token_signature",
    ),
    "another secret": (
        lambda s, x: hand_made({"alg": "HS256", "kid": s.keyring.identity_kid}, claims(), b"0" * 32),
        "token_signature",
    ),
    "tampered": (lambda s, x: tampered(own(s)), "token_signature"),
    "no key named": (lambda s, x: hand_made({"alg": "HS256"}, claims(), s.keyring.identity_secret), "token_signature"),
    "an unknown key": (lambda s, x: own(s, {"kid": "other"}), "token_signature"),
    "a path as key": (lambda s, x: own(s, {"kid": "../../../dev/null"}), "token_signature"),
    "a list as key": (lambda s, x: own(s, {"kid": ["rsa-1"]}), "token_malformed"),
    "a key inside": (
        lambda s, x: own(s, {"kid": "x", "jwk": {"kty": "oct", "k": part("0" * 32)}}),
        "token_signature",
    ),
    "staff": (lambda s, x: s.staff_token("admin"), "token_signature"),
    "a visitor's": (lambda s, x: Visitors(s.keyring).issue(), "token_signature"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_token_gets_its_code_on_socket_and_http(
    server: Server, exchange: Exchange, people: People, name: str
) -> None:
    make, code = WRONG[name]
    token = make(server, exchange)
    assert await refused(server, {"type": "hello", "token": token}) == (code, 4401)
    answer = await people.http().get("/api/chat/conversations", headers={"Authorization": f"Bearer {token}"})
    if name != "a visitor's":  # which is right there
        assert (answer.status_code, answer.json()["code"]) == (401, code)
    answer = await people.http().post("/api/chat/hello", json={"type": "hello", "token": token})
    assert (answer.status_code, answer.json()["code"]) == (401, code)


async def test_too_long_a_token_is_no_hello(server: Server) -> None:
    assert await refused(server, {"type": "hello", "token": "a" * 5000}) == ("malformed", 4400)


async def test_the_exchange_s_own_key_is_good(server: Server, exchange: Exchange, people: People) -> None:
    token = jwt.encode(claims(sub="alice"), exchange.rsa, algorithm="RS256", headers={"kid": "rsa-1"})
    peer = people.customer("alice")
    peer.token = token
    welcome = await peer.open()
    assert (welcome["me"]["id"], welcome["verified"]) == ("alice", True)


@pytest.mark.parametrize("locale", ["xx", "zh-CN" * 7, "../../etc", "en_US"])
async def test_an_odd_locale_in_a_good_token_does_no_harm(server: Server, people: People, locale: str) -> None:
    peer = people.customer("odd-locale")
    peer.token, peer._hello = own(server, sub=f"odd-{len(locale)}", locale=locale), {}
    await peer.open()
    await peer.say("怎么充值")
    await peer.say("转人工")
    await peer.owner("queue")


async def test_a_long_subject_is_a_customer_like_others(server: Server, people: People) -> None:
    peer = await people.here("长" * 200, name="名" * 100, tier="t" * 40)
    await peer.say("怎么充值")
    await peer.row("bot_answered")
    assert (await peer.ask("handoff"))["conversation"] == peer.conversation


@pytest.mark.parametrize(
    "make",
    [
        lambda s: s.customer_token("mallory"),
        lambda s: Visitors(s.keyring).issue(),
        lambda s: own(s, aud="honeydesk-staff", roles=["admin"], jti="0" * 20),
        lambda s: s.staff_token("nobody-we-know"),
        lambda s: "",
    ],
)
async def test_who_is_no_staff_does_not_get_to_the_desk(server: Server, make: Callable[[Server], str]) -> None:
    error, code = await refused(server, {"type": "hello", "token": make(server)}, "/ws/desk")
    assert code == 4401
    assert error in ("token_signature", "token_audience", "session_missing")


async def test_an_expired_staff_token_is_refused(server: Server, people: People) -> None:
    server.hire("yesterday")
    token = mint_staff(server.keyring, "yesterday", [Role.AGENT], 60, now=time.time() - 120)
    assert await refused(server, {"type": "hello", "token": token}, "/ws/desk") == ("token_expired", 4401)


async def test_a_token_that_runs_out_is_asked_for_and_then_closes(server: Server, people: People) -> None:
    peer = await people.here("brief", ttl=2)
    await peer.wait(lambda f: f["type"] == "token_expiring", "a request for a fresh token")
    bye = await peer.wait(lambda f: f["type"] == "bye", "bye")
    assert bye["code"] == "token_expired"
    async with dial(server) as socket:
        await socket.send(json.dumps({"type": "hello", "token": peer.token}))
        frames, code = await rest(socket)
    assert (frames[0]["code"], code) == ("token_expired", 4401)


async def test_a_fresh_token_keeps_the_socket_and_another_customer_s_does_not_change_hands(
    server: Server, people: People
) -> None:
    peer = await people.here("renewing", ttl=2)
    await peer.say("怎么充值")
    await peer.put({"type": "token", "token": server.customer_token("somebody-else")})
    await peer.wait(lambda f: f["type"] == "error" and f["code"] == "forbidden", "refusal")
    await peer.put({"type": "token", "token": server.customer_token("renewing", 600)})
    later = await people.here("clock", ttl=3)
    await later.wait(lambda f: f["type"] == "bye", "the end of a token that was issued later")
    assert (await peer.say("还在吗"))["conversation"] == peer.conversation
