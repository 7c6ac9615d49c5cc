"""The installation's own keys, in `<data folder>/keys` (0700), each file 0600.

| file | key | signs |
|---|---|---|
| signing.pem | Ed25519 | staff and visitor tokens |
| identity.hs256 | 32 random bytes | customer tokens minted here; the exchange may be given it |
| log.pem | Ed25519 | heads of closed conversations |
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from app.auth.errors import KeyDocumentError

IDENTITY_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key and its id: the first 16 hex digits of the SHA-256 of the raw public key."""

    kid: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> Ed25519PublicKey:
        return self.private.public_key()

    def sign(self, message: bytes, /) -> bytes:
        return self.private.sign(message)

    def verify(self, signature: bytes, message: bytes, /) -> bool:
        """Whether this key signed the message."""
        try:
            self.public.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """All keys of an installation. `repr` is the default object's, so a log line cannot show a secret."""

    signing: SigningKey
    log: SigningKey
    identity_kid: str
    identity_secret: bytes


def load_or_create(data_dir: Path | str) -> Keyring:
    """The keyring of a data folder, made on first use. Raises KeyDocumentError for a damaged or foreign key file.

    Two processes that start on an empty folder at once end with the same keys: a file is written aside and linked
    into place, and the loser reads the winner's.
    """
    folder = Path(data_dir) / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    signing = _load_signing(folder / "signing.pem")
    log = _load_signing(folder / "log.pem")
    secret = _read_or_write(folder / "identity.hs256", lambda: secrets.token_bytes(IDENTITY_SECRET_BYTES))
    if len(secret) != IDENTITY_SECRET_BYTES:
        raise KeyDocumentError("identity.hs256 is not 32 bytes long")
    return Keyring(signing, log, "hs-" + hashlib.sha256(b"kid" + secret).hexdigest()[:16], secret)


def key_id(public: Ed25519PublicKey) -> str:
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def _load_signing(path: Path) -> SigningKey:
    pem = _read_or_write(
        path,
        lambda: Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    try:
        private = load_pem_private_key(pem, password=None)
    except ValueError as error:
        raise KeyDocumentError(f"{path.name} holds no key") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyDocumentError(f"{path.name} is not an Ed25519 key")
    return SigningKey(key_id(private.public_key()), private)


def _read_or_write(path: Path, make: Callable[[], bytes]) -> bytes:
    if not path.exists():
        aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            return path.read_bytes()  # another process was first: its key is the key
        finally:
            aside.unlink()
    elif path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return path.read_bytes()
