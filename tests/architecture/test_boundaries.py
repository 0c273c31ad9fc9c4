"""Import contracts are kept, and each is seen to catch a violation planted in a copy."""

import configparser
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from shared.topics import SERVICES

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("services", "shared", "deploy")
CONFIG = ".importlinter"
LIMIT_S = 120


class Plant(NamedTuple):
    """An import added to a file; `forbidden` is what the report calls its target."""

    file: str
    target: str
    forbidden: str = ""


PLANTED = {
    "independent": (
        Plant("services/routing/lane.py", "services.payment.domain"),
        Plant("services/notify/api.py", "services.intake.api"),
    ),
    "inward": (
        Plant("shared/clock.py", "services.routing.domain"),
        Plant("shared/topics.py", "deploy.local.settings"),
        Plant("services/intake/api.py", "deploy.local.secrets"),
    ),
    "partners": (Plant("deploy/sandbox/sms/gateway.py", "services.notify.channels"),),
    "within": (
        Plant("services/routing/domain/moves.py", "services.routing.lane"),
        Plant("services/payment/lane.py", "services.payment.api"),
        Plant("services/notify/effects.py", "services.notify.__main__"),
        Plant("services/intake/numbers.py", "services.intake.lane"),
        Plant("services/operations/journeys.py", "services.operations.reader"),
    ),
    "pure-rules": (
        Plant("services/routing/domain/moves.py", "time"),
        Plant("services/notify/lane.py", "httpx"),
        Plant("services/payment/domain/state.py", "shared.publisher"),
        Plant("shared/lanes/step.py", "random"),
        Plant("shared/events/data.py", "fastapi"),
    ),
    "ports": (
        Plant("shared/journal.py", "motor.motor_asyncio", "motor"),
        Plant("shared/lanes/loop.py", "shared.kafka"),
        Plant("shared/timers.py", "shared.service"),
    ),
}


def config() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / CONFIG)
    return parser


def contracts() -> dict[str, str]:
    """The names of the contracts, by their identifiers."""
    sections = [s for s in config().sections() if s.startswith("importlinter:contract:")]
    return {s.rpartition(":")[2]: config()[s]["name"] for s in sections}


def lint(folder: Path) -> tuple[int, set[str], str]:
    """Run lint-imports; return its exit status, the contracts that are broken, what it says."""
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
    return done.returncode, broken, said


@contextmanager
def planted(folder: Path, plants: Sequence[Plant]) -> Iterator[None]:
    """Add imports to a tree for as long as the block runs."""
    before = {plant.file: (folder / plant.file).read_text() for plant in plants}
    try:
        for plant in plants:
            with (folder / plant.file).open("a") as file:
                file.write(f"\nimport {plant.target}\n")
        yield
    finally:
        for name, text in before.items():
            (folder / name).write_text(text)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        skipped = shutil.ignore_patterns("__pycache__", "data", "target")
        shutil.copytree(ROOT / package, folder / package, ignore=skipped)
    shutil.copy(ROOT / CONFIG, folder)
    return folder


def test_every_contract_has_violations_planted() -> None:
    assert set(PLANTED) == set(contracts())


def test_no_service_is_left_out() -> None:
    services = {f"services.{name}" for name in SERVICES}
    assert set(config()["importlinter:contract:independent"]["modules"].split()) == services
    assert set(config()["importlinter:contract:within"]["containers"].split()) == services


def test_the_contracts_are_kept(copy: Path) -> None:
    status, broken, said = lint(copy)
    assert (status, broken) == (0, set()), said


def test_a_new_module_of_a_service_must_be_given_its_layer(copy: Path) -> None:
    path = copy / "services" / "routing" / "somewhere.py"
    path.touch()
    try:
        status, broken, said = lint(copy)
    finally:
        path.unlink()
    assert (status, broken) == (1, {"within"})
    assert "services.routing.somewhere" in said


@pytest.mark.parametrize("contract", PLANTED)
def test_what_is_planted_breaks_its_contract_and_is_named(copy: Path, contract: str) -> None:
    with planted(copy, PLANTED[contract]):
        status, broken, said = lint(copy)
    assert status == 1
    assert contract in broken
    for plant in PLANTED[contract]:
        module = plant.file.removesuffix(".py").replace("/", ".")
        assert f"{module} -> {plant.forbidden or plant.target} " in said
