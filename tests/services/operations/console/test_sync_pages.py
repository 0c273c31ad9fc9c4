"""The sync ledger of a day, by what the edge answers to browsers and to programs."""

import hashlib
from typing import Any

import httpx
import pytest

from services.operations import sync_api
from services.operations.console.labels import LABELS
from services.operations.domain.sync import KINDS
from shared.access import Access
from shared.edge_app import edge_app
from tests.services.operations import scenes
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.scenes import begun
from tests.services.operations.story import Log, Story

DAY = "2026-05-29"  # on which made-up ids are made


async def days_work(edge: ConsoleEdge) -> Story:
    """Let seven be sent to a ward, one of which is refused and one never answered."""
    for n in range(1, 6):
        await edge.read(begun(scenes.accepted, n))
    await edge.read(begun(scenes.refused, 6))
    silent = Story(Log(), 7)
    silent.submitted()
    await edge.read(silent)
    later = Story(Log(), 90_000_000)  # made on another day, logged an hour later
    later.log.pass_time(hours=1)
    later.submitted()
    await edge.read(later)
    return silent


@pytest.fixture
async def client(edge: ConsoleEdge) -> Any:
    access = Access({hashlib.sha256(b"k").hexdigest(): {"name": "o-1", "role": "operator"}})
    app = edge_app("operations", access, (sync_api.router(edge.comparing.desk),))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://operations",
        headers={"authorization": "Bearer k"},
    ) as client:
        yield client


async def test_a_day_of_a_ward_its_province_and_the_country_is_the_same(
    edge: ConsoleEdge, client: httpx.AsyncClient
) -> None:
    silent = await days_work(edge)
    for unit in ("00004", "01", "nation"):
        found = (await client.get("/v1/sync", params={"unit": unit, "day": DAY})).json()
        (line,) = found["units"]
        assert (line["unit"], line["name"]) == ("00004", "Phường Ba Đình")
        numbers = ("sent", "taken", "refused", "routed", "decided")
        assert [line[name] for name in numbers] == [7, 5, 1, 5, 5]
        (difference,) = found["differences"]
        assert (difference["kind"], difference["application"]) == ("unanswered", silent.application)
    elsewhere = (await client.get("/v1/sync", params={"unit": "79", "day": DAY})).json()
    assert (elsewhere["units"], elsewhere["differences"]) == ([], [])


async def test_parts_of_a_day_add_up_to_all_of_it(
    edge: ConsoleEdge, client: httpx.AsyncClient
) -> None:
    await days_work(edge)
    sent = differences = parts = 0
    after = ""
    while True:
        asked = {"day": DAY, "limit": "2", "after": after}
        found = (await client.get("/v1/sync", params=asked)).json()
        sent += sum(line["sent"] for line in found["units"])
        differences += len(found["differences"])
        parts += 1
        if not (after := found["next"] or ""):
            break
    assert (sent, differences) == (7, 1)
    assert parts > 1


async def test_the_page_names_what_differs_and_leads_to_it(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    silent = await days_work(edge)
    shown = (await seated.get("/console/sync", params={"day": DAY, "lang": "en"})).text
    assert f'href="/console/journeys/{silent.application}"' in shown
    assert KINDS["unanswered"].en in shown
    assert LABELS["sync_none"].en not in shown
    empty = (await seated.get("/console/sync", params={"day": "2026-05-30", "unit": "79"})).text
    assert LABELS["sync_none"].en in empty
    assert LABELS["sync_nothing"].en in empty


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"unit": "99999"}, 404),
        ({"day": "2030-01-01"}, 422),
        ({"day": "1999-01-01"}, 422),
        ({"limit": "2001"}, 422),
    ],
)
async def test_what_cannot_be_told_is_refused(
    client: httpx.AsyncClient, asked: dict[str, str], status: int
) -> None:
    assert (await client.get("/v1/sync", params=asked)).status_code == status
