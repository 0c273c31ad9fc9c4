"""Memory that only fills caches is told from memory that grows; a recovery from a lucky look."""

from tests.load.recovery import is_well
from tests.load.soak import trend

TIMES = [10.0 * n for n in range(61)]


def test_a_cache_that_fills_in_the_first_half_is_flat() -> None:
    found = trend([(at, min(at, 300.0)) for at in TIMES])
    assert found.is_flat
    assert found.slope_mib_per_min == 0.0


def test_a_leak_is_seen() -> None:
    found = trend([(at, 200 + at / 10) for at in TIMES])
    assert not found.is_flat
    assert round(found.slope_mib_per_min, 6) == 6.0


def test_memory_that_goes_up_and_down_is_flat() -> None:
    assert trend([(at, 200.0 + 8 * (n % 2)) for n, at in enumerate(TIMES)]).is_flat


def test_one_good_look_is_no_recovery() -> None:
    assert not is_well([500, 0], before=40)
    assert not is_well([0, 500, 0], before=40)
    assert is_well([500, 40, 0, 3], before=40)
