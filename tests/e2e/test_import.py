"""`motcua import` on a whole system: killed in the middle, gone on with, nothing missing."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.importing.lists import Paths
from deploy.local.settings import ROOT
from deploy.log.reading import decoded, whole
from deploy.sandbox.portal import NAME
from shared.events.intake import Registered
from tests.e2e.system import System, running
from tests.waiting import until_blocking

pytestmark = pytest.mark.stack

COUNT = 300
LIMIT_S = 120.0


def command(system: System, *arguments: str) -> list[str]:
    key = str(system.settings.home / "secrets" / "clients.json")  # its broker runs elsewhere
    return [sys.executable, "-m", "deploy.local", "import", "--key", key, *arguments]


def told(system: System) -> dict[str, str]:
    home = {"MOTCUA_HOME": str(system.settings.home), "KAFKA_URL": system.servers.kafka_url}
    return {"PATH": os.environ["PATH"], "COLUMNS": "160", **home}


def motcua(system: System, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(system, *arguments),
        cwd=ROOT,
        env=told(system),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )


def registered(system: System) -> list[str]:
    """Every application that intake said it registered, once for each time."""
    return asyncio.run(_registered(system))


async def _registered(system: System) -> list[str]:
    url, lanes = system.servers.kafka_url, system.settings.lanes
    said = [m.value async for messages in whole(url, ["intake.events"], lanes) for m in messages]
    events = [event for value in said if (event := decoded(value))]
    return [event.subject for event in events if event.type == Registered.TYPE]


@contextmanager
def importing(system: System, file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """An import that can have few in flight, killed at the end of the block."""
    process = subprocess.Popen(
        command(system, str(file), "--portal", NAME, "--in-flight", "5"),
        cwd=ROOT,
        env=told(system),
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def made(system: System, file: Path) -> list[dict[str, Any]]:
    """A file with made-up lines, and among them what is not in order, repeated and malformed."""
    assert motcua(system, "--generate", str(COUNT), str(file)).returncode == 0
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    texts = [json.dumps(line) for line in lines]
    wrong = json.dumps(lines[0] | {"copies": 0})
    file.write_text("\n".join([*texts[:200], wrong, "{", texts[7], *texts[200:]]) + "\n")
    return lines


def test_a_file_killed_in_the_middle_is_gone_on_with_and_closes(tmp_path: Path) -> None:
    with running(tmp_path / "system") as system:
        file = tmp_path / "batch.jsonl"
        lines = made(system, file)

        checked = motcua(system, "--dry-run", str(file))
        assert checked.returncode == 1
        assert f"{COUNT:,} would be sent, 1 repeat an earlier line, 2 are not" in checked.stdout
        assert registered(system) == []

        with importing(system, file) as process:
            until_blocking(lambda: registered(system), LIMIT_S, "the first of them")
            assert process.poll() is None
        assert 0 < len(registered(system)) < COUNT, "it was killed too early or too late"
        assert not Paths.beside(file, None).report.exists()

        done = motcua(system, str(file), "--portal", NAME)
        assert done.returncode == 1, done.stdout  # there are exceptions
        report = json.loads(Paths.beside(file, None).report.read_text())
        found = report["reconciliation"]
        assert (found["registered"], found["difference"]) == (COUNT, 0), done.stdout
        names = ("repeated_in_file", "refused_here", "malformed", "lines")
        assert [found[name] for name in names] == [1, 1, 1, COUNT + 3]
        assert sorted(registered(system)) == sorted(line["id"] for line in lines)

        codes = Paths.beside(file, None).registered.read_text().splitlines()
        assert len({json.loads(row)["dossier_code"] for row in codes}) == COUNT
        beside = b"".join(p.read_bytes() for p in Paths.beside(file, None))
        assert not [p for p in lines[0]["personal"].values() if p.encode() in beside]

        again = motcua(system, str(file), "--portal", NAME, "--anew")
        assert again.returncode == 1
        found = json.loads(Paths.beside(file, None).report.read_text())["reconciliation"]
        assert (found["registered"], found["registered_before"]) == (0, COUNT), again.stdout
        assert len(registered(system)) == COUNT
