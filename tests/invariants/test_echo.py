"""What is said again comes again where it stood, or on a wrong lane."""

import random
from collections import Counter

import pytest

from shared.events import CONTRACTS
from shared.events.data import Strict
from tests.invariants.echo import copied_to, elsewhere
from tests.invariants.faults import EXTERNAL, external

LANES, HOME, TIMES = 4, 2, 2_000


def test_elsewhere_is_every_lane_but_this_one() -> None:
    chance = random.Random(0)
    assert {elsewhere(HOME, LANES, chance) for _ in range(TIMES)} == {0, 1, 3}


@pytest.mark.parametrize("kind", ["submissions", "withdrawals"])
def test_copies_come_to_every_lane_and_most_to_where_the_message_stands(kind: str) -> None:
    chance = random.Random(0)
    found = Counter(copied_to(kind, HOME, HOME, LANES, chance) for _ in range(TIMES))
    assert {0, 1, 2, 3} <= found.keys()
    assert found[HOME] > found[0] + found[1] + found[3]


def test_the_copy_of_a_stray_never_comes_home_by_itself() -> None:
    chance = random.Random(0)
    assert HOME not in {copied_to("submissions", 1, HOME, LANES, chance) for _ in range(TIMES)}


def test_every_message_from_outside_is_doubled_but_what_operators_commands_say() -> None:
    said = {name for name, contract in CONTRACTS.items() if issubclass(contract, Strict)}
    assert {type_ for type_ in said if not external(type_)} == {
        "operator.recounted_due",
        "personal.unsealed",  # nobody in the town looks into what is sealed
        *("payment.unstated", "payment.disbursed", "payment.query.asked", "notice.again.asked"),
        *("reconciliation.close_asked", "reconciliation.close_checked"),
        # nobody in the town is paid an allowance yet
        *(f"disbursement.{step}" for step in ("asked", "checked", "corrected", "recorded")),
        "disbursement.retried",
        "broadcast.told",  # nor is one of many, asked how it went, or complains
        *("feedback.given", "petition.filed", "petition.withdrawal_asked"),
        *("petition.acceptance_told", "petition.dispute_told"),
    }
    assert {external(type_) for type_ in said} - {""} == EXTERNAL.keys()
