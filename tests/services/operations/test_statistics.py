"""Statistics on a real database: what it counts is what the rows say, whatever is kept."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from services.operations.domain.facts import VIEWS
from services.operations.domain.statistics import Form, Period, added
from services.operations.facts import Facts, rows_of
from services.operations.journeys import read
from services.operations.statistics import Counting, Scope, scope
from shared.errors import Unknown
from shared.mongo import MongoTable, connect
from tests.services.operations.memory_forms import MemoryCounting

LIVES = 150


class Kept(NamedTuple):
    facts: MongoTable
    balances: MongoTable
    rows: list[dict[str, Any]]
    counting: Counting


@pytest.fixture
async def kept(mongo_url: str, lived: Any) -> AsyncIterator[Kept]:
    database = connect(mongo_url, f"test_statistics_{uuid4().hex[:8]}")
    facts, balances = MongoTable(database["facts"]), MongoTable(database["balances"])
    await facts.clustered()
    await facts.clustered()
    found = lived.entries_of(lived.lives(1, LIVES)[1])
    rows = [row for a, entries in found.items() for row in rows_of(a, entries).values()]
    await facts.insert(rows)
    yield Kept(facts, balances, rows, Counting(facts, balances))
    await database.client.drop_database(database.name)
    database.client.close()


def told(forms: dict[str, Form]) -> dict[str, Form]:
    return {unit: form for unit, form in forms.items() if form != added([])}


async def test_the_database_counts_what_the_rows_say_of_any_units_and_period(
    kept: Kept, lived: Any
) -> None:
    rng, plain = random.Random(2), MemoryCounting({row["_id"]: row for row in kept.rows})
    for _ in range(25):
        period, units = lived.any_period(rng), rng.sample(lived.UNITS, rng.randrange(1, 4))
        for view in VIEWS:
            of = scope(units, [*lived.UNITS, "00005", "01"])
            forms = await kept.counting.forms(of, period, view)
            assert told(forms) == await plain.forms(of, period, view)
            nation = await kept.counting.forms(Scope(), period, view)
            assert told(nation) == await plain.forms(Scope(), period, view)


async def test_what_was_open_when_a_month_began_is_worked_out_once(kept: Kept, lived: Any) -> None:
    period = Period(lived.FIRST + timedelta(days=40), lived.FIRST + timedelta(days=45))
    asked: list[Any] = []

    class Counted:
        ranges = kept.facts.ranges
        aggregate_any = kept.facts.aggregate_any

        async def aggregate(self, stages: Any) -> Any:
            asked.append(stages)
            return await kept.facts.aggregate(stages)

    counting = Counting(Counted(), kept.balances)
    first = await counting.forms(Scope(), period, "receiving")
    second = await counting.forms(Scope(), period, "receiving")

    assert (first, len(asked)) == (second, 4)  # each month before, and twice the period itself


async def test_months_of_all_units_that_were_worked_out_stay_when_a_later_one_takes_too_long(
    kept: Kept, lived: Any
) -> None:
    period = Period(lived.FIRST + timedelta(days=40), lived.FIRST + timedelta(days=45))
    asked: list[Any] = []

    class Tired:
        ranges = kept.facts.ranges
        aggregate_any = kept.facts.aggregate_any

        async def aggregate(self, stages: Any) -> Any:
            asked.append(stages)
            if len(asked) == 2:
                raise Unknown("it took too long")
            return await kept.facts.aggregate(stages)

    counting = Counting(Tired(), kept.balances)
    with pytest.raises(Unknown):
        await counting.forms(Scope(), period, "receiving")
    found = await counting.forms(Scope(), period, "receiving")
    assert found == await kept.counting.forms(Scope(), period, "receiving")
    assert len(asked) == 4  # the first month was not asked for again


async def test_what_is_read_late_is_in_the_next_answer(
    kept: Kept, lived: Any, world: Any, log: Any
) -> None:
    period = Period(lived.FIRST + timedelta(days=40), lived.FIRST + timedelta(days=45))
    before = await kept.counting.forms(Scope(), period, "receiving")
    log.now = datetime(2026, 8, 20, 3, tzinfo=UTC)
    story = world.Story(log, 999)
    story.registered()
    journeys = world.Store().fresh_journeys()
    facts = Facts(kept.facts, kept.balances, journeys, lambda: datetime(2026, 12, 1, tzinfo=UTC))
    await facts.follow([read(record) for record in log.records])

    after = await kept.counting.forms(Scope(), period, "receiving")
    again = await kept.counting.forms(Scope(), period, "receiving")
    one, two = added(before.values()), added(after.values())
    assert (two.carried_over, two.in_process) == (one.carried_over + 1, one.in_process + 1)
    assert after == again
    names = [row["_id"] for row in await kept.balances.ranges([("kept/", "kept0")])]
    assert len(names) == len({name.rpartition("/")[0] for name in names})  # one of each month


async def test_nothing_is_counted_before_anything_was_received(kept: Kept, lived: Any) -> None:
    early = Period(lived.FIRST - timedelta(days=90), lived.FIRST - timedelta(days=60))
    assert await kept.counting.forms(Scope(), early, "receiving") == {}


def test_units_that_lie_beside_each_other_are_one_range() -> None:
    known = ["00001", "00004", "00007", "01", "00010", "00013"]
    assert scope(["00004", "00007", "01"], known).runs == (("00004", "00007"), ("01", "01"))
    assert scope(["99999"], known).runs == (("99999", "99999"),)
