"""Whether groups fall behind under a steady load: pure, from looks at their lags."""

from collections.abc import Sequence

from deploy.log.lag import Sample


def behind_s(samples: Sequence[Sample]) -> dict[str, list[float]]:
    """Return each group's lag at each sample, as seconds of what came in over the whole time."""
    first, last = samples[0], samples[-1]
    spent_s = max(last.at_s - first.at_s, 1e-9)
    found = {}
    for group in last.lag:
        per_s = (last.end[group] - first.end[group]) / spent_s
        found[group] = [s.lag[group] / per_s if per_s else 0.0 for s in samples]
    return found


def growth_s(samples: Sequence[Sample]) -> dict[str, float]:
    """Return by how much each group fell behind from the middle third to the last, in seconds.

    A group commits about once a second, so a look finds up to a second's records although none
    waits: between two means of a few looks a difference below a second says nothing.
    """
    third = len(samples) // 3
    if not third:
        return {}
    return {
        group: _mean(lags[-third:]) - _mean(lags[-2 * third : -third])
        for group, lags in behind_s(samples).items()
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
