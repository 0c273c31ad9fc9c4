"""What operations does not prove of a run is told; of a sound one nothing is."""

from collections import defaultdict

import pytest

from deploy.audit.evidence import Evidence, Heard
from tests.invariants.proven import unproven
from tests.services.operations.story import Log, Story


def evidence(log: Log, without: str = "") -> Evidence:
    found: dict[str, list[Heard]] = defaultdict(list)
    for record in log.records:
        if not without or without.encode() not in (record.value or b""):
            found[record.topic].append(Heard(record, None))
    return Evidence(log=found, journals={})


@pytest.fixture
def log() -> Log:
    made = Log()
    Story(made).returned()
    return made


def test_of_a_sound_run_nothing_is_told(log: Log) -> None:
    assert unproven(evidence(log)) == []
    assert unproven(evidence(Log())) == []


def test_what_is_missing_is_told_with_what_does_not_add_up(log: Log) -> None:
    found = unproven(evidence(log, without='"application.registered"'))

    assert any("unanswered" in each for each in found)
    assert any("does not add up: submissions" in each for each in found)
