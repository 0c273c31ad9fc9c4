"""A demonstration that cannot begin leaves the one that was kept."""

import io
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from deploy.local import processes, stack
from deploy.local.children import Children
from deploy.local.demo import run
from deploy.local.demo.play import Plan
from deploy.local.demo.show import _Demo
from deploy.local.ports import free
from deploy.local.settings import HOST, ROOT, Settings
from shared.errors import Misconfigured

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
NAMES = [*stack.PARTS, "controller", *processes.PORTS]


def test_that_a_kept_demo_is_removed_is_said(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), record=True)
    numbers = dict(zip((f"{name}_port" for name in NAMES), free(len(NAMES)), strict=True))
    settings = Settings(home=tmp_path / "demo", kafka_url="", mongo_url="", **numbers)
    begin = _Demo(console, Plan(), settings)._begin_anew
    settings.home.mkdir()  # what one that was not kept leaves
    begin()
    assert "kept" not in console.export_text()
    with Children(settings.home) as children:
        children.start("payment", SLEEP, settings.payment_port)
        begin()
        assert not children.find("payment")
    assert "The kept demo is stopped and removed, with its data and keys." in console.export_text()
    assert not settings.home.exists()


def test_a_port_that_is_taken_costs_neither_its_processes_nor_its_data(tmp_path: Path) -> None:
    kept = tmp_path / "demo" / "data" / "kept"
    kept.parent.mkdir(parents=True)
    kept.touch()
    numbers = dict(zip((f"{name}_port" for name in NAMES), free(len(NAMES)), strict=True))
    with socket.socket() as taken, Children(tmp_path / "demo") as children:
        taken.bind((HOST, numbers["intake_port"]))
        taken.listen()
        children.start("payment", SLEEP, numbers["payment_port"])
        settings = Settings(home=tmp_path, kafka_url="", mongo_url="", **numbers)
        with pytest.raises(Misconfigured, match="intake"):
            run(keep=False, settings=settings)
        assert kept.exists()
        assert children.find("payment")


@pytest.mark.parametrize(
    ("said", "is_kept"), [("1", True), ("yes", True), ("0", False), ("", False)]
)
def test_keep_is_a_yes_or_a_no(said: str, is_kept: bool) -> None:
    shown = subprocess.run(
        ["make", "--dry-run", "demo", f"KEEP={said}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    assert ("--keep" in shown) is is_kept
