"""The desk's promises, over the real sockets."""

from tests.support.server import people, server

__all__ = ["people", "server"]
