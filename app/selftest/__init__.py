"""``honeydesk selftest``: a customer's day over real sockets, with a timeline, ``verify`` and a verdict."""

from app.selftest.play import run

__all__ = ["run"]
