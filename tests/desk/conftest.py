"""The desk's promises, over the real sockets."""

from tests.support.server import people, plain, server

__all__ = ["people", "plain", "server"]
