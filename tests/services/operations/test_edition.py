"""One edition of the read side serves while the other is read, and all processes agree on which."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest

from services.operations import edition
from services.operations.edition import (
    JOINS_IN,
    NAMES,
    REBUILT,
    Anew,
    Edition,
    begin,
    serving,
    switch,
    until_another,
)
from services.operations.money.rows import Tables as MoneyTables
from shared.errors import Unknown
from shared.store import Row, Table
from shared.topics import aside, groups, reads
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.story import BEGAN
from tests.waiting import until

FIRST, SECOND = (Edition(name) for name in NAMES)
LOOKS = 5


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


async def test_of_two_rebuilds_at_once_one_begins_and_one_that_was_ended_holds_up_none(
    rows: MemoryTable,
) -> None:
    assert await begin(rows, 1, BEGAN)
    assert not await begin(rows, 1, BEGAN + timedelta(minutes=1))
    assert await begin(rows, 1, BEGAN + JOINS_IN)
    assert await serving(rows) == (FIRST, 0)


async def test_who_begins_when_another_has_just_taken_over_waits(rows: MemoryTable) -> None:
    await begin(rows, 1, BEGAN)
    later = BEGAN + JOINS_IN
    assert sorted(await asyncio.gather(begin(rows, 1, later), begin(rows, 1, later))) == [
        False,
        True,
    ]


def test_two_editions_share_no_table_that_is_read_anew_and_no_group() -> None:
    tables = [{e.tables(str)(name) for name in REBUILT} for e in (FIRST, SECOND)]
    assert tables[0].isdisjoint(tables[1])
    assert set(FIRST.groups).isdisjoint(SECOND.groups)


def test_while_one_serves_its_own_groups_read_beside_those_of_the_services() -> None:
    for own, other in ((FIRST, SECOND), (SECOND, FIRST)):
        assert own.groups.items() <= own.all_groups.items()
        assert own.all_groups.keys().isdisjoint(other.groups)
        assert own.all_groups.keys() - own.groups.keys() == groups().keys() - FIRST.groups.keys()


@pytest.mark.parametrize("name", ["round_acts", "editions"])
def test_what_operators_did_is_in_neither(name: str) -> None:
    assert SECOND.tables(str)(name) == name


async def test_a_process_begins_anew_when_another_edition_serves_and_not_before(
    rows: MemoryTable,
) -> None:
    away = Away(rows)
    looking = asyncio.create_task(until_another(away, FIRST, 0.001)())
    await until(lambda: away.times >= LOOKS, wanted="looks")
    assert not looking.done()
    await switch(rows, SECOND, 1)
    with pytest.raises(Anew):
        await asyncio.wait_for(looking, 5)


# what follows from no log: operators' own, and what a process notes for the next
KEPT = {
    *("dead_edits", "alarm_deliveries", "indicators", "mended_places", "proofs", "readiness"),
    *("sessions", "subscriptions", "reads", "board_counts", "loops", "scores", "unsealings"),
    "partner_readings",
}


def test_of_every_table_it_is_said_whether_it_is_read_anew() -> None:
    home = Path(edition.__file__).parent
    text = "".join((home / name).read_text() for name in ("__main__.py", "wiring.py", "readers.py"))
    asked = set(re.findall(r'table\("([a-z_]+)"\)', text)) | set(MoneyTables._fields)
    assert asked == REBUILT | KEPT
