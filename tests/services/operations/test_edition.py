"""One edition of the read side serves while the other is read, and all processes agree on which."""

import asyncio

import pytest

from services.operations.edition import (
    NAMES,
    REBUILT,
    Anew,
    Edition,
    serving,
    switch,
    until_another,
)
from shared.errors import Unknown
from shared.store import Row, Table
from shared.topics import aside, reads
from tests.services.operations.memory import MemoryTable, Trouble

FIRST, SECOND = (Edition(name) for name in NAMES)


class Away:
    """A table that does not answer the first time it is asked."""

    def __init__(self, table: Table) -> None:
        self.table, self.times = table, 0

    async def last(self, bounds: tuple[str, str], limit: int) -> list[Row]:
        self.times += 1
        if self.times == 1:
            raise Unknown("away")
        return await self.table.last(bounds, limit)


@pytest.fixture
def rows() -> MemoryTable:
    return MemoryTable(Trouble())


async def test_what_never_changed_serves_as_it_always_did(rows: MemoryTable) -> None:
    assert await serving(rows) == (FIRST, 0)
    assert [FIRST.tables(str)(name) for name in sorted(REBUILT)] == sorted(REBUILT)
    assert FIRST.groups == {
        "operations": reads("operations"),
        "operations-aside": aside(),
        "operations-money": ("payment.reconciliation",),
    }


async def test_the_two_serve_in_turn(rows: MemoryTable) -> None:
    for turn, expected in enumerate([SECOND, FIRST, SECOND], 1):
        now, before = await serving(rows)
        assert await switch(rows, now.other, before + 1)
        assert await serving(rows) == (expected, turn)


async def test_of_two_who_would_switch_one_does(rows: MemoryTable) -> None:
    assert await switch(rows, SECOND, 1)
    assert not await switch(rows, SECOND, 1)
    assert await serving(rows) == (SECOND, 1)


def test_two_editions_share_no_table_that_is_read_anew_and_no_group() -> None:
    tables = [{e.tables(str)(name) for name in REBUILT} for e in (FIRST, SECOND)]
    assert tables[0].isdisjoint(tables[1])
    assert set(FIRST.groups).isdisjoint(SECOND.groups)


@pytest.mark.parametrize("name", ["round_acts", "editions"])
def test_what_operators_did_is_in_neither(name: str) -> None:
    assert SECOND.tables(str)(name) == name


async def test_a_process_begins_anew_when_another_edition_serves_and_not_before(
    rows: MemoryTable,
) -> None:
    looking = asyncio.create_task(until_another(Away(rows), FIRST, 0.001)())
    await asyncio.sleep(0.02)
    assert not looking.done()
    await switch(rows, SECOND, 1)
    with pytest.raises(Anew):
        await asyncio.wait_for(looking, 5)
