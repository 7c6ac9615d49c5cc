"""How the garbage collector is set for a server: what start-up made stays out of its sight."""

from __future__ import annotations

import gc

YOUNG = 20_000
"""Objects made and not yet freed before the youngest are looked through (the interpreter's own figure: 700). Nearly all
of ours die by reference count within the tick that made them."""
MIDDLE, OLD = 20, 20
"""Collections of one generation before one of the next."""


def settle() -> None:
    """Once, when the server is up: code, schemas, corpus and index are never garbage, and looking through those
    half a million objects again and again stopped every thread for a tenth of a second at a time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
