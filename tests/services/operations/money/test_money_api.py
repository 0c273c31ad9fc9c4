"""Money as operators read it over HTTP."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from services.operations import money_api
from shared import problems
from shared.access import Access
from tests.services.operations.memory import Group, Store
from tests.services.operations.money.partners import DAY, Partners, desk, heard
from tests.services.operations.story import BEGAN, Log, Story

NOW = BEGAN + timedelta(hours=4)
KEYS = {"op-key": "operator", "portal-key": "portal"}


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def partners(log: Log) -> Partners:
    return Partners(log)


@pytest.fixture
async def client(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.state.access = Access(
        {hashlib.sha256(k.encode()).hexdigest(): {"name": r, "role": r} for k, r in KEYS.items()}
    )
    problems.install(app)
    app.include_router(money_api.router(desk(store, NOW)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://operations",
        headers={"authorization": "Bearer op-key"},
    ) as client:
        yield client


async def test_what_is_open_is_told_by_kind_and_beside_the_statements_of_the_days(
    client: httpx.AsyncClient, store: Store, partners: Partners, log: Log
) -> None:
    partners.opens(1)
    partners.opens(2, kind="late", partner="an-phat", booked_at=BEGAN - timedelta(days=8))
    partners.closes(partners.opens(3))
    partners.states()
    partners.states("bien-xanh", day=DAY + timedelta(days=1))
    await heard(store, log)

    told = (await client.get("/v1/money")).json()

    assert (told["breaks"], told["vnd"], told["is_whole"]) == (2, 30_003, True)
    assert [(k["kind"], k["oldest_s"]) for k in told["kinds"]] == [
        ("late", 8 * 86_400 + 4 * 3_600),
        ("amount", 24 * 3_600),
    ]
    assert [(d["partner"], d["breaks"], d["statement"] is None) for d in told["days"]] == [
        ("bien-xanh", 0, False),
        ("sen-vang", 1, False),
        ("an-phat", 1, True),
    ]
    assert told["days"][1]["statement"]["fee_vnd"] == 990


async def test_nothing_is_told_before_anything_was_heard(client: httpx.AsyncClient) -> None:
    told = (await client.get("/v1/money")).json()
    assert (told["breaks"], told["kinds"], told["days"]) == (0, [], [])


async def test_breaks_are_listed_a_page_at_a_time_and_none_twice(
    client: httpx.AsyncClient, store: Store, partners: Partners, log: Log
) -> None:
    opened = [partners.opens(n, kind="late" if n % 2 else "amount") for n in range(1, 8)]
    partners.closes(opened[2])
    await heard(store, log)
    seen, after = [], ""
    while True:
        page = (await client.get("/v1/money/breaks", params={"limit": 2, "after": after})).json()
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(o.break_id for n, o in enumerate(opened) if n != 2)

    late = (await client.get("/v1/money/breaks?kind=late&partner=sen-vang")).json()
    assert [item["transaction"] for item in late["items"]] == ["T1", "T5", "T7"]
    closed = (await client.get("/v1/money/breaks?state=closed")).json()
    assert [(i["id"], i["closed_by"]) for i in closed["items"]] == [(opened[2].break_id, "o-1")]
    other = (await client.get(f"/v1/money/breaks?partner=sen-vang&day={DAY}&limit=1")).json()
    assert len(other["items"]) == 1
    none = (await client.get("/v1/money/breaks?partner=sen&day=2026-06-08")).json()
    assert none == {"items": [], "next": None}


async def test_a_break_is_told_with_who_closed_it_and_why(
    client: httpx.AsyncClient, store: Store, partners: Partners, log: Log
) -> None:
    opened = partners.opens()
    partners.closes(opened)
    await heard(store, log)
    told = (await client.get(f"/v1/money/breaks/{opened.break_id}")).json()
    assert (told["break"]["is_open"], told["break"]["closed_because"]) == (False, "person")
    assert [(s["what"], s["by"]) for s in told["steps"]] == [("opened", ""), ("closed", "o-1")]
    assert told["steps"][1]["reason"] == "the bank sent 1,000 back"


async def test_the_statements_of_a_day_are_told_each_with_what_corrects_it(
    client: httpx.AsyncClient, store: Store, partners: Partners, log: Log
) -> None:
    partners.states()
    partners.states(correction=1)
    await heard(store, log)
    told = (await client.get(f"/v1/money/statements/sen-vang/{DAY}")).json()
    assert (await client.get("/v1/money/statements/sen-vang/2026-06-01")).json() == {"items": []}
    assert [s["correction"] for s in told["items"]] == [0, 1]
    equation = told["items"][0]
    assert (
        equation["opening_vnd"] + equation["paid_vnd"] - equation["left_vnd"]
        == (equation["closing_vnd"])
    )


async def test_partners_are_told_from_what_was_read(
    client: httpx.AsyncClient, store: Store, log: Log
) -> None:
    Story(log).charged()
    await store.read(Group(log.records))
    told = (await client.get("/v1/money/partners")).json()
    assert [(p["partner"], p["orders"]["open"]) for p in told["partners"]] == [("sandbox", 1)]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("breaks/sen-vang.2026-06-08.late.0000000000000009", 404, "unknown-break"),
        ("breaks?day=2026-06-08", 422, "no-partner"),
        ("breaks?after=nowhere", 422, "invalid-request"),
        ("breaks/nothing", 422, "invalid-request"),
    ],
)
async def test_what_there_is_not_is_refused_with_a_word(
    client: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    answer = await client.get(f"/v1/money/{path}")
    assert (answer.status_code, answer.json()["type"]) == (
        status,
        f"urn:motcua:problem:{code}",
    )


async def test_money_is_told_to_operators_alone(client: httpx.AsyncClient) -> None:
    headers = {"authorization": "Bearer portal-key"}
    assert (await client.get("/v1/money", headers=headers)).status_code == 403
