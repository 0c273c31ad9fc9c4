"""What cannot be is refused in one sentence that says what can."""

from pathlib import Path

import pytest

from shared.errors import Misconfigured
from tests.load import backlog, options, recovery


@pytest.mark.parametrize("text", ["", "fast", "0", "-3", "nan", "inf", "1e9"])
def test_a_rate_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(
        Misconfigured, match=r"^RATE=.*: give applications per second, 1 to 5000\.$"
    ):
        options.rate(text)


def test_a_load_of_a_moment_is_refused() -> None:
    with pytest.raises(Misconfigured, match="SECONDS=1 cannot be: give a number of seconds"):
        options.seconds("1")


def test_a_load_that_the_disk_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="make room, set TMPDIR to a larger disk, or lower"):
        options.require_room(tmp_path, 1e12)
    options.require_room(tmp_path, 0)


@pytest.mark.parametrize("name", ["KAFKA_URL", "MONGO_URL"])
def test_servers_that_are_somebodys_are_not_measured(name: str) -> None:
    with pytest.raises(Misconfigured, match=f"unset {name}"):
        options.require_own_servers({name: "127.0.0.1:9092"})
    options.require_own_servers({name: ""})


def test_only_what_runs_can_be_stopped_or_killed() -> None:
    with pytest.raises(Misconfigured, match="STOP=bank is no service"):
        backlog.stopped("bank")
    with pytest.raises(Misconfigured, match="KILL=postgres does not run here"):
        recovery.cases("postgres")


def test_all_is_everything() -> None:
    assert len(backlog.stopped("all")) == 5
    assert recovery.cases("all")[-2:] == ("kafka", "kafka, restarted")
    assert recovery.cases("payment") == ("payment",)
