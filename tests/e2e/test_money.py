"""Breaks on a real system: a statement opens them, two operators have them closed."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.settings import ROOT
from tests.e2e.operators import new_id, submit
from tests.e2e.system import System, running

pytestmark = [pytest.mark.stack, pytest.mark.asyncio(loop_scope="module")]

LIMIT_S = 120.0
DAY = "2026-11-20"
COLUMNS = "vnp_TxnRef,vnp_TransactionNo,vnp_Amount,vnp_PayDate,vnp_TransactionType"
FOREIGN = f"""#opening_vnd=0;closing_vnd=4100000;count=3
{COLUMNS}
NOBODYS1,14700001,250000000,20261120090000,01
NOBODYS2,14700002,150000000,20261120091000,01
NOBODYS3,14700003,10000000,20261120092000,01
"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("money")) as started:
        yield started


def reconcile(system: System, folder: Path) -> int:
    path = folder / "vnpay.csv"
    path.write_text(FOREIGN)
    command = [sys.executable, "-m", "deploy.local.cli", "reconcile", "--json"]
    home = {
        "MOTCUA_HOME": str(system.settings.home),
        "KAFKA_URL": system.servers.kafka_url,
        "MONGO_URL": system.servers.mongo_url,
    }
    run = subprocess.run(
        [*command, "--partner", "sen-vang", "--day", DAY, str(path)],
        cwd=ROOT,
        env={**os.environ, **home},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert run.stdout.startswith("{"), run.stdout + run.stderr
    assert json.loads(run.stdout)
    return run.returncode


async def shown(http: httpx.AsyncClient, path: str, is_so: Callable[[Any], bool]) -> Any:
    """What is answered once it is so."""
    end_s = time.monotonic() + LIMIT_S
    while True:
        found = (await http.get(path)).json()
        if is_so(found):
            return found
        assert time.monotonic() < end_s, found
        await asyncio.sleep(1.5)


async def test_what_a_statement_opens_is_closed_when_a_second_operator_agrees(
    system: System, tmp_path: Path
) -> None:
    id_ = new_id(1)  # payment has a journal from the first application on
    async with system.client("intake", "portal") as intake:
        await submit(intake, id_)
    async with system.client("payment", "portal") as payment:
        await shown(payment, f"/v1/payments/{id_}", lambda found: "type" not in found)
    assert reconcile(system, tmp_path) == 1  # a break is open
    async with (
        system.client("operations", "operator") as first,
        system.client("operations", "operator:second") as second,
    ):
        money = await shown(first, "/v1/money", lambda found: found["breaks"] == 3)
        items = (await first.get("/v1/money/breaks")).json()["items"]
        listed = max(items, key=lambda item: item["amount_vnd"])
        where = f"/v1/money/breaks/{listed['id']}"
        board = (await first.get("/v1/stuck")).json()["stuck"]
        said = {"reason": "the bank sent it back"}
        key = {"idempotency-key": "e2e-close-1"}
        for _ in range(2):
            assert (await first.post(f"{where}/close", json=said, headers=key)).status_code == 202
        await shown(first, where, lambda found: found["asked"] and found["asked"]["is_waiting"])
        own = await first.post(f"{where}/check", json={"approved": True, "reason": "seen it"})
        agreed = await second.post(f"{where}/check", json={"approved": True, "reason": "seen it"})
        closed = await shown(first, where, lambda found: not found["break"]["is_open"])
        left = (await first.get("/v1/stuck")).json()["stuck"]

    assert money["days"][0]["statement"]["closing_vnd"] == sum(i["amount_vnd"] for i in items)
    assert listed["amount_vnd"] == 2_500_000
    assert [g["matters"] for g in board if g["cause"] == "reconciliation_break"] == [3]
    assert (own.status_code, agreed.status_code) == (409, 202)
    steps = [step["what"] for step in closed["steps"]]
    assert steps == ["opened", "asked", "waiting", "approved", "closed"]
    assert closed["break"]["closed_by"] != closed["break"]["closed_checked_by"] != ""
    assert [g["matters"] for g in left if g["cause"] == "reconciliation_break"] == [2]


async def test_the_others_are_marked_as_reconciled_by_a_round_of_two(system: System) -> None:
    choice = {"stage": "payment", "cause": "reconciliation_break", "action": "mark_reconciled"}
    choice |= {"reason": "the bank sent them back", "partner": "sen-vang"}
    async with (
        system.client("operations", "operator") as first,
        system.client("operations", "operator:second") as second,
    ):
        key = {"idempotency-key": "e2e-round-1"}
        made = await first.post("/v1/rounds", json=choice, headers=key)
        where, agreed = made.headers["location"], {"reason": "looked at the list"}
        assert made.json()["items"] == 2
        assert (await first.post(f"{where}/start", json={})).json()["status"] == "waiting_for_check"
        own = await first.post(f"{where}/approve", json=agreed)
        await second.post(f"{where}/approve", json=agreed)
        over = await shown(first, where, lambda found: found["status"] == "done")
        items = (await first.get(f"{where}/items")).json()["items"]
        each = [(await first.get(f"/v1/money/breaks/{i['reference']}")).json() for i in items]
        left = (await first.get("/v1/stuck")).json()["stuck"]

    assert own.status_code == 409
    assert (over["results"], over["checks"]) == ({"sent": 2}, {"gone": 2})
    for one, item in zip(each, items, strict=True):
        assert [step["what"] for step in one["steps"]] == ["opened", "asked", "closed"]
        assert one["steps"][1]["id"] == item["id"]
        assert one["break"]["closed_by"] != one["break"]["closed_checked_by"] != ""
    assert [g for g in left if g["cause"] == "reconciliation_break"] == []


async def test_a_bank_sees_its_day_and_settlement_with_its_own_key_and_another_bank_nothing(
    system: System,
) -> None:
    settled = f"/v1/partner/settlements?period={DAY}"
    async with (
        system.client("operations", "partner:sen-vang") as own,
        system.client("operations", "partner:song-hong") as other,
        system.client("operations", "operator") as operator,
    ):
        seen, unseen = [(await http.get("/v1/partner")).json() for http in (own, other)]
        report, empty = [(await http.get(settled)).json() for http in (own, other)]
        refused = await operator.get("/v1/partner")

    assert [day["day"] for day in seen["days"]] == [DAY]
    assert (unseen["days"], unseen["breaks"], empty["days"]) == ([], 0, [])
    assert (report["stated"]["to_pay_vnd"], report["breaks"]["closed"]) == (4_100_000, 3)
    assert report["holds"], report["checks"]
    assert refused.status_code == 403
