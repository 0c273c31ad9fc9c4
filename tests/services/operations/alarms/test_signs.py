"""Which units show no sign of life: work waits there, and nothing moved, on a real database."""

from datetime import datetime

import pytest

from tests.services.operations.alarms.office import HOUR, NOW, Office

OLD = NOW - 26 * HOUR


@pytest.mark.parametrize(
    ("unit", "day", "was", "is_silent"),
    [
        ("00004", "2026-06-10", "p", True),  # another's
        ("26737", "2026-06-08", "p", True),  # too long ago
        ("26737", "2026-06-10", "", True),  # it only came
        ("26737", "2026-06-09", "p", False),
        ("26737", "2026-06-10", "p", False),
    ],
)
async def test_a_unit_is_silent_when_work_waits_and_nothing_moved_there(
    office: Office, unit: str, day: str, was: str, is_silent: bool
) -> None:
    await office.waits("awaiting_acceptance", 2, since=NOW - 26 * HOUR, stuck=None)
    await office.moved(unit, day, was)
    assert await office.found("silent_unit") == ({"26737": 2} if is_silent else {})


async def test_a_dead_commune_rings_among_hundreds_that_have_more_and_live(office: Office) -> None:
    busy = [f"{n:05}" for n in range(1, 231)]
    for unit in busy:
        await office.waits("awaiting_acceptance", 5, since=OLD, stuck=None, unit=unit)
        await office.moved(unit, "2026-06-09")
    await office.waits("awaiting_acceptance", 3, since=OLD, stuck=None, unit="26737")
    assert await office.found("silent_unit") == {"26737": 3}


async def test_units_that_did_very_much_hide_no_other_that_did_a_little(office: Office) -> None:
    for unit in ("00004", "26737"):
        await office.waits("awaiting_acceptance", 2, since=OLD, stuck=None, unit=unit)
    await office.moved("00004", "2026-06-09", count=21_000)
    await office.moved("26737", "2026-06-10")
    assert await office.found("silent_unit") == {}


async def test_a_unit_that_lived_is_silent_once_that_was_too_long_ago(office: Office) -> None:
    await office.waits("awaiting_acceptance", 2, since=OLD, stuck=None)
    await office.moved("26737", "2026-06-09")
    assert await office.found("silent_unit") == {}
    later = (await office.sightings.look(NOW + 72 * HOUR, ())).sights
    assert [s.about for s in later if s.rule == "silent_unit"] == ["26737"]

    await office.moved("26737", "2026-06-12")
    later = (await office.sightings.look(NOW + 72 * HOUR, ())).sights
    assert [s.about for s in later if s.rule == "silent_unit"] == []


async def test_a_sign_of_the_month_before_counts_where_that_is_not_long_ago(office: Office) -> None:
    monday = datetime.fromisoformat("2026-06-01T10:00:00+07:00")
    await office.waits("awaiting_acceptance", since=monday - 96 * HOUR, stuck=None)
    await office.waits("awaiting_acceptance", since=monday - 96 * HOUR, stuck=None, unit="00004")
    await office.moved("26737", "2026-05-29")
    await office.moved("00004", "2026-05-28")
    sights = (await office.sightings.look(monday, ())).sights
    assert [s.about for s in sights if s.rule == "silent_unit"] == ["00004"]


async def test_work_that_came_just_now_makes_nobody_silent(office: Office) -> None:
    await office.waits("awaiting_acceptance", 2, since=NOW - HOUR, stuck=None)
    assert await office.found("silent_unit") == {}
