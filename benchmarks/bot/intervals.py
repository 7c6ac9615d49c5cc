"""Wilson intervals for shares."""

from math import sqrt


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float, float]:
    """Share with its 95 % interval; (0, 0, 1) without rows."""
    if total == 0:
        return 0.0, 0.0, 1.0
    share = hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return share, max(0.0, middle - spread), min(1.0, middle + spread)


def shown(hits: int, total: int) -> str:
    """ "0.879 [0.820, 0.920] 145/165"."""
    share, low, high = wilson(hits, total)
    return f"{share:.3f} [{low:.3f}, {high:.3f}] {hits}/{total}"
