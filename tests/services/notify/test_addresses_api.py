"""Operators see whether an address is left alone, and may end it; no log names the address."""

import hashlib
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from services.notify.addresses import Addresses
from services.notify.addresses_api import EXAMPLE, router
from services.notify.channels import Message
from services.notify.channels.receipts import AddressBounced
from shared import problems
from shared.access import ROLES, Access

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
ADDRESS = EXAMPLE["address"]
NOTICE = "0198c0de-0000-7000-8000-000000000001/accepted/email/1"
UNTIL = AT + timedelta(days=180)
LOOK, LIFT = "/v1/addresses/standing", "/v1/addresses/lift"
FREE = {"is_left_alone": False, "reason": "", "notice": "", "until": None}


@pytest.fixture
def addresses(rows):
    return Addresses(rows, b"synthetic-pepper", lambda: AT)


@pytest.fixture
def ask(addresses):
    app = FastAPI()
    hashes = {hashlib.sha256(r.encode()).hexdigest(): {"name": r, "role": r} for r in ROLES}
    app.state.access = Access(hashes)
    problems.install(app)
    app.include_router(router(addresses))

    async def ask(path: str, address: str = ADDRESS, role: str = "operator") -> httpx.Response:
        client = httpx.AsyncClient(
            base_url="http://notify.test",
            transport=httpx.ASGITransport(app),
            headers={"authorization": f"Bearer {role}"},
        )
        return await client.post(path, json={"address": address})

    return ask


async def bounce(addresses: Addresses, until: datetime = UNTIL) -> None:
    await addresses.bounced([AddressBounced(ADDRESS, NOTICE, "hard", "no_such_user", until)])


async def test_an_operator_sees_why_until_when_and_after_which_notice(ask, addresses):
    assert (await ask(LOOK)).json() == FREE
    await bounce(addresses)
    for written in (ADDRESS, f" {ADDRESS.upper()} "):
        found = (await ask(LOOK, written)).json()
        assert datetime.fromisoformat(found.pop("until")) == UNTIL
        assert found == {"is_left_alone": True, "reason": "bounced", "notice": NOTICE}


async def test_what_was_lifted_is_written_to_again_and_who_did_it_is_in_the_log(ask, addresses):
    await bounce(addresses)
    message = Message(NOTICE, ADDRESS, "", "")
    assert await addresses.refused([message]) == {NOTICE: "bounced"}
    with capture_logs() as logs:
        assert (await ask(LIFT)).json()["is_left_alone"]
        assert (await ask(LIFT)).json() == FREE
    assert await addresses.refused([message]) == {}
    [entry] = logs
    assert (entry["by"], entry["notice"]) == ("operator", NOTICE)
    assert ADDRESS not in str(logs)


async def test_what_is_over_is_nothing_to_see_any_more(ask, addresses):
    await bounce(addresses, AT)
    assert (await ask(LOOK)).json() == FREE


@pytest.mark.parametrize("path", [LOOK, LIFT])
@pytest.mark.parametrize("role", [r for r in ROLES if r != "operator"])
async def test_nobody_else_may_ask(ask, path, role):
    assert (await ask(path, role=role)).status_code == 403


@pytest.mark.parametrize("address", ["", "x" * 321])
async def test_what_is_no_address_is_refused(ask, address):
    assert (await ask(LOOK, address)).status_code == 422
