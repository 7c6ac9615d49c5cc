"""Figures as ratios measured in one run: ``python -m benchmarks.NAME`` prints a table and ends with PASS or FAIL."""
