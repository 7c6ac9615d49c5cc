"""A reply to a question about exactly one thing: "500" is an amount when an amount was asked for, "eth" a network."""

import re

from bot.entities import names, numerals
from bot.entities.model import Entity, EntityType

_ORDER = re.compile(
    r"(?<![0-9A-Za-z_-])(?=(?:[A-Za-z_-]*\d){4})[0-9A-Za-z][0-9A-Za-z_-]{4,46}[0-9A-Za-z](?![0-9A-Za-z_-])"
)
_UID = re.compile(r"(?<![0-9A-Za-z])\d{5,14}(?![0-9A-Za-z])")
_COIN = re.compile(r"\s*[A-Za-z0-9]{2,10}\s*")
_EDGES = " \t\n。.,，!！?？:：就是的个個大概大约吧呢了"


def replied(kind: EntityType, text: str) -> Entity | None:
    """The entity of that type that the whole of a short reply stands for; None when it stands for none.

    Only what needs the question to be understood: what `extract` finds anyway is found there.
    """
    match kind:
        case "amount":
            return _amount(text)
        case "network":
            return _network(text)
        case "order_id":
            found = _ORDER.search(text)
            return _entity(kind, text, found.span(), found.group()) if found else None
        case "uid":
            found = _UID.search(text)
            return _entity(kind, text, found.span(), found.group()) if found else None
        case "coin":
            bare = text.strip(_EDGES)
            return _entity(kind, text, _place(text, bare), bare.upper()) if _COIN.fullmatch(bare) else None
        case _:
            return None


def _amount(text: str) -> Entity | None:
    bare = text.strip(_EDGES)
    number = re.fullmatch(r"(\d[\d,. ']*)\s?([kKwWmM万萬千百亿億]?)", bare)
    if number:
        value = numerals.western(number[1].strip(" ,."), number[2])
    else:
        value = numerals.chinese(bare) if re.fullmatch(f"{numerals.CHINESE}+", bare) else None
    return _entity("amount", text, _place(text, bare), numerals.plain(value)) if value else None


def _network(text: str) -> Entity | None:
    bare = re.sub(r"(?:网络|网|链|網路|鏈|\s?(?:network|chain|mainnet))$", "", text.strip(_EDGES), flags=re.IGNORECASE)
    key = names.network_named(bare)
    return _entity("network", text, _place(text, bare), key) if key else None


def _place(text: str, part: str) -> tuple[int, int]:
    start = text.find(part)
    return start, start + len(part)


def _entity(kind: EntityType, text: str, span: tuple[int, int], normalised: str) -> Entity:
    return Entity(kind, text[span[0] : span[1]], normalised, True, *span)
