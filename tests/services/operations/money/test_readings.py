"""Several processes of operations say the same of partners, whichever has the live table."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.operations.domain.partner_flow import Live, Window
from services.operations.money.health import Health
from services.operations.money.readings import STALE_S, Readings, folded
from services.operations.tables import Flowing
from shared.errors import Unknown
from tests.services.operations.memory import MemoryTable, Store, Trouble
from tests.services.operations.money.partners import Rows
from tests.services.operations.story import BEGAN


def live(partner: str, newest_s: int, answered: int = 1, **changed: Any) -> Live:
    counts = dict.fromkeys(Window.__struct_fields__, 0) | {
        "success": None,
        "median_s": None,
        "p95_s": None,
        "answered": answered,
    }
    window = Window(**counts)
    said = {"standing": "answers", "sign_s": newest_s, "hour": window, "day": window} | changed
    return Live(partner=partner, newest_s=newest_s, **said)


class Half:
    """A live table that has what it was given."""

    def __init__(self, *partners: Live, newest: datetime | None = BEGAN) -> None:
        self.has, self.newest = list(partners), newest

    def flowing(self) -> Flowing:
        return Flowing(
            minutes=[],
            newest_second=self.newest,
            behind_s=None,
            unreadable=0,
            rates=[],
            passed=[],
        )

    def partners(self) -> list[Live]:
        return self.has


class Town:
    """Processes that share a table, and a clock."""

    def __init__(self) -> None:
        self.now, self.trouble = BEGAN + timedelta(seconds=2), Trouble()
        self.table = MemoryTable(self.trouble)

    def process(self, name: str, half: Half) -> Readings:
        return Readings(self.table, half, name, lambda: self.now)


@pytest.fixture
def town() -> Town:
    return Town()


async def told(readings: Readings) -> list[tuple[str, int]]:
    found, _ = folded(await readings.all())
    return [(each.partner, each.day.answered) for each in found]


async def test_whoever_is_asked_knows_what_another_process_has(town: Town) -> None:
    one = town.process("one", Half(live("sen-vang", 100, 7)))
    other = town.process("other", Half())
    assert await told(other) == []
    await asyncio.gather(one.turn(), other.turn())
    assert await told(one) == await told(other) == [("sen-vang", 7)]
    assert len(town.table.rows) == 1  # who has nothing has nothing to tell

    rows = Rows(Store().tables["situations"].rows)
    view = await Health(rows, other, lambda: town.now, lambda: 0.0).partners()
    assert [(p.partner, p.standing) for p in view.partners] == [("sen-vang", "answers")]
    assert (view.newest_second, view.behind_s) == (BEGAN, 2.0)


async def test_where_lanes_moved_the_one_that_heard_last_is_believed(town: Town) -> None:
    before = town.process("before", Half(live("sen-vang", 100, 7), live("an-phat", 90, 2)))
    after = Half(live("sen-vang", 100, 8), newest=BEGAN + timedelta(seconds=1))
    now = town.process("now", after)
    await before.turn()
    await now.turn()
    assert await told(before) == [("an-phat", 2), ("sen-vang", 8)]
    after.has = [live("sen-vang", 101, 9), live("an-phat", 101, 3)]
    await now.turn()
    assert await told(before) == await told(now) == [("an-phat", 3), ("sen-vang", 9)]


async def test_a_process_that_has_ended_is_left_out_after_a_while_and_cleared_away(
    town: Town,
) -> None:
    await town.process("gone", Half(live("sen-vang", 100))).turn()
    here = town.process("here", Half(live("an-phat", 100)))
    town.now += timedelta(seconds=STALE_S - 1)
    assert await told(here) == [("an-phat", 1), ("sen-vang", 1)]
    town.now += timedelta(seconds=2)
    assert await told(here) == [("an-phat", 1)]
    await here.turn()
    assert {id_.rpartition("/")[2] for id_ in town.table.rows} == {"here"}


async def test_however_often_it_tells_one_row_of_it_stands(town: Town) -> None:
    here = town.process("here", Half(live("an-phat", 100)))
    for _ in range(5):
        await here.turn()
        await here.turn()  # in the same instant: told again
        town.now += timedelta(seconds=5)
    assert len(town.table.rows) == 1


async def test_what_it_cannot_tell_now_it_tells_another_time(town: Town) -> None:
    here = town.process("here", Half(live("an-phat", 100)))
    town.trouble.fails = lambda: True
    with pytest.raises(Unknown):
        await here.turn()
    town.trouble.fails = lambda: False
    await here.turn()
    assert len(town.table.rows) == 1
