"""Received Monday 16 November 2026, 09:00, accepted at 10:00: due Monday the 23rd at 17:00, and
Friday at 17:00 eight hours worked are left.
"""

from dataclasses import replace as with_data
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from services.routing.domain.alarms import ring
from services.routing.domain.dossier import Fee
from services.routing.domain.moves import apply
from services.routing.domain.states import Move, Stage
from shared.events import routing as events
from shared.events.kernel import TimerFired
from shared.lanes.table import Timer

FIRED = TimerFired(name="deadline", version=1)
RESUMED = events.OfficerResumed
ACCEPTED = events.OfficerAccepted(officer="officer-1")
CLOSING = 10  # 17:00 in Viet Nam, in UTC


def november(day, hour=2, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def said(outcome):
    return [type(event) for event in outcome.events]


@pytest.fixture
def accepted(decide, registered):
    """The outcome of an acceptance, an hour after the registration that set the first timer."""
    state = decide(None, registered(procedure="1.010038", channel="direct")).state
    return decide(state, ACCEPTED, november(16, 3))


@pytest.fixture(scope="module")
def policy(catalogue):
    """The catalogue, with another policy."""

    def make(**changes):
        changed = tuple(msgspec.structs.replace(p, **changes) for p in catalogue.policies)
        return with_data(catalogue, policies=changed)

    return make


@pytest.mark.parametrize("name", ["deadline", "acceptance"])
def test_nobody_took_it_up_in_time(name, decide, registered):
    fired = replace(FIRED, name=name)
    state = decide(None, registered()).state
    early = decide(state, fired, state.acceptance_due - timedelta(seconds=1))
    assert (early.state, early.events, early.timers) == (state, (), ())
    late = decide(state, fired, state.acceptance_due)
    assert said(late) == [events.AcceptanceLate]
    assert late.timers == ()
    again = decide(late.state, fired, state.acceptance_due)
    assert again.events == ()


def test_one_timer_after_the_other_leads_from_the_acceptance_to_the_breach(accepted, decide):
    assert accepted.timers == ()  # that of the registration rings before there is anything to say
    told = []
    outcome, at = accepted, accepted.state.alarm_at
    assert at == november(17)
    while at:
        outcome = decide(outcome.state, FIRED, at)
        assert len(outcome.timers) <= 1
        told.append((at, said(outcome)))
        at = outcome.timers[0].due if outcome.timers else None
    assert told == [
        (november(17), []),
        (november(20, CLOSING), [events.DueSoon]),
        (november(23, CLOSING), [events.Overdue]),
    ]
    again = decide(outcome.state, FIRED, november(25))
    assert (again.events, again.timers) == ((), ())


def test_a_warning_says_whose_it_is_and_by_when(accepted, catalogue):
    (warning,) = ring(accepted.state, catalogue, november(20, CLOSING)).events
    assert (warning.national_code, warning.competent_unit) == (2, "00097")
    assert warning.due == november(23, CLOSING)


def test_how_long_before_is_a_parameter(accepted, policy):
    outcome = ring(accepted.state, policy(warning_hours=16), november(19, CLOSING))
    assert said(outcome) == [events.DueSoon]


def test_a_timer_that_comes_late_gives_no_warning_of_what_is_over(accepted, catalogue):
    outcome = ring(accepted.state, catalogue, november(24))
    assert said(outcome) == [events.Overdue]


def test_what_is_due_the_same_day_is_warned_of_at_half_of_the_time(decide, registered):
    registration = decide(None, registered(procedure="1.001193", channel="direct"))
    paid = replace(registration.state, fee=Fee.FREE)
    outcome = decide(paid, ACCEPTED, november(16, 2))  # 09:00: six hours and a half are left
    assert registration.timers == (Timer("deadline", november(17)),)
    assert outcome.timers == (Timer("deadline", november(16, 6, 45)),)
    warned = decide(outcome.state, FIRED, november(16, 6, 45))
    assert (said(warned), warned.timers) == (
        [events.DueSoon],
        (Timer("deadline", november(16, CLOSING)),),
    )
    over = decide(warned.state, FIRED, november(16, CLOSING))
    assert (said(over), over.timers) == ([events.Overdue], ())
    first = decide(over.state, FIRED, november(17))  # the one of the registration
    assert (first.state, first.events, first.timers) == (over.state, (), ())


def test_a_clock_that_stands_still_is_not_watched(accepted, decide):
    asking = events.OfficerAskedSupplement(officer="officer-1", note="a page")
    paused = decide(accepted.state, asking, november(16, 4)).state
    rung = decide(paused, FIRED, november(17))
    assert (rung.events, rung.timers, rung.state.alarm_at) == ((), (), None)


def test_a_clock_that_goes_on_is_watched_again(dossier, decide):
    paused = dossier(Stage.SUSPENDED)  # four hours are left
    outcome = decide(paused, events.OfficerResumed(officer="officer-1"), november(18, 0, 30))
    assert outcome.state.due_current == november(18, 4, 30)
    assert outcome.timers == (Timer("deadline", november(18, 2, 30)),)


def test_a_clock_that_goes_on_before_the_timer_rings_needs_no_other(accepted, decide):
    started = events.OfficerStarted(officer="officer-1")
    state = decide(accepted.state, started, november(16, 4)).state
    stop, go = (c(officer="officer-1", note="x") for c in (events.OfficerSuspended, RESUMED))
    state = decide(state, stop, november(16, 5)).state
    outcome = decide(state, go, november(16, 7))
    assert outcome.state.due_current > accepted.state.due_current
    assert outcome.timers == ()


@pytest.mark.parametrize("stage", [Stage.INCOMPLETE, Stage.SUSPENDED, Stage.RETURNED])
def test_an_alarm_that_has_become_pointless_says_nothing(stage, decide, dossier):
    outcome = decide(dossier(stage), FIRED, november(16) + timedelta(days=30))
    assert (outcome.state, outcome.events, outcome.timers) == (dossier(stage), (), ())


def test_a_timer_never_rings_before_its_time_by_a_part_of_a_second(decide, registered):
    received = november(16) + timedelta(microseconds=1_700)
    outcome = decide(None, registered(submitted_at=received), november(16, 3))
    due = outcome.state.acceptance_due
    (timer,) = outcome.timers
    assert timer.due == november(17) + timedelta(seconds=1)
    assert timer.due > due
    assert said(decide(outcome.state, FIRED, timer.due)) == [events.AcceptanceLate]


def test_a_calendar_edited_later_moves_no_due_date(accepted, asked, catalogue):
    off = type(catalogue.calendar_days[0])(date(2026, 11, 23), "off", "announced late", "high")
    edited = with_data(catalogue, calendar_days=(*catalogue.calendar_days, off))
    state = ring(accepted.state, edited, november(17)).state
    for move in (Move.START, Move.SETTLE, Move.REOPEN):
        state = apply(state, asked(move), edited, november(19)).state
    assert state.due_current == state.due_original == november(23, CLOSING)
    assert said(ring(state, edited, november(23, CLOSING))) == [events.Overdue]


# --- the apology


def test_an_apology_gives_one_new_date(dossier, asked, catalogue):
    late = replace(dossier(Stage.PROCESSING), told="overdue")
    outcome = apply(late, asked(Move.APOLOGISE), catalogue, november(24))
    (apology,) = outcome.events
    assert (apology.due_before, apology.due) == (november(23, CLOSING), november(30, CLOSING))
    assert (apology.officer, apology.reason, apology.national_code) == ("officer-1", "a reason", 4)
    after = outcome.state
    assert (after.stage, after.due_current, after.told) == (Stage.PROCESSING, apology.due, "")
    assert after.due_original == november(23, CLOSING)
    assert [c.why for c in after.due_history] == ["accepted", "apology"]


def test_a_new_date_is_watched_like_the_first(dossier, decide):
    late = replace(dossier(Stage.PROCESSING), told="overdue")
    apology = events.OfficerApologised(officer="officer-1", new_due=date(2026, 11, 30))
    outcome = decide(late, apology, november(24))
    assert outcome.timers == (Timer("deadline", november(27, CLOSING)),)


def test_a_new_date_makes_nothing_punctual(dossier, asked, catalogue):
    processing = dossier(Stage.PROCESSING)
    apologised = apply(processing, asked(Move.APOLOGISE), catalogue, november(20)).state
    in_time = apply(apologised, asked(Move.SETTLE), catalogue, november(23)).events[0]
    too_late = apply(apologised, asked(Move.SETTLE), catalogue, november(25)).events[0]
    assert (in_time.on_time, too_late.on_time) == (True, False)


def test_a_pause_after_an_apology_counts_for_the_date_before_it_too(dossier, asked, catalogue):
    state = apply(dossier(Stage.PROCESSING), asked(Move.APOLOGISE), catalogue, november(17)).state
    state = apply(state, asked(Move.SUSPEND), catalogue, november(18)).state
    waiting = apply(state, asked(Move.SETTLE), catalogue, november(27)).events[0]
    state = apply(state, asked(Move.RESUME), catalogue, november(20)).state
    # two days later; the 24th is a day off
    assert state.due_before_apology == november(26, CLOSING)
    in_time = apply(state, asked(Move.SETTLE), catalogue, november(26)).events[0]
    too_late = apply(state, asked(Move.SETTLE), catalogue, november(27)).events[0]
    assert (waiting.on_time, in_time.on_time, too_late.on_time) == (True, True, False)


def test_what_was_late_before_an_apology_stays_late_through_a_pause(dossier, asked, catalogue):
    state = apply(dossier(Stage.PROCESSING), asked(Move.APOLOGISE), catalogue, november(25)).state
    for day, move in ((25, Move.SUSPEND), (27, Move.RESUME)):
        state = apply(state, asked(move), catalogue, november(day, 3)).state
    assert state.due_before_apology == november(23, CLOSING)
    assert not apply(state, asked(Move.SETTLE), catalogue, november(27, 4)).events[0].on_time


def test_a_second_apology_is_beyond_the_limit_which_is_a_parameter(
    dossier, asked, catalogue, policy
):
    once = dossier(Stage.PROCESSING, reappointments=1)
    (rejected,) = apply(once, asked(Move.APOLOGISE), catalogue, november(24)).events
    assert "1 time" in rejected.reason
    twice = apply(once, asked(Move.APOLOGISE), policy(max_reappointments=2), november(24))
    assert said(twice) == [events.Apologised]


@pytest.mark.parametrize(
    ("new_due", "remedy"),
    [
        (None, "give a later one"),
        (date(2026, 11, 20), "give a later one"),
        (date(2026, 11, 23), "give a later one"),
        (date(2026, 11, 24), "give a working day"),  # Viet Nam Culture Day
        (date(2026, 11, 28), "give a working day"),
        (date(2030, 1, 2), "give an earlier date"),
    ],
)
def test_a_date_that_cannot_be_kept_is_refused_with_the_remedy(
    new_due, remedy, dossier, asked, catalogue
):
    before = dossier(Stage.PROCESSING)
    outcome = apply(before, asked(Move.APOLOGISE, new_due=new_due), catalogue, november(19))
    assert outcome.state == before
    assert remedy in outcome.events[0].reason
