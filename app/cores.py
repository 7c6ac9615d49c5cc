"""Where threads run."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from app.db.sqlite_writer import WRITER
from bot.cores import allowed, same


def together() -> Callable[[], None]:
    """Put the calling thread (the event loop's) and the SQLite writer on one core; returns what gives a thread all
    cores back, for threads that are started later and would inherit the one.

    The two take turns at the interpreter lock anyway. On two cores they fight for it: the loop lets go of it at every
    callback, wakes the waiting writer, and has it again before the other core is there. On one core the same work
    costs a third less and more messages pass (docs/decisions/0013). Does nothing without a writer, with a single core,
    or where threads cannot be placed.
    """
    writer = next((t for t in threading.enumerate() if t.name == WRITER), None)
    if not hasattr(os, "sched_setaffinity") or writer is None or writer.native_id is None:
        return lambda: None
    everywhere = same()
    # Interrupts are mostly served by the first cores.
    chosen = {max(allowed())}
    for thread in (0, writer.native_id):
        os.sched_setaffinity(thread, chosen)
    return everywhere
