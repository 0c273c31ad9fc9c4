"""The national form over HTTP, on a real database."""

import hashlib
from collections.abc import AsyncIterator
from datetime import date
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.operations import statistics_api
from services.operations.facts import rows_of
from services.operations.statistics import Counting
from services.operations.statistics_api import FormDesk
from shared import problems
from shared.access import Access
from shared.catalogue import Catalogue, load
from shared.mongo import MongoTable, connect
from shared.papers.press import Press
from shared.settings import Settings

KEYS = {
    "op-key": {"name": "o-1", "role": "operator"},
    "all-key": {"name": "o-2", "role": "officer"},
    "unit-key": {"name": "o-3", "role": "officer", "units": "00004"},
    "province-key": {"name": "o-4", "role": "officer", "units": "79"},
    "console-key": {"name": "b-1", "role": "unit_officer", "units": "79"},
    "portal-key": {"name": "sandbox", "role": "portal"},
}
ASKED = {"unit": "nation", "from": "2026-06-01", "to": "2026-06-30"}


class At(NamedTuple):
    client: httpx.AsyncClient

    async def get(self, key: str = "op-key", **asked: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {key}"}
        return await self.client.get("/v1/statistics", params={**ASKED, **asked}, headers=headers)

    async def told(self, **asked: str) -> Any:
        answer = await self.get(**asked)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load(Settings().catalogue)


@pytest.fixture
async def at(
    mongo_url: str, catalogue: Catalogue, story: Any, log: Any, world: Any
) -> AsyncIterator[At]:
    """Two applications at a ward of Hà Nội in June: one is settled, one is under way."""
    story.returned()
    other = world.Story(log, 2)
    other.routed()
    database = connect(mongo_url, f"test_forms_{uuid4().hex[:8]}")
    facts, balances = MongoTable(database["facts"]), MongoTable(database["balances"])
    for one in (story.application, other.application):
        await facts.insert(list(rows_of(one, log.entries(one)).values()))
    app = FastAPI()
    app.state.access = Access({hashlib.sha256(k.encode()).hexdigest(): v for k, v in KEYS.items()})
    problems.install(app)
    july = world.BEGAN.replace(month=7, day=2)
    desk = FormDesk(Counting(facts, balances), catalogue, lambda: july, Press())
    app.include_router(statistics_api.router(desk))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://operations") as client:
        yield At(client)
    await database.client.drop_database(database.name)
    database.client.close()


def some(form: dict[str, int]) -> dict[str, int]:
    return {name: number for name, number in form.items() if number}


async def test_a_unit_its_province_and_the_nation_say_the_same_of_it(at: At) -> None:
    wanted = {
        "received": 2, "in_period": 2, "online": 2, "settled": 1, "settled_early": 1,
        "in_process": 1, "in_process_within": 1,
    }  # fmt: skip
    for view in ("receiving", "competent"):
        unit = await at.told(unit="00004", view=view)
        province = await at.told(unit="01", view=view)
        nation = await at.told(unit="nation", view=view)
        assert [some(told["total"]) for told in (unit, province, nation)] == [wanted] * 3
        assert [line["unit"] for line in unit["lines"]] == ["00004"]
        assert {line["unit"]: some(line["form"]) for line in province["lines"]}["00004"] == wanted
        assert len(nation["lines"]) == 34
        (line,) = [line for line in nation["lines"] if line["unit"] == "01"]
        assert some(line["form"]) == wanted


async def test_what_is_open_is_carried_over(at: At) -> None:
    july = await at.told(unit="00004", **{"from": "2026-07-01", "to": "2026-07-01"})
    assert some(july["total"]) == {
        "received": 1, "carried_over": 1, "in_process": 1, "in_process_within": 1,
    }  # fmt: skip


async def test_before_anything_came_there_is_nothing_to_count(at: At) -> None:
    may = await at.told(unit="00004", **{"from": "2026-05-01", "to": "2026-05-31"})
    assert (some(may["total"]), may["name"], may["from"]) == ({}, "Phường Ba Đình", "2026-05-01")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"to": "2026-07-02"}, "period-not-over"),
        ({"from": "2026-07-01", "to": "2026-06-30"}, "not-a-period"),
        ({"from": "2025-06-01"}, "not-a-period"),
        ({"unit": "99999"}, "unknown-unit"),
        ({"from": "yesterday"}, "invalid-request"),
        ({"view": "both"}, "invalid-request"),
        ({"format": "docx"}, "invalid-request"),
    ],
)
async def test_what_cannot_be_told_is_refused_with_what_to_ask(
    at: At, asked: dict[str, str], code: str
) -> None:
    answer = await at.get(**asked)
    assert answer.json()["type"] == f"urn:motcua:problem:{code}"
    assert answer.json()["problems"][0]["remedy_vi"]


@pytest.mark.parametrize(
    ("key", "unit", "status"),
    [
        ("", "00004", 401),
        ("portal-key", "00004", 403),
        ("op-key", "nation", 200),
        ("all-key", "nation", 200),
        ("unit-key", "00004", 200),
        ("unit-key", "00008", 403),
        ("unit-key", "01", 403),
        ("unit-key", "nation", 403),
        ("province-key", "79", 200),
        ("province-key", "26737", 200),
        ("province-key", "00004", 403),
        ("console-key", "26737", 200),
        ("console-key", "nation", 403),
    ],
)
async def test_an_officers_key_reaches_its_units_alone(
    at: At, key: str, unit: str, status: int
) -> None:
    assert (await at.get(key, unit=unit)).status_code == status


@pytest.mark.parametrize(
    ("kind", "begins"), [("csv", b"unit,name,received"), ("xlsx", b"PK"), ("pdf", b"%PDF-")]
)
async def test_files_are_named_after_what_they_say(at: At, kind: str, begins: bytes) -> None:
    answer = await at.get(unit="01", format=kind)
    assert answer.content.startswith(begins)
    named = f'attachment; filename="thong-ke-01-2026-06-01-2026-06-30-receiving.{kind}"'
    assert answer.headers["content-disposition"] == named


async def test_a_day_that_ends_is_the_last_that_may_be_asked_for(at: At) -> None:
    assert (await at.told(to="2026-07-01"))["to"] == date(2026, 7, 1).isoformat()
