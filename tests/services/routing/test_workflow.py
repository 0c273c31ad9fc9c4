"""The steps of a dossier: in their order, due by the day, paused and moved with it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.dossier import Dossier
from services.routing.domain.edges import MOVES
from services.routing.domain.moves import apply
from services.routing.domain.states import Move, Stage
from services.routing.domain.workflow import begun, steps
from services.routing.steps import workflow_view
from shared.catalogue.rows import CalendarDay
from shared.events import handover
from shared.events import routing as events
from shared.working_time import add_working_time, local_day

BIRTH, MARITAL_STATUS, CRIMINAL_RECORD, LAND = "1.001193", "1.004873", "3.000333", "1.013831"
CLOSING = 10  # 17:00 in Viet Nam
THU_DUC = "26824"  # a ward of Ho Chi Minh City


def november(day: int, hour: int = 2, minute: int = 0) -> datetime:
    """An instant of November 2026; 16 is a Monday, 24 a day off."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


MONDAY = november(16)


@pytest.fixture
def accepted(dossier, asked, catalogue):
    """A dossier that was accepted then."""

    def make(procedure: str = MARITAL_STATUS, at: datetime = MONDAY, **changes) -> Dossier:
        before = dossier(procedure=procedure, **changes)
        return apply(before, asked(Move.ACCEPT), catalogue, at).state

    return make


@pytest.fixture
def after(asked, catalogue):
    """Make a move; return what it led to."""

    def make(dossier: Dossier, move: Move, at: datetime, **changes):
        return apply(dossier, asked(move, **changes), catalogue, at)

    return make


def dues(dossier, catalogue) -> list[tuple[str, datetime | None]]:
    return [(each.step.code, each.due) for each in steps(dossier, catalogue)]


def test_the_template_in_force_at_acceptance_is_remembered(accepted, catalogue) -> None:
    here, there = accepted(), accepted(competent_unit=THU_DUC)
    assert (here.workflow, there.workflow) == ("1.004873/2025-07-01", "1.004873@79/2025-07-01")
    assert here.workflow_version == catalogue.version
    assert accepted("1.010038").workflow == "derived"


def test_each_step_is_due_when_its_share_of_the_working_time_is_over(accepted, catalogue) -> None:
    """Half a day, a day and a half, half a day, half a day; the day of acceptance is dropped."""
    assert dues(accepted(), catalogue) == [
        ("receive", november(17, 4, 30)),
        ("examine", november(18, CLOSING)),
        ("sign", november(19, 4, 30)),
        ("hand_over", november(19, CLOSING)),
    ]


def test_steps_of_the_same_day_share_what_the_last_one_received_has(accepted, catalogue) -> None:
    same_day = accepted(BIRTH, november(16, 7, 59))
    assert dues(same_day, catalogue) == [
        ("receive", november(16, 8, 15)),
        ("register", november(16, 9, 15)),
        ("sign", november(16, 9, 45)),
        ("hand_over", november(16, CLOSING)),
    ]
    next_day = accepted(BIRTH, november(16, 8, 0))
    assert dues(next_day, catalogue)[-1] == ("hand_over", november(17, CLOSING))


def test_calendar_days_are_counted_from_acceptance_and_end_on_a_working_day(
    accepted, catalogue
) -> None:
    """One, two, four, two and one calendar days from Friday 13 on."""
    found = accepted(CRIMINAL_RECORD, november(13), competent_unit="01", received_at=november(13))
    assert dues(found, catalogue) == [
        ("receive", november(16, CLOSING)),  # Saturday 14
        ("ask_database", november(16, CLOSING)),
        ("ask_agency", november(20, CLOSING)),
        ("sign", november(23, CLOSING)),  # Sunday 22
        ("hand_over", november(23, CLOSING)),
    ]


def slow(dossier: Dossier, catalogue) -> list[datetime]:
    """Count the shares forward, from the close of the day of acceptance, minute by minute."""
    calendar = catalogue.working_calendar(local_day(dossier.accepted_at))
    workflow = catalogue.workflows_by_id[dossier.workflow]
    at, found = dossier.accepted_at.replace(second=0, microsecond=0), []
    at = calendar.closing(local_day(at))
    for step in workflow.steps:
        left = step.days * 480 + step.hours * 60 + step.minutes
        while left:
            at += timedelta(minutes=1)
            left -= calendar.worked(at) > calendar.worked(at - timedelta(minutes=1))
        found.append(at)
    return found


@pytest.mark.parametrize("procedure", [MARITAL_STATUS, LAND])
@pytest.mark.parametrize("at", [november(16), november(14, 3), november(20, 9, 59)])
def test_shares_of_working_days_are_those_that_a_slow_count_finds(
    procedure, at, accepted, catalogue
) -> None:
    found = accepted(procedure, at)
    assert [due for _, due in dues(found, catalogue)] == slow(found, catalogue)


@given(data=st.data())
def test_the_last_step_of_any_procedure_is_due_when_the_procedure_is(
    data, dossier, catalogue
) -> None:
    code = data.draw(st.sampled_from(sorted(catalogue.procedures)))
    at = november(2) + data.draw(st.timedeltas(timedelta(0), timedelta(days=300)))
    before = dossier(Stage.PROCESSING, procedure=code, received_at=at)
    due = catalogue.statutory_due(catalogue.procedure(code, local_day(at)), at, local_day(at))
    history = (msgspec.structs.replace(before.due_history[0], due=due, at=at),)
    clock = {"accepted_at": at, "due_original": due, "due_current": due, "due_history": history}
    found = begun(msgspec.structs.replace(before, **clock), catalogue, at)
    all_dues = [when for _, when in dues(found, catalogue)]
    assert all_dues == sorted(all_dues)
    assert all_dues[-1] == due
    assert all(when > at for when in all_dues)


def test_a_step_that_is_done_moves_on_and_says_so(accepted, after, catalogue) -> None:
    outcome = after(accepted(), Move.STEP_DONE, november(17), step="receive")
    assert outcome.events == (
        handover.StepFinished(
            national_code=2, officer="officer-1", step="receive", next_step="examine"
        ),
    )
    state = outcome.state
    assert (state.stage, state.step) == (Stage.ACCEPTED, "examine")
    [done] = state.steps_done
    assert (done.at, done.who, done.due) == (november(17), "officer-1", november(17, 4, 30))


def test_a_step_out_of_turn_is_refused_and_the_next_one_named(accepted, after) -> None:
    before = accepted()
    outcome = after(before, Move.STEP_DONE, november(17), step="sign")
    assert outcome.state == before
    [rejected] = outcome.events
    assert rejected.reason == (
        "sign is not the next step: it is receive, in the order receive, examine, sign, hand_over"
    )


def test_a_step_said_again_changes_nothing(accepted, after) -> None:
    once = after(accepted(), Move.STEP_DONE, november(17), step="receive").state
    again = after(once, Move.STEP_DONE, november(18), step="receive")
    assert (again.state, again.events) == (once, ())


def test_after_the_last_step_it_is_to_be_settled(accepted, after) -> None:
    state = accepted()
    for code in ("receive", "examine", "sign", "hand_over"):
        state = after(state, Move.STEP_DONE, november(17), step=code).state
    assert state.step == ""
    [rejected] = after(state, Move.STEP_DONE, november(17), step="archive").events
    assert rejected.reason == "all its steps are done: settle it"


def test_steps_are_done_where_a_unit_works_and_nowhere_else() -> None:
    stages = {stage for stage, moves in MOVES.items() if Move.STEP_DONE in moves}
    assert stages == {Stage.ACCEPTED, Stage.PROCESSING, Stage.AWAITING_SIGNATURE}


def test_a_pause_moves_the_open_steps_as_it_moves_the_dossier(accepted, after, catalogue) -> None:
    begun_on = accepted("1.010038")
    first = after(begun_on, Move.STEP_DONE, november(16, 3), step="receive").state
    started = after(first, Move.START, november(16, 4)).state
    before = dues(started, catalogue)
    paused = after(started, Move.SUSPEND, november(17)).state
    assert [due for _, due in dues(paused, catalogue)] == [before[0][1], None, None, None]
    resumed = after(paused, Move.RESUME, november(19)).state  # two working days later
    calendar = catalogue.working_calendar(date(2026, 11, 19))
    assert dues(resumed, catalogue)[0] == before[0]
    for (_, was), (_, now) in zip(before[1:], dues(resumed, catalogue)[1:], strict=True):
        assert calendar.worked(now) - calendar.worked(was) == 2 * calendar.day_length


def test_a_new_date_moves_the_open_steps(accepted, after, catalogue) -> None:
    apologised = after(accepted(), Move.APOLOGISE, november(19), new_due=date(2026, 11, 27)).state
    assert dues(apologised, catalogue)[-2:] == [
        ("sign", november(27, 4, 30)),
        ("hand_over", november(27, CLOSING)),
    ]


def test_a_day_off_announced_later_moves_no_step(accepted, catalogue) -> None:
    found = accepted(LAND)
    day_off = CalendarDay(date(2026, 11, 18), "off", "announced", "high", date(2026, 11, 17))
    edited = replace(catalogue, calendar_days=(*catalogue.calendar_days, day_off))
    assert dues(found, edited) == dues(found, catalogue)
    assert not edited.working_calendar(date(2026, 11, 17)).is_working(date(2026, 11, 18))


def test_a_result_that_is_not_signed_goes_back_to_the_signature(accepted, after) -> None:
    state = after(accepted(), Move.START, november(16, 3)).state
    for code in ("receive", "examine", "sign", "hand_over"):
        state = after(state, Move.STEP_DONE, november(17), step=code).state
    settled = after(state, Move.SETTLE, november(18)).state
    reopened = after(settled, Move.REOPEN, november(18)).state
    assert reopened.step == "sign"
    assert [one.step for one in reopened.steps_done] == ["receive", "examine"]


def test_what_was_accepted_before_there_were_steps_goes_on_without(dossier, after) -> None:
    before = dossier(Stage.PROCESSING, workflow="", workflow_version="", step="")
    [rejected] = after(before, Move.STEP_DONE, november(17), step="receive").events
    assert "accepted before there were steps: settle it" in rejected.reason
    assert isinstance(after(before, Move.SETTLE, november(17)).events[0], events.Settled)
    assert isinstance(after(before, Move.SETTLE, november(17)).state.settled_at, datetime)


def test_a_template_that_left_the_catalogue_is_named(accepted, after, catalogue) -> None:
    lost = msgspec.structs.replace(accepted(), workflow="1.004873/2024-01-01")
    assert steps(lost, catalogue) == ()
    [rejected] = after(lost, Move.STEP_DONE, november(17), step="receive").events
    assert "its steps 1.004873/2024-01-01 left the catalogue: put the row back" in rejected.reason


def test_a_step_that_left_its_template_is_named_with_the_remedy(accepted, after) -> None:
    lost = msgspec.structs.replace(accepted(), step="look")
    for step in ("look", "receive"):
        [rejected] = after(lost, Move.STEP_DONE, november(17), step=step).events
        assert "has no step look any more: put its steps back, or settle it" in rejected.reason


def test_an_officer_sees_what_is_done_whose_turn_it_is_and_what_was_left(
    accepted, after, catalogue
) -> None:
    first = after(accepted(), Move.STEP_DONE, november(17), step="receive").state
    seen = workflow_view(first, catalogue)
    assert (seen.id, seen.catalogue_version) == ("1.004873/2025-07-01", catalogue.version)
    assert [(s.code, s.state) for s in seen.steps] == [
        ("receive", "done"),
        ("examine", "current"),
        ("sign", "waiting"),
        ("hand_over", "waiting"),
    ]
    assert (seen.steps[0].done_at, seen.steps[0].done_by) == (november(17), "officer-1")
    assert (seen.steps[2].role, seen.steps[2].name_vi) == ("leader", "Ký kết quả")
    started = after(first, Move.START, november(17)).state
    settled = after(started, Move.SETTLE, november(18)).state
    assert [s.state for s in workflow_view(settled, catalogue).steps] == ["done"] + ["left"] * 3


def test_the_last_step_is_due_when_the_statutory_time_is_over(accepted, catalogue) -> None:
    calendar = catalogue.working_calendar(date(2026, 11, 16))
    due = add_working_time(november(16), 8, "working_day", calendar)
    assert dues(accepted(LAND), catalogue)[-1] == ("hand_over", due)
