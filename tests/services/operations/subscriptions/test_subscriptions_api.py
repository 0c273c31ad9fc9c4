"""Subscriptions over HTTP."""

import hashlib
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from services.operations import subscriptions_api
from shared import problems
from shared.access import Access
from shared.catalogue import load
from tests.services.operations.subscriptions.office import Office

WANTED = {"unit": "01", "target": "office", "every": "daily", "kind": "csv"}
PATH = "/v1/statistics/subscriptions"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    hashed = hashlib.sha256(b"op-key").hexdigest()
    app.state.access = Access({hashed: {"name": "o-1", "role": "operator"}})
    problems.install(app)
    app.include_router(subscriptions_api.router(Office(load()).desk))
    transport, headers = httpx.ASGITransport(app), {"authorization": "Bearer op-key"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://operations", headers=headers
    ) as client:
        yield client


async def test_one_is_begun_listed_and_ended(client: httpx.AsyncClient) -> None:
    made = await client.post(PATH, json=WANTED)
    assert (made.status_code, made.json()["by"]) == (201, "o-1")
    found = (await client.get(PATH)).json()
    assert found["targets"] == ["office"]
    assert [item["subscription"] for item in found["items"]] == [made.json()]
    ended = await client.post(f"{PATH}/{made.json()['id']}/end")
    assert ended.json()["ended"]["by"] == "o-1"
    assert (await client.post(f"{PATH}/none/end")).status_code == 404


@pytest.mark.parametrize("wrong", [{"unit": "99999"}, {"target": "x"}, {"every": "x"}, {"more": 1}])
async def test_what_cannot_be_subscribed_is_refused(
    client: httpx.AsyncClient, wrong: dict[str, object]
) -> None:
    assert (await client.post(PATH, json=WANTED | wrong)).status_code == 422


async def test_without_a_key_nothing_is_said(client: httpx.AsyncClient) -> None:
    assert (await client.get(PATH, headers={"authorization": ""})).status_code == 401
