"""The outbox of one socket: bounded, and never in anybody's way."""

from __future__ import annotations

from app.gateway.connection import Connection


class Wire:
    """The peer's side of a socket; ``paused`` while he does not read."""

    def __init__(self, *, paused: bool = False) -> None:
        self.sent: list[bytes | tuple[int, str]] = []
        self.paused = paused

    def put(self, frame: bytes) -> None:
        self.sent.append(frame)

    def close(self, code: int, reason: str) -> None:
        self.sent.append((code, reason))


def outbox(wire: Wire) -> Connection:
    return Connection(wire, 1000, "203.0.113.1")


def test_frames_go_out_in_order_and_then_the_close() -> None:
    wire = Wire()
    connection = outbox(wire)
    for frame in (b"a", b"b", b"c"):
        connection.put(frame)
    connection.close("going_away")
    connection.put(b"too late")
    connection.close("silent")
    assert wire.sent == [b"a", b"b", b"c", (1001, "going_away")]
    assert connection.closing


def test_what_waited_goes_out_before_what_comes_later() -> None:
    wire = Wire(paused=True)
    connection = outbox(wire)
    connection.put(b"a")
    connection.put(b"b")
    assert wire.sent == []
    wire.paused = False
    connection.put(b"c")
    connection.flush()
    assert wire.sent == [b"a", b"b", b"c"]


def test_who_does_not_read_is_closed_and_his_frames_are_dropped() -> None:
    wire = Wire(paused=True)
    connection = outbox(wire)
    for _ in range(100):
        connection.put(b"x" * 100)
    wire.paused = False
    connection.flush()
    assert wire.sent == [(4008, "slow_reader")]


def test_a_peer_who_is_gone_costs_nothing_more() -> None:
    wire = Wire(paused=True)
    connection = outbox(wire)
    connection.put(b"x")
    connection.gone()
    wire.paused = False
    connection.put(b"y")
    connection.flush()
    connection.close("silent")
    assert wire.sent == []
