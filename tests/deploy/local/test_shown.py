"""What `make status`, `make logs` and `make up` say of what runs, ended or never spoke."""

import os
import subprocess
import sys
from pathlib import Path

from deploy.local import launcher
from deploy.local.children import Children
from deploy.local.settings import ROOT

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
ENDS = [sys.executable, "-c", "raise SystemExit(3)"]


def motcua(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.local", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "MOTCUA_HOME": str(home), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def start_ended(children: Children, name: str) -> None:
    children.start(name, ENDS, 1)
    child = children.started(name)
    if child and (process := child.process()):
        process.wait(30)


def test_status_shows_who_ended_and_fails(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start("intake", SLEEP, 1)
        start_ended(children, "payment")
        said = motcua(tmp_path, "status")
    assert "ended: make logs NAME=payment" in said.stdout
    assert "1 processes" in said.stdout
    assert said.returncode == 1


def test_a_server_that_does_not_answer_is_not_ready(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        for name in ("kafka", "mongo", "bank"):
            children.start(name, SLEEP, 1)
        rows = launcher.status(children)
        assert [(row.name, row.ready, row.ended) for row in rows] == [
            ("kafka", False, False),
            ("mongo", False, False),
            ("bank", False, False),
        ]
        children.stop(["kafka", "mongo", "bank"])
        assert launcher.status(children) == []


def test_what_was_never_started_is_no_failure(tmp_path: Path) -> None:
    said = motcua(tmp_path, "status")
    assert said.returncode == 0
    assert "Nothing is running.  make up starts it." in said.stdout


def test_an_empty_log_is_said(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "payment.log").touch()
    assert motcua(tmp_path, "logs", "payment").stdout == "payment has logged nothing.\n"


def test_logs_of_the_servers_are_shown_by_name_only(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    for name in ("kafka", "mongo", "payment"):
        (tmp_path / "logs" / f"{name}.log").write_text(f"line of {name}\n")
    assert motcua(tmp_path, "logs").stdout == "line of payment\n"
    assert motcua(tmp_path, "logs", "kafka").stdout == "line of kafka\n"


def test_up_names_the_demonstration_that_still_runs(tmp_path: Path) -> None:
    with Children(tmp_path / "demo") as children:
        children.start("payment", SLEEP, 1)
        said = motcua(tmp_path, "up")
    assert said.returncode == 1
    assert "The demonstration is still running: `make down` first." in said.stdout
