"""What becomes of a notice for which there was no room: it comes again, and nothing is lost."""

from datetime import UTC, datetime, time, timedelta

from services.notify.domain.moves import PUT_OFF_LIMIT
from services.notify.domain.timing import Quiet
from shared.clock import VIETNAM
from shared.events import notify


def test_what_was_put_off_comes_again_in_time_under_a_new_key_and_has_cost_no_attempt(new_case):
    case = new_case((5,), (20,))
    case.learn("application.accepted")
    case.learn("application.registered")
    for n in range(1, 20):
        key = case.key("accepted")
        assert case.answer(key, "deferred", reason="rate_exceeded", after_s=90.0) == []
        assert timedelta(seconds=90) <= case.timers[-1].due - case.at <= timedelta(seconds=108)
        [again] = case.fire(case.timers[-1])
        assert again.key == f"{case.application}/accepted/sms/{n + 1}"
    case.answer(case.key("accepted"), "absent")
    assert case.timers[-1].due - case.at <= timedelta(seconds=6)
    case.fire(case.timers[-1])
    [failed] = case.answer(case.key("accepted"), "absent")
    assert failed.reason == "attempts_exhausted"


def test_for_what_there_is_no_room_at_all_there_is_an_end(case):
    case.learn("application.registered")
    for _ in range(PUT_OFF_LIMIT):
        assert case.answer(case.key("registered"), "deferred", after_s=1.0) == []
        case.fire(case.timers[-1])
    [failed] = case.answer(case.key("registered"), "deferred", after_s=1.0)
    assert (type(failed), failed.reason) == (notify.NoticeFailed, "rate_exceeded")


def test_that_an_earlier_attempt_was_put_off_says_nothing_of_the_one_under_way(case):
    case.learn("application.registered")
    first = case.key("registered")
    case.answer(first, "absent")
    case.fire(case.timers[-1])
    assert case.answer(first, "deferred", after_s=1.0) == []
    assert case.status("registered") == "requested"


def test_what_was_put_off_is_not_told_if_it_is_no_longer_so(case):
    case.learn("application.registered")
    case.learn("application.accepted")
    key = case.key("accepted")
    case.learn("application.suspended")
    [dropped] = case.answer(key, "deferred", after_s=1.0)
    assert dropped.reason == "application.suspended"


def test_what_is_urgent_is_put_off_for_its_time_and_neither_for_the_night_nor_for_others(
    new_case, providers
):
    night = Quiet(time(21), time(7))
    case = new_case(quiet=night, providers=providers("email"), join_s={"email": 60.0})
    case.at = datetime(2026, 11, 20, 22, tzinfo=VIETNAM).astimezone(UTC)
    case.agree("email")
    case.learn("application.accepted")
    case.answer(case.key("registered"), "deferred", after_s=2.0)
    [again] = case.fire(case.timers[-1])
    assert (again.milestone, again.joined) == ("registered", ())
    assert case.status("accepted", "email") == "held"
