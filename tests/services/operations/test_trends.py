"""How many were stuck a while ago: counted once a minute, and told beside what is stuck now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.board import Group
from services.operations.trends import DAY, HOUR, KEPT, NEAR, Count, Trends, compared
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.memory_board import MemoryBoard
from tests.services.operations.story import BEGAN

MINUTE = timedelta(minutes=1)


@dataclass
class Office:
    """A board whose rows a test adds, and processes that count."""

    now: datetime = BEGAN
    trouble: Trouble = field(default_factory=Trouble)
    rows: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kept = MemoryTable(self.trouble)
        self.board = MemoryBoard(self.rows)

    def process(self, off: timedelta = timedelta()) -> Trends:
        """Return one, whose clock may be off."""
        return Trends(self.board, self.kept, lambda: self.now + off)

    def stuck(self, number: int) -> None:
        """Let so many be stuck."""
        self.rows.clear()
        since_ms = int(self.now.timestamp() * 1_000) - 60_000
        for n in range(number):
            id_ = f"{n:036}/payment/unpaid/x"
            self.rows[id_] = {
                "_id": id_,
                "stage": "payment",
                "cause": "held",
                "stuck_ms": since_ms,
                "since_ms": since_ms,
                "vnd": 0,
            }

    async def group(self) -> Group:
        """Return the one group that there is."""
        (group,) = (await self.process().stuck(int(self.now.timestamp() * 1_000))).groups
        return group


@pytest.fixture
def office() -> Office:
    return Office()


async def test_a_group_is_told_beside_what_it_was_an_hour_and_a_day_ago(office: Office) -> None:
    for ago, number in ((DAY * MINUTE, 9), (HOUR * MINUTE, 2)):
        office.now = BEGAN - ago
        office.stuck(number)
        await office.process().turn()
    office.now = BEGAN
    office.stuck(5)
    group = await office.group()
    assert (group.matters, group.hour_ago, group.day_ago) == (5, 2, 9)


async def test_what_was_not_there_then_was_none_and_what_nobody_counted_is_not_known(
    office: Office,
) -> None:
    await office.process().turn()
    office.now += HOUR * MINUTE
    office.stuck(3)
    group = await office.group()
    assert (group.hour_ago, group.day_ago) == (0, None)


@pytest.mark.parametrize(("missed", "known"), [(NEAR, 1), (NEAR + 1, None)])
async def test_a_minute_that_was_missed_is_told_by_one_a_little_before(
    office: Office, missed: int, known: int | None
) -> None:
    office.stuck(1)
    await office.process().turn()
    office.now += (HOUR + missed) * MINUTE
    office.stuck(1)
    assert (await office.group()).hour_ago == known


async def test_of_several_processes_one_counts_in_a_minute(office: Office) -> None:
    processes = [office.process(timedelta(seconds=n)) for n in range(3)]
    office.stuck(1)
    await processes[0].turn()
    office.stuck(2)
    for process in processes[1:]:
        await process.turn()
    last = await office.process().last()
    assert last
    assert last.stuck == {"payment/held": 1}


async def test_what_is_old_is_deleted_also_after_a_long_pause(office: Office) -> None:
    for _ in range(3):
        await office.process().turn()
        office.now += MINUTE
    office.now += 2 * KEPT * MINUTE
    await office.process().turn()
    assert sorted(id_.partition("/")[0] for id_ in office.kept.rows) == ["at", "turn"]


async def test_rows_stay_as_many_as_a_day_has_minutes(office: Office) -> None:
    for _ in range(KEPT + 50):
        await office.process().turn()
        office.now += MINUTE
    assert len(office.kept.rows) <= KEPT + 5


async def test_a_database_that_does_not_answer_leaves_out_a_minute_and_no_more(
    office: Office,
) -> None:
    office.stuck(1)
    office.trouble.fails = iter([True, *[False] * 100]).__next__
    with pytest.raises(Exception, match="planted"):
        await office.process().turn()
    office.now += MINUTE
    await office.process().turn()
    assert await office.process().last()


async def test_the_last_count_says_how_old_what_waits_is(office: Office) -> None:
    assert await office.process().last() is None
    office.stuck(4)
    await office.process().turn()
    last = await office.process().last()
    assert last
    (ages,) = last.ages
    assert (ages.stage, ages.matters, ages.oldest_s) == ("payment", 4, 60)
    assert ages.median_s == ages.p95_s == pytest.approx(60, rel=0.1)


_counts = st.none() | st.dictionaries(
    st.sampled_from(["payment/held", "routing/unrouted"]), st.integers(0, 9)
).map(lambda stuck: Count(0, stuck, []))


@given(_counts, _counts)
def test_comparing_changes_nothing_else_and_knows_what_was_counted(
    hour: Count | None, day: Count | None
) -> None:
    group = Group("payment", "held", True, "us", "vi", "en", 1, 0, 0, 0, 1, 0)
    (found,) = compared([group], hour, day)
    told: Mapping[str, int | None] = {
        name: None if count is None else count.stuck.get("payment/held", 0)
        for name, count in (("hour_ago", hour), ("day_ago", day))
    }
    assert (found.hour_ago, found.day_ago) == (told["hour_ago"], told["day_ago"])
    assert compared([found], None, None) == [group]
