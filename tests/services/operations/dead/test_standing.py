"""What stands of what was set aside, on a real database and in memory: the same."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from services.operations.dead.standing import INDEX as OF_GROUPS
from services.operations.dead.standing import UNGROUPED, Standing, mark
from services.operations.domain.causes import CALL, HELD, POISON
from services.operations.domain.dead.letters import HOUR_MS, Open, Place
from services.operations.letters import OPEN_LIMIT, open_of
from services.operations.situations import INDEX
from shared.mongo import MongoTable, connect
from shared.store import Row
from tests.services.operations.dead.standing import MemoryStanding
from tests.services.operations.story import BEGAN, application

NOW_MS = int(BEGAN.timestamp() * 1_000)


def row(n: int) -> Row:
    """One of several groups; some name no application, some have one in common."""
    cause, stage = ((POISON, "routing"), (HELD, "intake"), (CALL, "payment"))[n % 3]
    whose = ("", application(n), application(n % 2))[n // 3 % 3]
    told: Row = {
        "_id": f"{whose or n:036}/{stage}/{cause}/{n}",
        **{"stage": stage, "cause": cause, "application": whose, "dossier": "", "unit": ""},
        **{"stuck_ms": NOW_MS, "since_ms": NOW_MS - n // 4 * HOUR_MS // 3, "vnd": 0},
        **{"topic": f"{stage}.inbox", "partition": n % 2, "offset": n},
        **{"reason": f"Invalid enum value 'x{n}'", "field": f"$.data.a{n % 2}[{n}]"},
    }
    return told | {"group": open_of(told).group}


ROWS = {one["_id"]: one for one in map(row, range(40))}
OTHERS = [{"_id": "x", "stage": "routing", "cause": "unrouted", "stuck_ms": 1, "since_ms": 1}]


@pytest.fixture
async def table(mongo_url: str) -> AsyncIterator[MongoTable]:
    database = connect(mongo_url, f"test_standing_{uuid4().hex[:8]}")
    table = MongoTable(database["situations"])
    await table.index(INDEX)
    await table.index(OF_GROUPS, only="group")
    yield table
    await database.client.drop_database(database.name)
    database.client.close()


async def pages(standing: Standing, group: str, limit: int) -> list[Open]:
    found: list[Open] = []
    while some := await standing.page(group, mark(found[-1]) if found else "", limit):
        assert len(some) <= limit
        found += some
    return found


async def test_a_database_says_what_memory_says(table: MongoTable) -> None:
    await table.insert([*ROWS.values(), *OTHERS])
    real, memory = Standing(table), MemoryStanding(ROWS)
    groups, is_whole = await real.groups(NOW_MS)
    assert (groups, is_whole) == await memory.groups(NOW_MS)
    assert len(groups) == 6
    for group in groups:
        assert await real.group(group.id, NOW_MS) == group
        for limit in (1, 3, 100):
            assert await pages(real, group.id, limit) == await pages(memory, group.id, limit)
    for place in (Place("intake.inbox", 1, 1), Place("routing.inbox", 0, 0), Place("x", 0, 0)):
        assert await real.parked(place) == await memory.parked(place)
    assert await real.group("none", NOW_MS) is None


async def test_rows_from_before_they_had_a_group_are_shown_as_one(table: MongoTable) -> None:
    old: list[Any] = [{k: v for k, v in one.items() if k != "group"} for one in ROWS.values()]
    await table.insert(old)
    real = Standing(table)
    ([group], _) = await real.groups(NOW_MS)
    assert (group.id, group.count) == (UNGROUPED, len(old))
    again = await real.group(UNGROUPED, NOW_MS)
    assert again
    assert again.count == len(old)
    assert len(await pages(real, UNGROUPED, 7)) == len(old)


async def test_of_more_than_are_looked_at_together_it_says_that_it_is_not_all(
    table: MongoTable,
) -> None:
    one = row(0)
    for n in range(0, OPEN_LIMIT + 1, 1_000):
        some = range(n, min(n + 1_000, OPEN_LIMIT + 1))
        await table.insert([one | {"_id": f"{i:036}"} for i in some])
    groups, is_whole = await Standing(table).groups(NOW_MS)
    assert (len(groups), is_whole) == (1, False)
