"""The switches of the sandbox's programs: their door, what each does, and the table of them."""

import httpx
import pytest
from fastapi import FastAPI

from deploy.sandbox import switches
from deploy.sandbox.partners import http as partners
from deploy.sandbox.sms.behaviour import Faults, Gateway
from deploy.sandbox.sms.gateway import create_app as sms
from deploy.sandbox.switches import Faulty, Switches
from deploy.sandbox.town import life
from deploy.sandbox.town.__main__ import create_app as town
from services.operations.console.sandbox.switches import SWITCHES
from services.operations.domain.causes import CAUSES
from services.operations.settings import OperationsSettings

SLOW_S = 0.05
PROGRAMS = {
    "bank": partners.create_app({}),
    "sms": sms(Gateway(Faults()), "key"),
    "town": town(life.faults()),
}


def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox")


@pytest.fixture
def on() -> Switches:
    return Switches("down", "silent", "slow")


@pytest.fixture
def app(on: Switches) -> FastAPI:
    """A program that has them all."""
    made = FastAPI()
    made.add_middleware(Faulty, switches=on, slow_s=SLOW_S, silent_s=SLOW_S)
    made.include_router(switches.router(on))

    @made.get("/{path:path}")
    async def anything(path: str) -> str:
        return path

    return made


async def test_the_table_has_every_switch_of_every_program() -> None:
    found = set()
    for name, program in PROGRAMS.items():
        async with client(program) as http:
            flags = (await http.get("/faults")).json()
        assert not any(flags.values()), "nothing is wrong at the start"
        found |= {(name, flag) for flag in flags}
    assert found == {(switch.program, switch.flag) for switch in SWITCHES.values()}


def test_each_shows_under_a_cause_of_its_own() -> None:
    shows = [(switch.stage, switch.cause) for switch in SWITCHES.values()]
    assert len(set(shows)) == len(SWITCHES)
    assert all(CAUSES[cause].stage == stage for stage, cause in shows)


async def test_the_door_turns_what_is_named_and_nothing_else(app: FastAPI, on: Switches) -> None:
    async with client(app) as http:
        answer = await http.put("/faults", json={"slow": True})
        assert answer.json() == {"down": False, "silent": False, "slow": True}
        assert (await http.put("/faults", json={})).json() == on.shown()
        for wrong in ({"down": True, "moon": True}, {"down": 1}, [], "x"):
            assert (await http.put("/faults", json=wrong)).status_code == 422
        assert (await http.put("/faults", content=b"x" * 5_000)).status_code == 413
        assert on.shown() == {"down": False, "silent": False, "slow": True}


async def test_who_is_down_refuses_others_and_keeps_its_own_ways_open(
    app: FastAPI, on: Switches
) -> None:
    on.turn({"down": True})
    async with client(app) as http:
        assert (await http.get("/sen-vang/query")).status_code == 503
        for own in ("/faults", "/healthz", "/sandbox/statement", "/sen-vang/sandbox/pay", "/"):
            assert (await http.get(own)).status_code == 200, own


@pytest.mark.parametrize(("flag", "status"), [("silent", 503), ("slow", 200)])
async def test_who_is_silent_or_slow_lets_others_wait(
    app: FastAPI, on: Switches, flag: str, status: int
) -> None:
    on.turn({flag: True})
    async with client(app) as http:
        answer = await http.get("/v1/messages")
    assert answer.status_code == status
    assert answer.elapsed.total_seconds() >= SLOW_S


@pytest.mark.parametrize("url", ["http://bank:8201", "https://127.0.0.1:1", "http://127.0.0.1:1/x"])
def test_operations_is_told_of_a_sandbox_on_this_machine_or_of_none(url: str) -> None:
    assert OperationsSettings(sandbox={"bank": "http://127.0.0.1:8201"}).sandbox
    with pytest.raises(ValueError, match="sandbox"):
        OperationsSettings(sandbox={"bank": url})
