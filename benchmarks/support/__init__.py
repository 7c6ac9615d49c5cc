"""What the benchmarks share: servers in empty folders, people with tokens, load, verdicts."""
