"""To whom an alarm is told and when again, by the attempts there were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.alarm_telling import (
    AFTER_S,
    LOST_AFTER_S,
    Attempt,
    Due,
    Target,
    due,
    latest,
)


def attempt(what: str, number: int, at_s: int, finding: str) -> Attempt:
    return Attempt(what=what, number=number, at_ms=at_s * 1_000, finding=finding)


def asked(*attempts: Attempt, at_s: int = 0, ended: bool = False, quiet: bool = False) -> object:
    return due(attempts, has_ended=ended, is_silenced=quiet, now_ms=at_s * 1_000)


def test_it_is_told_once_that_it_fired_and_once_that_it_ended() -> None:
    told = attempt("fired", 1, 0, "done")
    over = attempt("ended", 1, 50, "done")
    assert asked() == Due("fired", 1)
    assert asked(told, at_s=9_999) == "wait"
    assert asked(told, ended=True) == Due("ended", 1)
    assert asked(told, over, ended=True) == "settled"


@pytest.mark.parametrize("number", range(1, len(AFTER_S)))
def test_what_failed_is_tried_again_after_a_while(number: int) -> None:
    failed = attempt("fired", number, 0, "failed")
    assert asked(failed, at_s=AFTER_S[number] - 1) == "wait"
    assert asked(failed, at_s=AFTER_S[number]) == Due("fired", number + 1)


def test_after_the_last_attempt_nothing_is_tried() -> None:
    failed = attempt("fired", len(AFTER_S), 0, "failed")
    assert asked(failed, at_s=10**6) == "wait"
    assert asked(failed, at_s=10**6, ended=True) == "settled"


def test_an_attempt_of_which_nobody_says_what_came_is_made_again() -> None:
    begun = attempt("fired", 1, 0, "begun")
    assert asked(begun, at_s=LOST_AFTER_S - 1) == "wait"
    assert asked(begun, at_s=LOST_AFTER_S) == Due("fired", 2)


def test_what_is_silenced_waits_and_is_told_afterwards_if_it_still_stands() -> None:
    assert asked(quiet=True) == "wait"
    assert asked(quiet=True, ended=True) == "settled"
    told = attempt("fired", 1, 0, "done")
    assert asked(told, quiet=True, ended=True) == "settled"


def test_what_ended_before_anybody_could_be_told_is_told_all_the_same() -> None:
    failed = attempt("fired", 1, 0, "failed")
    assert asked(failed, at_s=20, ended=True) == Due("fired", 2)


def test_who_wants_critical_ones_alone_is_told_of_no_warning() -> None:
    strict = Target(name="on-call", least="critical")
    assert (strict.wants("critical"), strict.wants("warning")) == (True, False)
    assert Target(name="shift").wants("warning")


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 8_000), st.booleans(), st.booleans(), st.sampled_from("dfl")),
        max_size=40,
    )
)
def test_whatever_comes_it_is_told_at_most_as_often_as_there_are_attempts_and_never_after_it_is(
    steps: list[tuple[int, bool, bool, str]],
) -> None:
    """d: it has it, f: it failed, l: nobody says."""
    now_s, has_ended, attempts = 0, False, []
    for pass_s, ends, is_quiet, comes in steps:
        now_s, has_ended = now_s + pass_s, has_ended or ends
        each = asked(*attempts, at_s=now_s, ended=has_ended, quiet=is_quiet)
        if not isinstance(each, Due):
            continue
        assert not is_quiet
        own = [a for a in attempts if a.what == each.what]
        assert each.number == len(own) + 1 <= len(AFTER_S)
        assert all(a.finding != "done" for a in own)
        if each.what == "ended":
            assert has_ended
            assert "done" in {a.finding for a in attempts if a.what == "fired"}
        finding = {"d": "done", "f": "failed", "l": "begun"}[comes]
        attempts.append(attempt(each.what, each.number, now_s, finding))
    assert [a.what for a in latest(attempts)] in ([], ["fired"], ["fired", "ended"])
