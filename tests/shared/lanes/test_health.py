"""Waiting for somebody else is told from being stuck."""

import pytest

from shared.errors import Unknown
from shared.lanes.health import STUCK_AFTER_S, Health


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health(clock: Clock) -> Health:
    made = Health(clock)
    made.assigned(frozenset({0, 1}))
    return made


def test_before_lanes_come_nothing_is_ready_and_nothing_is_stuck(clock: Clock) -> None:
    starting = Health(clock)
    clock.now = 10 * STUCK_AFTER_S
    assert not starting.is_ready()
    assert not starting.is_stuck()


def test_idle_with_lanes_is_ready_for_ever(health: Health, clock: Clock) -> None:
    clock.now = 10 * STUCK_AFTER_S
    assert health.is_ready()
    assert not health.is_stuck()


def test_a_batch_that_does_not_get_through_is_stuck_after_a_while(
    health: Health, clock: Clock
) -> None:
    health.working()
    assert not health.is_stuck()
    clock.now = STUCK_AFTER_S + 1
    assert health.is_stuck()


def test_an_outage_is_waited_for_and_never_stuck_but_not_ready(
    health: Health, clock: Clock
) -> None:
    health.working()
    health.waiting(Unknown("no primary"))
    clock.now = 10 * STUCK_AFTER_S
    assert (health.doing, health.because) == ("waiting", "no primary")
    assert not health.is_stuck()
    assert not health.is_ready()


def test_the_cause_and_beginning_of_an_outage_stay_those_of_its_first_doubt(
    health: Health, clock: Clock
) -> None:
    health.waiting(Unknown("first"))
    clock.now = 5.0
    health.waiting(Unknown("second"))
    assert (health.because, health.since_s) == ("first", 0.0)


def test_lanes_that_go_take_readiness_with_them(health: Health) -> None:
    health.unassigned()
    assert not health.is_ready()
