"""What an extractor hands over."""

from dataclasses import dataclass
from typing import Literal

EntityType = Literal["coin", "amount", "network", "txid", "address", "order_id", "time", "email", "phone", "uid"]
TYPES: tuple[EntityType, ...] = (
    "coin", "amount", "network", "txid", "address", "order_id", "time", "email", "phone", "uid",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entity:
    """One find: `text[start:end] == value`, character for character as typed.

    `normalised`: amount a plain decimal, coin a ticker, network its constant (`TRON`, `ETHEREUM`), time ISO 8601 cut
    to the precision said, phone E.164, e-mail and hex lower case, anything else as typed. `valid` is False when a
    checksum or the form is wrong: still what the customer meant, but not to be acted on.
    """

    type: EntityType
    value: str
    normalised: str
    valid: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """A find before it is cut out of the text."""

    type: EntityType
    start: int
    end: int
    normalised: str
    valid: bool = True
