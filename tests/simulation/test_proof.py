"""What holds of simulated services, through crashes and lost answers, operations proves as well."""

import msgspec
import pytest

from deploy.simulation.host import REAL
from deploy.simulation.services_world import ServicesWorld
from deploy.simulation.world import World
from services.operations.domain.entries import Entry
from services.operations.domain.occurrences import by_application, judge
from services.operations.domain.proof.checks import proof_of
from services.operations.domain.proof.equations import holds
from services.operations.domain.proof.tally import TIMED_MS, Moment, Proof
from services.operations.journeys import read
from shared.events.intake import Registered
from shared.events.payment import Settled

# in 40 a notice that was dropped is told after all, in 63 another amount is paid
SEEDS = (3, 9, 14, 22, 27, 31, 40, 52, 63)
LATER_MS = TIMED_MS  # nothing may be under way any more


def log_of(seed: int) -> list[Entry]:
    """The log of services at rest."""
    world = World(seed, ServicesWorld(seed), REAL)
    world.run()
    return [read(record) for records in world.log.records.values() for record in records]


def proven(log: list[Entry]) -> Proof:
    moment = Moment(max(e.logged_ms for e in log) + LATER_MS, 1 << 50)
    whole = Proof()
    for application, piece in by_application(log).items():
        judged = judge(piece, ())
        whole.add(proof_of(application, judged.first, judged.forks, moment))
    return whole


@pytest.fixture(scope="module")
def logs() -> list[list[Entry]]:
    return [log_of(seed) for seed in SEEDS]


def test_what_holds_is_proven(logs: list[list[Entry]]) -> None:
    whole = Proof()
    for log in logs:
        whole.add(proven(log))

    assert (whole.excepted, whole.waiting) == ({}, {})
    assert holds(whole)
    sections = {"submissions", "children", "sequences", "notices", "now"}
    assert sections <= whole.counts.keys()
    assert {"settled", "overpaid", "mismatched", "refunded"} <= whole.vnd["simulated"].keys()


@pytest.mark.parametrize("type_", [Registered.TYPE, Settled.TYPE])
def test_any_such_event_that_never_came_is_missed(logs: list[list[Entry]], type_: str) -> None:
    for log in logs:
        for lost in (e for e in log if e.type == type_ and e.sequence):
            left = [e for e in log if e.id != lost.id or not e.sequence]

            assert not holds(proven(left)), lost.id


@pytest.mark.parametrize("type_", [Registered.TYPE, Settled.TYPE])
def test_any_such_event_that_came_twice_is_seen(logs: list[list[Entry]], type_: str) -> None:
    for log in logs:
        for first in (e for e in log if e.type == type_ and e.sequence):
            own = [e for e in log if (e.application, e.topic) == (first.application, first.topic)]
            number = max(e.sequence for e in own) + 1
            name, later = f"{first.id}0", first.offset + 10**6
            again = msgspec.structs.replace(first, id=name, sequence=number, offset=later)

            assert not holds(proven([*log, again])), first.id
