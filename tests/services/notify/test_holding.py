"""Quiet hours, and several milestones in one message."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.notify.domain.timing import Quiet, with_jitter
from services.notify.providers import SANDBOX, read, terms
from services.notify.settings import NotifySettings
from shared.clock import VIETNAM
from shared.events import notify

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
NIGHT = Quiet(time(21), time(7))
EVENING = datetime(2026, 11, 20, 21, 30, tzinfo=VIETNAM)
MORNING = datetime(2026, 11, 21, 7, tzinfo=VIETNAM)


@pytest.fixture
def by_night(new_case):
    case = new_case(quiet=NIGHT)
    case.learn("application.registered")
    case.at = EVENING.astimezone(UTC)
    return case


@pytest.fixture
def by_mail(new_case, providers):
    case = new_case(providers=providers("email"), join_s={"email": 60.0})
    case.agree("email")
    return case


# ---- quiet hours


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("20:59", None),
        ("21:00", "2026-11-21T07:00"),
        ("23:59", "2026-11-21T07:00"),
        ("00:00", "2026-11-20T07:00"),
        ("06:59", "2026-11-20T07:00"),
        ("07:00", None),
    ],
)
def test_quiet_hours_are_those_of_viet_nam(at, until):
    at = datetime.fromisoformat(f"2026-11-20T{at}:00+07:00").astimezone(UTC)
    assert NIGHT.until(at) == (datetime.fromisoformat(f"{until}:00+07:00") if until else at)


@given(
    st.times(),
    st.times(),
    st.integers(0, 366 * 86_400).map(lambda s: AT + timedelta(seconds=s)),
)
def test_after_quiet_hours_it_is_not_quiet_and_never_a_day_later(begins, ends, at):
    quiet = Quiet(begins, ends)
    until = quiet.until(at)
    assert at <= until <= at + timedelta(days=1)
    assert quiet.until(until) == until


def test_what_is_not_urgent_waits_for_the_morning(by_night):
    assert by_night.learn("application.accepted") == []
    [timer] = by_night.timers
    assert timer.due == MORNING
    by_night.at = timer.due
    [request] = by_night.fire(timer)
    assert request.milestone == "accepted"


def test_what_is_urgent_goes_out_at_any_hour(by_night):
    [request] = by_night.learn("payment.requested")
    assert request.milestone == "payment_requested"


def test_what_is_no_longer_so_in_the_morning_is_not_told_and_the_reason_is(by_night):
    by_night.learn("application.accepted")
    [dropped] = by_night.learn("application.suspended")
    assert (type(dropped), dropped.reason) == (notify.NoticeDropped, "application.suspended")
    assert by_night.fire(by_night.timers[0]) == []


def test_a_retry_waits_for_the_morning_too(by_night):
    by_night.at -= timedelta(hours=1)
    by_night.learn("application.accepted")
    by_night.answer(by_night.key("accepted"), "absent")
    by_night.at = EVENING.astimezone(UTC)
    assert by_night.fire(by_night.timers[-1]) == []
    assert by_night.timers[-1].due == MORNING


def test_a_timer_that_is_late_does_not_wake_anybody(by_night):
    by_night.learn("application.accepted")
    by_night.at = (EVENING + timedelta(days=1)).astimezone(UTC)
    assert by_night.fire(by_night.timers[0]) == []
    assert by_night.timers[-1].due == MORNING + timedelta(days=1)


def test_quiet_hours_and_joining_are_set_in_words():
    told = NotifySettings(notice_quiet="21:00-07:00", notice_join_s={"sms": 5})
    policy = told.policy(terms(read(SANDBOX)))
    assert (policy.quiet, policy.join_s) == (NIGHT, {"sms": 5})
    for wrong in ({"notice_quiet": "at night"}, {"notice_quiet": "21:00-25:00"}):
        with pytest.raises(ValidationError):
            NotifySettings(**wrong)
    with pytest.raises(ValidationError, match="are never quiet"):
        NotifySettings(notice_quiet="21:00-21:00")
    with pytest.raises(ValidationError, match="pigeon is no channel"):
        NotifySettings(notice_join_s={"pigeon": 5})


# ---- joining


def test_what_comes_within_a_minute_goes_out_in_one_message(by_mail):
    for type_ in ("application.accepted", "application.transferred"):
        assert by_mail.learn(type_) == []
    [request] = by_mail.fire(by_mail.timers[0])
    assert request.milestone == "accepted"
    assert [(j.milestone, j.template) for j in request.joined] == [
        ("transferred", "transferred.email_vi")
    ]
    assert by_mail.fire(by_mail.timers[1]) == []
    told = by_mail.answer(request.key, "handed", gateway_id="g-1")
    assert [(type(e), e.milestone) for e in told] == [
        (notify.NoticeSent, "accepted"),
        (notify.NoticeSent, "transferred"),
    ]
    told = by_mail.receipt(request.key)
    assert [(type(e), e.milestone) for e in told] == [
        (notify.NoticeDelivered, "accepted"),
        (notify.NoticeDelivered, "transferred"),
    ]


def test_what_is_urgent_goes_by_itself_and_at_once(by_mail):
    by_mail.learn("application.accepted")
    [request] = by_mail.learn("payment.requested")
    assert (request.milestone, request.joined) == ("payment_requested", ())


def test_what_is_no_longer_so_drops_out_of_the_next_attempt(by_mail):
    for type_ in ("application.transferred", "application.apologised", "application.accepted"):
        by_mail.learn(type_)
    [request] = by_mail.fire(by_mail.timers[0])
    assert [j.milestone for j in request.joined] == ["apologised", "transferred"]
    by_mail.learn("application.due_moved")
    told = by_mail.answer(request.key, "absent")
    assert [(type(e), e.milestone) for e in told] == [
        (notify.NoticeDropped, "accepted"),
        (notify.NoticeDropped, "apologised"),
    ]
    [again] = by_mail.fire(by_mail.timers[-1])
    assert (again.milestone, again.joined) == ("transferred", ())


def test_what_dropped_out_and_came_anew_goes_its_own_way(by_mail):
    for type_ in ("application.supplement_requested", "application.apologised"):
        by_mail.learn(type_)
    [request] = by_mail.fire(by_mail.timers[0])
    assert [j.milestone for j in request.joined] == ["apologised"]
    by_mail.answer(request.key, "absent")
    retry = by_mail.timers[-1]
    by_mail.learn("application.due_moved")
    by_mail.learn("application.apologised")
    [again] = by_mail.fire(retry)
    assert (again.milestone, again.joined) == ("supplement_requested", ())
    [told] = by_mail.answer(again.key, "handed")
    assert told.milestone == "supplement_requested"
    assert by_mail.status("apologised", "email") == "held"


def test_a_failure_is_that_of_all_in_the_message(by_mail):
    for type_ in ("application.accepted", "application.transferred"):
        by_mail.learn(type_)
    [request] = by_mail.fire(by_mail.timers[0])
    told = by_mail.answer(request.key, "rejected", reason="no_email")
    assert [(type(e), e.milestone, e.reason) for e in told] == [
        (notify.NoticeFailed, "accepted", "no_email"),
        (notify.NoticeFailed, "transferred", "no_email"),
    ]


def test_an_sms_is_not_kept_back_by_itself(case):
    case.learn("application.registered")
    assert case.learn("application.accepted") != []


# ---- jitter


@given(st.floats(0, 86_400), st.floats(0, 1), st.text(max_size=20))
def test_a_wait_is_longer_by_no_more_than_its_share_and_always_the_same(seconds, share, key):
    wait = with_jitter(seconds, share, key)
    assert wait == with_jitter(seconds, share, key)
    assert seconds - 0.001 <= wait.total_seconds() <= seconds * (1 + share) + 0.001
    assert wait.microseconds % 1_000 == 0  # what the timers' table keeps
