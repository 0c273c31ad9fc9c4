"""The pace, on a clock that is told."""

import pytest

from services.notify.channels.smpp.pace import BURST_S, PAUSE_S, Pace


class Time:
    def __init__(self) -> None:
        self.now_s = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds


async def test_turns_come_at_the_agreed_rate():
    time = Time()
    pace = Pace(100.0, time, time.sleep)
    for _ in range(200):
        assert await pace.turn(1_000.0)
    assert time.now_s - 100.0 == pytest.approx(2.0 - BURST_S, abs=0.011)


async def test_a_turn_that_would_come_too_late_is_refused_at_once_and_takes_none():
    time = Time()
    pace = Pace(10.0, time, time.sleep)
    taken = [await pace.turn(100.5) for _ in range(20)]
    assert (taken.count(True), taken[-1]) == (6, False)
    assert time.now_s <= 100.5


async def test_throttled_halves_the_rate_once_and_pauses_and_what_is_taken_climbs_back():
    time = Time()
    pace = Pace(100.0, time, time.sleep)
    for _ in range(5):
        pace.slower()  # all that were on their way
    assert pace.rate_per_s == 50.0
    await pace.turn(1_000.0)
    assert time.now_s == pytest.approx(100.0 + PAUSE_S)
    for _ in range(100):
        pace.faster()
    assert pace.rate_per_s == 100.0


async def test_however_often_it_is_throttled_it_never_stands_still():
    time = Time()
    pace = Pace(100.0, time, time.sleep)
    for _ in range(100):
        pace.slower()
        time.now_s += PAUSE_S
    assert pace.rate_per_s == 1.0
