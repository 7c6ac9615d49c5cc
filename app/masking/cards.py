"""Payment card numbers by issuer range and Luhn check, and card security codes beside their words."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

# Numbers tried in one text; past it whatever has a card's length is masked, so hostile input costs no more.
_CHECK_BUDGET = 80
_GROUPS = re.compile(r"(?<![\d+])\d+(?:[ \-\u2010-\u2015]{1,2}\d+)*")
_DIGITS = re.compile(r"\d+")

# (first digits, lengths) of issuers in use: Visa, Mastercard, Amex, Diners, JCB, Discover, UnionPay, Maestro, Mir,
# RuPay, Troy. Anything else that passes Luhn by chance (one number in ten) is an order id or a timestamp.
_ISSUERS = (
    (re.compile(r"4"), {13, 16, 19}),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720|9792|508[5-9]|8[12]"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"3(?:0[0-5]|[689])"), {14}),
    (re.compile(r"35(?:2[89]|[3-8])|6(?:011|4[4-9]|5)|62|220[0-4]"), {16, 17, 18, 19}),
    (re.compile(r"5(?:0|[6-8])|6[37]"), {13, 16, 17, 18, 19}),
)
_CARD_WORD = re.compile(
    r"卡号|卡號|银行卡|銀行卡|信用卡|储蓄卡|借记卡|(?<![a-z])cards?(?![a-z])|visa|master|amex|unionpay|银联|銀聯|カード|카드|карт"
    r"|thẻ|(?<![a-z])kart|tarjeta|cart[ãa]o"
)
_OTHER_NUMBER = re.compile(
    r"(?:订单|訂單|单号|單號|编号|編號|流水号?|订单id|(?<![a-z])(?:u?id|order|trade|txid|tx|memo|tag|ticket|ref|case|imei|uuid)"
    r"|注文|주문|заказ|pedido|sipariş|đơn)[^\d]{0,12}$"
)
_SECURITY_CODE = re.compile(
    r"(?:(?<![a-z])(?:cvv2?|cvc2?|cvn2?)(?![a-z])|(?<![а-я])[сц]вв(?![а-я])|卡?片?安全[码碼](?=[^\d]{0,4}\d{3,4}(?!\d))"
    r"|card security code|セキュリティコード(?=[^\d]{0,4}\d{3,4}(?!\d))"
    r"|(?:背面|[后後末]三[位码碼])[^\d\n]{0,6}|(?:digits|numbers?|code) (?:on|at) the back(?: of (?:the|my) card)?"
    r"|код на обороте(?: карты)?|c[óo]digo de seguridad(?: de la tarjeta)?|c[óo]digo de seguran[çc]a(?: do cart[ãa]o)?)"
    r"(?:[\s:=#\-(]|code|码|碼|的三位|number|код|kodu|карты|是|为|為|is|are|was|es|é){0,6}(?<!\d)(\d{3,4})(?!\d)"
)


# A hash or an address in hexadecimal: digits in it are no number of their own.
_HEX = re.compile(r"(?<![0-9a-z])(?:0x)?[0-9a-f]{40,}(?![0-9a-z])")
_DOUBLED = str.maketrans("0123456789", "0246813579")


def luhn_holds(digits: str) -> bool:
    """ISO/IEC 7812-1 check digit; `digits` holds ASCII digits only."""
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(map(int, digits[-1::-2])) + sum(map(int, doubled))) % 10 == 0


def find_cards(lower: str) -> Iterator[Span]:
    """Spans of card numbers and security codes in folded text."""
    yield from (match.span(1) for match in _SECURITY_CODE.finditer(lower))
    checks = _CHECK_BUDGET
    hashes: list[Span] | None = None
    for run in _GROUPS.finditer(lower):
        if run.end() - run.start() < 13:
            continue
        # Few texts have so many digits.
        hashes = hashes if hashes is not None else [match.span() for match in _HEX.finditer(lower)]
        groups = [
            match.span()
            for match in _DIGITS.finditer(lower, *run.span())
            if not any(begin <= match.start() < end for begin, end in hashes)
        ]
        first = 0
        while first < len(groups):
            last, checks = _card_end(lower, groups, first, checks)
            if last is None:
                first += 1
                continue
            yield groups[first][0], groups[last][1]
            first = last + 1


def _card_end(lower: str, groups: list[Span], first: int, checks: int) -> tuple[int | None, int]:
    """Index of the last group of the longest card number that begins with group `first`, and the checks left."""
    size, found = 0, None
    for last in range(first, len(groups)):
        size += groups[last][1] - groups[last][0]
        if size > 19:
            break
        if size >= 13:
            checks -= 1
            digits = "".join(lower[start:end] for start, end in groups[first : last + 1])
            if checks < 0 or (luhn_holds(digits) and _is_card(lower, digits, groups[first][0])):
                found = last
    return found, checks


def _is_card(lower: str, digits: str, start: int) -> bool:
    if len(set(digits)) < 2:
        return False
    issued = any(len(digits) in lengths and issuer.match(digits) for issuer, lengths in _ISSUERS)
    before = lower[max(0, start - 24) : start]
    return _CARD_WORD.search(before) is not None or (issued and _OTHER_NUMBER.search(before) is None)
