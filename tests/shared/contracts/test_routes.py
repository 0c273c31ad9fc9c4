"""Every service serves the contracts, without a key."""

import httpx
import pytest
from fastapi import APIRouter

from shared.access import Access
from shared.contracts import document, event_schema
from shared.contracts.routes import text
from shared.edge_app import edge_app


@pytest.fixture
async def client():
    app = edge_app("intake", Access({}), (APIRouter(),))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        yield client


async def test_the_topics_are_served(client) -> None:
    answer = await client.get("/contracts/asyncapi.json")
    assert answer.text == text(document())
    assert answer.headers["content-type"].startswith("application/vnd.aai.asyncapi+json")


async def test_the_schema_of_an_event_type_is_served(client) -> None:
    answer = await client.get("/contracts/events/payment.query.requested.json")
    assert answer.text == text(event_schema("payment.query.requested"))
    assert answer.headers["content-type"] == "application/schema+json"


@pytest.mark.parametrize("name", ["application.invented", "..%2Fasyncapi", "a" * 5_000])
async def test_a_type_that_does_not_exist_is_refused_with_a_word_where_to_look(
    client, name
) -> None:
    answer = await client.get(f"/contracts/events/{name}.json")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_description_of_the_edge_is_served_with_its_contracts(client) -> None:
    described = (await client.get("/openapi.json")).json()
    assert "/contracts/asyncapi.json" in described["paths"]
