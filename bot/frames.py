"""Values between a process and its child: length and pickle. Of nobody else: what a pickle holds is run."""

import pickle
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

_HEAD = struct.Struct("!I")


def framed(value: Any) -> bytes:
    """A value as it is sent."""
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _HEAD.pack(len(body)) + body


def read_frame(stream: BinaryIO) -> Any:
    """The next value of a blocking stream. Raises EOFError at its end."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise EOFError
    (size,) = _HEAD.unpack(head)
    body = stream.read(size)
    if len(body) < size:
        raise EOFError
    return pickle.loads(body)  # noqa: S301


class Frames:
    """Values out of bytes that come in pieces."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[Any]:
        """What is whole by now."""
        held = self._held
        held += data
        place = 0
        while len(held) - place >= _HEAD.size:
            (size,) = _HEAD.unpack_from(held, place)
            end = place + _HEAD.size + size
            if len(held) < end:
                break
            yield pickle.loads(memoryview(held)[place + _HEAD.size : end])  # noqa: S301
            place = end
        del held[:place]


def portable(error: Exception) -> Exception | None:
    """The error, if the other side can have it without loading what it needs nothing else of."""
    module = type(error).__module__
    if module != "builtins" and not module.startswith("bot."):
        return None
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301
    except Exception:
        # Whatever it is, the error itself is told by its `repr` then.
        return None
    return error
