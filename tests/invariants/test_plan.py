"""The plan, the table of faults and the mutants fit together; nothing here starts a process."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from deploy.audit.invariants import INVARIANTS
from shared.errors import Misconfigured
from shared.failpoints import FETCHING, MISTAKE, NAMES
from tests.invariants import mutants, plan
from tests.invariants.acts import ACTS, chains
from tests.invariants.faults import ALL, FAULTS, STEPS
from tests.invariants.mutants import MUTANTS
from tests.invariants.outcome import Outcome


def test_every_failpoint_is_a_step_that_somebody_is_killed_at() -> None:
    assert {step for steps in STEPS.values() for step in steps} == {*NAMES} - {MISTAKE, FETCHING}


def test_no_fault_stands_in_the_table_twice() -> None:
    assert len(set(FAULTS)) == len(FAULTS)


def test_the_whole_plan_has_every_act_and_every_fault() -> None:
    whole = plan.full(0, 2_000)
    assert Counter(stage.act for stage, _ in whole.drawn()) == Counter(ACTS.keys())
    assert whole.faults == FAULTS


@pytest.mark.parametrize("made", [plan.full(7, 2_000), plan.short(7), plan.mutant(7)])
def test_a_plan_is_the_same_for_the_same_seed_and_has_all_its_applications(made: plan.Plan) -> None:
    assert made.drawn() == made.drawn()
    assert made.env() == made.env()
    assert chains(made.chance, made.steps) == chains(made.chance, made.steps)
    assert sum(count for _, count in made.drawn()) == made.applications


def test_another_seed_is_another_order() -> None:
    orders = {tuple(stage.act for stage, _ in plan.full(seed, 2_000).drawn()) for seed in range(9)}
    assert len(orders) > 1


def test_each_life_of_a_service_ends_at_another_step() -> None:
    drawn = chains(plan.full(3, 2_000).chance, STEPS)
    for service in ALL:
        assert sorted(f.partition(":")[0] for f in drawn[service]) == sorted(STEPS[service])


def test_a_fault_that_never_happened_is_no_proof() -> None:
    made = plan.short(0)
    outcome = Outcome(made, faults=dict.fromkeys(made.faults, 1))
    assert outcome.missed == []
    outcome.faults[made.faults[0]] = 0
    assert outcome.missed == [made.faults[0]]
    assert not outcome.holds


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_a_mutant_is_planted_in_a_copy_and_compiles(mutant: mutants.Mutant, tmp_path: Path) -> None:
    mutants.plant(mutant, tmp_path)
    planted = (tmp_path / mutant.file).read_text()
    assert mutant.new in planted
    assert mutant.old not in planted
    compile(planted, mutant.file, "exec")
    assert 1 <= mutant.breaks <= len(INVARIANTS)


def test_a_mutant_s_copy_runs_on_nothing_but_itself(tmp_path: Path) -> None:
    mutants.plant(MUTANTS[0], tmp_path)
    told = (
        "import sys, tests.invariants.__main__\n"
        "ours = ('deploy', 'services', 'shared', 'tests')\n"
        "for name, module in list(sys.modules.items()):\n"
        "    if name.partition('.')[0] in ours and module.__file__: print(module.__file__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    files = {Path(line) for line in done.stdout.split()}
    assert files
    assert [f for f in files if tmp_path not in f.parents] == []


CAUGHT = {
    "publishes before it inserts": "intake x: 3 events on the log, 2 in the journal, or others",
    "calls without a claim": "x/accepted/sms: handed 2 times",
    "asks another carrier when nobody knows": "x/accepted/sms: handed 2 times",
    "does not look at what was seen": "routing decided x/intake/000001 of /services/intake (x) "
    "2 times",
    "takes each word of a payment for another payment": "transaction T1 kept twice as the same",
    "does not look at amounts": "x: settled by 1000 đồng, never due",
    "gives back as often as it is asked": "x: 2000 đồng of T1 are to go back, and 1000 came",
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_a_mutant_is_caught_for_what_it_does_wrong_and_for_nothing_else(
    mutant: mutants.Mutant,
) -> None:
    def told(number: int, *wrong: str) -> mutants.Verdict:
        invariant = {"number": number, "holds": False, "wrong": wrong}
        return mutants.verdict(mutant, {"invariants": [invariant]})

    caught = told(mutant.breaks, "… and 3 more", CAUGHT[mutant.name])
    assert caught.is_caught
    assert caught.because == [CAUGHT[mutant.name]]
    by_accident = "routing never decided x of /services/intake (x)", "x/accepted/sms: told 2 times"
    assert not told(mutant.breaks, *by_accident).is_caught
    assert not told(mutant.breaks + 1, CAUGHT[mutant.name]).is_caught


def test_a_mutant_whose_place_has_changed_says_so(tmp_path: Path) -> None:
    lost = MUTANTS[0]._replace(old="what never stood there")
    with pytest.raises(Misconfigured, match="stands 0 times"):
        mutants.plant(lost, tmp_path)
