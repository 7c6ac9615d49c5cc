"""Decoders with checksums of the address formats. Each returns None, or False, for what does not check.

Sources: BIP-13/58 (base58check), BIP-173 and BIP-350 (bech32, bech32m), the CashAddr specification, SEP-23 (Stellar
strkeys), TEP-2 (TON), EIP-55 (Ethereum), the SS58 registry (Polkadot).
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable

BITCOIN58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RIPPLE58 = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CASH_GENERATOR = (0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)
BECH32, BECH32M = 1, 0x2BC830A3


def base58(text: str, alphabet: str = BITCOIN58) -> bytes | None:
    """The bytes; None when a character is not of the alphabet."""
    number = 0
    for character in text:
        digit = alphabet.find(character)
        if digit < 0:
            return None
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base58check(text: str, alphabet: str = BITCOIN58) -> bytes | None:
    """Version and payload without the four bytes of checksum; None when they do not match."""
    data = base58(text, alphabet)
    if data is None or len(data) < 5:
        return None
    wanted = hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4]
    return data[:-4] if wanted == data[-4:] else None


def bech32(text: str, longest: int = 90) -> tuple[str, list[int], int] | None:
    """Prefix, data in groups of five bits without checksum, and `BECH32` or `BECH32M`."""
    if text not in (text.lower(), text.upper()) or len(text) > longest:
        return None
    prefix, _, tail = text.lower().rpartition("1")
    data = [_BECH32.find(c) for c in tail]
    if not prefix or len(data) < 6 or -1 in data:
        return None
    variant = _polymod([*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix), *data])
    return (prefix, data[:-6], variant) if variant in (BECH32, BECH32M) else None


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_BECH32_GENERATOR):
            check ^= generator if top >> i & 1 else 0
    return check


def segwit(text: str, prefix: str) -> bool:
    """Whether this is a segregated-witness address: version 0 with bech32, later ones with bech32m."""
    found = bech32(text)
    if found is None or found[0] != prefix or not found[1]:
        return False
    version, program = found[1][0], _bytes_of(found[1][1:])
    if program is None or version > 16 or not 2 <= len(program) <= 40:
        return False
    return (found[2] == BECH32 and len(program) in (20, 32)) if version == 0 else found[2] == BECH32M


def _bytes_of(groups: Iterable[int]) -> bytes | None:
    """Five-bit groups as bytes; the padding must be short and zero."""
    number, bits, out = 0, 0, bytearray()
    for group in groups:
        number, bits = number << 5 | group, bits + 5
        if bits >= 8:
            bits -= 8
            out.append(number >> bits & 255)
            number &= (1 << bits) - 1
    return bytes(out) if bits < 5 and number == 0 else None


def cash_address(text: str) -> bool:
    """Bitcoin Cash, with or without `bitcoincash:`."""
    if text not in (text.lower(), text.upper()):
        return False
    tail = text.lower().rpartition(":")[2]
    data = [_BECH32.find(c) for c in tail]
    if -1 in data:
        return False
    check = 1
    for value in [*(ord(c) & 31 for c in "bitcoincash"), 0, *data]:
        top = check >> 35
        check = (check & 0x07FFFFFFFF) << 5 ^ value
        for i, generator in enumerate(_CASH_GENERATOR):
            check ^= generator if top >> i & 1 else 0
    return check == 1


def stellar(text: str) -> bool:
    """A public key (G...) or a muxed account (M...)."""
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        return False
    return data[0] in (6 << 3, 12 << 3) and binascii.crc_hqx(data[:-2], 0) == int.from_bytes(data[-2:], "little")


def ton(text: str) -> bool:
    """The user-friendly form: 36 bytes, the last two a CRC."""
    try:
        data = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error:
        return False
    return len(data) == 36 and binascii.crc_hqx(data[:-2], 0) == int.from_bytes(data[-2:], "big")


def algorand(text: str) -> bool:
    """58 characters of base32: a key and the last four bytes of its SHA-512/256."""
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        return False
    return len(data) == 36 and hashlib.new("sha512_256", data[:32]).digest()[-4:] == data[32:]


def ss58(text: str) -> bool:
    """Polkadot and its relatives with a 32-byte account."""
    data = base58(text)
    if data is None or len(data) not in (35, 36):
        return False
    return hashlib.blake2b(b"SS58PRE" + data[:-2], digest_size=64).digest()[:2] == data[-2:]


def ethereum(text: str) -> bool:
    """`0x` and 40 hex digits; digits in mixed case must carry the EIP-55 checksum."""
    digits = text[2:]
    if digits in (digits.lower(), digits.upper()):
        return True
    # Loaded when the first address in mixed case comes: few processes ever see one, and it takes 20 ms.
    from Crypto.Hash import keccak

    wanted = keccak.new(digest_bits=256, data=digits.lower().encode()).hexdigest()
    return all(c.isupper() == (int(h, 16) >= 8) for c, h in zip(digits, wanted, strict=False) if c.isalpha())
