"""Operations reads the whole log anew while it serves, and then serves that."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.local.settings import ROOT
from services.operations.edition import REBUILT, Edition
from shared.kafka import KafkaLags
from shared.kafka.lags import Lag
from tests.e2e.operators import new_id, submit
from tests.e2e.system import System, running
from tests.e2e.test_dead import plant, poison
from tests.e2e.test_money import reconcile, shown
from tests.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.asyncio(loop_scope="module")]

COUNT = 6
LIMIT_S = 120.0
WITHOUT = {"offsets", "newest_at"}  # of the counts: those who submit meanwhile move them
BY_BATCH = {"journeys", "counts"}  # how messages are packed into rows follows from how they came


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("rebuild")) as started:
        yield started


def rebuild(system: System) -> str:
    told = {
        "MOTCUA_HOME": str(system.settings.home),
        "KAFKA_URL": system.servers.kafka_url,
        "MONGO_URL": system.servers.mongo_url,
    }
    run = subprocess.run(
        [sys.executable, "-m", "deploy.local.cli", "rebuild"],
        cwd=ROOT,
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def tables(system: System) -> set[str]:
    with MongoClient[dict[str, Any]](system.servers.mongo_url) as client:
        return set(client["motcua"].list_collection_names())


def rows(system: System, edition: str = "") -> dict[str, dict[str, Any]]:
    """Return all rows that an edition made of the log, by table and id."""
    with MongoClient[dict[str, Any]](system.servers.mongo_url) as client:
        found = {name: f"operations.{edition}{name}" for name in REBUILT - BY_BATCH}
        return {
            name: {str(row["_id"]): row for row in client["motcua"][table].find()}
            for name, table in found.items()
        }


async def go_wrong(system: System, application: str, folder: Path) -> None:
    """Plant a message that nobody can read, and a break; wait until both are on the board."""
    await plant(system, application, poison(application))
    assert await asyncio.to_thread(reconcile, system, folder) == 1  # a break is open
    wrong = {"poison_event", "reconciliation_break"}
    async with system.client("operations", "operator") as operations:
        await shown(
            operations, "/v1/stuck", lambda found: wrong <= {g["cause"] for g in found["stuck"]}
        )


async def answered(system: System) -> dict[str, Any]:
    """Return what operators are told of all: what waits, is set aside, and of money."""
    async with system.client("operations", "operator") as operations:
        board = (await operations.get("/v1/stuck")).raise_for_status().json()
        dead = (await operations.get("/v1/dead")).raise_for_status().json()
        money = (await operations.get("/v1/money")).raise_for_status().json()
        breaks = (await operations.get("/v1/money/breaks")).raise_for_status().json()
    waits: dict[str, list[int]] = {}
    for group in (*board["stuck"], *board["waiting"]):  # some become stuck meanwhile
        kind = waits.setdefault(f"{group['stage']}/{group['cause']}", [0, 0])
        kind[0], kind[1] = kind[0] + group["matters"], kind[1] + group["vnd"]
    letters = [(item["topic"], item["offset"], item["reason"]) for item in dead["items"]]
    open_ = [(item["id"], item["amount_vnd"]) for item in breaks["items"]]
    return {"waits": waits, "letters": letters, "days": money["days"], "breaks": open_}


async def counts(system: System) -> dict[str, Any]:
    async with system.client("operations", "operator") as operations:
        told = (await operations.get("/v1/counts")).raise_for_status().json()
        return {name: value for name, value in told.items() if name not in WITHOUT}


async def journey(system: System, application: str) -> dict[str, Any]:
    async with system.client("operations", "operator") as operations:
        answer = await operations.get(f"/v1/journeys/{application}")
        return {k: v for k, v in answer.raise_for_status().json().items() if k != "clocks"}


async def routed(system: System, count: int) -> None:
    async def are() -> bool:
        types = (await counts(system))["types"]
        return bool(types.get("fee.assessed", 0) + types.get("payment.requested", 0) >= count)

    await until(are, LIMIT_S, "all of them are routed")


async def at_rest(system: System) -> None:
    """Wait until every notice has its receipt, and every group has done with all that is logged."""
    groups = Edition("").all_groups
    lags = KafkaLags(system.servers.kafka_url, groups, system.settings.lanes)
    before: dict[str, Lag] = {}

    async def is_so() -> bool:
        nonlocal before
        types = (await counts(system))["types"]
        notices = [types.get(f"notice.{how}", 0) for how in ("requested", "delivered")]
        seen, before = before, await lags.look()
        are_done = all(lag.done == lag.ends for lag in before.values())
        return are_done and seen == before and notices[0] == notices[1] >= COUNT

    try:
        await until(is_so, LIMIT_S, "nothing under way any more")
    finally:
        await lags.close()


async def test_the_same_is_read_anew_while_operations_serves_and_again_the_other_way_round(
    system: System, tmp_path: Path
) -> None:
    ids = [new_id(n) for n in range(COUNT)]
    async with system.client("intake", "portal") as intake:
        await asyncio.gather(*(submit(intake, id_) for id_ in ids))
    await routed(system, COUNT)
    await go_wrong(system, ids[0], tmp_path)
    await at_rest(system)
    before = await counts(system), [await journey(system, id_) for id_ in ids]
    kept, told = rows(system), await answered(system)
    filled = {name for name, found in kept.items() if found}
    assert {"situations", "facts", "names", "aside", "letters", "breaks", "statements"} <= filled
    assert told["letters"]
    assert told["breaks"]
    assert "operations.journeys" in tables(system)

    said = await asyncio.to_thread(rebuild, system)

    assert "it serves" in said
    assert "read what served before still" not in said
    system.wait_ready("operations")

    async def is_anew() -> bool:  # who served before may still answer for a moment
        return await counts(system) == before[0]

    await until(is_anew, LIMIT_S, "the counts are those of before")
    assert [await journey(system, id_) for id_ in ids] == before[1]
    anew = rows(system, "second.")
    assert {name: anew[name] for name in kept} == kept
    assert await answered(system) == told
    assert "operations.second.journeys" in tables(system)
    assert "operations.journeys" not in tables(system)

    more = new_id(COUNT)
    async with system.client("intake", "portal") as intake:
        await submit(intake, more)
    await routed(system, COUNT + 1)
    assert await journey(system, more)
    await asyncio.to_thread(rebuild, system)
    system.wait_ready("operations")
    assert {"operations.journeys"} <= tables(system)
    assert await journey(system, more)
    assert await journey(system, ids[0]) == before[1][0]
