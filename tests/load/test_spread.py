"""Percentiles are values that were measured, never something between two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.load.spread import curve, percentile, spread

HUNDRED = [float(n) for n in range(1, 101)]
values = st.lists(st.floats(0, 1e6), min_size=1, max_size=300)


@pytest.mark.parametrize(("share", "rank"), [(0.0, 1), (0.5, 50), (0.95, 95), (0.99, 99), (1, 100)])
def test_of_a_hundred_values_the_rank_is_the_percentage(share: float, rank: int) -> None:
    assert percentile(HUNDRED, share) == rank


@given(values, st.floats(0, 1))
def test_at_least_that_share_does_not_exceed_a_percentile(found: list[float], share: float) -> None:
    ordered = sorted(found)
    limit = percentile(ordered, share)
    assert limit in ordered
    assert sum(v <= limit for v in ordered) >= share * len(ordered) - 1e-6


def test_of_no_values_there_is_nothing_to_tell() -> None:
    assert spread([]) == {}
    assert curve([]) == []


@given(values)
def test_a_curve_rises_and_ends_with_the_slowest(found: list[float]) -> None:
    points = curve(found)
    assert [s for s, _ in points] == sorted(s for s, _ in points)
    assert [v for _, v in points] == sorted(v for _, v in points)
    assert points[-1] == (1.0, max(found))
