"""Alarms: one timer an application, set for the next instant at which a clock may need a word.

A timer that is set is not taken back.  It rings, says what is late or soon due if that is still so,
and the next one is set; so a clock that stops or moves needs no new timer, unless what comes next
comes earlier than the one that is set.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from services.routing.domain.dossier import Dossier
from services.routing.domain.states import CLOCK
from shared.catalogue import Catalogue
from shared.events import routing as events
from shared.lanes.table import Outcome, Timer
from shared.working_time import local_day

ALARM = "deadline"  # the timer's name
NAMES = frozenset({ALARM, "acceptance"})  # the second: set before one timer served both clocks

_NONE = timedelta(0)
_SECOND = timedelta(seconds=1)


def timed(
    before: Dossier | None, outcome: Outcome[Dossier], catalogue: Catalogue
) -> Outcome[Dossier]:
    """Set the timer where none is set that rings before the next word may be needed."""
    dossier = outcome.state
    if dossier is None or (before and _clock(before) == _clock(dossier)):
        return outcome
    due = next_word(dossier, catalogue)
    if due is None or (dossier.alarm_at is not None and dossier.alarm_at <= due):
        return outcome
    alarm_at = _whole(due)
    return Outcome(replace(dossier, alarm_at=alarm_at), outcome.events, (Timer(ALARM, alarm_at),))


def ring(dossier: Dossier, catalogue: Catalogue, at: datetime) -> Outcome[Dossier]:
    """Say, once each, what nobody took up in time, what is soon due, and what is overdue."""
    if dossier.alarm_at is not None and at < dossier.alarm_at:
        return Outcome(dossier)  # another timer took its place
    heard = replace(dossier, alarm_at=None)
    due = next_word(dossier, catalogue)
    if due is None or at < due:
        return Outcome(heard)
    if CLOCK[dossier.stage] == "intake":
        return Outcome(replace(heard, is_acceptance_late=True), (_acceptance_late(dossier, due),))
    assert dossier.due_current is not None
    if at < dossier.due_current:
        return Outcome(replace(heard, told="due_soon"), (_due_soon(dossier),))
    return Outcome(replace(heard, told="overdue"), (_overdue(dossier),))


def next_word(dossier: Dossier, catalogue: Catalogue) -> datetime | None:
    """Return when the clock that runs is next worth a word; None: none runs, or all is said."""
    clock = CLOCK[dossier.stage]
    if clock == "intake":
        return None if dossier.is_acceptance_late else dossier.acceptance_due
    if clock != "statutory" or dossier.told == "overdue" or dossier.due_current is None:
        return None
    return dossier.due_current if dossier.told else _warning(dossier, catalogue)


def _warning(dossier: Dossier, catalogue: Catalogue) -> datetime:
    """Return the warning's instant: some hours worked before the due date, or half of what is."""
    since, due = dossier.due_history[-1].at, dossier.due_current
    assert due is not None
    calendar = catalogue.working_calendar(local_day(since))
    end = calendar.worked(due)
    given = max(end - calendar.worked(since), _NONE)
    hours = timedelta(hours=catalogue.policy(local_day(since)).warning_hours)
    return min(calendar.instant(end - min(hours, given / 2)), due)


def _clock(dossier: Dossier) -> tuple[object, ...]:
    return CLOCK[dossier.stage], dossier.due_current, dossier.acceptance_due, dossier.alarm_at


def _whole(at: datetime) -> datetime:
    """Return the next whole second: timers are kept by the millisecond, and must not ring early."""
    return at.replace(microsecond=0) + _SECOND if at.microsecond else at


def _acceptance_late(dossier: Dossier, due: datetime) -> events.AcceptanceLate:
    return events.AcceptanceLate(
        national_code=dossier.national_code,
        receiving_unit=dossier.receiving_unit,
        acceptance_due=due,
    )


def _due_soon(dossier: Dossier) -> events.DueSoon:
    assert dossier.due_current is not None
    return events.DueSoon(
        national_code=dossier.national_code,
        competent_unit=dossier.competent_unit,
        due=dossier.due_current,
    )


def _overdue(dossier: Dossier) -> events.Overdue:
    assert dossier.due_current is not None
    return events.Overdue(
        national_code=dossier.national_code,
        competent_unit=dossier.competent_unit,
        due=dossier.due_current,
    )
