"""What a bank does with its webhooks, over HTTP."""

import hashlib
from base64 import b64decode

import httpx
import pytest
from fastapi import FastAPI

from services.payment.replay.log import Replay
from services.payment.webhooks_api import router
from shared import problems
from shared.access import Access
from tests.services.payment.replay.look import LANES, MemoryLook, minute, settled
from tests.services.payment.webhooks.memory import URL, Bench

CALLERS = {
    "bank-key": {"name": "vnpay", "role": "partner"},
    "gateway-key": {"name": "sandbox-partner", "role": "partner"},
    "portal-key": {"name": "portal", "role": "portal"},
}
HOOKS = "/v1/partner/webhooks"


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def look() -> MemoryLook:
    return MemoryLook()


@pytest.fixture
async def bank(bench, look, ordered):
    app = FastAPI()
    known = {hashlib.sha256(key.encode()).hexdigest(): who for key, who in CALLERS.items()}
    app.state.access = Access(known)
    problems.install(app)
    app.include_router(router(ordered.registry, Replay(look, ordered.journal, LANES), bench.desk))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://edge",
        headers={"authorization": "Bearer bank-key"},
    ) as client:
        yield client


@pytest.fixture
async def hook(bank) -> str:
    added = (await bank.post(HOOKS, json={"url": URL})).json()
    return f"{HOOKS}/{added['id']}"


async def test_a_secret_is_shown_once_when_it_is_made(bank) -> None:
    added = await bank.post(HOOKS, json={"url": URL, "types": ["payment.settled"]})
    assert added.status_code == 201
    assert len(b64decode(added.json()["secret"].removeprefix("whsec_"))) == 32
    [listed] = (await bank.get(HOOKS)).json()["items"]
    assert "secret" not in listed
    assert (listed["url"], listed["types"], listed["standing"]) == (
        URL,
        ["payment.settled"],
        "active",
    )


async def test_a_rotation_shows_another_secret_and_two_sign(bank, hook) -> None:
    first = (await bank.post(f"{hook}/rotate")).json()
    second = (await bank.post(f"{hook}/rotate")).json()
    assert first["secret"] != second["secret"]
    assert (first["secrets"], second["secrets"]) == (2, 3)


async def test_what_is_removed_is_gone(bank, hook) -> None:
    assert (await bank.delete(hook)).status_code == 204
    assert (await bank.get(HOOKS)).json() == {"items": []}
    for act in ("rotate", "enable"):
        assert (await bank.post(f"{hook}/{act}")).status_code == 404
    assert (await bank.delete(hook)).status_code == 404


async def test_a_disabled_one_is_enabled_by_its_owner(bank, bench, hook) -> None:
    [endpoint] = await bench.desk.endpoints("vnpay")
    await bench.endpoints.put(endpoint.next(bench.now, standing="disabled", reason="gone"))
    [listed] = (await bank.get(HOOKS)).json()["items"]
    assert (listed["standing"], listed["reason"]) == ("disabled", "gone")
    refused = await bank.post(f"{hook}/redeliver", json={"after": "0-0"})
    assert refused.status_code == 409
    assert (await bank.post(f"{hook}/enable")).json()["standing"] == "active"


async def test_one_event_is_told_once_more_whenever_it_is_asked_for(bank, bench, hook, a) -> None:
    event = f"{a.application}/payment/000002"
    for _ in range(2):
        asked = await bank.post(f"{hook}/redeliver", json={"event": event})
        assert (asked.status_code, asked.json()["planned"]) == (202, 1)
        await bench.work()
        bench.later(seconds=1)
    assert [headers["webhook-id"] for _, headers, _ in bench.line.calls] == [event, event]
    [last, _] = (await bank.get(f"{hook}/attempts")).json()["items"]
    assert (last["event"], last["finding"], last["status"]) == (event, "done", 204)


async def test_a_range_is_told_once_more_page_by_page(bank, bench, look, hook) -> None:
    for number in range(600):
        look.write(1, settled(number), minute(number))
    asked = {"from": minute(10).isoformat(), "to": minute(590).isoformat()}
    planned = (await bank.post(f"{hook}/redeliver", json=asked)).json()
    assert (planned["planned"], planned["more"]) == (500, True)
    rest = {"after": planned["next"], "to": minute(590).isoformat()}
    assert (await bank.post(f"{hook}/redeliver", json=rest)).json()["planned"] == 80
    await bench.work(turns=1_000)
    assert len({headers["webhook-id"] for _, headers, _ in bench.line.calls}) == 580


async def test_another_s_event_is_not_told(bank, hook, look) -> None:
    look.write(0, settled(5, partner="other"))
    answer = await bank.post(f"{hook}/redeliver", json={"after": "0-0", "until": "0-9"})
    assert answer.json()["planned"] == 0
    unknown = await bank.post(f"{hook}/redeliver", json={"event": "no/payment/000001"})
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": URL, "types": ["fee.assessed"]}, "/body/types/0"),
        ({"url": 500 * "x" + URL}, "/body/url"),
        ({"types": []}, "/body/url"),
        ({"url": URL, "secret": "mine"}, "/body/secret"),
    ],
)
async def test_a_wrong_endpoint_is_refused_with_its_field(bank, body, field) -> None:
    answer = await bank.post(HOOKS, json=body)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == field


@pytest.mark.parametrize("why", ["address", "scheme", "port", "unresolved"])
async def test_a_url_that_is_not_called_is_refused_with_the_reason(bank, bench, why) -> None:
    bench.line.refuses = why
    answer = await bank.post(HOOKS, json={"url": URL})
    assert answer.status_code == 422
    [problem] = answer.json()["problems"]
    assert (problem["field"], problem["code"]) == ("/body/url", why)
    assert problem["remedy_vi"]


@pytest.mark.parametrize("body", [{}, {"to": "2026-11-20T00:00:00Z"}, {"after": "x"}, {"x": 1}])
async def test_a_redelivery_of_nothing_named_is_refused(bank, hook, body) -> None:
    assert (await bank.post(f"{hook}/redeliver", json=body)).status_code == 422


async def test_an_eleventh_endpoint_is_refused(bank) -> None:
    for _ in range(10):
        assert (await bank.post(HOOKS, json={"url": URL})).status_code == 201
    assert (await bank.post(HOOKS, json={"url": URL})).status_code == 409


@pytest.mark.parametrize(("key", "status"), [("portal-key", 403), ("gateway-key", 403), ("x", 401)])
async def test_only_who_has_a_bank_s_key_is_let_in(bank, hook, key, status) -> None:
    headers = {"authorization": f"Bearer {key}"}
    assert (await bank.get(HOOKS, headers=headers)).status_code == status
    assert (await bank.post(f"{hook}/rotate", headers=headers)).status_code == status
