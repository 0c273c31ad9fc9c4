"""Copies of the log and of the database, made one after the other, become a system again."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from deploy.audit.invariants import events_are_contiguous
from deploy.local import launcher, republish, stack
from deploy.local.children import Children
from deploy.local.demo.rest import come_to_rest
from shared.errors import Misconfigured
from tests.e2e.system import Silent, System, own_settings
from tests.waiting import until

pytestmark = pytest.mark.stack

LIMIT_S = 60.0
FORM = {
    "procedure": "2.000635",
    "receiving_unit": "26737",
    "residence_unit": "26737",
    "copies": 2,
    "documents": [{"name": "Request form", "sha256": "9f86d081884c7d65" * 4}],
    "personal": {
        "name": "Nguyễn Thử Nghiệm",
        "personal_number": "001099000004",
        "phone": "0912000004",
    },
}


@contextmanager
def started(home: Path) -> Iterator[System]:
    """A system on what a folder holds; it stops in order at the end of the block."""
    with Children(home) as children:
        settings = own_settings(home)
        yield System(children, settings, launcher.up(children, settings, Silent()))
        launcher.down(children)


def identity() -> str:
    random = int.from_bytes(os.urandom(10), "big") & 0x0FFF3FFFFFFFFFFFFFFF
    return str(UUID(int=1_700_000_000_000 << 80 | 7 << 76 | 2 << 62 | random))


async def hand_in(system: System, application: str) -> None:
    async with system.client("intake", "portal") as intake:
        answer = await intake.post(
            "/v1/applications", json=FORM, headers={"idempotency-key": application}
        )
        assert answer.status_code == 202, answer.text
    await until(lambda: pay_link(system, application), LIMIT_S, "an order")


async def pay_link(system: System, application: str) -> str:
    async with system.client("payment", "portal") as payment:
        answer = await payment.get(f"/v1/payments/{application}")
    rows = answer.json()["obligations"] if answer.is_success else []
    return next((str(row["order"]["pay_url"]) for row in rows if row["order"]), "")


async def pay(system: System, application: str) -> None:
    async with system.client("bank") as bank:
        link = await pay_link(system, application)
        (await bank.post("/sandbox/pay", json={"pay_url": link})).raise_for_status()
    await until(lambda: is_paid(system, application), LIMIT_S, "its settlement")


async def is_paid(system: System, application: str) -> bool:
    async with system.client("routing", "officer") as routing:
        answer: httpx.Response = await routing.get(f"/v1/applications/{application}")
    return answer.is_success and answer.json()["fee"] == "paid"


def test_a_log_older_than_the_journals_is_made_whole_from_them(tmp_path: Path) -> None:
    paid, asked, copy = identity(), identity(), tmp_path / "copy"

    with started(tmp_path / "first") as system:
        asyncio.run(hand_in(system, paid))
    begun = datetime.now(UTC)
    shutil.copytree(tmp_path / "first/data/kafka", copy / "data/kafka")

    with started(tmp_path / "first") as system:
        asyncio.run(pay(system, paid))
        asyncio.run(hand_in(system, asked))
    shutil.copytree(tmp_path / "first/data/mongo", copy / "data/mongo")
    shutil.copytree(tmp_path / "first/secrets", copy / "secrets")

    with Children(copy) as children:
        settings = own_settings(copy)
        servers = stack.start(children, settings)
        again = asyncio.run(
            republish.republish(
                servers.kafka_url,
                servers.mongo_url,
                "motcua",
                settings.lanes,
                begun - timedelta(minutes=1),
                {},
            )
        )
        assert all(again.values()), again
        system = System(children, settings, launcher.up(children, settings, Silent()))
        asyncio.run(until(lambda: is_paid(system, paid), LIMIT_S, "what was paid"))
        asyncio.run(pay(system, asked))
        assert asyncio.run(come_to_rest(servers.kafka_url, settings.lanes, LIMIT_S)) == []
        counted, breaches = events_are_contiguous(asyncio.run(system.evidence()))
        assert (list(breaches), counted > 0) == ([], True)
        with pytest.raises(Misconfigured, match="is running: stop all services"):
            asyncio.run(
                republish.republish(
                    servers.kafka_url, servers.mongo_url, "motcua", settings.lanes, begun, {}
                )
            )
