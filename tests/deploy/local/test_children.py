"""Processes end when they should, however the launcher ends."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from deploy.local.children import Child, Children
from deploy.local.settings import ROOT
from shared.errors import Misconfigured
from tests.waiting import until_blocking

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); "
    "time.sleep(600)",
]
LAUNCHER = """
import sys, time
from pathlib import Path
from deploy.local.children import Children
with Children(Path(sys.argv[1])) as children:
    children.start("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"], 1)
    if "keep" in sys.argv:
        children.keep()
    else:
        time.sleep(600)
"""


def living(child: Child | None) -> Child:
    assert child, "it should be running"
    return child


def test_a_process_is_found_by_its_name_until_it_is_stopped(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start("sleeper", SLEEP, 4321)
        assert living(children.find("sleeper")).port == 4321
        assert children.stop(["sleeper"]) == ["sleeper"]
        assert children.find("sleeper") is None
        assert children.all() == []


def test_another_launcher_finds_and_stops_what_was_kept(tmp_path: Path) -> None:
    launcher = [sys.executable, "-c", LAUNCHER, str(tmp_path), "keep"]
    subprocess.run(launcher, cwd=ROOT, check=True, timeout=60)
    other = Children(tmp_path)
    assert [child.name for child in other.all()] == ["sleeper"]
    assert other.stop(["sleeper"]) == ["sleeper"]
    assert other.all() == []


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_the_launcher_is_ended(tmp_path: Path, end: signal.Signals) -> None:
    children = Children(tmp_path)
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(tmp_path)], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    until_blocking(lambda: children.find("sleeper"))
    os.kill(launcher.pid, end)
    launcher.wait(30)
    until_blocking(lambda: not children.all())


def test_leaving_the_block_by_an_error_ends_everything(tmp_path: Path) -> None:
    def fails() -> None:
        with Children(tmp_path) as children:
            children.start("sleeper", SLEEP, 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert Children(tmp_path).all() == []


def test_a_process_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start("stubborn", STUBBORN, 1)
        until_blocking(lambda: children.log("stubborn").read_text())
        assert children.stop(["stubborn"], limit_s=0.1) == ["stubborn"]
        assert children.all() == []


def test_what_an_interrupt_kept_from_being_written_down_is_ended_all_the_same(
    tmp_path: Path,
) -> None:
    with Children(tmp_path) as children:
        children.start("sleeper", SLEEP, 1)
        pid = living(children.find("sleeper")).pid
        (tmp_path / "run" / "sleeper.json").unlink()
    assert not psutil.pid_exists(pid)


def test_what_an_interrupt_kept_out_of_every_book_is_ended_by_the_leash(tmp_path: Path) -> None:
    lost: list[subprocess.Popen[bytes]] = []

    def is_interrupted() -> None:
        with Children(tmp_path) as children:
            children.start("sleeper", SLEEP, 1)
            (tmp_path / "run" / "sleeper.json").unlink()
            lost.append(children._started.pop("sleeper"))
            raise KeyboardInterrupt  # as if in the middle of `Popen`

    with pytest.raises(KeyboardInterrupt):
        is_interrupted()
    assert lost[0].wait(30) == -signal.SIGTERM


def test_a_pid_used_again_by_somebody_else_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    mine = {"name": "kafka", "pid": os.getpid(), "started": 1.0, "port": 1}
    (tmp_path / "run" / "kafka.json").write_text(json.dumps(mine))
    assert Children(tmp_path).find("kafka") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "7"])
def test_a_broken_pid_file_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "kafka.json").write_text(text)
    assert Children(tmp_path).find("kafka") is None


def test_a_process_that_ends_while_starting_is_reported_with_its_log(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start("short", [sys.executable, "-c", "raise SystemExit('no')"], 1)
        with pytest.raises(Misconfigured, match=r"short ended while starting: .*short\.log"):
            children.wait_for("short", lambda: False, limit_s=30)


def test_a_process_that_is_never_ready_is_reported(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start("slow", SLEEP, 1)
        with pytest.raises(Misconfigured, match="slow was not ready after 0 s"):
            children.wait_for("slow", lambda: False, limit_s=0)
