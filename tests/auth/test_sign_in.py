"""Passwords, second factor, sessions and rights of staff."""

import pyotp
import pytest
from argon2 import PasswordHasher

from app.auth.errors import PasswordTooWeak
from app.auth.passwords import check_policy, hash_password, verify_password
from app.auth.roles import RIGHTS, Right, Role, may
from app.auth.sessions import (
    InMemorySessionStore,
    csrf_matches,
    find_session,
    hash_token,
    new_session,
    touched,
)
from app.auth.totp import (
    hash_recovery_code,
    matching_recovery_code,
    new_recovery_codes,
    new_secret,
    provisioning_uri,
    verify_code,
)

NOW = 1_800_000_000.0


def test_the_right_password_and_no_other_opens() -> None:
    stored = hash_password("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert verify_password(stored, "correct horse battery").ok
    assert not verify_password(stored, "correct horse batterz").ok
    assert verify_password(stored, "correct horse battery").rehash is None


def test_nobody_damaged_hashes_and_endless_passwords_are_a_no() -> None:
    assert not verify_password(None, "correct horse battery").ok
    assert not verify_password("$argon2id$broken", "correct horse battery").ok
    assert not verify_password(None, "x" * 1_000_000).ok
    with pytest.raises(PasswordTooWeak):
        hash_password("x" * 257)


def test_an_old_hash_is_renewed_when_its_password_is_seen() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("correct horse battery")
    check = verify_password(weak, "correct horse battery")
    assert check.ok
    assert check.rehash is not None
    assert verify_password(check.rehash, "correct horse battery").ok


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaaaa", "x" * 300, "superAlice2026!"])
def test_weak_passwords_are_refused(weak: str) -> None:
    with pytest.raises(PasswordTooWeak):
        check_policy(weak, name="alice")


def test_a_good_password_passes() -> None:
    check_policy("blau ist der Himmel", name="alice")


def test_a_code_is_good_one_step_around_and_once() -> None:
    secret = new_secret()
    code = pyotp.TOTP(secret).at(int(NOW))
    step = verify_code(secret, code, NOW, None)
    assert step == NOW // 30
    assert verify_code(secret, code[:3] + " " + code[3:], NOW + 30, None) == step
    assert verify_code(secret, code, NOW - 30, None) == step
    assert verify_code(secret, code, NOW + 61, None) is None
    assert verify_code(secret, code, NOW, step) is None


@pytest.mark.parametrize("bad", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_no_code_is_refused(bad: str) -> None:
    assert verify_code(new_secret(), bad, NOW, None) is None


def test_the_provisioning_uri_names_the_account() -> None:
    uri = provisioning_uri(new_secret(), "alice@example.com", "Honeydesk")
    assert uri.startswith("otpauth://totp/Honeydesk:alice%40example.com?secret=")


def test_a_recovery_code_is_found_however_it_is_typed() -> None:
    codes = new_recovery_codes()
    stored = [hash_recovery_code(code) for code in codes]
    assert len(set(codes)) == 10
    assert not set(codes) & set(stored)
    assert matching_recovery_code(stored, codes[3].upper().replace("-", " ")) == stored[3]
    assert matching_recovery_code(stored, "aaaa-bbbb-cccc") is None


async def test_a_session_is_found_by_its_token_and_stored_without_it() -> None:
    store = InMemorySessionStore()
    token, session = new_session("a1", NOW)
    await store.put(session)
    assert session.id_hash == hash_token(token)
    assert token not in repr(session)
    assert session.csrf not in repr(session)
    assert await find_session(store, token, NOW + 1) == session
    for wrong in (None, "", session.id_hash, "x" * 1000):
        assert await find_session(store, wrong, NOW + 1) is None


async def test_an_idle_session_ends_and_a_used_one_lives_to_its_limit() -> None:
    store = InMemorySessionStore()
    token, session = new_session("a1", NOW, lifetime=3600, idle=600)
    await store.put(session)
    assert await find_session(store, token, NOW + 599) is not None
    assert await find_session(store, token, NOW + 1300) is not None
    assert await find_session(store, token, NOW + 3600) is None
    assert await store.get(session.id_hash) is None


def test_a_session_is_not_written_on_every_request() -> None:
    _, session = new_session("a1", NOW, idle=600)
    assert touched(session, NOW + 59, idle=600) is session
    assert touched(session, NOW + 60, idle=600).idle_expires == NOW + 660


async def test_disabling_a_person_ends_all_his_sessions() -> None:
    store = InMemorySessionStore()
    tokens = []
    for staff_id in ("a1", "a1", "a2"):
        token, session = new_session(staff_id, NOW)
        await store.put(session)
        tokens.append(token)
    assert await store.remove_of_staff("a1") == 2
    assert [await find_session(store, token, NOW) is not None for token in tokens] == [False, False, True]


def test_the_csrf_token_must_be_the_sessions() -> None:
    _, session = new_session("a1", NOW)
    assert csrf_matches(session, session.csrf)
    for wrong in (None, "", "é", session.csrf + "x"):
        assert not csrf_matches(session, wrong)


def test_every_right_is_somebodys_and_an_agent_has_few() -> None:
    assert set(RIGHTS) == set(Right)
    assert all(RIGHTS.values())
    assert may({Role.AGENT}, Right.SERVE_CUSTOMERS)
    assert not may({Role.AGENT}, Right.READ_ALL_CONVERSATIONS)
    assert not may({Role.ADMIN}, Right.READ_ALL_CONVERSATIONS)
    assert not may({Role.TRAINER}, Right.PUBLISH_CORPUS)
    assert may({Role.AGENT, Role.ADMIN}, Right.MANAGE_STAFF)
    assert not may(set(), Right.SERVE_CUSTOMERS)
