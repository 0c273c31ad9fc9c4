"""A period of a real database is proven, and only that."""

from datetime import timedelta

import pytest

from deploy.local.read_side import read_side
from deploy.proving.outside import JOURNEYS, Outside
from services.operations.domain.proof.period import Period
from services.operations.domain.proof.tally import Proof
from services.operations.journeys import Journeys, read
from shared.mongo import MongoTable, connect
from shared.store import prefix
from tests.services.operations.proofs.conftest import LATER, PERIOD, found, lived
from tests.services.operations.story import Log, Story

TABLES = ("journeys", "names", "aside")


@pytest.fixture
async def there(mongo_url: str):
    database = connect(mongo_url, "proving")
    log = Log()
    lived(log)
    journeys = Journeys(*(MongoTable(database[f"operations.{name}"]) for name in TABLES))
    await journeys.append([read(record) for record in log.records])
    yield Outside("proving", await read_side(database, JOURNEYS), "", 4)
    await database.client.drop_database("proving")
    database.client.close()


async def test_a_period_of_a_real_database_is_proven_as_its_log_in_memory_is(
    there: Outside,
) -> None:
    assert await there.prove(PERIOD, LATER, lambda _: None) == found()


async def test_what_was_made_outside_of_it_is_not_looked_at(there: Outside) -> None:
    day = timedelta(days=1)
    for period in (PERIOD.since - day, PERIOD.since), (PERIOD.until, PERIOD.until + day):
        assert await there.prove(Period(*period), LATER, lambda _: None) == Proof()


async def test_what_is_missing_in_a_real_database_is_missed(there: Outside) -> None:
    story = Story(Log(), 0)  # the one whose life is whole
    rows = there.side.table(JOURNEYS)
    before = await there.prove(PERIOD, LATER, lambda _: None)
    await rows.delete([row["_id"] for row in await rows.ranges([prefix(f"{story.application}/")])])

    after = await there.prove(PERIOD, LATER, lambda _: None)

    assert after.applications == before.applications - 1
    assert after.counts["now"]["received"] == before.counts["now"]["received"] - 1
