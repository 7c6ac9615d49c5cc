"""Command line of the generators."""

from __future__ import annotations

import sys

from docs.generators import stale, write

if "--check" in sys.argv[1:]:
    found = stale()
    for name in found:
        print(f"docs/reference/{name} differs from the code: make docs", file=sys.stderr)
    sys.exit(1 if found else 0)
write()
