"""The README's examples, run as they stand there, on ports of a test."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local.settings import Settings
from tests.e2e.system import PORTS, System, running
from tests.waiting import until

pytestmark = pytest.mark.stack

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()
LIMIT_S = 60


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("readme")) as started:
        yield started


def example(system: System, language: str) -> str:
    """The block that hands in an application, its addresses those of this system."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S)
    [text] = [block for block in blocks if "personal_number" in block]
    for name in PORTS:
        here, there = Settings().port(name), system.settings.port(name)
        text = text.replace(f"127.0.0.1:{here}", f"127.0.0.1:{there}")
    return str(text).replace(".local/secrets", str(system.settings.home / "secrets"))


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def standing(system: System, application: str) -> dict[str, object]:
    """How it stands at the door, as soon as that is decided."""
    async with system.client("intake", "portal") as client:

        async def decided() -> httpx.Response | None:
            answer = await client.get(f"/v1/applications/{application}")
            return answer if answer.is_success else None

        answer: httpx.Response = await until(decided, LIMIT_S, "a decision")
        found: dict[str, object] = answer.json()
        return found


async def test_the_application_handed_in_with_curl_is_registered(system: System) -> None:
    said = run("bash", "-c", example(system, "sh"))
    application = json.loads(said.splitlines()[0])["application_id"]
    assert (await standing(system, application))["status"] == "registered"


async def test_the_application_written_to_kafka_is_registered(system: System) -> None:
    application = run(sys.executable, "-c", example(system, "python")).strip()
    assert (await standing(system, application))["status"] == "registered"


async def test_who_handed_one_in_is_found_by_the_personal_number(system: System) -> None:
    code = example(system, "sh")
    number = re.findall(r'"personal_number": "([0-9]{12})"', code)[0]
    application = json.loads(run("bash", "-c", code).splitlines()[0])["application_id"]
    await standing(system, application)
    async with system.client("operations", "operator") as operations:

        async def found() -> list[str] | None:
            asked = {"q": number, "reason": "The citizen called"}
            answer = await operations.post("/v1/find", json=asked)
            hits = [hit["application"] for hit in answer.raise_for_status().json()["found"]]
            return hits if application in hits else None

        await until(found, LIMIT_S, "operations to have read it")
    logs = {path.name: path.read_text() for path in (system.settings.home / "logs").iterdir()}
    assert "subject sought" in logs["intake.log"]
    assert [name for name, said in logs.items() if number in said] == []
