"""A due date counted anew: by the calendar as it is known today, from where it was counted before.

A calendar that changes moves nothing by itself; what is found here is carried out by a command, and
said by an event.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace as with_fields
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from msgspec.structs import replace

from services.routing.domain.dossier import Dossier, DueChange, move_due, procedure_of
from services.routing.domain.edges import MOVES
from services.routing.domain.reasons import NOTHING, Reason, reason
from services.routing.domain.states import CLOCK, Asked, Move, Stage
from shared.catalogue import Catalogue
from shared.working_time import CalendarEnds, WorkingCalendar, add_working_time, local_day

CALENDAR = "calendar"  # why a due date moved


class Recount(NamedTuple):
    """Which clock, when it is due as it stands, and when by the calendar known today."""

    clock: Literal["intake", "statutory"]
    due_before: datetime
    due: datetime


def recount(dossier: Dossier, catalogue: Catalogue, at: datetime) -> Recount | None:
    """Return the due date that another calendar would give; None if it is the one that stands."""
    if Move.RECOUNT_DUE not in MOVES[dossier.stage]:
        return None
    try:
        found = _intake(dossier, catalogue, at) or _statutory(dossier, catalogue, at)
    except CalendarEnds:  # the days it would be counted by are not known
        return None
    if found is None or _is_as_it_stands(dossier, found, catalogue, at):
        return None
    return found


def counted(dossier: Dossier) -> DueChange | None:
    """Return the change that gave the due date which the calendar may have moved since."""
    changes = [change for change in dossier.due_history if change.why != CALENDAR]
    return changes[-1] if changes else None


def _is_as_it_stands(dossier: Dossier, found: Recount, catalogue: Catalogue, at: datetime) -> bool:
    due = _due_before_apology(dossier, catalogue, at)
    return found.due == found.due_before and due == dossier.due_before_apology


def _intake(dossier: Dossier, catalogue: Catalogue, at: datetime) -> Recount | None:
    received_at, before = dossier.received_at, dossier.acceptance_due
    if CLOCK[dossier.stage] != "intake" or received_at is None or before is None:
        return None
    if change := dossier.acceptance_resumed:
        due = _again(dossier, change, catalogue, at)
        return Recount("intake", before, due) if due else None
    if (
        dossier.stage is Stage.RESUBMITTED
    ):  # overdue when it was paused, or from before that was kept
        return None
    hours = catalogue.policy(local_day(received_at)).intake_sla_hours
    calendar = _calendar(catalogue, received_at, at)
    due = add_working_time(received_at, hours, "working_hour", calendar)
    return Recount("intake", before, due)


def _statutory(dossier: Dossier, catalogue: Catalogue, at: datetime) -> Recount | None:
    change = counted(dossier)
    if CLOCK[dossier.stage] != "statutory" or dossier.due_current is None or change is None:
        return None
    due = _again(dossier, change, catalogue, at)
    return Recount("statutory", dossier.due_current, due) if due else None


def _due_before_apology(dossier: Dossier, catalogue: Catalogue, at: datetime) -> datetime | None:
    change = dossier.before_apology
    due = _again(dossier, change, catalogue, at) if change else None
    return due or dossier.due_before_apology


def _again(
    dossier: Dossier, change: DueChange, catalogue: Catalogue, at: datetime
) -> datetime | None:
    """Return what was given, counted again; None: from before what remained was kept with it."""
    calendar = _calendar(catalogue, change.at, at)
    if change.given_ms is not None:
        return calendar.instant(
            calendar.worked(change.at) + timedelta(milliseconds=change.given_ms)
        )
    count = _COUNTED.get(change.why)
    return count(dossier, change, catalogue, calendar) if count else None


def _calendar(catalogue: Catalogue, since: datetime, at: datetime) -> WorkingCalendar:
    """Return the days worked as known today, with the hours in force when it was counted."""
    then = catalogue.working_calendar(local_day(since))
    return with_fields(
        catalogue.working_calendar(local_day(at)),
        sessions=then.sessions,
        day_length=then.day_length,
        same_day_cutoff=then.same_day_cutoff,
    )


def _whole(
    dossier: Dossier, change: DueChange, catalogue: Catalogue, calendar: WorkingCalendar
) -> datetime:
    given = procedure_of(dossier, catalogue).processing_time
    if given.unit == "by_plan":
        days = catalogue.policy(local_day(change.at)).by_plan_working_days
        return add_working_time(change.at, days, "working_day", calendar)
    return add_working_time(change.at, given.value, given.unit, calendar)


def _promised(
    _dossier: Dossier, change: DueChange, _catalogue: Catalogue, calendar: WorkingCalendar
) -> datetime:
    """A day that an officer named stays, unless it is a day off now: then the next one worked."""
    return calendar.closing(calendar.on_or_after(local_day(change.due)))


# why a due date was given, and how it is counted again
_COUNTED: Mapping[str, Callable[[Dossier, DueChange, Catalogue, WorkingCalendar], datetime]] = {
    "accepted": _whole,
    "restarted by a supplement": _whole,
    "apology": _promised,
}


# --- the move


def obstacle(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Reason:
    """Return why the due date is not moved as the command says; or nothing."""
    if asked.catalogue_version != catalogue.version:
        return reason("other-catalogue", version=catalogue.version)
    found = recount(dossier, catalogue, at)
    if found is None:
        return reason("due-as-it-is")
    if (found.due_before, found.due) != (asked.due_before, asked.due):
        return reason("due-otherwise", due=found.due)
    return NOTHING


def mark(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Dossier:
    """Return the dossier due as the command says; without an apology, as it would then be."""
    assert asked.due is not None
    if CLOCK[dossier.stage] == "statutory":
        dossier = replace(dossier, due_before_apology=_due_before_apology(dossier, catalogue, at))
        return move_due(dossier, asked.due, at, CALENDAR, asked.officer)
    is_late = dossier.is_acceptance_late and at >= asked.due
    return replace(dossier, acceptance_due=asked.due, is_acceptance_late=is_late)
