"""What a bank asks of its own orders' events, over HTTP."""

import hashlib

import httpx
import pytest
from fastapi import FastAPI

from services.payment.partner_api import router
from services.payment.replay.log import Replay
from shared import problems
from shared.access import Access
from tests.services.payment.replay.look import LANES, MemoryLook, minute, settled

CALLERS = {
    "bank-key": {"name": "vnpay", "role": "partner"},
    "gateway-key": {"name": "sandbox-partner", "role": "partner"},
    "portal-key": {"name": "portal", "role": "portal"},
}


@pytest.fixture
def look() -> MemoryLook:
    return MemoryLook()


@pytest.fixture
async def bank(look, ordered):
    app = FastAPI()
    known = {hashlib.sha256(key.encode()).hexdigest(): who for key, who in CALLERS.items()}
    app.state.access = Access(known)
    problems.install(app)
    app.include_router(router(ordered.registry, Replay(look, ordered.journal, LANES)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://edge",
        headers={"authorization": "Bearer bank-key"},
    ) as client:
        yield client


async def test_a_page_says_what_where_and_how_to_go_on(bank, look) -> None:
    look.write(1, settled(3), minute(0))
    answer = (await bank.get("/v1/partner/events")).json()
    [item] = answer["items"]
    assert item["data"] == {"reference": "DVC1", "transaction": "14700001", "amount_vnd": 16_000}
    assert (item["sequence"], item["type"], answer["more"]) == ("1-0", "payment.settled", False)
    asked = {"after": answer["next"]}
    assert (await bank.get("/v1/partner/events", params=asked)).json()["items"] == []


async def test_a_range_is_asked_for_by_time(bank, look) -> None:
    for number in range(5):
        look.write(0, settled(number), minute(number))
    asked = {"from": minute(1).isoformat(), "to": minute(3).isoformat()}
    answer = await bank.get("/v1/partner/events", params=asked)
    assert [i["sequence"] for i in answer.json()["items"]] == ["0-1", "0-2"]


async def test_an_event_is_fetched_again_by_its_id(bank, a) -> None:
    answer = await bank.get(f"/v1/partner/events/{a.application}/payment/000002")
    assert answer.status_code == 200
    assert answer.json()["type"] == "payment.requested"
    assert (await bank.get("/v1/partner/events/unheard-of")).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "2026-11-20T02:00:00"},  # of which zone
        {"after": "nonsense"},
        {"until": "99-1"},
        {"limit": "501"},
        {"limit": "0"},
    ],
)
async def test_a_wrong_range_is_refused_with_its_field(bank, asked) -> None:
    answer = await bank.get("/v1/partner/events", params=asked)
    assert answer.status_code == 422
    [problem] = answer.json()["problems"]
    assert problem["field"] == f"/query/{next(iter(asked))}"
    assert problem["remedy_vi"]


@pytest.mark.parametrize(("key", "status"), [("portal-key", 403), ("gateway-key", 403), ("x", 401)])
async def test_only_who_has_a_bank_s_key_is_let_in(bank, key, status) -> None:
    answer = await bank.get("/v1/partner/events", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == status
