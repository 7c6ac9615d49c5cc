"""P6: a peer that never reads, and a stop with 500 sockets.

    python -m benchmarks.p6 [--quick] [--sockets 500]

A customer opens his socket with a small receive buffer and never reads, while his agent writes to him as fast as he
is acknowledged, several times the outbox's limit. The server may grow by 8 MiB at most, must give the socket up
within seconds, and the log must hold every message that was acknowledged. Then SIGTERM with many sockets open, one
of them the kind that does not read, must end within the limit that the setting ``shutdown_within`` promises.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
import time
from pathlib import Path

import orjson

from benchmarks.support.load import Load, customer
from benchmarks.support.log import query
from benchmarks.support.people import Tokens, hire
from benchmarks.support.process import holds_connection, rss_bytes
from benchmarks.support.server import Process, empty_folder, honeydesk, running
from benchmarks.support.verdict import Verdict
from benchmarks.support.wire import Frame
from benchmarks.support.wire import agent as agent_wire
from benchmarks.support.wire import customer as customer_wire

GROWTH, RELEASE = 8.0, 10.0
"""MiB; seconds."""
SHUTDOWN = 10
TEXT = "这是一条很长的消息。" * 390
"""Near the longest that is accepted, some 11 KB as a frame."""
HANDSHAKE = (
    "GET /ws/chat HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def deaf(server: Process, token: str) -> socket.socket:
    """A customer's socket that said hello and will never read again."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", server.port))
    sock.sendall(HANDSHAKE.format(port=server.port).encode())
    sock.settimeout(10)
    if b"101" not in sock.recv(256):
        raise ConnectionError("no upgrade")
    hello = orjson.dumps({"type": "hello", "token": token, "topic": "support"})
    # Masked with zeros: the payload stays as it is.
    sock.sendall(b"\x81" + bytes((0x80 | 126,)) + len(hello).to_bytes(2, "big") + bytes(4) + hello)
    return sock


async def talk(server: Process, data: Path, messages: int) -> tuple[int, float, float]:
    """(acknowledged, growth in MiB, seconds until the deaf socket was released)."""
    tokens = Tokens(data)
    ringing: asyncio.Queue[str] = asyncio.Queue()

    def rung(frame: Frame) -> None:
        if frame["type"] == "offer":
            ringing.put_nowait(frame["conversation"])

    worker = agent_wire(server.url, "agent0001", tokens.agent("agent0001"), rung)
    await worker.open()
    await worker.ask("presence", ready=True)
    customer_ = customer_wire(server.url, "deaf0001", tokens.customer("deaf0001"))
    await customer_.open()
    await customer_.ask("handoff")
    conversation = await ringing.get()
    await worker.ask("accept", conversation=conversation)
    for _ in range(messages):  # what a server grows by anyway, with a customer who reads
        await worker.ask("send", conversation=conversation, text=TEXT)
    await customer_.close()
    sock = deaf(server, tokens.customer("deaf0001"))
    peer = sock.getsockname()[1]
    await asyncio.sleep(1.0)
    before = peak = rss_bytes(server.pid)
    began = time.monotonic()
    released = float("inf")
    for _ in range(messages):
        await worker.ask("send", conversation=conversation, text=TEXT)
        peak = max(peak, rss_bytes(server.pid))
        if released == float("inf") and not holds_connection(server.port, peer):
            released = time.monotonic() - began
    wrote = time.monotonic() - began
    while released == float("inf") and time.monotonic() - began < wrote + RELEASE + 5:
        await asyncio.sleep(0.1)
        if not holds_connection(server.port, peer):
            released = time.monotonic() - began - wrote
    sock.close()
    await worker.close()
    return 2 * messages, (peak - before) / 2**20, released


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="P6: slow readers and shutdown.")
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--messages", type=int, default=600)
    parser.add_argument("--quick", action="store_true", help="a smoke run of some seconds")
    options = parser.parse_args(arguments)
    if options.quick:
        options.sockets = 50
    verdict = Verdict("P6")
    with empty_folder() as folder:
        data = folder / "data"
        hire(data, ["agent0001"], 5)
        server = honeydesk(data, shutdown_within=str(SHUTDOWN))
        with running(server):
            acked, growth, released = asyncio.run(talk(server, data, options.messages))
            people = [customer(f"idle{n:05d}", None, "i") for n in range(options.sockets)]
            with Load(folder, server.port, people) as load:
                load.ready()
                stuck = deaf(server, Tokens(data).customer("deaf0001"))
                time.sleep(0.5)
                took = server.stop(within=3 * SHUTDOWN)
                stuck.close()
        stored = query(data, "SELECT count(*) FROM events WHERE kind = 'agent_wrote'")[0][0]
    sent = options.messages * len(TEXT.encode()) / 2**20
    verdict.must(growth <= GROWTH, f"grew by {growth:.1f} MiB while {sent:.1f} MiB were written to him, <= {GROWTH}")
    verdict.must(released <= RELEASE, f"his socket was released after {released:.1f} s, <= {RELEASE:.0f}")
    verdict.must(stored == acked, f"{stored} rows = {acked} acknowledgements")
    verdict.must(took <= SHUTDOWN, f"SIGTERM with {options.sockets} sockets ended in {took:.1f} s, <= {SHUTDOWN}")
    verdict.say(f"growth {growth:.1f} MiB, released after {released:.1f} s, stopped in {took:.1f} s")
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
