"""A round on a real system: what routing holds is released, although operations dies on the way."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from deploy.local.settings import ROOT
from tests.e2e.system import System, running
from tests.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.asyncio(loop_scope="module")]

COUNT = 6
LIMIT_S = 120.0
MISTAKEN = {"MOTCUA_FAILPOINT": "lane.mistaken:1"}
SLOWLY = {"MOTCUA_OPERATIONS_PER_SECOND": "1"}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("rounds"), SLOWLY) as started:
        yield started


def new_id(n: int) -> str:
    return str(UUID(int=int(time.time() * 1_000) << 80 | 7 << 76 | 2 << 62 | n))


async def submit(intake: httpx.AsyncClient, id_: str) -> None:
    body = {
        "procedure": "2.000635",
        "receiving_unit": "26737",
        "residence_unit": "26737",
        "documents": [{"name": "Request form", "sha256": "9f" * 32}],
        "personal": {
            "name": "Nguyễn Thử Nghiệm",
            "personal_number": "001099000001",
            "phone": "0912000001",
        },
    }
    answer = await intake.post("/v1/applications", json=body, headers={"Idempotency-Key": id_})
    assert answer.status_code < 300, answer.text


def motcua(system: System, *words: str) -> tuple[int, Any]:
    keys = system.settings.home / "secrets" / "clients.json"
    own = ["--at", system.url("operations"), "--keys", str(keys), "--json"]
    command = [sys.executable, "-m", "deploy.local.cli", *words, *own]
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert run.stdout[:1] in ("{", "["), run.stdout + run.stderr
    return run.returncode, json.loads(run.stdout)


async def lines(operations: httpx.AsyncClient, application: str, type_: str) -> list[Any]:
    journey = (await operations.get(f"/v1/journeys/{application}")).json()
    return [line for line in journey.get("timeline", ()) if line["type"] == type_]


async def test_what_is_held_is_released_by_a_round_once_and_the_cause_is_gone(
    system: System,
) -> None:
    system.kill("routing")
    system.start("routing", MISTAKEN)
    ids = [new_id(n) for n in range(COUNT)]
    async with system.client("intake", "portal") as intake:
        await asyncio.gather(*(submit(intake, id_) for id_ in ids))

    def held() -> bool:
        found = motcua(system, "stuck")[1]["stuck"]
        return any(g["cause"] == "held" and g["applications"] == COUNT for g in found)

    await until(lambda: asyncio.to_thread(held), LIMIT_S, "all of them are held")
    system.kill("routing")
    system.start("routing")
    system.wait_ready("routing")

    status, round_ = motcua(system, "release", "routing", "held", "--reason", "The rule is mended")
    assert (status, round_["status"], round_["results"]) == (0, "ready", {"not_yet": COUNT})
    assert motcua(system, "round", round_["id"], "start")[1]["status"] == "running"
    await asyncio.sleep(2.5)
    system.kill("operations")
    system.start("operations")
    system.wait_ready("operations")

    def over() -> bool:
        return bool(motcua(system, "round", round_["id"])[1]["status"] == "done")

    await until(lambda: asyncio.to_thread(over), LIMIT_S, "the round is done")
    ended = motcua(system, "round", round_["id"])[1]
    assert (ended["results"], ended["checks"]) == ({"sent": COUNT}, {"gone": COUNT})
    async with system.client("operations", "operator") as operations:
        for id_ in ids:
            (released,) = await lines(operations, id_, "lane.released")
            assert released["id"].startswith(f"{round_['id']}-")
            assert "The rule is mended" in released["text"]
            assert await lines(operations, id_, "application.routed")


async def test_the_partners_of_all_orders_are_asked_at_once_and_each_timeline_has_it(
    system: System,
) -> None:
    def waiting() -> bool:
        found = motcua(system, "stuck", "payment", "awaiting_payment", "--all")[1]["items"]
        return len(found) == COUNT

    await until(lambda: asyncio.to_thread(waiting), LIMIT_S, "all of them are to be paid")

    words = ("release", "payment", "awaiting_payment", "--all", "--reason", "The bank is back")
    status, round_ = motcua(system, *words, "--yes")

    assert (status, round_["status"], round_["results"]) == (1, "done", {"sent": COUNT})
    assert round_["checks"] == {"still_there": COUNT}, "nobody has paid"
    async with system.client("operations", "operator") as operations:
        items = (await operations.get(f"/v1/rounds/{round_['id']}/items")).json()["items"]
        for item in items:
            (wish,) = await lines(operations, item["application"], "payment.query.asked")
            assert wish["id"] == item["id"]
            asked = await lines(operations, item["application"], "payment.query.requested")
            assert asked[-1]["cause"] == wish["id"]
            assert await lines(operations, item["application"], "payment.queried")
