from pathlib import Path

import pytest

from app.auth.errors import TokenError
from app.auth.identity import IdentityVerifier, mint_customer, own_identity_key
from app.auth.keys import Keyring, load_or_create
from app.auth.roles import Role
from app.auth.staff import mint_staff, verify_staff
from app.auth.visitors import Visitors

NOW = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return load_or_create(Path(tmp_path_factory.mktemp("data")))


def test_a_visitor_is_somebody_but_not_verified(keyring: Keyring) -> None:
    visitors = Visitors(keyring, clock=Clock())
    who = visitors.verify(visitors.issue("zh-CN"))
    assert (who.kind, who.verified, who.locale) == ("visitor", False, "zh-CN")
    assert who.subject.startswith("v_")
    assert len(who.subject) == 24
    assert visitors.verify(visitors.issue()).subject != who.subject


def test_a_refreshed_visitor_stays_the_same_for_longer(keyring: Keyring) -> None:
    clock = Clock()
    visitors = Visitors(keyring, lifetime=60, clock=clock)
    first = visitors.issue()
    clock.now += 50
    second = visitors.refresh(first)
    clock.now += 50
    assert visitors.verify(second).subject.startswith("v_")
    with pytest.raises(TokenError, match="token_expired"):
        visitors.refresh(first)


def test_no_kind_of_token_serves_as_another(keyring: Keyring) -> None:
    clock = Clock()
    visitors = Visitors(keyring, clock=clock)
    customers = IdentityVerifier([own_identity_key(keyring)], clock=clock)
    visitor = visitors.issue()
    staff = mint_staff(keyring, "a1", [Role.AGENT], 60, now=NOW)
    customer = mint_customer(keyring, "u1", 60, now=NOW)
    for wrong in (staff, customer):
        with pytest.raises(TokenError):
            visitors.verify(wrong)
    for wrong in (visitor, customer):
        with pytest.raises(TokenError):
            verify_staff(keyring, wrong, clock=clock)
    for wrong in (visitor, staff):
        with pytest.raises(TokenError):
            customers.verify(wrong)


def test_a_staff_token_carries_roles_and_its_own_id(keyring: Keyring) -> None:
    who = verify_staff(keyring, mint_staff(keyring, "a1", [Role.ADMIN, Role.AGENT], 60, now=NOW), clock=Clock())
    assert (who.staff_id, who.roles) == ("a1", frozenset({Role.ADMIN, Role.AGENT}))
    assert len(who.jti) >= 16


def test_a_staff_token_of_another_installation_or_too_long_or_without_roles_is_refused(
    keyring: Keyring, tmp_path: Path
) -> None:
    stranger = mint_staff(load_or_create(tmp_path), "a1", [Role.ADMIN], 60, now=NOW)
    eternal = mint_staff(keyring, "a1", [Role.ADMIN], 1e6, now=NOW)
    powerless = mint_staff(keyring, "a1", [], 60, now=NOW)
    for bad, code in ((stranger, "token_signature"), (eternal, "token_claims"), (powerless, "token_claims")):
        with pytest.raises(TokenError, match=code):
            verify_staff(keyring, bad, clock=Clock())
