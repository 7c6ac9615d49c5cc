"""Addresses of wallets and ids of transactions, told by their form and checked where the form has a checksum.

What begins and is as long as an address but does not check is still taken for one (`valid` False): a customer who
mistypes an address must hear of it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from bot.entities import checksums as sums
from bot.entities.model import Found

_B, _E = r"(?<![0-9A-Za-z_])", r"(?![0-9A-Za-z_])"
_TOKEN = re.compile(rf"{_B}[0-9A-Za-z]{{25,112}}{_E}")
# "hash0x...": the word may touch.
_HEX = re.compile(rf"(?:{_B}|(?i:(?<=hash)|(?<=txid)|(?<=tx)))0[xX][0-9A-Za-z]{{5,90}}{_E}")
_CASH = re.compile(rf"(?<![0-9A-Za-z])bitcoincash:[0-9a-z]{{30,60}}{_E}", re.IGNORECASE)
_TON = re.compile(
    r"(?<![0-9A-Za-z_-])(?:[EUk0]Q[0-9A-Za-z_+/-]{46}(?![0-9A-Za-z_/+-])|-?[01]:[0-9a-fA-F]{64}(?![0-9A-Za-z]))"
)
_LIGHTNING = re.compile(
    rf"(?<![0-9A-Za-z])(?:lightning:)?(ln(?:bc|tb|bcrt)[0-9a-z]{{60,1200}}|lnurl1[0-9a-z]{{30,900}}){_E}", re.I
)
_ADDRESS_WORD = re.compile(
    r"地址|address|addr(?![a-z])|wallet|钱包|錢包|адрес|кошел|dirección|endereço|địa chỉ|adres|アドレス|주소", re.I
)
_TXID_WORD = re.compile(
    r"tx ?(?:id|hash)|txn|(?<![a-z])tx(?![a-z])|hash|哈希|雜湊|杂凑|交易 ?(?:id|号|號|编号)|transaction"
    r"|区块|хе?ш|хэш|ハッシュ|해시",
    re.IGNORECASE,
)
_NEAR = 24
"""Characters before a token in which a word says what it is."""


@dataclass(frozen=True, slots=True)
class _Form:
    """`shape` must match the whole token; `check` tells whether it is in order; `networks` it may belong to."""

    shape: re.Pattern[str]
    check: Callable[[str], bool]
    networks: tuple[str, ...]


def _check58(versions: bytes, alphabet: str = sums.BITCOIN58, size: int = 21) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        data = sums.base58check(text, alphabet)
        return data is not None and len(data) == size and data[0] in versions

    return check


def _prefixed(*prefixes: str) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        found = sums.bech32(text, 130)
        return found is not None and found[0] in prefixes

    return check


_A = "[0-9A-Za-z]"
_FORMS: tuple[_Form, ...] = (
    _Form(re.compile(rf"(?:bc1|BC1){_A}{{20,75}}"), lambda t: sums.segwit(t, "bc"), ("BITCOIN",)),
    _Form(re.compile(rf"(?:ltc1|LTC1){_A}{{20,75}}"), lambda t: sums.segwit(t, "ltc"), ("LITECOIN",)),
    _Form(re.compile(rf"(?:bnb1|cosmos1|osmo1|terra1|inj1|kava1|sei1){_A}{{36,42}}"),
          _prefixed("bnb", "cosmos", "osmo", "terra", "inj", "kava", "sei"), ("COSMOS",)),
    _Form(re.compile(rf"addr1{_A}{{45,110}}"), _prefixed("addr"), ("CARDANO",)),
    _Form(re.compile(rf"T{_A}{{32,34}}"), _check58(b"\x41"), ("TRON",)),
    _Form(re.compile(rf"1{_A}{{24,34}}"), lambda t: _check58(b"\x00")(t) or sums.ss58(t), ("BITCOIN",)),
    _Form(re.compile(rf"3{_A}{{31,34}}"), _check58(b"\x05"), ("BITCOIN", "LITECOIN")),
    _Form(re.compile(rf"r{_A}{{24,34}}"), _check58(b"\x00", sums.RIPPLE58), ("XRPL",)),
    _Form(re.compile(rf"[LM]{_A}{{32,33}}"), _check58(b"\x30\x32"), ("LITECOIN",)),
    _Form(re.compile(rf"[DA9]{_A}{{33}}"), _check58(b"\x1e\x16"), ("DOGECOIN",)),
    _Form(re.compile(rf"[X7]{_A}{{33}}"), _check58(b"\x4c\x10"), ("DASH",)),
    _Form(re.compile(rf"t[13]{_A}{{33}}"), _check58(b"\x1c", size=22), ("ZCASH",)),
    _Form(re.compile(rf"(?:tz[123]|KT1){_A}{{33}}"), _check58(b"\x06\x02", size=23), ("TEZOS",)),
    _Form(re.compile(r"[qp][0-9a-z]{41}"), sums.cash_address, ("BITCOIN-CASH",)),
    _Form(re.compile(r"G[A-Z0-9]{55}|M[A-Z0-9]{68}"), sums.stellar, ("STELLAR",)),
    _Form(re.compile(r"[A-Z2-7]{58}"), sums.algorand, ("ALGORAND",)),
)  # fmt: skip


def networks_of(address: str) -> tuple[str, ...]:
    """The networks an address may belong to, by its form: one `0x` address serves all chains of that kind."""
    if re.fullmatch(r"0[xX][0-9a-fA-F]{40}", address):
        return ("ETHEREUM", "BSC", "POLYGON", "ARBITRUM", "OPTIMISM", "BASE", "AVALANCHE-C")
    if _LIGHTNING.fullmatch(address):
        return ("LIGHTNING",)
    if _TON.fullmatch(address):
        return ("TON",)
    if address.lower().startswith("bitcoincash:"):
        return ("BITCOIN-CASH",)
    for form in _FORMS:
        if form.shape.fullmatch(address) and form.check(address):
            return form.networks
    return ("SOLANA",) if _is_solana(address) else ()


def find(text: str) -> Iterator[Found]:
    """Addresses and transaction ids, in no order; they may overlap, the earlier find is the better one."""
    for match in _LIGHTNING.finditer(text):
        token = match.group(1).lower()
        checked = sums.bech32(match.group(1), 1300)
        valid = checked is not None and checked[0][:2] == "ln" and checked[2] == sums.BECH32
        yield Found("address", match.start(1), match.end(1), token, valid)
    for match in _CASH.finditer(text):
        yield Found("address", *match.span(), match.group(), sums.cash_address(match.group()))
    for match in _TON.finditer(text):
        raw = ":" in match.group()
        named = match.group().lower() if raw else match.group()
        mixed = re.search("[a-z]", named) and re.search("[0-9A-Z_-]", named[2:])
        if raw or mixed:
            yield Found("address", *match.span(), named, raw or sums.ton(match.group()))
    for match in _HEX.finditer(text):
        found = _hex_token(text, match.start(), match.group())
        if found is not None:
            yield found
    for match in _TOKEN.finditer(text):
        found = _token(text, match.start(), match.group())
        if found is not None:
            yield found


def _hex_token(text: str, start: int, token: str) -> Found | None:
    digits, end = token[2:], start + len(token)
    is_hex = re.fullmatch("[0-9a-fA-F]+", digits) is not None
    # Sui and Aptos addresses look like Ethereum's transaction ids; only the words beside them tell.
    if len(digits) == 64 and is_hex and _said(text, start, _NEAR // 2) == "address":
        return Found("address", start, end, token.lower())
    if 30 <= len(digits) <= 52:
        valid = is_hex and len(digits) == 40 and sums.ethereum(token)
        return Found("address", start, end, token.lower(), valid)
    if len(digits) >= 53:
        return Found("txid", start, end, token.lower(), is_hex and len(digits) == 64)
    named = _said(text, start)
    return Found(named, start, end, token.lower(), False) if named else None


def _said(text: str, start: int, near: int = _NEAR) -> Literal["address", "txid"] | None:
    """`address` or `txid`, whichever word stands nearer before the token."""
    before = text[max(0, start - near) : start]
    address = max((m.start() for m in _ADDRESS_WORD.finditer(before)), default=-1)
    txid = max((m.start() for m in _TXID_WORD.finditer(before)), default=-1)
    if address < 0 and txid < 0:
        return None
    return "address" if address > txid else "txid"


def _token(text: str, start: int, token: str) -> Found | None:
    end = start + len(token)
    if re.fullmatch("[0-9a-fA-F]{52,76}", token) and not token.isdigit():
        return Found("txid", start, end, token.lower(), len(token) == 64)
    # What is right by its checksum needs no other evidence.
    for form in _FORMS:
        if form.shape.fullmatch(token) and form.check(token):
            return Found("address", start, end, token)
    if not _looks_random(token):
        return None
    if len(token) in (86, 87, 88):
        data = sums.base58(token)
        return Found("txid", start, end, token, data is not None and len(data) == 64)
    if _is_solana(token):
        return Found("address", start, end, token)
    if any(form.shape.fullmatch(token) for form in _FORMS):
        return Found("address", start, end, token, False)
    named = _said(text, start)
    return Found(named, start, end, token, False) if named else None


def _is_solana(token: str) -> bool:
    if not 32 <= len(token) <= 44 or token in (token.lower(), token.upper()):
        return False
    data = sums.base58(token)
    return data is not None and len(data) == 32


def _looks_random(token: str) -> bool:
    """Letters and digits mixed, as no word and no number is."""
    digits = sum(c.isdigit() for c in token)
    return digits >= 2 and len(token) - digits >= 5
