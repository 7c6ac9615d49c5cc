"""A peer on the real sockets, without a browser: for ``honeydesk client``, the self-test and the benchmarks."""

from app.peer.peer import Peer, PeerError, agent, customer

__all__ = ["Peer", "PeerError", "agent", "customer"]
