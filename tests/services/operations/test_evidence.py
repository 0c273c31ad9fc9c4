"""Lists of what waits: a page of all units together, by the index of stages and causes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import product
from typing import Any
from uuid import uuid4

import pytest

from services.operations.domain.causes import KINDS
from services.operations.domain.indicators import COUNTED, INDICATORS, of_board
from services.operations.indicators.evidence import Evidence, Item
from services.operations.indicators.snapshots import OF_FORM, Snapshot
from services.operations.situations import INDEX
from shared.mongo import MongoTable, connect
from shared.store import Row
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.memory_counting import SituationRows

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1_000)
UNITS = ("00004", "00008", "26737")
EVERY = Snapshot(
    date(2026, 11, 19), NOW_MS, NOW_MS, {unit: dict.fromkeys(COUNTED, 1) for unit in UNITS}
)


def matter(n: int, unit: str, stage: str, cause: str, stuck_ms: int) -> Row:
    kind = {"stage": stage, "cause": cause, "stuck_ms": stuck_ms}
    id_ = f"{n:036}/{stage}/{cause}/"
    return {"_id": id_, "application": f"{n:036}", "unit": unit, "since_ms": 0, "vnd": 0, **kind}


ROWS = [
    matter(n, unit, stage, cause, NOW_MS + late)
    for n, ((stage, cause), unit, late) in enumerate(product(KINDS, (*UNITS, "79"), (-1, 0, 1)))
]


class Asked:
    """What waits, and what was asked of it."""

    def __init__(self, rows: Any) -> None:
        self.asked, self._rows = list[Sequence[Mapping[str, Any]]](), rows

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        self.asked.append(stages)
        found: list[Row] = await self._rows.aggregate(stages)
        return found


@pytest.fixture
async def database(mongo_url: str) -> AsyncIterator[Any]:
    database = connect(mongo_url, f"test_evidence_{uuid4().hex[:8]}")
    table = MongoTable(database["situations"])
    await table.index(INDEX)
    await table.insert(ROWS)
    yield database
    await database.client.drop_database(database.name)
    database.client.close()


@pytest.fixture(params=["memory", "mongo"])
def asked(request: pytest.FixtureRequest) -> Asked:
    if request.param == "mongo":
        return Asked(MongoTable(request.getfixturevalue("database")["situations"]))
    table = MemoryTable(Trouble())
    table.rows = {row["_id"]: row for row in ROWS}
    return Asked(SituationRows(table))


def evidence(asked: Asked) -> Evidence:
    nothing: Any = None  # the form is not asked
    return Evidence(nothing, asked, nothing, lambda: NOW)


OF_BOARD = [
    (name, part)
    for name, one in INDICATORS.items()
    for part in ("numerator", "denominator")
    if one.source == "board"
]


@pytest.mark.parametrize(("name", "part"), OF_BOARD)
async def test_pages_have_what_is_counted_so_and_nothing_else_by_unit(
    asked: Asked, name: str, part: str
) -> None:
    names, found, after = getattr(INDICATORS[name], part), list[Item](), ""
    while True:
        page = await evidence(asked).page(EVERY, UNITS, names, after, 50)
        found += page.items
        if not (after := page.after):
            break
        assert len(page.items) == 50
    words = {r["_id"]: "stuck" if r["stuck_ms"] <= NOW_MS else "waits" for r in ROWS}
    wanted = [r for r in ROWS if f"{r['cause']}/{words[r['_id']]}" in names and r["unit"] in UNITS]
    wanted.sort(key=lambda row: (row["unit"], row["_id"]))
    assert [(i.unit, i.key) for i in found] == [(r["unit"], r["_id"]) for r in wanted]
    assert all(item.counted_as in names for item in found)


async def test_a_page_asks_once_however_many_units_there_are(asked: Asked) -> None:
    page = await evidence(asked).page(EVERY, UNITS, of_board("held"), "", 7)
    assert (len(page.items), bool(page.after), len(asked.asked)) == (7, True, 1)
    assert {"$limit": 8} in asked.asked[0]


async def test_units_that_count_nothing_are_not_asked_for(asked: Asked) -> None:
    counts = {"00004": {"held/stuck": 1}, "00008": {"unpaid/stuck": 1}}
    found = await evidence(asked).page(
        EVERY._replace(counts=counts), UNITS, of_board("held"), "", 50
    )
    assert {item.unit for item in found.items} == {"00004"}
    assert (await evidence(asked).page(EVERY, (), of_board("held"), "", 50)).items == []


async def test_the_index_leads_to_what_waits_for_these_causes_alone(database: Any) -> None:
    asked = Asked(MongoTable(database["situations"]))
    names = INDICATORS["late_intake"].numerator
    await evidence(asked).page(EVERY, UNITS, names, "", 50)
    told = await database.command(
        "explain",
        {"aggregate": "situations", "pipeline": list(asked.asked[0]), "cursor": {}},
        verbosity="executionStats",
    )
    stages = told.get("stages", [{"$cursor": told}])
    looked_at = stages[0]["$cursor"]["executionStats"]["totalDocsExamined"]
    stuck = [r for r in ROWS if r["cause"] == "awaiting_acceptance" and r["stuck_ms"] <= NOW_MS]
    assert looked_at == len(stuck)


def test_an_indicator_counts_from_one_source_alone() -> None:
    for one in INDICATORS.values():
        sources = {
            "form" if name.startswith(OF_FORM) else "board"
            for name in (*one.numerator, *one.denominator)
        }
        assert sources == {one.source}
