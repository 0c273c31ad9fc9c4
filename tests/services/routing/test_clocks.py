"""Monday 16 November 2026 is a working day; Tuesday the 24th is Viet Nam Culture Day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.dossier import Dossier, Fee
from services.routing.domain.moves import apply
from services.routing.domain.states import Move, Stage
from shared.working_time import CalendarEnds
from tests.shared.slow_clock import SlowClock

CLOSING = 10  # 17:00 in Viet Nam, in UTC


def november(day, hour=2, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_acceptance_starts_the_statutory_clock(dossier, asked, catalogue):
    accepted = apply(dossier(), asked(Move.ACCEPT), catalogue, november(16)).state
    due = november(23, CLOSING)  # five working days after Monday
    assert accepted.accepted_at == november(16)
    assert accepted.due_original == accepted.due_current == due
    assert [(c.due, c.why, c.who) for c in accepted.due_history] == [(due, "accepted", "officer-1")]


def test_five_days_over_a_holiday_are_due_a_day_later(dossier, asked, catalogue):
    outcome = apply(dossier(), asked(Move.ACCEPT), catalogue, november(18))
    assert outcome.state.due_current == november(26, CLOSING)
    assert outcome.events[0].due == november(26, CLOSING)


def test_a_same_day_procedure_is_due_the_same_day_only_before_the_cut_off(
    dossier, asked, catalogue
):
    birth = dossier(procedure="1.001193", fee=Fee.FREE)
    before = apply(birth, asked(Move.ACCEPT), catalogue, november(16, 7, 59)).state
    after = apply(birth, asked(Move.ACCEPT), catalogue, november(16, 8, 0)).state
    assert before.due_current == november(16, CLOSING)
    assert after.due_current == november(17, CLOSING)


def test_a_pause_keeps_the_working_time_that_remained(dossier, asked, catalogue):
    running = dossier(Stage.PROCESSING)  # due Monday 23, 17:00
    paused = apply(running, asked(Move.SUSPEND), catalogue, november(20, CLOSING)).state
    assert paused.remaining_ms == 8 * 3_600_000  # all of Monday
    assert paused.due_current == running.due_current
    outcome = apply(paused, asked(Move.RESUME), catalogue, november(24))  # a holiday
    assert outcome.state.due_current == outcome.events[0].due == november(25, CLOSING)
    assert outcome.state.due_original == november(23, CLOSING)
    assert [(c.why, c.who) for c in outcome.state.due_history] == [
        ("accepted", "officer-1"),
        ("after suspended", "officer-1"),
    ]


def test_a_stop_during_a_pause_goes_on_with_the_same_pause(dossier, asked, catalogue):
    waiting = dossier(Stage.AWAITING_SUPPLEMENT)
    stopped = apply(waiting, asked(Move.SUSPEND), catalogue, november(25)).state
    assert stopped.remaining_ms == waiting.remaining_ms


def test_a_day_off_declared_during_a_pause_takes_none_of_the_time_away(dossier, asked, catalogue):
    row = catalogue.calendar_days[0]
    friday_off = type(row)(november(20).date(), "off", "announced late", "high")
    edited = replace(catalogue, calendar_days=(*catalogue.calendar_days, friday_off))
    paused = apply(dossier(Stage.PROCESSING), asked(Move.SUSPEND), catalogue, november(18, 10))
    resumed = apply(paused.state, asked(Move.RESUME), edited, november(18, 10)).state
    assert resumed.due_current == november(25, CLOSING)  # Thu, Mon, Wed: three days, as before


def test_what_is_overdue_does_not_become_punctual_by_a_pause(dossier, asked, catalogue):
    late = apply(dossier(Stage.PROCESSING), asked(Move.SUSPEND), catalogue, november(25)).state
    outcome = apply(late, asked(Move.RESUME), catalogue, november(27))
    assert outcome.events[0].due == outcome.state.due_current == november(23, CLOSING)
    settled = apply(outcome.state, asked(Move.SETTLE), catalogue, november(27)).events[0]
    assert not settled.on_time


def test_on_time_means_on_the_day(dossier, asked, catalogue):
    running = dossier(Stage.PROCESSING)
    evening = apply(running, asked(Move.SETTLE), catalogue, november(23, 13)).events[0]
    next_day = apply(running, asked(Move.SETTLE), catalogue, november(24)).events[0]
    assert (evening.on_time, next_day.on_time) == (True, False)


def test_a_stopped_dossier_with_time_left_is_closed_on_time(dossier, asked, catalogue):
    stopped = dossier(Stage.SUSPENDED)
    outcome = apply(stopped, asked(Move.SETTLE), catalogue, november(27))
    assert outcome.events[0].on_time
    reopened = apply(outcome.state, asked(Move.REOPEN), catalogue, november(27, CLOSING))
    assert reopened.events[0].due == reopened.state.due_current == november(30, 4, 30)


def test_a_rejected_result_goes_on_with_the_due_date_it_had(dossier, asked, catalogue):
    settled = apply(dossier(Stage.PROCESSING), asked(Move.SETTLE), catalogue, november(19)).state
    reopened = apply(settled, asked(Move.REOPEN), catalogue, november(20)).state
    assert reopened.due_current == settled.due_current
    assert reopened.settled_at is None


def test_a_policy_may_let_a_supplement_restart_the_clock(dossier, asked, catalogue):
    restarting = [
        msgspec.structs.replace(p, supplement_clock="restart") for p in catalogue.policies
    ]
    changed = replace(catalogue, policies=restarting)
    waiting = dossier(Stage.AWAITING_SUPPLEMENT)
    outcome = apply(waiting, asked(Move.SUPPLEMENT), changed, november(18))
    assert outcome.events[0].due == november(26, CLOSING)
    stopped = dossier(Stage.SUSPENDED)
    kept = apply(stopped, asked(Move.SUPPLEMENT), changed, november(18)).state
    assert (kept.stage, kept.due_current) == (Stage.SUSPENDED, november(26, CLOSING))
    resumed = apply(kept, asked(Move.RESUME), changed, november(19)).state
    assert resumed.due_current == november(27, CLOSING)


def test_the_intake_clock_pauses_while_the_applicant_completes(dossier, asked, catalogue):
    submitted = dossier()  # Monday 09:00, eight hours: Tuesday 09:00
    assert submitted.acceptance_due == november(17, 2)
    incomplete = apply(submitted, asked(Move.ASK_SUPPLEMENT), catalogue, november(16, 4)).state
    assert incomplete.acceptance_due == submitted.acceptance_due
    outcome = apply(incomplete, asked(Move.SUPPLEMENT), catalogue, november(18, 4))
    assert outcome.events[0].acceptance_due == outcome.state.acceptance_due
    assert outcome.state.acceptance_due == november(19, 2)  # six of the eight hours remained


@pytest.mark.parametrize(
    ("stage", "move"),
    [(Stage.SUBMITTED, Move.ACCEPT), (Stage.SUSPENDED, Move.RESUME)],
)
def test_where_the_calendar_ends_an_officer_is_told_what_is_missing_and_nothing_moves(
    stage, move, dossier, asked, catalogue
):
    ends = replace(catalogue, last_day=date(2026, 11, 18))
    before = dossier(stage, remaining_ms=40 * 3_600_000 if stage is Stage.SUSPENDED else None)
    outcome = apply(before, asked(move), ends, november(17))
    assert outcome.state == before
    assert "no working days are known for 2027: add its year" in outcome.events[0].reason
    with pytest.raises(CalendarEnds):  # nobody asked: it is held, and released when it is there
        apply(before, asked(move, officer=""), ends, november(17))


def test_history_is_bounded(dossier, asked, catalogue):
    state: Dossier = dossier(Stage.PROCESSING)
    for n in range(60):
        move = Move.SUSPEND if state.stage is Stage.PROCESSING else Move.RESUME
        state = apply(state, asked(move), catalogue, november(16) + timedelta(minutes=n)).state
    assert len(state.due_history) == 20


stretches = st.integers(0, 4 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@settings(max_examples=40)
@given(pauses=st.lists(st.tuples(stretches, stretches), max_size=4))
def test_after_any_pauses_it_is_due_when_counting_minutes_says(pauses, dossier, asked, catalogue):
    off = {d.day for d in catalogue.calendar_days if d.kind == "off"}
    slow = SlowClock(off, {d.day for d in catalogue.calendar_days if d.kind == "working"})
    state, at = dossier(Stage.PROCESSING), november(16)
    due = slow.due(at, 5, "working_day")
    for wait, pause in pauses:
        paused = at + wait
        at = paused + pause
        due = slow.after_pause(due, paused, at)
        state = apply(state, asked(Move.SUSPEND), catalogue, paused).state
        state = apply(state, asked(Move.RESUME), catalogue, at).state
    assert state.due_current == due
    assert state.due_original == november(23, CLOSING)
