"""Each fault of the sandbox shows on the stuck board under its own cause, and leaves it again.

On a real system as a kept demonstration is told, with the town's people.  How long each took is
written beside the pictures of the console, for who wants to know: build/console/faults.json.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from deploy.local import launcher, processes
from deploy.local.demo.show import kept
from deploy.local.settings import ROOT
from services.operations.console.sandbox.switches import SWITCHES, WITHIN_S
from tests.e2e.system import System, running
from tests.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.asyncio(loop_scope="module")]

GONE_WITHIN_S = 120.0
ASK_AGAIN_S, STAYS_S = 20.0, 5.0
# one that is silent is let alone after a while, and tried again: each becomes the other
PARTNERS = ("partner_silent", "partner_down")
REPORT = ROOT / "build" / "console" / "faults.json"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("faults"), told=kept) as started:
        town, settings = processes.TOWN, started.settings
        launcher.start_one(started.children, settings, started.servers, town)
        port = settings.port(town.name)
        started.children.wait_for(town.name, lambda: launcher.ready(town, port), 60.0)
        yield started


@pytest.fixture
async def operator(system: System) -> AsyncIterator[httpx.AsyncClient]:
    async with system.client("operations", "operator") as client:
        yield client


@pytest.fixture(scope="module")
def took() -> Iterator[dict[str, dict[str, float]]]:
    """How many seconds each took to show, and to leave."""
    found: dict[str, dict[str, float]] = {}
    yield found
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(found, indent=1))


def motcua(system: System, *words: str) -> "subprocess.CompletedProcess[str]":
    numbers = {f"MOTCUA_{n.upper()}_PORT": str(system.settings.port(n)) for n in processes.PORTS}
    return subprocess.run(
        [sys.executable, "-m", "deploy.local.cli", *words],
        cwd=ROOT,
        env={**os.environ, "MOTCUA_HOME": str(system.settings.home), **numbers},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def stands(operator: httpx.AsyncClient, *causes: str) -> bool:
    """Whether anything is stuck for one of these causes."""
    board = (await operator.get("/v1/stuck")).raise_for_status().json()["stuck"]
    return bool({group["cause"] for group in board} & {*causes})


async def release(system: System, operator: httpx.AsyncClient, cause: str) -> None:
    """Do what an operator does once the fault is mended."""
    if cause in PARTNERS:
        for each in PARTNERS:
            await ask(operator, each)
    elif cause == "poison_event":
        await dismiss(system, operator)


async def ask(operator: httpx.AsyncClient, cause: str) -> None:
    """Have the partners of all asked that are stuck for this cause."""
    wish = {"stage": "payment", "cause": cause, "action": "ask_partner", "reason": "mended"}
    headers = {"Idempotency-Key": f"ask-{time.monotonic_ns()}"}
    answer = await operator.post("/v1/rounds", json=wish, headers=headers)
    round_ = answer.raise_for_status().json()
    if round_["items"]:
        (await operator.post(f"/v1/rounds/{round_['id']}/start", json={})).raise_for_status()


async def dismiss(system: System, operator: httpx.AsyncClient) -> None:
    """Say of all that nobody can read that nothing is to be sent: one asks, another agrees."""
    why = {"reason": "The portal was mended"}
    async with system.client("operations", "operator:second") as second:
        for group in (await operator.get("/v1/dead")).raise_for_status().json()["groups"]:
            for who, verb in ((operator, "dismiss"), (second, "accept")):
                answer = await who.post(f"/v1/dead/{group['id']}/{verb}", json=why)
                answer.raise_for_status()


@pytest.mark.parametrize("name", SWITCHES)
async def test_a_fault_shows_under_its_cause_and_leaves_when_it_is_released(
    system: System, operator: httpx.AsyncClient, took: dict[str, Any], name: str
) -> None:
    cause = SWITCHES[name].cause
    causes = PARTNERS if cause in PARTNERS else (cause,)
    assert not await stands(operator, *causes), "nothing is there of the fault before"

    began_s = time.monotonic()
    turned = motcua(system, "fault", name, "on")
    assert turned.returncode == 0, turned.stdout + turned.stderr
    await until(lambda: stands(operator, cause), WITHIN_S, f"{name} on the board")
    shown_s = time.monotonic() - began_s
    await asyncio.sleep(STAYS_S)  # so that it is not one application alone
    assert await stands(operator, *causes)

    began_s = asked_s = time.monotonic()
    assert motcua(system, "fault", name, "off").returncode == 0

    async def is_gone() -> bool:
        nonlocal asked_s
        if time.monotonic() - asked_s > ASK_AGAIN_S:  # an open circuit is let alone for a while
            asked_s = time.monotonic()
            await release(system, operator, cause)
        return not await stands(operator, *causes)

    await release(system, operator, cause)
    await until(is_gone, GONE_WITHIN_S, f"{name} off the board")
    took[name] = {"shown_s": round(shown_s, 1), "gone_s": round(time.monotonic() - began_s, 1)}
