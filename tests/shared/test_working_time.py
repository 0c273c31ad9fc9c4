from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalogue import load
from shared.clock import VIETNAM
from shared.working_time import CalendarEnds, add_working_time, after_pause, local_day

CALENDAR = load().working_calendar(date(2026, 1, 1))

instants = st.integers(0, 730 * 24 * 60).map(
    lambda minutes: datetime(2025, 7, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
amounts = st.tuples(st.integers(0, 60), st.just("working_day")) | st.tuples(
    st.integers(1, 60), st.sampled_from(["working_hour", "calendar_day"])
)


def at(text: str) -> datetime:
    """An instant given in local time."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "value", "unit", "due"),
    [
        # Tết 2026: off from Saturday 14 to Sunday 22 February
        ("2026-02-13 10:00", 1, "working_day", "2026-02-23 17:00"),
        ("2026-02-10 10:00", 7, "working_day", "2026-02-26 17:00"),
        ("2026-02-13 15:00", 0, "working_day", "2026-02-23 17:00"),
        ("2026-02-13 16:00", 8, "working_hour", "2026-02-23 16:00"),
        ("2026-02-10 10:00", 10, "calendar_day", "2026-02-23 17:00"),
        # Friday 2 January 2026 is off, Saturday the 10th is worked instead
        ("2025-12-31 10:00", 1, "working_day", "2026-01-05 17:00"),
        ("2026-01-09 10:00", 1, "working_day", "2026-01-10 17:00"),
        ("2026-01-08 10:00", 3, "working_day", "2026-01-12 17:00"),
        ("2026-01-10 14:59", 0, "working_day", "2026-01-10 17:00"),
        ("2026-01-01 10:00", 1, "calendar_day", "2026-01-05 17:00"),
        # the cut-off, the lunch break, the night
        ("2026-03-03 14:59:59", 0, "working_day", "2026-03-03 17:00"),
        ("2026-03-03 15:00", 0, "working_day", "2026-03-04 17:00"),
        ("2026-03-03 23:30", 0, "working_day", "2026-03-04 17:00"),
        ("2026-03-03 00:10", 0, "working_day", "2026-03-03 17:00"),
        ("2026-03-03 11:00", 1, "working_hour", "2026-03-03 13:30"),
        ("2026-03-03 20:00", 8, "working_hour", "2026-03-04 17:00"),
        ("2026-03-03 07:30", 4, "working_hour", "2026-03-03 11:30"),
    ],
)
def test_worked_examples(start: str, value: int, unit: str, due: str) -> None:
    assert add_working_time(at(start), value, unit, CALENDAR) == at(due)


@given(instants, amounts)
def test_nothing_is_due_on_a_day_off_or_before_it_began(start, amount) -> None:
    due = add_working_time(start, *amount, CALENDAR)
    assert CALENDAR.is_working(local_day(due))
    assert due > start


@given(instants, st.timedeltas(timedelta(0), timedelta(days=90)), amounts)
def test_who_comes_later_is_never_due_earlier(start, later, amount) -> None:
    value, unit = amount
    assert add_working_time(start, value, unit, CALENDAR) <= add_working_time(
        start + later, value, unit, CALENDAR
    )
    assert add_working_time(start, value, unit, CALENDAR) <= add_working_time(
        start, value + 1, unit, CALENDAR
    )


@given(
    instants,
    amounts,
    st.lists(st.timedeltas(timedelta(0), timedelta(days=20)), min_size=3, max_size=3),
)
def test_splitting_a_pause_changes_nothing(start, amount, waits) -> None:
    due = add_working_time(start, *amount, CALENDAR)
    paused = start + waits[0]
    between = paused + waits[1]
    resumed = between + waits[2]
    once = after_pause(due, paused, resumed, CALENDAR)
    twice = after_pause(after_pause(due, paused, between, CALENDAR), between, resumed, CALENDAR)
    assert once == twice
    assert once >= due


@given(instants, amounts, st.timedeltas(timedelta(0), timedelta(days=20)))
def test_a_pause_of_no_length_moves_nothing(start, amount, wait) -> None:
    due = add_working_time(start, *amount, CALENDAR)
    assert after_pause(due, start + wait, start + wait, CALENDAR) == due


@given(
    instants,
    amounts,
    st.timedeltas(timedelta(0), timedelta(days=9)),
    st.timedeltas(timedelta(0), timedelta(days=9)),
)
def test_what_remained_when_a_pause_began_remains_when_it_ends(start, amount, wait, pause) -> None:
    due, paused = add_working_time(start, *amount, CALENDAR), start + wait
    resumed = paused + pause
    if paused < due:
        later = after_pause(due, paused, resumed, CALENDAR)
        left = CALENDAR.worked(due) - CALENDAR.worked(paused)
        assert CALENDAR.worked(later) - CALENDAR.worked(resumed) == left


def test_a_pause_over_tet_costs_no_working_time() -> None:
    due = at("2026-02-13 17:00")
    resumed = after_pause(due, at("2026-02-13 10:00"), at("2026-02-22 09:00"), CALENDAR)
    assert resumed == at("2026-02-23 14:30")


def test_what_was_overdue_before_a_pause_stays_overdue() -> None:
    due = at("2026-03-03 17:00")
    assert after_pause(due, at("2026-03-04 09:00"), at("2026-03-09 09:00"), CALENDAR) == due


@given(instants)
def test_the_first_instant_by_which_something_was_worked_has_it_worked(start) -> None:
    worked = CALENDAR.worked(start)
    assert CALENDAR.worked(CALENDAR.instant(worked)) == worked
    assert CALENDAR.instant(worked) <= start


def test_a_day_has_eight_hours_and_ends_at_five() -> None:
    assert CALENDAR.day_length == timedelta(hours=8)
    assert CALENDAR.closing(date(2026, 3, 3)) == at("2026-03-03 17:00")
    assert CALENDAR.same_day_cutoff == time(15)


@pytest.mark.parametrize(("year", "count"), [(2025, 250), (2026, 249), (2027, 249)])
def test_a_year_has_as_many_working_days_as_published(year: int, count: int) -> None:
    assert sum(d.year == year for d in CALENDAR.days) == count


@pytest.mark.parametrize("start", ["2024-12-31 10:00", "2027-12-30 10:00", "2028-01-03 10:00"])
def test_beyond_the_calendar_nothing_is_guessed(start: str) -> None:
    with pytest.raises(CalendarEnds):
        add_working_time(at(start), 10, "working_day", CALENDAR)
    with pytest.raises(CalendarEnds):
        add_working_time(at(start), 80, "working_hour", CALENDAR)
