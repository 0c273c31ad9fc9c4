"""What the bench of text messages reports: nothing good of what is missing or came twice."""

from typing import Any

import pytest

from tests.load.meter import Used
from tests.load.texting import Phase, Ran, messages, report

OUTBOX = {"accepted": 20, "receipts_owed": 0, "doubled": []}


def ran(receipts: int = 20, handed: int = 10, **outbox: Any) -> Ran:
    used = Used({"bench": 0.5, "smsc": 0.2}, 1.0, 2.0)
    offered = Phase({"handed": handed, "absent": 10 - handed}, [float(n) for n in range(10)], used)
    most = Phase({"handed": 10}, [1.0] * 10, used)
    return Ran(offered, most, receipts, OUTBOX | outbox)


def test_a_run_without_a_fault_has_nothing_wrong() -> None:
    content = report(5, 2, ran())

    assert content["wrong"] == []
    assert (content["answered_per_s"], content["core"]) == (5.0, 0.25)


@pytest.mark.parametrize(
    ("run", "wrong"),
    [
        (ran(handed=8), "2 messages were not handed over"),
        (ran(receipts=17), "3 receipts are missing"),
        (ran(doubled=["8491***678: Ho so"]), "1 messages came twice"),
    ],
)
def test_what_is_missing_or_doubled_is_said(run: Ran, wrong: str) -> None:
    assert report(5, 2, run)["wrong"] == [wrong]


def test_each_message_is_somebody_elses() -> None:
    made = messages(7, 100)

    assert len({m.key for m in made}) == len({m.to for m in made}) == 100
    assert "to" not in repr(made[0])
