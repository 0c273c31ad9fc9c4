"""The fast clock and the slow one agree, under the published calendar and under any other."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.catalogue import load
from shared.clock import VIETNAM
from shared.working_time import WorkingCalendar, add_working_time, after_pause
from tests.shared.slow_clock import SlowClock

PUBLISHED = json.loads(
    (Path(__file__).parents[2] / "shared/catalogue/data/calendar.json").read_text()
)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
SESSIONS = ((time(7, 30), time(11, 30)), (time(13), time(17)))


def both(off: set[date], made_up: set[date]) -> tuple[WorkingCalendar, SlowClock]:
    fast = WorkingCalendar.of(FIRST, LAST, off, made_up, SESSIONS, time(15))
    return fast, SlowClock(off, made_up)


def published(kind: str) -> set[date]:
    return {date.fromisoformat(row[0]) for row in PUBLISHED["rows"] if row[1] == kind}


AS_PUBLISHED = load().working_calendar(FIRST), SlowClock(published("off"), published("working"))

days = st.integers(0, 180).map(lambda n: FIRST + timedelta(days=n))
weekdays = days.filter(lambda day: day.weekday() < 5)
weekend = days.filter(lambda day: day.weekday() >= 5)
clocks = st.just(AS_PUBLISHED) | st.builds(
    both, st.sets(weekdays, max_size=25), st.sets(weekend, max_size=8)
)
# around Tết, swaps and month ends as often as anywhere, in whole minutes; whole hours are edges
instants = st.integers(0, 150 * 24 * 60).map(
    lambda minutes: datetime(2025, 12, 31, 17, tzinfo=UTC) + timedelta(minutes=minutes)
) | st.integers(0, 150 * 48).map(
    lambda halves: datetime(2025, 12, 31, 17, tzinfo=UTC) + timedelta(minutes=30 * halves)
)
EDGES = (time(0), time(7, 30), time(11, 30), time(13), time(15), time(17))
instants |= st.builds(
    lambda n, edge: datetime.combine(FIRST + timedelta(days=n), edge, VIETNAM).astimezone(UTC),
    st.integers(0, 150),
    st.sampled_from(EDGES),
)
whole_days = (
    st.just((0, "working_day"))
    | st.tuples(st.integers(0, 45), st.just("working_day"))
    | st.tuples(st.integers(1, 60), st.just("calendar_day"))
)
hours = st.tuples(st.integers(1, 32), st.just("working_hour"))
short = st.tuples(st.integers(0, 4), st.sampled_from(["working_day", "calendar_day"])) | hours
waits = st.integers(0, 6 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@settings(max_examples=400)
@given(clocks, instants, whole_days)
def test_days_are_due_when_they_are_by_counting_days(pair, start, amount) -> None:
    fast, slow = pair
    assert add_working_time(start, *amount, fast) == slow.due(start, *amount)


@settings(max_examples=60)
@given(clocks, instants, hours)
def test_hours_are_over_when_they_are_by_counting_minutes(pair, start, amount) -> None:
    fast, slow = pair
    assert add_working_time(start, *amount, fast) == slow.due(start, *amount)


@settings(max_examples=60)
@given(clocks, instants, short, waits, waits)
def test_a_pause_moves_a_due_date_as_counting_minutes_does(
    pair, start, amount, wait, pause
) -> None:
    fast, slow = pair
    due, paused = add_working_time(start, *amount, fast), start + wait
    assert after_pause(due, paused, paused + pause, fast) == slow.after_pause(
        due, paused, paused + pause
    )


def test_the_published_calendar_has_the_same_days_in_both() -> None:
    fast, slow = AS_PUBLISHED
    span = (fast.last_day - fast.first_day).days + 1
    every = [fast.first_day + timedelta(days=n) for n in range(span)]
    assert tuple(day for day in every if slow.is_worked(day)) == fast.days


@pytest.mark.parametrize(
    ("saturday", "for_weekday"),
    [("2025-04-26", "2025-05-02"), ("2026-01-10", "2026-01-02"), ("2026-08-22", "2026-08-31")],
)
def test_a_published_saturday_is_worked_for_the_weekday_it_stands_in_for(
    saturday: str, for_weekday: str
) -> None:
    for clock in (AS_PUBLISHED[0].is_working, AS_PUBLISHED[1].is_worked):
        assert clock(date.fromisoformat(saturday))
        assert not clock(date.fromisoformat(for_weekday))


# published processing times (days), received at 10:00: counted by hand on a wall calendar
@pytest.mark.parametrize(
    ("procedure", "received", "due"),
    [
        ("1.004222", "2026-02-11", "2026-02-27"),  # 7 working days, five days of Tết between
        ("1.004222", "2026-08-19", "2026-08-27"),  # Saturday 22 August is worked
        ("1.004194", "2025-12-31", "2026-01-07"),  # 3 working days, 1 and 2 January are off
        ("1.004194", "2026-04-24", "2026-05-04"),  # Hung Kings, Reunification, Labour Day
    ],
)
def test_published_times_end_when_they_do_on_a_wall_calendar(
    procedure: str, received: str, due: str
) -> None:
    catalogue, day = load(), date.fromisoformat(received)
    row = catalogue.procedure(procedure, day)
    assert row
    start = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    expected = datetime.fromisoformat(f"{due}T17:00:00+07:00")
    assert catalogue.statutory_due(row, start, day) == expected
    assert AS_PUBLISHED[1].due(start, row.processing_time.value, "working_day") == expected
