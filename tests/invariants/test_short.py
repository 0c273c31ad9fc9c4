"""A minute of the attack with every change, and one mutant of which it has to be told."""

from pathlib import Path

import pytest

from tests.invariants import mutants, plan
from tests.invariants.run import run

pytestmark = pytest.mark.stack
SEED = 1


def test_nothing_is_lost_or_doubled_whichever_step_a_service_dies_at(tmp_path: Path) -> None:
    outcome = run(plan.short(SEED), tmp_path, lambda _: None)
    assert [(f.sentence, f.wrong) for f in outcome.findings if not f.holds] == []
    assert (outcome.wrong, outcome.stuck) == ([], [])
    assert outcome.missed == []


def test_a_build_that_publishes_before_it_inserts_is_found_out(tmp_path: Path) -> None:
    verdict = mutants.run(mutants.MUTANTS[0], SEED, tmp_path)
    assert verdict.is_caught, verdict
