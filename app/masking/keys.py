"""Private keys: by checksum where the format has one, by the words beside them where it has none.

A transaction id and a raw private key are both 64 hexadecimal digits, and a Solana signature and secret key both 64
bytes in base58. Transaction ids are what customers paste every day, so **bare 64 hex digits stay**, with or without
0x; they are masked when a word for a key is within `_CONTEXT` characters and no word for a transaction is nearer, or an
unmistakable one up to `_FAR` before them and none for a transaction in between.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator

from app.masking.folding import Folded

Span = tuple[int, int]

_CONTEXT, _BEHIND, _FAR = 40, 6, 100
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGIT = {character: value for value, character in enumerate(_ALPHABET)}

_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0[xX])?[0-9a-fA-F]{64}(?![0-9A-Za-z])")
_BASE58 = re.compile(r"(?<![0-9A-Za-z])[1-9A-HJ-NP-Za-km-z]{51,112}(?![0-9A-Za-z])")
_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY-----")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,30}PRIVATE KEY-----")
_BYTES = re.compile(r"\[\s{0,4}\d{1,3}(?:\s{0,4},\s{0,4}\d{1,3}){63}\s{0,4}\]")
_MARKED = re.compile(r"(?<![0-9A-Za-z])(?:suiprivkey1|nsec1|PVT_[KR]1_|AGE-SECRET-KEY-1)[0-9A-Za-z]{40,80}")
_STELLAR = re.compile(r"(?<![0-9A-Za-z])S[A-Z2-7]{55}(?![0-9A-Za-z])")

KEY_WORD = re.compile(
    r"私[钥鑰]|密[钥鑰]|金鑰|秘密鍵|プライベートキー|개인 ?키|프라이빗 ?키|приватн\w{1,3} ключ|приватник"
    r"|закрыт\w{1,3} ключ"
    r"|kh[oó]a (?:riêng|bí mật)|khoá riêng|özel anahtar|(?:clave|llave|chave) privada|private[ _-]?key|priv[ _-]?key"
    r"|secret|(?<![a-z])(?<!public )(?<!pub )keys?(?![a-z])|(?<![a-z])pk(?![a-z])|(?<![a-z])wif(?![a-z])"
)
_UNMISTAKABLE = re.compile(
    r"私[钥鑰]|秘密鍵|プライベートキー|개인 ?키|приватн\w{1,3} ключ|приватник|закрыт\w{1,3} ключ|kh[oó]a riêng"
    r"|özel anahtar"
    r"|(?:clave|llave|chave) privada|private[ _-]?key"
)
TRANSACTION_WORD = re.compile(
    r"tx|txn|hash|transaction|交易(?!所|密)|哈希|单号|單號|区块|區塊|トランザクション|ハッシュ|트랜잭션|거래|해시"
    r"|хе[шс]|хэш|транзакц"
    r"|giao dịch|işlem|transacci|transaç|(?<![a-z])block|public key|公[钥鑰]|addr|地址|signature|签名"
)
_LABELLED = re.compile(
    r"(?:私[钥鑰]|秘密鍵|プライベートキー|개인 ?키|приватный ключ|закрытый ключ|khóa riêng|özel anahtar"
    r"|(?:clave|llave|chave) privada"
    r"|private[ _-]?key|priv[ _-]?key)[\"'`]?(?:[\s:=\"'`(\[\-]|是|为|為|は|が|는|은|is|es|là|é){1,10}"
    r"([0-9A-Za-z+/=_\-]{20,160})"
)


def base58_bytes(text: str) -> bytes:
    """The bytes that a base58 string encodes; every character must be of the alphabet."""
    number = 0
    for character in text:
        number = number * 58 + _DIGIT[character]
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _checked(data: bytes) -> bool:
    return hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4] == data[-4:]


def find_keys(folded: Folded) -> Iterator[Span]:
    """Spans of private keys. Linear; each base58 token is decoded once."""
    text = folded.text
    yield from _pem_blocks(text)
    for pattern in (_BYTES, _MARKED):
        yield from (match.span() for match in pattern.finditer(text))
    for match in _HEX.finditer(text):
        if near_key_word(folded.lower, *match.span()):
            yield match.span()
    for match in _BASE58.finditer(text):
        if (
            _is_base58_key(match.group())
            or (
                len(match.group()) in (51, 52)
                and match.group()[0] in "5KLQT69c"
                and near_key_word(folded.lower, *match.span())
            )
            or (len(match.group()) in (87, 88) and near_key_word(folded.lower, *match.span()))
        ):
            yield match.span()
    for match in _STELLAR.finditer(text):
        if _is_stellar_secret(match.group()):
            yield match.span()


def find_labelled_keys(folded: Folded, region: Span) -> Iterator[Span]:
    """Values of any format directly beside the words for a private key."""
    for match in _LABELLED.finditer(folded.lower, *region):
        value = match.group(1)
        if any(c.isdigit() for c in value) and any(c.isalpha() for c in value):
            yield match.span(1)


def _pem_blocks(text: str) -> Iterator[Span]:
    """PEM blocks; one whose end was cut off reaches to the end of the text."""
    begin = _PEM_BEGIN.search(text)
    while begin is not None:
        close = _PEM_END.search(text, begin.end())
        end = len(text) if close is None else close.end()
        yield begin.start(), end
        begin = _PEM_BEGIN.search(text, end)


def _is_base58_key(token: str) -> bool:
    size = len(token)
    if size in (51, 52):  # wallet import format: version, 32 bytes, perhaps a compression mark, checksum
        data = base58_bytes(token)
        return len(data) in (37, 38) and _checked(data)
    if 110 <= size <= 112 and token[1:4] == "prv" and token[0] in "xyztuvYZUV":
        data = base58_bytes(token)
        return len(data) == 82 and _checked(data)
    if size in (87, 88):
        # Solana: a signature ends with a scalar below 2^252 + c, so its last byte is at most 0x10; a secret key
        # ends with a public key, whose last byte is above that fifteen times in sixteen.
        data = base58_bytes(token)
        return len(data) == 64 and data[-1] > 0x10
    return False


def _is_stellar_secret(token: str) -> bool:
    data = base64.b32decode(token)
    crc = binascii.crc_hqx(data[:-2], 0)  # CRC-16/XMODEM
    return data[0] == 18 << 3 and crc.to_bytes(2, "little") == data[-2:]


def near_key_word(lower: str, start: int, end: int) -> bool:
    """Whether what is said around the span [start, end) speaks of a key: the nearest label, or an unmistakable one
    further before it."""
    before, after = lower[max(0, start - _CONTEXT) : start], lower[end : end + _CONTEXT]
    key = distance(KEY_WORD, before, after)
    if key is not None and ((other := distance(TRANSACTION_WORD, before, after)) is None or key <= other):
        return True
    far = lower[max(0, start - _FAR) : start]
    *_, word = [None, *_UNMISTAKABLE.finditer(far)]
    return word is not None and TRANSACTION_WORD.search(far, word.end()) is None


def distance(pattern: re.Pattern[str], before: str, after: str) -> int | None:
    """Characters to the nearest match; labels mostly stand in front, so those behind count as further off."""
    distances = [len(before) - match.end() for match in pattern.finditer(before)]
    distances += [match.start() + _BEHIND for match in pattern.finditer(after)]
    return min(distances, default=None)
