"""What a preview found is deleted after a while, unless something was begun with it."""

import asyncio
from datetime import timedelta

import pytest

from services.operations.domain.rounds import ITSELF, STANDS_FOR, Doing, Status
from services.operations.rounds.rows import ROWS_LIMIT
from tests.services.operations.rounds.office import ID, Office

MOMENT = timedelta(seconds=1)


def items_left(office: Office) -> int:
    return len(office.tables.items.rows)


def places_left(office: Office) -> list[str]:
    return [id_ for id_ in office.tables.places.rows if not id_.startswith("turn/")]


async def later(office: Office, by: timedelta, turns: int = 3) -> None:
    """A process works again after so long."""
    office.now += by
    for _ in range(turns):
        await office.turn(office.runner())


@pytest.mark.parametrize(
    ("acts", "status"),
    [
        ((), "ready"),
        (("abort",), "aborted"),
        (("ask",), "waiting_for_check"),
        (("ask", "reject"), "rejected"),
    ],
)
async def test_what_was_never_begun_is_over_after_a_while_and_nothing_it_found_is_left(
    acts: tuple[Doing, ...], status: Status
) -> None:
    office = Office(5, refused=2)
    await office.begin()
    for what in acts:
        assert await office.do(what)
    assert (await office.round()).status == status

    await later(office, STANDS_FOR[status] - timedelta(minutes=1))
    assert (items_left(office), (await office.round()).status) == (7, status)

    await later(office, timedelta(minutes=1))
    round_ = await office.round()
    is_over_by_itself = status in ("ready", "waiting_for_check")
    assert round_.status == ("expired" if is_over_by_itself else status)
    assert (round_.acts[-1].by == ITSELF) == is_over_by_itself
    assert (items_left(office), places_left(office)) == (0, [])
    assert not await office.do("start")


async def test_what_was_begun_keeps_what_it_found() -> None:
    office = Office(5, refused=2)
    await office.begin()
    await office.do("start")
    await office.run()
    await later(office, timedelta(days=30))
    assert (items_left(office), places_left(office)) == (7, [])
    assert (await office.round()).status == "done"


async def test_what_another_preview_of_the_same_round_found_is_deleted_when_that_has_begun() -> (
    None
):
    office = Office(3)
    await office.begin()
    lost = {"_id": f"{ID}/another/00001", "item": "{}"}
    await office.tables.items.insert_missing([lost])
    await office.do("start")
    await later(office, timedelta(days=2))
    assert sorted(office.tables.items.rows) == [f"{ID}/s/{n:05}" for n in (1, 2, 3)]


async def test_of_many_rows_some_are_deleted_in_a_turn_and_in_the_end_all() -> None:
    office = Office(5 * ROWS_LIMIT + 3)
    await office.begin()
    await later(office, STANDS_FOR["ready"], turns=1)
    assert items_left(office) == 3
    await later(office, MOMENT, turns=1)
    assert (items_left(office), places_left(office)) == (0, [])


async def test_who_dies_before_a_preview_stands_leaves_no_rows_for_good() -> None:
    office = Office(3)
    await office.begin()
    office.tables.acts.rows.clear()
    await later(office, STANDS_FOR["ready"])
    assert (items_left(office), places_left(office)) == (0, [])


@pytest.mark.parametrize("seed", range(3))
async def test_a_round_that_is_started_at_the_last_moment_keeps_all_or_is_over(seed: int) -> None:
    office = Office(4)
    await office.begin()
    office.now += STANDS_FOR["ready"]
    acts = [office.do("start"), office.turn(office.runner(), 1), office.turn(office.runner(), 2)]
    await asyncio.gather(*acts[seed:], *acts[:seed])
    await later(office, MOMENT)
    is_begun = (await office.round()).has_begun
    assert items_left(office) == (4 if is_begun else 0)
