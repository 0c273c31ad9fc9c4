"""Alarms: one timer an application, set for the next instant at which a clock may need a word.

A timer that is set is not taken back.  It rings, says what is late or soon due if that is still so,
and the next one is set; so a clock that stops or moves needs no new timer, unless what comes next
comes earlier than the one that is set.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from services.routing.domain.dossier import Dossier
from services.routing.domain.states import CLOCK, Stage
from shared.catalogue import Catalogue
from shared.clock import VIETNAM
from shared.events import handover
from shared.events import routing as events
from shared.lanes.table import Outcome, Timer
from shared.working_time import local_day

ALARM = "deadline"  # the timer's name
NAMES = frozenset({ALARM, "acceptance"})  # the second: set before one timer served both clocks

_NONE = timedelta(0)
_DAY = timedelta(days=1)
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
    """Say, once each, what is late, soon due or overdue, and whose certificate expires."""
    if dossier.alarm_at is not None and at < dossier.alarm_at:
        return Outcome(dossier)  # another timer took its place
    heard = replace(dossier, alarm_at=None)
    word = _next(heard, catalogue)
    if word is None or at < word.due:
        return Outcome(heard)
    return word.say(heard, word.due, at)


def next_word(dossier: Dossier, catalogue: Catalogue) -> datetime | None:
    """Return when a clock that runs is next worth a word; None: none runs, or all is said."""
    word = _next(dossier, catalogue)
    return word.due if word else None


# --- what is watched: a word, and when it is due


class Word(NamedTuple):
    """Something to be said at an instant; `say` is told when that was, and when it is now."""

    due: datetime
    say: Callable[[Dossier, datetime, datetime], Outcome[Dossier]]


def _next(dossier: Dossier, catalogue: Catalogue) -> Word | None:
    words = [word for watch in _WATCHES if (word := watch(dossier, catalogue))]
    return min(words, key=lambda word: word.due, default=None)


def _intake(dossier: Dossier, _catalogue: Catalogue) -> Word | None:
    due = dossier.acceptance_due
    is_watched = CLOCK[dossier.stage] == "intake" and not dossier.is_acceptance_late
    return Word(due, _acceptance_late) if due and is_watched else None


def _statutory(dossier: Dossier, catalogue: Catalogue) -> Word | None:
    due = dossier.due_current
    if CLOCK[dossier.stage] != "statutory" or dossier.told == "overdue" or due is None:
        return None
    return Word(due if dossier.told else _warning(dossier, catalogue), _due)


def _certificate(dossier: Dossier, catalogue: Catalogue) -> Word | None:
    signature = dossier.signature
    is_awaited = dossier.stage is Stage.AWAITING_SIGNATURE
    if signature is None or signature.told == "expired" or not is_awaited:
        return None
    over = _midnight(signature.expires) + _DAY
    if signature.told:
        return Word(over, _expiry)
    days = catalogue.policy(signature.expires).certificate_warning_days
    return Word(over - days * _DAY, _expiry)


def _return(dossier: Dossier, _catalogue: Catalogue) -> Word | None:
    due = dossier.return_due
    is_watched = CLOCK[dossier.stage] == "return" and not dossier.is_return_late
    return Word(due, _return_late) if due and is_watched else None


_WATCHES = (_intake, _statutory, _certificate, _return)


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
    return (
        CLOCK[dossier.stage],
        dossier.due_current,
        dossier.acceptance_due,
        dossier.signature,
        dossier.return_due,
        dossier.alarm_at,
    )


def _whole(at: datetime) -> datetime:
    """Return the next whole second: timers are kept by the millisecond, and must not ring early."""
    return at.replace(microsecond=0) + _SECOND if at.microsecond else at


def _midnight(day: date) -> datetime:
    """Return when a day begins in Viet Nam."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


# --- what is said


def _acceptance_late(dossier: Dossier, due: datetime, _at: datetime) -> Outcome[Dossier]:
    late = events.AcceptanceLate(
        national_code=dossier.national_code,
        receiving_unit=dossier.receiving_unit,
        acceptance_due=due,
    )
    return Outcome(replace(dossier, is_acceptance_late=True), (late,))


def _due(dossier: Dossier, _due: datetime, at: datetime) -> Outcome[Dossier]:
    assert dossier.due_current is not None
    is_over = at >= dossier.due_current
    said = (events.Overdue if is_over else events.DueSoon)(
        national_code=dossier.national_code,
        competent_unit=dossier.competent_unit,
        due=dossier.due_current,
    )
    return Outcome(replace(dossier, told="overdue" if is_over else "due_soon"), (said,))


def _expiry(dossier: Dossier, _due: datetime, at: datetime) -> Outcome[Dossier]:
    signature = dossier.signature
    assert signature is not None
    is_over = at >= _midnight(signature.expires) + _DAY
    said = (handover.CertificateExpired if is_over else handover.CertificateExpiring)(
        national_code=dossier.national_code,
        competent_unit=dossier.competent_unit,
        signer=signature.signer,
        certificate_expires=signature.expires,
    )
    told = replace(signature, told="expired" if is_over else "expiring")
    return Outcome(replace(dossier, signature=told), (said,))


def _return_late(dossier: Dossier, due: datetime, _at: datetime) -> Outcome[Dossier]:
    in_post = dossier.parcel.tracking if dossier.parcel and not dossier.parcel.came_back else ""
    late = handover.ReturnLate(
        national_code=dossier.national_code,
        returning_unit=dossier.returning_unit,
        return_due=due,
        tracking=in_post,
    )
    return Outcome(replace(dossier, is_return_late=True), (late,))
