"""What a disk or a server does to a run is one sentence; a mistake of ours is not hidden by it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError

from shared.errors import Misconfigured
from tests.invariants import plan, report
from tests.invariants.__main__ import told
from tests.invariants.outcome import Outcome

FULL = Path("/dev/full")


def fails(*errors: Exception) -> Callable[[], int]:
    def work() -> int:
        raise ExceptionGroup("in the background", errors) if len(errors) > 1 else errors[0]

    return work


def fills() -> int:
    return FULL.write_text("spilled")


def test_a_disk_that_fills_while_it_runs_is_said_with_what_to_do() -> None:
    with pytest.raises(Misconfigured, match=r"No space left on device.*has room.*same seed"):
        told(fills)


def test_so_is_a_server_that_goes_among_others() -> None:
    with pytest.raises(Misconfigured, match="KafkaConnectionError"):
        told(fails(KafkaConnectionError("gone"), OSError(28, "No space left on device")))


def test_a_mistake_of_ours_is_raised_as_it_is() -> None:
    with pytest.raises(ExceptionGroup):
        told(fails(KafkaConnectionError("gone"), ValueError("ours")))
    with pytest.raises(ValueError, match="ours"):
        told(fails(ValueError("ours")))


def test_a_report_that_finds_no_room_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "invariants.new").symlink_to(FULL)
    said = r"No space left on device\): free space for .*invariants\.json before the next run"
    with pytest.raises(Misconfigured, match=said):
        report.write(tmp_path / "invariants.json", Outcome(plan.short(0)), ())
