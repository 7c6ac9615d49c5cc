"""What a group-commit writer tells about itself."""

from __future__ import annotations

from collections import deque


class CommitFigures:
    """Counters since the start, and quantiles over the last 1,000 commits (seconds)."""

    def __init__(self) -> None:
        self.commits = 0
        self.commands = 0
        self._seconds: deque[float] = deque(maxlen=1000)

    def committed(self, commands: int, seconds: float) -> None:
        self.commits += 1
        self.commands += commands
        self._seconds.append(seconds)

    def figures(self) -> dict[str, float]:
        ordered = sorted(self._seconds) or [0.0]
        return {
            "commits": float(self.commits),
            "batch_size": self.commands / self.commits if self.commits else 0.0,
            "commit_p50": ordered[len(ordered) // 2],
            "commit_p99": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
        }
