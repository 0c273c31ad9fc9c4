"""What was read is a row, once; and gone after two years."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest

from services.operations.reads.naming import kept, named
from services.operations.reads.rows import (
    CLEARED,
    EVER,
    KEPT_FOR,
    STRETCH_S,
    Days,
    Page,
    Read,
    Reads,
)
from services.operations.reads_api import PAGE_LIMIT
from shared.clock import VIETNAM
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.story import BEGAN, application

ONE, OTHER = application(1), application(2)
Ask = Callable[[str, int, Days], Awaitable[Page]]


def read(**told: Any) -> Read:
    known = {"at": BEGAN, "by": "viewer", "role": "viewer", "address": "203.0.113.7"}
    asked = {"what": "GET /v1/journeys/{name}", "asked": f"/v1/journeys/{ONE}", "count": 1}
    return Read(**{**known, **asked, **told})


@pytest.fixture
def table() -> MemoryTable:
    return MemoryTable(Trouble())


@pytest.fixture
def reads(table: MemoryTable) -> Reads:
    return Reads(table, lambda: BEGAN)


async def test_the_same_read_within_a_stretch_is_one_row_and_costs_no_write_again(
    reads: Reads, table: MemoryTable
) -> None:
    await reads.note(read(), {ONE})
    rows = dict(table.rows)
    table.trouble.fails = lambda: True
    await reads.note(read(at=BEGAN + timedelta(seconds=5)), {ONE})
    table.trouble.fails = lambda: False
    assert table.rows == rows
    await Reads(table, lambda: BEGAN).note(read(), {ONE})  # another process
    assert table.rows == rows


@pytest.mark.parametrize(
    "other", [{"by": "x"}, {"address": "::1"}, {"asked": "/y"}, {"at": BEGAN + timedelta(hours=1)}]
)
async def test_another_read_is_another_row(reads: Reads, other: dict[str, Any]) -> None:
    await reads.note(read(), {ONE})
    await reads.note(read(**other), {ONE})
    assert len((await reads.of([ONE], "", PAGE_LIMIT)).items) == 2


async def test_whom_a_list_names_later_within_a_stretch_is_written_down_as_well(
    reads: Reads,
) -> None:
    await reads.note(read(), {ONE})
    await reads.note(read(), {ONE, OTHER})
    assert len((await reads.of([OTHER], "", PAGE_LIMIT)).items) == 1
    assert len((await reads.of([ONE], "", PAGE_LIMIT)).items) == 1


async def test_two_years_later_nothing_is_left_of_a_read(table: MemoryTable) -> None:
    now = BEGAN
    reads = Reads(table, lambda: now)
    await reads.note(read(), {ONE, OTHER})
    now += KEPT_FOR
    assert await reads.clear() == 0
    now += timedelta(seconds=STRETCH_S)
    await reads.note(read(at=now), {OTHER})
    assert await reads.clear() == 1
    assert len((await reads.of([ONE, OTHER], "", PAGE_LIMIT)).items) == 1
    assert len(table.rows) == 3


async def test_a_clearing_that_failed_is_done_again(table: MemoryTable) -> None:
    reads = Reads(table, lambda: BEGAN + 2 * KEPT_FOR)
    await reads.note(read(), {ONE})
    steps = iter([False, False, True])
    table.trouble.fails = lambda: next(steps, False)
    with pytest.raises(Exception, match="planted"):
        await reads.clear()
    assert await reads.clear() <= CLEARED
    assert table.rows == {}


DAY, NEXT = date(2026, 6, 9), date(2026, 6, 10)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (EVER, 4),
        (Days(DAY, DAY), 2),
        (Days(DAY), 3),
        (Days(last=DAY), 3),
        (Days(NEXT, DAY), 0),
        (Days(date.min, date.max), 4),
    ],
)
@pytest.mark.parametrize("limit", [1, PAGE_LIMIT])
async def test_days_begin_and_end_at_midnight_in_viet_nam_on_every_page(
    reads: Reads, days: Days, expected: int, limit: int
) -> None:
    midnights = [datetime.combine(day, time(), VIETNAM) for day in (DAY, NEXT)]
    for at in midnights:
        for moment in (at - SECOND, at):
            await reads.note(read(at=moment), {ONE})

    asks: tuple[Ask, ...] = (reads.all, partial(reads.by, "viewer"), partial(reads.of, [ONE]))
    for ask in asks:
        page = await ask("", limit, days)
        found = page.items
        while page.next:
            page = await ask(page.next, limit, days)
            found += page.items
        assert len(found) == expected
        assert [each.at for each in found] == sorted((each.at for each in found), reverse=True)


async def test_where_a_page_goes_on_cannot_lead_to_another_applications_reads(
    reads: Reads,
) -> None:
    await reads.note(read(), {ONE})
    await reads.note(read(), {OTHER})
    first, last = sorted((ONE, OTHER))
    assert (await reads.of([first], "~~~", PAGE_LIMIT)).items
    assert len((await reads.of([last], "~~~", PAGE_LIMIT)).items) == 1


def test_of_what_was_asked_ids_and_codes_stay_and_numbers_of_persons_do_not() -> None:
    asked = f"/v1/find q=001099000001 {ONE} H26.1-20261120-0000001 0912000001"
    assert kept(asked) == f"/v1/find q=••• {ONE} H26.1-20261120-0000001 •••"


def test_codes_and_ids_are_found_wherever_they_stand() -> None:
    text = f'<a href="/x/{ONE}/y">H26.1-20261120-0000001</a>,{OTHER}/submitted'
    assert named([text]) == {ONE, OTHER, "H26.1-20261120-0000001"}
    assert named(["0199a0b1c2d37e4f8a5b6c7d8e9f0a1b", "20261120-3f9ac1d2e4"]) == frozenset()
