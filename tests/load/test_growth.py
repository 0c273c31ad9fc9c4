"""A lag that grows is told from one that only goes up and down with the commits."""

from deploy.log.lag import Sample
from tests.load.growth import behind_s, growth_s
from tests.load.report import GROWTH_LIMIT_S

PER_S = 650


def samples(*lags: int) -> list[Sample]:
    """A look every five seconds at a group that a steady load comes to."""
    return [
        Sample(5.0 * n, {"payment": lag}, {"payment": 10_000 + int(5 * PER_S * n)})
        for n, lag in enumerate(lags)
    ]


def test_lag_is_told_in_seconds_of_what_comes_in() -> None:
    assert behind_s(samples(650, 1_300))["payment"] == [1.0, 2.0]


def test_a_lag_that_follows_the_commits_does_not_grow() -> None:
    growth = growth_s(samples(0, 500, 100, 600, 50, 640, 0, 500, 100, 600, 50, 640))
    assert abs(growth["payment"]) < GROWTH_LIMIT_S


def test_a_service_that_keeps_up_with_nine_tenths_is_seen_to_fall_behind() -> None:
    growth = growth_s(samples(*(int(0.1 * PER_S * 5 * n) for n in range(12))))
    assert growth["payment"] > GROWTH_LIMIT_S


def test_a_group_that_nothing_comes_to_is_not_behind() -> None:
    quiet = [Sample(float(n), {"aside": 0}, {"aside": 0}) for n in range(6)]
    assert growth_s(quiet) == {"aside": 0.0}


def test_two_looks_tell_no_growth() -> None:
    assert growth_s(samples(0, 100)) == {}
