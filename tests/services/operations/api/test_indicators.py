"""Indicators over HTTP: the same of a unit, of its province and of all, the worst first."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.operations import indicators_api
from services.operations.domain.causes import CAUSES
from services.operations.domain.indicators import INDICATORS, WORST_FIRST
from services.operations.facts import rows_of
from shared import problems
from shared.access import Access
from shared.catalogue import Catalogue, load
from tests.services.operations.lives import FIRST, UNITS
from tests.services.operations.memory import Store
from tests.services.operations.memory_counting import indicator_desk
from tests.services.operations.story import BEGAN

KEYS = {
    "op-key": {"name": "o-1", "role": "operator"},
    "unit-key": {"name": "o-2", "role": "officer"},
}
DAY = FIRST + timedelta(days=45)
NOW = BEGAN.replace(year=DAY.year, month=DAY.month, day=DAY.day) + timedelta(days=1)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def waiting(store: Store) -> None:
    """Let 60 matters wait, half of them stuck."""
    now_ms = int(NOW.timestamp() * 1_000)
    for n, cause in enumerate(["held", "awaiting_signature", "awaiting_acceptance"] * 20):
        stuck_ms = now_ms + (1 if n % 2 else -1)
        row = {
            "unit": UNITS[n % 4],
            "stage": "intake" if cause == "held" else CAUSES[cause].stage,
            "cause": cause,
            "stuck_ms": stuck_ms,
            "application": f"a{n % 9}",
        }
        await store.tables["situations"].insert([{"_id": f"a{n % 9}/{n}", **row}])


@pytest.fixture
async def client(
    store: Store, lived: Any, catalogue: Catalogue
) -> AsyncIterator[httpx.AsyncClient]:
    """The edge over what 400 applications at four units left."""
    found = lived.entries_of(lived.lives(1, 400)[1])
    rows = [row for a, entries in found.items() for row in rows_of(a, entries).values()]
    await store.tables["facts"].insert(rows)
    app = FastAPI()
    app.state.access = Access({hashlib.sha256(k.encode()).hexdigest(): v for k, v in KEYS.items()})
    problems.install(app)
    app.include_router(indicators_api.router(indicator_desk(store, catalogue, lambda: NOW)))
    transport = httpx.ASGITransport(app)
    headers = {"authorization": "Bearer op-key"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://operations", headers=headers
    ) as client:
        yield client


async def told(client: httpx.AsyncClient, **asked: str) -> Any:
    answer = await client.get("/v1/indicators", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_country_is_its_provinces_and_a_province_its_units(
    client: httpx.AsyncClient,
) -> None:
    nation = await told(client)
    assert (nation["total"]["unit"], nation["day"]) == ("nation", f"{DAY}")
    assert len(nation["below"]) == 34
    hanoi = await told(client, unit="01")
    (line,) = [view for view in nation["below"] if view["unit"] == "01"]
    assert line == hanoi["total"]
    ward = await told(client, unit="00004")
    (line,) = [view for view in hanoi["below"] if view["unit"] == "00004"]
    assert (line, ward["below"]) == (ward["total"], [])
    assert ward["total"]["name"] == "Phường Ba Đình"
    for whole in (nation, hanoi):
        for n, cell in enumerate(whole["total"]["cells"]):
            parts = [view["cells"][n] for view in whole["below"]]
            for side in ("numerator", "denominator"):
                assert cell[side] == sum(part[side] for part in parts)
        colours = whole["total"]["communes"]
        assert colours == {
            colour: sum(view["communes"][colour] for view in whole["below"])
            for colour in WORST_FIRST
        }


async def test_every_commune_of_the_country_has_a_colour(
    client: httpx.AsyncClient, catalogue: Catalogue
) -> None:
    communes = [u for u in catalogue.units_in_force(DAY) if not u.is_province]
    found = await told(client)
    assert sum(found["total"]["communes"].values()) == len(communes) + 1  # and a province itself


async def test_the_worst_comes_first(client: httpx.AsyncClient) -> None:
    for unit in ("nation", "01"):
        colours = [view["colour"] for view in (await told(client, unit=unit))["below"]]
        assert colours == sorted(colours, key=WORST_FIRST.index)
        assert colours[0] == "red"


async def test_it_says_by_which_rules_and_where_they_are_from(client: httpx.AsyncClient) -> None:
    found = await told(client, unit="00004")
    assert [row["indicator"] for row in found["thresholds"]] == list(INDICATORS)
    assert all(row["source"] for row in (*found["thresholds"], found["rule"]))
    assert found["since"] == f"{DAY - timedelta(days=29)}"


async def test_of_an_earlier_day_what_waited_is_not_known_and_said_so(
    client: httpx.AsyncClient,
) -> None:
    found = await told(client, unit="00004", day=f"{DAY - timedelta(days=3)}")
    assert found["board_ms"] is None
    whys = {cell["indicator"]: cell["why"] for cell in found["total"]["cells"]}
    assert {name for name, why in whys.items() if why == "not_kept"} == {
        name for name, one in INDICATORS.items() if one.source == "board"
    }


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"unit": "99999"}, 404, "unknown-unit"),
        ({"day": f"{DAY + timedelta(days=1)}"}, 422, "no-such-day"),
        ({"day": "2025-06-30"}, 422, "no-such-day"),
        ({"day": "0001-01-01"}, 422, "no-such-day"),
        ({"day": "yesterday"}, 422, "invalid-request"),
    ],
)
async def test_what_cannot_be_told_is_refused_with_what_to_ask(
    client: httpx.AsyncClient, asked: dict[str, str], status: int, code: str
) -> None:
    answer = await client.get("/v1/indicators", params=asked)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:motcua:problem:{code}")
    assert answer.json()["problems"][0]["remedy_vi"]


async def test_it_is_for_operators(client: httpx.AsyncClient) -> None:
    for key, status in (("unit-key", 403), ("no-key", 401)):
        headers = {"authorization": f"Bearer {key}"}
        assert (await client.get("/v1/indicators", headers=headers)).status_code == status


async def linked(client: httpx.AsyncClient, at: str) -> list[dict[str, str]]:
    """The list that a cell links to, page by page."""
    url = httpx.URL(at)
    found: list[dict[str, str]] = []
    after = ""
    while True:
        asked = url.params.merge({"after": after, "limit": 60})
        page = await client.get(url.copy_with(params=asked))
        assert page.status_code == 200, page.text
        found += page.json()["items"]
        if not (after := page.json()["next"] or ""):
            return found


@pytest.mark.parametrize("unit", ["nation", "01", "00004", "79"])
async def test_the_lists_behind_a_number_have_as_many_as_it_says(
    client: httpx.AsyncClient, waiting: None, unit: str
) -> None:
    for day in (DAY, DAY - timedelta(days=25)):
        total = (await told(client, unit=unit, day=f"{day}"))["total"]
        for cell in total["cells"]:
            lists = {}
            for part in ("numerator", "denominator"):
                at, number = cell[f"{part}_at"], cell[part]
                assert (at is not None) == bool(number)
                lists[part] = await linked(client, at) if at else []
                assert len(lists[part]) == (number or 0)
                assert len({(i["unit"], i["key"]) for i in lists[part]}) == (number or 0)
            assert all(item in lists["denominator"] for item in lists["numerator"])


async def test_of_what_waited_on_an_earlier_day_there_is_no_list(client: httpx.AsyncClient) -> None:
    asked = {"indicator": "held", "part": "numerator", "day": f"{DAY - timedelta(days=3)}"}
    answer = await client.get("/v1/indicators/evidence", params=asked)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:motcua:problem:not-kept")


async def test_an_indicator_that_is_none_is_refused(client: httpx.AsyncClient) -> None:
    asked = {"indicator": "luck", "part": "numerator"}
    answer = await client.get("/v1/indicators/evidence", params=asked)
    assert (answer.status_code, "on_time" in answer.json()["detail"]) == (404, True)


async def scored(client: httpx.AsyncClient, **asked: str) -> Any:
    wanted = {"unit": "01", "from": f"{FIRST}", "to": f"{DAY}", **asked}
    answer = await client.get("/v1/indicators/index", params=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_pages_of_the_index_add_up_to_what_was_settled(client: httpx.AsyncClient) -> None:
    for unit in ("nation", "01", "00004"):
        found, dossiers = await scored(client, unit=unit, limit="9"), 0
        while True:
            dossiers += found["tally"]["dossiers"]
            assert found["tally"]["dossiers"] == 9 or not found["next"]
            if not found["next"]:
                break
            found = await scored(client, unit=unit, limit="9", after=found["next"])
        assert dossiers == found["settled"] > 9
        (in_time,) = [line for line in found["lines"] if line["criterion"] == "in_time"]
        assert in_time["denominator"] == dossiers


async def test_an_index_of_no_dossier_opened_tells_what_the_form_tells(
    client: httpx.AsyncClient,
) -> None:
    found = await scored(client, limit="0")
    told = {line["criterion"] for line in found["lines"] if line["numerator"] is not None}
    assert (told, found["tally"], found["next"]) == ({"in_time"}, None, None)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"unit": "99999"}, 404),
        ({"to": f"{DAY + timedelta(days=1)}"}, 422),
        ({"from": f"{DAY}", "to": f"{FIRST}"}, 422),
        ({"limit": "2001"}, 422),
    ],
)
async def test_an_index_that_cannot_be_told_is_refused(
    client: httpx.AsyncClient, asked: dict[str, str], status: int
) -> None:
    wanted = {"unit": "01", "from": f"{FIRST}", "to": f"{DAY}", **asked}
    assert (await client.get("/v1/indicators/index", params=wanted)).status_code == status
