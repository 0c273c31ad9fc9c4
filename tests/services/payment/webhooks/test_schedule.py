"""The schedule, and what an answer means."""

from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from services.payment.webhooks.schedule import (
    AFTER_S,
    JITTER,
    PAUSE_S,
    RETRY_AFTER_LIMIT_S,
    finding,
    next_attempt,
    pause_s,
    retry_after_s,
)
from tests.services.payment.office import NOW
from tests.services.payment.webhooks.vectors import RULES


def test_the_schedule_is_the_published_example_of_75_hours() -> None:
    assert list(AFTER_S) == RULES["example_schedule_seconds"]
    assert sum(AFTER_S) == 75 * 3600 + 35 * 60 + 5


@pytest.mark.parametrize("status", range(100, 600))
def test_every_status_has_the_meaning_that_the_specification_gives_it(status: int) -> None:
    found = finding(status)
    assert (found == "done") is (200 <= status < 300)
    assert (found == "gone") is (status == RULES["disable_endpoint_on"])
    assert (found == "slow") is (status in RULES["throttle_on"])


@given(some.text(min_size=1), some.integers(0, 8), some.integers(0, RETRY_AFTER_LIMIT_S))
def test_the_next_attempt_is_as_scheduled_or_as_asked_and_the_same_for_everybody(
    key: str, attempt: int, wait_s: int
) -> None:
    due = next_attempt(key, attempt, NOW, wait_s)
    assert due is not None
    assert due == next_attempt(key, attempt, NOW, wait_s)
    delay_s, scheduled_s = (due - NOW).total_seconds(), AFTER_S[attempt + 1]
    assert max(scheduled_s, wait_s) <= delay_s
    assert delay_s <= max(scheduled_s * (1 + JITTER), wait_s)


def test_after_the_last_attempt_there_is_none() -> None:
    assert next_attempt("k", len(AFTER_S) - 1, NOW, 0) is None


def test_two_deliveries_do_not_come_back_at_the_same_moment() -> None:
    assert len({next_attempt(f"{n}", 1, NOW, 0) for n in range(100)}) > 90


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("999999999", RETRY_AFTER_LIMIT_S),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), 300),
        (format_datetime(NOW - timedelta(minutes=5), usegmt=True), 0),
        ("", 0),
        ("soon", 0),
        ("-5", 0),
        ("1e9", 0),
        ("٣", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date_up_to_a_limit(told: str, seconds: int) -> None:
    assert retry_after_s(told, NOW) == seconds


TEXTS = some.text() | some.text("0123456789-+:,. JanFebMonGMTZ")
NUMBERS = some.integers(-1, 10**15)
# like a date, with any number in the place of any part of it
DATES = some.builds(
    "Mon, {} {} {} {}:{:02}:{:02} {}".format,
    NUMBERS | some.integers(1, 31),
    some.sampled_from(["Jan", "Feb", "Dec", "Nov"]),
    NUMBERS | some.integers(0, 9999),
    NUMBERS | some.integers(0, 24),
    NUMBERS | some.integers(0, 60),
    NUMBERS | some.integers(0, 60),
    some.sampled_from(["GMT", "-0000", "+2400", "-9999"]) | NUMBERS.map("+{}".format),
)


@given(TEXTS | DATES)
@example("Mon, 1 Jan 99999999999999 00:00:00 GMT")
@example("Mon, 1 Jan 1 00:00:00 +99999999999999")
def test_any_retry_after_is_read_to_a_bounded_time(told: str) -> None:
    assert 0 <= retry_after_s(told, NOW) <= RETRY_AFTER_LIMIT_S


def test_who_asks_to_slow_down_is_left_alone_for_a_while() -> None:
    assert pause_s("slow", 0) == PAUSE_S
    assert pause_s("slow", 300) == 300
    assert pause_s("failed", 0) == 0


def test_times_are_kept_to_the_millisecond() -> None:
    due = next_attempt("k", 1, datetime.fromisoformat("2026-11-20T02:00:00.123+00:00"), 0)
    assert due
    assert due.microsecond % 1000 == 0
