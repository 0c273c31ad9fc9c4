"""A cause that ends by itself is over for whoever reads what applications wait for."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.operations.board import Board
from services.operations.domain.causes import CAUSES, over_ms
from services.operations.domain.citizen.units import Units
from services.operations.domain.incidents import Scope
from services.operations.domain.indicators import COUNTED, of_board
from services.operations.domain.whys import Standing, whys
from services.operations.incidents.whom import Whom
from services.operations.indicators.evidence import Evidence
from services.operations.indicators.snapshots import Snapshot, matters_stages
from services.operations.situations import INDEX
from shared.catalogue import load
from shared.mongo import MongoTable, connect
from shared.working_time import local_day
from tests.services.operations.incidents.house import waiting

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1_000)
LASTING = [name for name, cause in CAUSES.items() if cause.lasts_s]
UNIT = "26737"
NOTHING: Any = None  # what is not asked


@pytest.fixture
async def situations(mongo_url: str) -> AsyncIterator[MongoTable]:
    """Of each such cause two: one was over this very moment, one is in a millisecond."""
    database = connect(mongo_url, f"test_over_{uuid4().hex[:8]}")
    table = MongoTable(database["situations"])
    await table.index(INDEX)
    at = NOW - timedelta(days=30)
    for n, cause in enumerate(LASTING):
        for k, late_ms in enumerate((0, 1)):
            stuck_ms = over_ms(cause, NOW_MS) + late_ms
            await table.insert([waiting(cause, 2 * n + k, at, stuck_ms=stuck_ms, unit=UNIT)])
    yield table
    await database.client.drop_database(database.name)
    database.client.close()


def test_there_are_such_causes() -> None:
    assert LASTING


async def test_on_the_board(situations: MongoTable) -> None:
    counted = await Board(situations, lambda: 0.0).stuck(NOW_MS)
    assert {group.cause: group.applications for group in counted.groups} == dict.fromkeys(
        LASTING, 1
    )


async def test_for_an_incident(situations: MongoTable) -> None:
    async def wrong(_: str) -> list[str]:
        return []

    whom = Whom(situations, wrong, lambda: NOW, lambda: 0.0)
    for which in ("stuck", "all"):
        found = await whom.count(Scope(which=which))
        assert (found.applications, found.matters) == (len(LASTING), len(LASTING))


async def test_for_indicators_and_what_they_are_made_of(situations: MongoTable) -> None:
    rows = await situations.aggregate(matters_stages(NOW_MS))
    counted = [(row["_id"]["cause"], row["_id"]["is_stuck"], row["number"]) for row in rows]
    assert sorted(counted) == sorted((cause, True, 1) for cause in LASTING)

    of_all = Snapshot(date(2026, 11, 19), NOW_MS, NOW_MS, {UNIT: dict.fromkeys(COUNTED, 1)})
    evidence = Evidence(NOTHING, situations, NOTHING, lambda: NOW)
    for is_stuck in (True, None):
        names = of_board(*LASTING, is_stuck=is_stuck)
        page = await evidence.page(of_all, [UNIT], names, "", 50)
        assert {item.counted_as for item in page.items} == {*of_board(*LASTING, is_stuck=True)}
        assert len(page.items) == len(LASTING)


@pytest.mark.parametrize("cause", LASTING)
def test_in_the_sentence_of_a_journey(cause: str) -> None:
    units = Units(load(), local_day(NOW))
    since_ms = over_ms(cause, NOW_MS)
    for late_ms, is_told in ((0, False), (1, True)):
        one = Standing(CAUSES[cause].stage, cause, since_ms, since_ms + late_ms, UNIT, "sen-vang")
        assert (cause in {why.cause for why in whys([], [one], NOW_MS, units)}) == is_told
