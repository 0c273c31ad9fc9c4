"""The stuck board as operators read it, on a real database."""

import hashlib
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.operations import stuck_api
from services.operations.board import Board
from services.operations.domain.situations import rows_of
from services.operations.trends import Trends
from shared import problems
from shared.access import Access
from shared.mongo import MongoTable, connect
from tests.services.operations.api.edge import OPERATOR

HELD_UP = timedelta(hours=1)


@pytest.fixture
async def client(
    mongo_url: str, story: Any, log: Any, world: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """An operator at an edge of two applications: one waits for its citizen to pay, the fee of
    another is not assessed.
    """
    story.charged()
    other = world.Story(log, 2)
    other.routed()
    database = connect(mongo_url, f"test_stuck_{uuid4().hex[:8]}")
    table = MongoTable(database["situations"])
    for one in (story.application, other.application):
        await table.insert(list(rows_of(one, log.entries(one)).values()))
    app = FastAPI()
    hashed = hashlib.sha256(b"op-key").hexdigest()
    app.state.access = Access({hashed: {"name": "o-1", "role": "operator"}})
    problems.install(app)
    board, now = Board(table, time.monotonic), world.BEGAN + HELD_UP
    trends = Trends(board, MongoTable(database["board_counts"]), lambda: now - HELD_UP)
    await trends.turn()  # an hour ago
    app.include_router(stuck_api.router(board, trends, lambda: now))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://operations", headers=OPERATOR
    ) as client:
        yield client
    await database.client.drop_database(database.name)
    database.client.close()


async def test_what_is_stuck_stands_before_what_waits_as_it_should(
    client: httpx.AsyncClient,
) -> None:
    board = (await client.get("/v1/stuck")).json()

    assert [(g["cause"], g["who"], g["is_stuck"]) for g in board["waiting"]] == [
        ("awaiting_payment", "citizen", False),
        ("awaiting_acceptance", "officer", False),
    ]
    payment, acceptance = board["waiting"]
    assert acceptance["matters"] == 1, "of the one whose fee is paid or not asked for yet"
    assert (payment["matters"], payment["vnd"]) == (1, 50_000)
    assert HELD_UP.total_seconds() - 60 < payment["oldest_s"] < HELD_UP.total_seconds()
    (assessing,) = board["stuck"]
    assert (assessing["cause"], assessing["who"], assessing["applications"]) == (
        "unassessed",
        "us",
        1,
    )
    assert assessing["oldest_s"] == assessing["p95_s"]
    assert (assessing["hour_ago"], assessing["day_ago"]) == (0, None), "nobody counted a day ago"


async def test_the_applications_of_a_group_come_by_the_page(
    client: httpx.AsyncClient, story: Any
) -> None:
    where, waiting = "/v1/stuck/payment/awaiting_payment", {"which": "waiting", "limit": 1}
    page = (await client.get(where, params=waiting)).json()
    (item,) = page["items"]
    assert (item["application"], item["dossier"], item["vnd"]) == (
        story.application,
        story.code,
        50_000,
    )

    rest = await client.get(where, params={**waiting, "after": page["next"]})
    assert rest.json() == {"items": [], "next": None}
    assert (await client.get(where)).json()["items"] == [], "it is not stuck"
    assert (await client.get(where, params={"after": "x"})).status_code == 422


async def test_a_cause_that_is_none_is_told_with_those_that_are(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/stuck/payment/moon")

    assert answer.status_code == 404
    assert "awaiting_payment" in answer.json()["detail"]


async def test_who_is_no_operator_sees_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/stuck", headers={"authorization": "Bearer other"})

    assert answer.status_code == 401
