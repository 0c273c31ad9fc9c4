"""What is sealed, on a real system: it is opened for who says why, and the log has that first."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

import httpx
import msgspec
import pytest

from deploy.audit.evidence import read_log
from shared.events.intake import PersonalUnsealed
from tests.e2e.operators import LIMIT_S, PHONE, lines, new_id, submit
from tests.e2e.system import System, running
from tests.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.asyncio(loop_scope="module")]

STALL_S = 3.0


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("unsealing")) as started:
        yield started


@contextmanager
def stalled(system: System, name: str) -> Iterator[None]:
    """A process stands still for as long as the block runs."""
    child = system.children.find(name)
    assert child is not None, f"{name} does not run"
    os.kill(child.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(child.pid, signal.SIGCONT)


def openings(system: System, application: str) -> list[Any]:
    """What operations' log says of who opened what is sealed of an application."""
    lines = (system.settings.home / "logs" / "operations.log").read_text().splitlines()
    said = [json.loads(line) for line in lines if '"vault.access"' in line]
    return [one for one in said if application in one["applications"]]


async def test_what_is_sealed_is_opened_for_an_admin_alone_and_not_before_the_log_says_why(
    system: System,
) -> None:
    id_ = new_id(1)
    where, why = f"/v1/journeys/{id_}/unsealing", {"reason": "The citizen cannot be reached"}
    keys = [{"idempotency-key": f"e2e-unsealing-{n}"} for n in range(2)]
    async with (
        system.client("intake", "portal") as intake,
        system.client("operations", "operator") as operator,
        system.client("operations", "admin") as admin,
    ):
        await submit(intake, id_)
        registered = partial(lines, operator, id_, "application.registered")
        await until(registered, LIMIT_S, "it is registered")
        journey = await operator.get(f"/v1/journeys/{id_}")
        refused = await operator.post(where, json=why, headers=keys[0])
        with stalled(system, "kafka"):
            with pytest.raises(httpx.TimeoutException):
                await admin.post(where, json=why, headers=keys[0], timeout=STALL_S)
            before = openings(system, id_)
        opened = await admin.post(where, json=why, headers=keys[1])
        again = await admin.post(where, json=why, headers=keys[1])
        log = await read_log(system.servers.kafka_url, system.settings.lanes)
        told = partial(lines, operator, id_, "personal.unsealed")
        timeline = await until(told, LIMIT_S, "its timeline has it")

    assert refused.status_code == 403
    assert PHONE not in journey.text + refused.text
    assert before == [], "while the log does not answer nothing is opened"
    assert opened.status_code == 200, opened.text
    found = opened.json()
    assert PHONE in str([field["value"] for field in found["fields"]])
    assert again.status_code == 409
    heard = [each.event for each in log["intake.inbox"] if each.event]
    said = [event for event in heard if event.type == PersonalUnsealed.TYPE]
    (event,) = [e for e in said if e.time == datetime.fromisoformat(found["at"])]
    assert event.subject == id_
    data = msgspec.json.decode(event.data, type=PersonalUnsealed)
    assert (data.operator, data.reason) == (found["by"], why["reason"])
    assert all(why["reason"] in line["text"] for line in timeline)
    assert {one["purpose"] for one in openings(system, id_)} == {"unsealing"}
