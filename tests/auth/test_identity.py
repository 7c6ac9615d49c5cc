import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.auth.errors import KeyDocumentError, TokenError
from app.auth.identity import (
    IdentityVerifier,
    RemoteKeys,
    keys_from_file,
    keys_from_jwks,
    masked_email,
    masked_phone,
    mint_customer,
    own_identity_key,
)
from app.auth.keys import load_or_create
from app.auth.tokens import IdentityKey

NOW = 1_800_000_000.0
SECRET = b"an exchange's shared secret, 32+ bytes"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EDWARDS = Ed25519PrivateKey.generate()
KEYS = [
    IdentityKey("hs", "HS256", SECRET, "exchange", "desk"),
    IdentityKey("rs", "RS256", RSA.public_key(), "exchange", "desk"),
    IdentityKey("ed", "EdDSA", EDWARDS.public_key(), "exchange", "desk"),
]
SIGNERS: dict[str, tuple[str, Any]] = {"hs": ("HS256", SECRET), "rs": ("RS256", RSA), "ed": ("EdDSA", EDWARDS)}


def token(kid: str = "hs", **changes: Any) -> str:
    claims = {"iss": "exchange", "aud": "desk", "sub": "u1", "iat": NOW, "exp": NOW + 600} | changes
    algorithm, key = SIGNERS[kid]
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm, headers={"kid": kid})


def forged(header: dict[str, Any], claims: dict[str, Any], sign: Any) -> str:
    def part(value: bytes) -> bytes:
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    body = part(json.dumps(header).encode()) + b"." + part(json.dumps(claims).encode())
    return (body + b"." + part(sign(body))).decode()


@pytest.fixture
def verifier() -> IdentityVerifier:
    return IdentityVerifier(KEYS, clock=lambda: NOW)


@pytest.mark.parametrize("kid", ["hs", "rs", "ed"])
def test_a_signed_customer_is_verified(verifier: IdentityVerifier, kid: str) -> None:
    who = verifier.verify(token(kid, name="Ana", tier="vip", locale="es", email="a@b.c", attributes={"kyc": 2}))
    assert (who.subject, who.kind, who.name, who.tier, who.locale, who.verified) == (
        "u1", "customer", "Ana", "vip", "es", True,
    )  # fmt: skip
    assert who.expires_at.timestamp() == NOW + 600
    assert who.attributes["kyc"] == 2
    assert "a@b.c" not in repr(who)


CLAIMS = {"iss": "exchange", "aud": "desk", "sub": "u1", "exp": NOW + 600}
PEM = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
BAD_TOKENS = [
    (None, "token_missing"),
    ("", "token_missing"),
    ("x" * 8193, "token_too_long"),
    ("abc", "token_malformed"),
    ("a.b.c", "token_malformed"),
    (token()[:-3] + "abc", "token_signature"),
    (token(exp=NOW - 1, iat=NOW - 60), "token_expired"),
    (token(exp=NOW), "token_expired"),
    (token(nbf=NOW + 300), "token_expired"),
    (token(iat=NOW + 300), "token_expired"),
    (token(iss="other"), "token_issuer"),
    (token(iss=None), "token_issuer"),
    (token(aud="other"), "token_audience"),
    (token(aud=None), "token_audience"),
    (token(exp=None), "token_claims"),
    (token(sub=None), "token_claims"),
    (token(sub=""), "token_claims"),
    (token(sub="a\nb"), "token_claims"),
    (token(sub="v_0123456789012345678901"), "token_claims"),
    (token(exp=NOW + 25 * 3600), "token_claims"),
    (token(exp=NOW + 25 * 3600, iat=None), "token_claims"),
    (token(exp=True), "token_claims"),
    (token(name=5), "token_claims"),
    (token(attributes=[1]), "token_claims"),
    (forged({"alg": "none", "kid": "hs"}, CLAIMS, lambda _: b""), "token_algorithm"),
    (forged({"alg": "none"}, CLAIMS, lambda _: b""), "token_signature"),
    (
        forged({"alg": "HS256", "kid": "rs"}, CLAIMS, lambda body: hmac.digest(PEM, body, hashlib.sha256)),
        "token_algorithm",
    ),
    (
        forged({"alg": "HS256", "kid": "stranger"}, CLAIMS, lambda body: hmac.digest(SECRET, body, hashlib.sha256)),
        "token_signature",
    ),
]


@pytest.mark.parametrize(("bad", "code"), BAD_TOKENS)
def test_each_bad_token_has_its_code(verifier: IdentityVerifier, bad: str | None, code: str) -> None:
    with pytest.raises(TokenError) as caught:
        verifier.verify(bad)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("algorithm", "key"), [("HS256", RSA.public_key()), ("RS256", SECRET), ("HS256", b"short"), ("none", b"x" * 32)]
)
def test_a_key_that_does_not_fit_its_algorithm_cannot_be_configured(algorithm: Any, key: Any) -> None:
    with pytest.raises(KeyDocumentError):
        IdentityKey("k", algorithm, key, "exchange", "desk")


def test_a_token_without_key_id_needs_a_single_key() -> None:
    bare = jwt.encode(CLAIMS, SECRET, "HS256")
    assert IdentityVerifier(KEYS[:1], clock=lambda: NOW).verify(bare).subject == "u1"
    with pytest.raises(TokenError):
        IdentityVerifier(KEYS, clock=lambda: NOW).verify(bare)


def jwks(*kids: str) -> str:
    entries = []
    for kid in kids:
        algorithm: Any = jwt.algorithms.OKPAlgorithm if kid.startswith("ed") else jwt.algorithms.RSAAlgorithm
        public = EDWARDS.public_key() if kid.startswith("ed") else RSA.public_key()
        entries.append(json.loads(algorithm.to_jwk(public)) | {"kid": kid, "use": "sig"})
    return json.dumps({"keys": entries})


def test_keys_come_from_a_jwks_file(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text(jwks("rs", "ed"))
    keys = keys_from_file(tmp_path / "jwks.json", issuer="exchange", audience="desk")
    assert [(key.kid, key.algorithm) for key in keys] == [("rs", "RS256"), ("ed", "EdDSA")]
    assert IdentityVerifier(keys, clock=lambda: NOW).verify(token("rs")).subject == "u1"


@pytest.mark.parametrize("document", ["", "[]", '{"keys": []}', '{"keys": [{"kty": "RSA"}]}', jwks("rs", "rs")])
def test_a_useless_jwks_document_is_refused(document: str) -> None:
    with pytest.raises(KeyDocumentError):
        keys_from_jwks(document, issuer="exchange", audience="desk")


def test_a_jwks_key_cannot_be_bound_to_a_foreign_algorithm() -> None:
    document = json.loads(jwks("rs"))
    document["keys"][0]["alg"] = "HS256"
    with pytest.raises(KeyDocumentError):
        keys_from_jwks(document, issuer="exchange", audience="desk")


class Exchange:
    """Serves a JWKS document; counts how often it is asked."""

    def __init__(self) -> None:
        self.document = jwks("rs")
        self.down = False
        self.asked = 0
        self.now = 0.0

    def fetch(self) -> str:
        self.asked += 1
        if self.down:
            raise ConnectionError("down")
        return self.document

    def verifier(self) -> IdentityVerifier:
        keys = RemoteKeys(self.fetch, issuer="exchange", audience="desk", clock=lambda: self.now)
        return IdentityVerifier(keys, clock=lambda: NOW)


def test_remote_keys_are_cached_and_a_rotated_key_is_found() -> None:
    exchange = Exchange()
    verifier = exchange.verifier()
    for _ in range(3):
        verifier.verify(token("rs"))
    assert exchange.asked == 1
    exchange.document, exchange.now = jwks("rs", "ed"), 11.0
    assert verifier.verify(token("ed")).subject == "u1"
    assert exchange.asked == 2


def test_forged_key_ids_do_not_make_us_hammer_the_exchange() -> None:
    exchange = Exchange()
    verifier = exchange.verifier()
    for _ in range(50):
        with pytest.raises(TokenError):
            verifier.verify(token("ed"))
    assert exchange.asked == 1


def test_an_exchange_that_is_down_does_not_lock_its_customers_out() -> None:
    exchange = Exchange()
    verifier = exchange.verifier()
    verifier.verify(token("rs"))
    exchange.down, exchange.now = True, 1000.0
    assert verifier.verify(token("rs")).subject == "u1"


def test_with_no_document_ever_read_the_failure_shows() -> None:
    exchange = Exchange()
    exchange.down = True
    verifier = exchange.verifier()
    for _ in range(3):
        with pytest.raises(ConnectionError):
            verifier.verify(token("rs"))
    assert exchange.asked == 1


def test_the_command_line_mints_customers(tmp_path: Path) -> None:
    keyring = load_or_create(tmp_path)
    minted = mint_customer(keyring, "u9", 60, now=NOW, name="Li", tier="vip", sub="admin")
    who = IdentityVerifier([own_identity_key(keyring), *KEYS], clock=lambda: NOW).verify(minted)
    assert (who.subject, who.name, who.tier) == ("u9", "Li", "vip")


def test_personal_data_is_shown_masked() -> None:
    assert masked_phone("+86 13800138000") == "+•• •••••••8000"
    assert masked_phone("12345") == "•••45"
    assert masked_email("ana@example.com") == "a•••@example.com"
    assert masked_email("nonsense") == "•••"
