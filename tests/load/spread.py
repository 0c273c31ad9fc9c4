"""Percentiles of many values: by rank, nothing interpolated."""

from collections.abc import Sequence
from math import ceil, log10

PERCENTILES = (50, 95, 99)


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share (0 to 1) of the values do not exceed."""
    rank = ceil(round(share * len(ordered), 6))  # 0.07 * 100 is a little more than 7
    return ordered[max(1, rank) - 1]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return p50, p95, p99 and the highest; nothing for no values."""
    ordered = sorted(values)
    if not ordered:
        return {}
    found = {f"p{p}": percentile(ordered, p / 100) for p in PERCENTILES}
    return {name: round(value, 3) for name, value in (found | {"max": ordered[-1]}).items()}


def curve(values: Sequence[float], per_decade: int = 20) -> list[tuple[float, float]]:
    """Return pairs of share and value, more of them towards the slowest."""
    ordered = sorted(values)
    if not ordered:
        return []
    steps = range(int(per_decade * log10(len(ordered))) + 1)
    shares = [1 - 10 ** (-step / per_decade) for step in steps] + [1.0]
    return [(round(s, 7), percentile(ordered, s)) for s in shares]
