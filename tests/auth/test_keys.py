from pathlib import Path

import pytest

from app.auth.errors import KeyDocumentError
from app.auth.keys import load_or_create


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_an_empty_folder_gets_its_keys_and_keeps_them(tmp_path: Path) -> None:
    first = load_or_create(tmp_path)
    second = load_or_create(tmp_path)
    assert first.signing.kid == second.signing.kid
    assert first.log.kid == second.log.kid != first.signing.kid
    assert first.identity_secret == second.identity_secret
    assert len(first.identity_secret) == 32


def test_nobody_else_can_read_the_keys(tmp_path: Path) -> None:
    load_or_create(tmp_path)
    folder = tmp_path / "keys"
    assert mode(folder) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == ["identity.hs256", "log.pem", "signing.pem"]
    assert {mode(path) for path in folder.iterdir()} == {0o600}


def test_a_key_file_left_open_is_closed(tmp_path: Path) -> None:
    load_or_create(tmp_path)
    (tmp_path / "keys" / "log.pem").chmod(0o644)
    load_or_create(tmp_path)
    assert mode(tmp_path / "keys" / "log.pem") == 0o600


def test_what_the_log_key_signs_its_public_half_verifies(tmp_path: Path) -> None:
    log = load_or_create(tmp_path).log
    log.public.verify(log.sign(b"head"), b"head")


def test_the_keyring_does_not_print_its_secrets(tmp_path: Path) -> None:
    keyring = load_or_create(tmp_path)
    assert repr(keyring.identity_secret)[2:-1] not in repr(keyring)


@pytest.mark.parametrize(("name", "content"), [("signing.pem", b"not a key"), ("identity.hs256", b"short")])
def test_a_damaged_key_file_is_an_error_not_a_new_key(tmp_path: Path, name: str, content: bytes) -> None:
    load_or_create(tmp_path)
    (tmp_path / "keys" / name).write_bytes(content)
    with pytest.raises(KeyDocumentError):
        load_or_create(tmp_path)
    assert (tmp_path / "keys" / name).read_bytes() == content
