"""The verdict is 0 only if nothing at all is wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from deploy.audit.invariants import Finding
from deploy.local.demo.board import Stuck
from deploy.local.demo.figures import Money, money
from deploy.local.demo.paths import Path
from deploy.local.demo.verdict import Verdict, judge, unfinished
from deploy.local.demo.wrongs import Answer

COUNTS = {"states": [{"code": 3, "count": 1}, {"code": 9, "count": 0}, {"code": 10, "count": 2}]}


@pytest.fixture
def sound(log: Any) -> dict[str, Any]:
    log.decided("payment.settled", reference="R1", transaction="T1", amount_vnd=10)
    log.decided("receipt.issued", number="R1-P", kind="fee", amount_vnd=10)
    log.moved("R1", "T1", 10)
    return {
        "findings": [Finding(1, "Nothing is lost", 3, ())],
        "answers": [Answer("Kafka, not JSON", "1 dead letter", True)],
        "unfinished": [],
        "money": money(log.evidence()),
        "counts": COUNTS,
        "states": {3: 1, 10: 2},
    }


def test_what_is_sound_holds(sound: dict[str, Any]) -> None:
    verdict = judge(**sound)
    assert verdict == Verdict(())
    assert verdict.status == 0


def changed(**changes: Any) -> Callable[[Money], Money]:
    return lambda found: found._replace(**changes)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"findings": [Finding(2, "Money", 3, ("R1 settled twice",))]}, "invariant 2"),
        ({"findings": [Finding(7, "Personal", 0, ())]}, "invariant 7"),
        ({"answers": [Answer("Kafka, not JSON", "0 dead letters", False)]}, "0 dead letters"),
        ({"unfinished": ["1 applications are not over"]}, "not over"),
        ({"money": changed(matched=0)}, "1 of the bank's transactions"),
        ({"money": changed(settled_vnd=11)}, "settlements are 11 đồng, receipts 10"),
        ({"states": {3: 1, 10: 1}}, "operations counts"),
        ({"paths": [Path("by post", 0, ""), Path("refused", 1, "G1")]}, "the path: by post"),
    ],
)
def test_every_planted_fault_turns_it(
    sound: dict[str, Any], fault: dict[str, Any], says: str
) -> None:
    [(name, value)] = fault.items()
    planted = value(sound[name]) if callable(value) else value

    verdict = judge(**{**sound, name: planted})

    assert verdict.status == 1
    assert [says in sentence for sentence in verdict.wrong] == [True]


def test_what_is_stuck_or_never_came_to_rest_is_said() -> None:
    stuck = [Stuck("a", "payment", "open"), Stuck("a", "notify", "sent"), Stuck("b", "routing", "")]
    assert unfinished(stuck, ["payment"], ["routing"]) == [
        "2 applications are not over in time",
        "payment does not say that it is ready",
        "the log did not come to rest: routing",
    ]
    assert unfinished([], [], []) == []


def test_findings_know_themselves_whether_they_hold() -> None:
    finding = Finding(1, "Nothing is lost", 3, ())
    assert finding.holds
    assert not replace(finding, counted=0).holds
