"""An alarm on a real system: routing is killed, somebody is told, and told again when it is over,
although operations dies meanwhile.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from shared import signing
from tests.e2e.operators import new_id, submit
from tests.e2e.system import System, running
from tests.services.operations.alarms.test_sending import Receiver
from tests.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.asyncio(loop_scope="module")]

COUNT = 3
LIMIT_S = 240.0  # a minute's patience, half a minute to be sure, and a busy machine
SECRET = signing.shown(bytes(range(32)))


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("alarms")) as started:
        yield started


@asynccontextmanager
async def listening(system: System) -> AsyncIterator[list[Any]]:
    """Give what a target is told that the secrets file names."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    path = system.settings.home / "secrets" / "secrets.json"
    rows = {"shift": {"url": f"http://127.0.0.1:{port}/", "secret": SECRET, "language": "en"}}
    path.write_text(json.dumps({**json.loads(path.read_text()), "alarms": rows}))
    restart(system)
    async with server:
        yield receiver.taken


def restart(system: System) -> None:
    system.kill("operations")
    system.start("operations")
    system.wait_ready("operations")


def of_rule(told: list[Any], rule: str) -> list[str]:
    """What was told of a rule, each verified as its owner would, once for each id."""
    said = {h["webhook-id"]: Verifier(SECRET).verify(body, dict(h)) for h, body in told}
    return [each["type"] for each in said.values() if each["data"]["rule"] == rule]


async def test_who_is_named_is_told_that_it_fired_and_that_it_ended(
    system: System,
) -> None:
    async with listening(system) as told:
        await fires_and_ends(system, told)


async def fires_and_ends(system: System, told: list[Any]) -> None:
    async def standing() -> dict[str, Any]:
        async with system.client("operations", "operator") as operations:
            found = (await operations.get("/v1/alarms")).raise_for_status().json()
            return {alarm["rule"]: alarm for alarm in found["alarms"]}

    async def looked() -> bool:
        async with system.client("operations", "operator") as operations:
            found = (await operations.get("/v1/alarms")).json()
            return bool(found["looked_at"]) and found["unseen"] == []

    await until(looked, LIMIT_S, "operations looks, and sees all there is")
    assert await standing() == {}

    system.kill("routing")
    async with system.client("intake", "portal") as intake:
        await asyncio.gather(*(submit(intake, new_id(n)) for n in range(COUNT)))

    async def has_fired() -> bool:
        return of_rule(told, "late_intake") == ["alarm.fired"]

    await until(has_fired, LIMIT_S, "the target is told")
    alarm = (await standing())["late_intake"]
    assert (alarm["about"], alarm["value"]) == ("unrouted", COUNT)
    restart(system)
    system.start("routing")

    async def has_ended() -> bool:
        return of_rule(told, "late_intake") == ["alarm.fired", "alarm.ended"]

    await until(has_ended, LIMIT_S, "the target is told that it is over")
    assert "late_intake" not in await standing()
