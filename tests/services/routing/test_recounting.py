"""A calendar changes: nothing moves but by a command, and what is moved says so in an event.

Accepted Monday 16 November 2026 for five working days: due Monday the 23rd, 17:00.  Then Friday the
20th is announced as a day off.
"""

from dataclasses import replace as with_data
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.routing.domain.edges import MOVES
from services.routing.domain.moves import apply
from services.routing.domain.recounting import Recount, recount
from services.routing.domain.states import CLOCK, Asked, Move, Stage
from services.routing.lane import table
from shared.events import handover
from shared.events import routing as events
from shared.lanes.table import Timer
from tests.services.routing.editions import announced, off
from tests.shared.slow_clock import SlowClock

CLOSING = 10  # 17:00 in Viet Nam, in UTC
MOVABLE = sorted(stage for stage in Stage if Move.RECOUNT_DUE in MOVES[stage])
STATUTORY = [stage for stage in MOVABLE if CLOCK[stage] == "statutory"]


def november(day, hour=2):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture(scope="module")
def other(catalogue):
    """The next edition: other days off."""

    def make(*days):
        return announced(catalogue, *(days or [date(2026, 11, 20)]))

    return make


def told(found, catalogue):
    due = {"due_before": found.due_before, "due": found.due}
    return Asked(Move.RECOUNT_DUE, "operator-1", "a cause", **due, catalogue_version="next")


def carried_out(state, catalogue, at):
    """The dossier after the command that the preview leads to."""
    return apply(state, told(recount(state, catalogue, at), catalogue), catalogue, at)


@pytest.mark.parametrize("stage", STATUTORY)
def test_a_day_off_announced_later_moves_the_due_date_by_an_event_and_by_nothing_else(
    stage, dossier, catalogue, other
):
    before = dossier(stage, told="due_soon")
    assert recount(before, catalogue, november(18)) is None
    found = recount(before, other(), november(18))
    assert found == Recount("statutory", november(23, CLOSING), november(25, CLOSING))
    outcome = carried_out(before, other(), november(18))
    (event,) = outcome.events
    assert event == handover.DueMoved(
        national_code=before.national_code,
        officer="operator-1",
        clock="statutory",
        due_before=november(23, CLOSING),
        due=november(25, CLOSING),
        cause="a cause",
        catalogue_version="next",
    )
    after = outcome.state
    assert (after.stage, after.due_current, after.told) == (stage, event.due, "")
    assert after.due_original == november(23, CLOSING)
    assert [change.why for change in after.due_history] == ["accepted", "calendar"]
    assert recount(after, other(), november(18)) is None


def test_what_came_back_completed_is_counted_again_from_when_it_did(
    dossier, asked, catalogue, other
):
    state = dossier()
    for day, move in ((16, Move.ASK_SUPPLEMENT), (18, Move.SUPPLEMENT)):
        state = apply(state, asked(move), catalogue, november(day, 4)).state
    assert state.acceptance_due == november(19, 2)
    edition = other(date(2026, 11, 19))
    found = recount(state, edition, november(18, 5))
    assert found == Recount("intake", november(19, 2), november(20, 2))
    after = carried_out(state, edition, november(18, 5)).state
    assert (after.stage, after.acceptance_due) == (Stage.RESUBMITTED, november(20, 2))
    unknown = replace(state, acceptance_resumed=None)  # from before it was kept
    assert recount(unknown, edition, november(18, 5)) is None


@pytest.mark.parametrize("stage", [Stage.UNROUTED, Stage.SUBMITTED])
def test_the_time_to_take_it_up_is_counted_again_as_well(stage, dossier, other):
    before = dossier(stage, is_acceptance_late=True)  # by Tuesday 09:00
    edition = other(date(2026, 11, 17))
    assert recount(before, edition, november(18)) == Recount("intake", november(17), november(18))
    outcome = carried_out(before, edition, november(17, 9))
    assert (outcome.events[0].clock, outcome.events[0].due) == ("intake", november(18))
    assert (outcome.state.acceptance_due, outcome.state.is_acceptance_late) == (november(18), False)
    overdue = carried_out(before, edition, november(19)).state
    assert overdue.is_acceptance_late  # it was, by both calendars


def test_a_moved_date_is_watched_like_the_first(dossier, other, rules):
    data = handover.DueRecounted(
        officer="operator-1",
        due_before=november(23, CLOSING),
        due=november(25, CLOSING),
        catalogue_version="next",
    )
    decide = table(other(), rules).decisions[data.TYPE]
    arrival = SimpleNamespace(data=data)
    outcome = decide(dossier(Stage.PROCESSING, told="due_soon"), arrival, None, november(18))
    assert outcome.timers == (Timer("deadline", november(23, CLOSING)),)  # eight hours before


def test_days_announced_on_a_day_count_from_then_on(dossier, catalogue):
    rows = (*catalogue.calendar_days, off(date(2026, 11, 20), valid_from=date(2026, 11, 18)))
    edition = with_data(catalogue, version="next", calendar_days=rows)
    before = dossier(Stage.PROCESSING)
    assert recount(before, edition, november(17)) is None
    assert recount(before, edition, november(18)).due == november(25, CLOSING)


def test_what_remained_after_a_pause_is_counted_from_its_end(dossier, asked, catalogue, other):
    paused = apply(dossier(Stage.PROCESSING), asked(Move.SUSPEND), catalogue, november(17, CLOSING))
    resumed = apply(paused.state, asked(Move.RESUME), catalogue, november(18, CLOSING)).state
    assert resumed.due_current == november(25, CLOSING)  # Thu, Fri, Mon, Wed
    assert recount(resumed, other(), november(19)).due == november(26, CLOSING)
    unknown = replace(resumed.due_history[-1], given_ms=None)  # from before it was kept
    old = replace(resumed, due_history=(*resumed.due_history[:-1], unknown))
    assert recount(old, other(), november(19)) is None


def test_a_day_that_an_officer_promised_stays_unless_it_is_off(dossier, asked, catalogue, other):
    promised = apply(dossier(Stage.PROCESSING), asked(Move.APOLOGISE), catalogue, november(24))
    assert promised.state.due_current == november(30, CLOSING)
    found = recount(promised.state, other(), november(25))
    assert found.due == found.due_before == november(30, CLOSING)
    edition = other(date(2026, 11, 30))
    assert recount(promised.state, edition, november(25)).due.day == 1
    after = carried_out(promised.state, edition, november(25)).state
    assert after.due_before_apology == november(23, CLOSING)


def test_what_would_be_due_without_an_apology_moves_with_the_calendar(
    dossier, asked, catalogue, other
):
    promised = apply(dossier(Stage.PROCESSING), asked(Move.APOLOGISE), catalogue, november(18))
    assert not promised.state.is_on_time(november(25))
    outcome = carried_out(promised.state, other(), november(19))
    assert [type(event) for event in outcome.events] == [handover.DueMoved]
    after = outcome.state
    assert (after.due_before_apology, after.due_current) == (
        november(25, CLOSING),
        november(30, CLOSING),
    )
    assert after.is_on_time(november(25))
    assert recount(after, other(), november(19)) is None


def test_what_would_be_due_without_an_apology_is_counted_again_after_a_pause(
    dossier, asked, catalogue, other
):
    state = apply(dossier(Stage.PROCESSING), asked(Move.APOLOGISE), catalogue, november(17)).state
    for day, move in ((17, Move.SUSPEND), (18, Move.RESUME)):
        state = apply(state, asked(move), catalogue, november(day, 3)).state
    assert state.due_before_apology == november(25, CLOSING)
    assert carried_out(state, other(), november(19)).state.due_before_apology == november(
        26, CLOSING
    )


def test_a_second_change_counts_from_where_the_first_did(dossier, other):
    once = carried_out(dossier(Stage.PROCESSING), other(), november(18)).state
    twice = other(date(2026, 11, 20), date(2026, 11, 25))
    assert recount(once, twice, november(19)).due == november(26, CLOSING)
    taken_back = with_data(other(date(2027, 1, 4)), version="next")
    assert recount(once, taken_back, november(19)).due == november(23, CLOSING)


@pytest.mark.parametrize("stage", sorted(set(Stage) - set(MOVABLE)))
def test_what_is_paused_or_settled_or_over_is_moved_by_no_calendar(stage, dossier, other):
    assert recount(dossier(stage), other(), november(18)) is None


def test_a_calendar_that_ends_too_early_moves_nothing(dossier, other):
    ended = with_data(other(), last_day=date(2026, 11, 20))
    assert recount(dossier(Stage.PROCESSING), ended, november(18)) is None


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"catalogue_version": "another"}, "the catalogue in use is next"),
        ({"due": november(26, CLOSING)}, "preview again"),
        ({"due_before": november(20, CLOSING)}, "preview again"),
    ],
)
def test_a_command_that_does_not_fit_is_rejected_with_the_remedy(changes, remedy, dossier, other):
    before, edition = dossier(Stage.PROCESSING), other()
    asked = told(recount(before, edition, november(18)), edition)._replace(**changes)
    outcome = apply(before, asked, edition, november(18))
    assert outcome.state == before
    assert remedy in outcome.events[0].reason


def test_the_same_command_again_moves_nothing_more(dossier, other):
    edition = other()
    found = told(recount(dossier(Stage.PROCESSING), edition, november(18)), edition)
    once = carried_out(dossier(Stage.PROCESSING), edition, november(18)).state
    again = apply(once, found, edition, november(18))
    assert again.state == once
    assert isinstance(again.events[0], events.ActionRejected)


stretches = st.integers(0, 3 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
more_days_off = st.sets(st.integers(1, 30).map(lambda n: date(2026, 11, 15) + timedelta(days=n)))


@settings(max_examples=60)
@given(pause=st.tuples(stretches, stretches), days=more_days_off)
def test_counted_again_it_is_due_when_counting_minutes_says(
    pause, days, dossier, asked, catalogue, other
):
    edition = other(*days) if days else with_data(catalogue, version="next")
    working = {d.day for d in catalogue.calendar_days if d.kind == "working"}
    known = {d.day for d in catalogue.calendar_days if d.kind == "off"}
    before, after = SlowClock(known, working), SlowClock(known | days, working)
    start = november(16)
    paused, resumed = start + pause[0], start + pause[0] + pause[1]
    state = apply(dossier(Stage.PROCESSING), asked(Move.SUSPEND), catalogue, paused).state
    state = apply(state, asked(Move.RESUME), catalogue, resumed).state
    given_due = before.due(start, 5, "working_day")
    remained = before.after_pause(given_due, paused, resumed)
    assert state.due_current == remained
    if len(state.due_history) == 1:  # the pause took no working time away
        expected = after.due(start, 5, "working_day")
    else:
        expected = after.worked_on(resumed, before.left(paused, given_due))
    found = recount(state, edition, resumed)
    assert (found.due if found else state.due_current) == expected
