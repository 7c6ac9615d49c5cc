"""Where threads run, in a process of its own: placing threads must not outlive the test."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import os, threading
from app import cores
from app.db.sqlite_writer import WRITER
before = os.sched_getaffinity(0)
cores.together()
assert os.sched_getaffinity(0) == before, "without a writer nothing is placed"
stop = threading.Event()
writer = threading.Thread(target=stop.wait, name=WRITER)
writer.start()
everywhere = cores.together()
assert os.sched_getaffinity(0) == os.sched_getaffinity(writer.native_id) == {max(before)}
seen = []
def work():
    seen.append(os.sched_getaffinity(0)); everywhere(); seen.append(os.sched_getaffinity(0))
thread = threading.Thread(target=work); thread.start(); thread.join()
assert seen == [{max(before)}, before], seen
stop.set(); writer.join()
"""


def test_loop_and_writer_share_a_core_and_later_threads_get_all_back() -> None:
    subprocess.run([sys.executable, "-c", CODE], check=True)
