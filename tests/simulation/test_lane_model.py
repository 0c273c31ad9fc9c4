"""The lane's algorithm holds under every schedule tried; each of its broken versions is caught."""

import re

import pytest

from tests.simulation.model.effects import explore
from tests.simulation.model.variants import BROKEN, HARMLESS
from tests.simulation.model.world import run

SCHEDULES = 120  # `python -m tests.simulation.model run right 20000` for more
CAUGHT_WITHIN = 200


@pytest.mark.parametrize("name", HARMLESS)
def test_nothing_is_lost_doubled_or_reordered(name: str) -> None:
    for seed in range(SCHEDULES):
        violation, _ = run(seed, HARMLESS[name])
        again = f"python -m tests.simulation.model find '{name}' 1 {seed}"
        assert not violation, f"{violation}; to see it: {again}"


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_version_is_caught(name: str) -> None:
    options, breaks, since = BROKEN[name]
    violations = (run(seed, options)[0] for seed in range(since, since + CAUGHT_WITHIN))
    caught = next((v for v in violations if v), "nothing")
    assert re.search(breaks, caught), caught


def test_a_seed_replays_exactly() -> None:
    first, again = (run(7, HARMLESS["stress"], traced=True)[1].trace for _ in range(2))
    assert first
    assert first == again


def test_a_claimed_effect_is_called_at_most_once_and_always_answered() -> None:
    assert explore("claim") == {}


def test_announcing_a_call_does_not_keep_it_from_being_made_twice() -> None:
    assert "called twice" in explore("announce")


def test_an_open_circuit_answered_without_a_claim_denies_a_call_that_was_made() -> None:
    assert "called, and denied" in explore("defer unclaimed")
