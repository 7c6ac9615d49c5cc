"""Tests with the real sentence-transformers: collected where that extra is installed (`make torch`)."""

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("sentence_transformers") else ["test_*.py"]
