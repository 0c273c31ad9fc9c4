"""Import contracts are kept, and each is seen to catch a violation planted in a copy."""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from shared.topics import SERVICES

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("services", "shared", "deploy")
CONFIG = ".importlinter"
LIMIT_S = 120


class Plant(NamedTuple):
    """A line added to a file, which breaks this contract (and may break others behind it)."""

    contract: str
    file: str
    line: str


PLANTED = (
    Plant("independent", "services/routing/lane.py", "import services.payment.domain"),
    Plant("independent", "services/notify/api.py", "from services import intake"),
    Plant("inward", "shared/clock.py", "import services.routing.domain"),
    Plant("inward", "shared/topics.py", "import deploy.local.settings"),
    Plant("inward", "services/intake/api.py", "from deploy.local import secrets"),
    Plant("partners", "deploy/sandbox/sms/gateway.py", "import services.notify.channels"),
    Plant("within", "services/routing/domain/moves.py", "import services.routing.lane"),
    Plant("within", "services/payment/lane.py", "import services.payment.api"),
    Plant("within", "services/notify/effects.py", "import services.notify.__main__"),
    Plant("pure-rules", "services/routing/domain/moves.py", "import time"),
    Plant("pure-rules", "services/notify/lane.py", "import httpx"),
    Plant("pure-rules", "services/payment/domain/state.py", "import shared.publisher"),
    Plant("pure-rules", "shared/lanes/step.py", "import random"),
    Plant("pure-rules", "shared/events/data.py", "import fastapi"),
    Plant("ports", "shared/journal.py", "import motor.motor_asyncio"),
    Plant("ports", "shared/lanes/loop.py", "import shared.kafka"),
    Plant("ports", "shared/timers.py", "import shared.service"),
)


def config() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / CONFIG)
    return parser


def contracts() -> dict[str, str]:
    """The names of the contracts, by their identifiers."""
    sections = [s for s in config().sections() if s.startswith("importlinter:contract:")]
    return {s.rpartition(":")[2]: config()[s]["name"] for s in sections}


def lint(folder: Path) -> tuple[int, set[str]]:
    """Run lint-imports in a folder; return its exit status and the contracts that are broken."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    said = done.stdout + done.stderr
    broken = {i for i, name in contracts().items() if f"{name} BROKEN" in said}
    kept = {i for i, name in contracts().items() if f"{name} KEPT" in said}
    assert broken | kept == set(contracts()), said
    return done.returncode, broken


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        skipped = shutil.ignore_patterns("__pycache__", "data", "target")
        shutil.copytree(ROOT / package, folder / package, ignore=skipped)
    shutil.copy(ROOT / CONFIG, folder)
    return folder


def test_every_contract_has_a_violation_planted() -> None:
    assert {plant.contract for plant in PLANTED} == set(contracts())


def test_no_service_is_left_out() -> None:
    services = {f"services.{name}" for name in SERVICES}
    assert set(config()["importlinter:contract:independent"]["modules"].split()) == services
    assert set(config()["importlinter:contract:within"]["containers"].split()) == services


def test_the_contracts_are_kept(copy: Path) -> None:
    assert lint(copy) == (0, set())


@pytest.mark.parametrize("plant", PLANTED, ids=lambda p: f"{p.contract}: {p.file}")
def test_a_planted_violation_breaks_its_contract(copy: Path, plant: Plant) -> None:
    path = copy / plant.file
    before = path.read_text()
    path.write_text(f"{before}\n{plant.line}\n")
    try:
        status, broken = lint(copy)
        assert status == 1
        assert plant.contract in broken
    finally:
        path.write_text(before)
