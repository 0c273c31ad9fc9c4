"""What the national statistics form sees of an application: changes that count, one by one.  Pure.

An application counts at the unit that received it and at the one that decides.  Each change is a
row at a unit: as what it counted there until then, as what it counts from then on; a change of unit
is two.  Rows follow from the messages alone, and no later message takes one back.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import msgspec

from services.operations.domain.entries import Entry, Gist, gist
from services.operations.domain.occurrences import offset
from services.operations.domain.status import STATES, WITHDRAWN
from shared.events import cancelling, handover, intake, routing
from shared.working_time import local_day

View = Literal["receiving", "competent"]
# as what it counts; a day follows: until when the result is due, or on which it ended
IN_PROCESS, SUSPENDED, SUSPENDED_OVERDUE = "p", "s", "l"
EARLY, ON_TIME, LATE, NOT_ACCEPTED = "e", "o", "d", "n"
OPEN = IN_PROCESS + SUSPENDED + SUSPENDED_OVERDUE
CHANNELS = ("online", "direct", "post")
NEVER = "never"  # of what is not due: greater than every day
BOTH = "b"
VIEWS: dict[View, str] = {"receiving": "r", "competent": "c"}
HOUR_MS = 3_600_000
WAITING_LIMIT = 64  # events of routing that came before the registration

_DATED = frozenset(
    c.TYPE
    for c in (routing.Accepted, routing.Processing, handover.SignatureAsked, handover.DueMoved)
)
_MOVING = _DATED | {
    c.TYPE
    for c in (
        routing.Routed,
        routing.Resubmitted,
        routing.NotAccepted,
        cancelling.Cancelled,
        routing.SupplementRequested,
        routing.PaymentDue,
        routing.Suspended,
        routing.Apologised,
        routing.Settled,
        routing.Returned,
        routing.Closed,
        handover.Transferred,
        handover.Readdressed,
    )
}


class Counted(NamedTuple):
    """Where an application counts, and as what; `day` as told above, else empty."""

    unit: str = ""
    kind: str = ""
    day: str = ""


NOWHERE = Counted()


class Standing(msgspec.Struct, frozen=True, gc=False):
    """An application as of its last message; `at` is where it counts, by view.

    `due` is the day that was promised: `grace_days` are those that apologies added, which make
    nothing punctual.  `day` is that of the last message, which no later one counts before.
    `waiting`: events of routing whose registration has not come yet.
    """

    at: tuple[Counted, Counted] = (NOWHERE, NOWHERE)
    units: tuple[str, str] = ("", "")
    channel: str = ""
    due: str = NEVER
    grace_days: int = 0
    day: str = ""
    sequence: int = 0
    waiting: tuple[Entry, ...] = ()


class Row(NamedTuple):
    """A change at a unit; `channel` is told where the application comes in, `views` is for whom."""

    unit: str
    day: str
    was: Counted
    now: Counted
    views: str
    number: int
    channel: str


UNKNOWN = Standing()


def followed(standing: Standing, entries: Iterable[Entry]) -> tuple[Standing, list[Row]]:
    """Return how it stands after these first occurrences, and what changed meanwhile."""
    rows: list[Row] = []
    counted = sorted(filter(is_counted, entries), key=offset)
    for entry in sorted(counted, key=_is_moving):
        for one in _due_to_be_read(standing, entry):
            standing, more = _step(standing, one)
            rows += more
    return standing, rows


def is_counted(entry: Entry) -> bool:
    """Tell whether a message may change how an application counts."""
    if not entry.sequence:
        return False
    return entry.type in _MOVING or entry.type == intake.Registered.TYPE


def _is_moving(entry: Entry) -> bool:
    return entry.type in _MOVING


def _due_to_be_read(standing: Standing, entry: Entry) -> Sequence[Entry]:
    """Return what is read now: with a registration, all that had to wait for it."""
    return (entry, *standing.waiting) if entry.type == intake.Registered.TYPE else (entry,)


def _step(before: Standing, entry: Entry) -> tuple[Standing, Iterable[Row]]:
    is_registered = bool(before.day)
    if entry.type == intake.Registered.TYPE:
        after = before if is_registered else _registered(before, entry)
    elif not is_registered:
        waits = (*before.waiting, entry)[:WAITING_LIMIT]
        after = msgspec.structs.replace(before, waiting=waits)
    elif entry.sequence <= before.sequence:
        return before, ()
    else:
        after = _moved(before, entry)
    return after, _rows(before, after)


def _registered(before: Standing, entry: Entry) -> Standing:
    g = gist(entry.data)
    day = logged_day(entry)
    return msgspec.structs.replace(
        before,
        at=(Counted(g.receiving_unit, IN_PROCESS, NEVER), NOWHERE),
        units=(g.receiving_unit, ""),
        channel=g.channel if g.channel in CHANNELS else CHANNELS[0],
        day=day,
        waiting=(),
    )


def _moved(before: Standing, entry: Entry) -> Standing:
    g = gist(entry.data)
    grace_days = before.grace_days
    due = before.due
    if entry.type == routing.Apologised.TYPE:
        grace_days += _days_between(g.due_before, g.due)
    elif entry.type in _DATED and g.clock != "intake":
        due = _promised(g.due, grace_days)
    receiving_unit, competent_unit = before.units
    now = msgspec.structs.replace(
        before,
        units=(g.receiving_unit or receiving_unit, g.competent_unit or competent_unit),
        due=due,
        grace_days=grace_days,
        day=max(before.day, logged_day(entry)),
        sequence=entry.sequence,
    )
    receiving, competent = (
        _counted(was, unit, now, g) for was, unit in zip(before.at, now.units, strict=True)
    )
    return msgspec.structs.replace(now, at=(receiving, competent))


def _counted(was: Counted, unit: str, now: Standing, g: Gist) -> Counted:
    """Return where it counts now; what has ended stays where it ended, as what and on which day."""
    column = STATES[g.national_code].column if g.national_code in STATES else ""
    has_ended = was.kind not in OPEN  # the empty kind is in it
    if not column or not unit:
        return was
    match column:
        case "in_process":
            return Counted(unit, IN_PROCESS, now.due)
        case "suspended":
            return Counted(unit, was.kind if _is_held(was) else _held(now))
        case "not_accepted":
            return was if has_ended else Counted(unit, NOT_ACCEPTED, now.day)
        case _:
            return was if has_ended else Counted(unit, _timing(was, now, g), now.day)


def _is_held(was: Counted) -> bool:
    return was.kind in (SUSPENDED, SUSPENDED_OVERDUE)


def _held(now: Standing) -> str:
    """The clock stands still: late is only what was late when it stopped."""
    return SUSPENDED_OVERDUE if now.day > now.due else SUSPENDED


def _timing(was: Counted, now: Standing, g: Gist) -> str:
    """Return whether it ended early, on time or late; what had no day yet was on time.

    Who decides says whether a result is on time.  What is withdrawn is judged by its day.
    """
    is_late = not g.on_time
    if g.national_code == WITHDRAWN:
        is_late = now.day > now.due and was.kind != SUSPENDED
    if is_late or now.due == NEVER:
        return LATE if is_late else ON_TIME
    return EARLY if now.day < now.due or was.kind == SUSPENDED else ON_TIME


def _rows(before: Standing, after: Standing) -> list[Row]:
    if before.at == after.at:
        return []
    day, number = after.day, after.sequence
    rows: list[Row] = []
    for view, was, now in zip(VIEWS.values(), before.at, after.at, strict=True):
        for unit, old, new in _sides(was, now):
            channel = "" if was.unit else after.channel
            row = Row(unit, day, old, new, view, number, channel)
            same = [n for n, other in enumerate(rows) if row._replace(views=other.views) == other]
            if same:
                rows[same[0]] = row._replace(views=BOTH)
            else:
                rows.append(row)
    return rows


def _sides(was: Counted, now: Counted) -> Iterable[tuple[str, Counted, Counted]]:
    """Return what changes at a unit: here, or there and here."""
    if was == now:
        return ()
    if was.unit and was.unit != now.unit:
        return (was.unit, was, NOWHERE), (now.unit, NOWHERE, now)
    return ((now.unit, was, now),)


def document(application: str, row: Row) -> dict[str, Any]:
    """Return a row as it is kept; `_id` begins with the month and the unit, so that a month of a
    unit, and of all, is one range.
    """
    place = f"{row.day[:7]}/{row.unit}/{row.day[8:]}"
    out: dict[str, Any] = {
        "_id": f"{place}/{application}/{row.number:06d}{row.views}",
        "unit": row.unit,
        "day": row.day,
        "views": row.views,
    }
    told = {
        "was": row.was.kind,
        "was_day": row.was.day,
        "now": row.now.kind,
        "now_day": row.now.day,
        "channel": row.channel,
    }
    return out | {name: value for name, value in told.items() if value}


def logged_day(entry: Entry) -> str:
    """Return the day in Viet Nam on which a message was logged."""
    return _day_of(entry.logged_ms // HOUR_MS)


@lru_cache(maxsize=1_000)
def _day_of(hour: int) -> str:
    """Return the day of an hour since 1970; days begin with an hour, in Viet Nam too."""
    return local_day(datetime.fromtimestamp(hour * HOUR_MS / 1_000, UTC)).isoformat()


def _promised(due: str, grace_days: int) -> str:
    day = _local(due)
    return (day - timedelta(days=grace_days)).isoformat() if day else NEVER


def _days_between(before: str, after: str) -> int:
    first, last = _local(before), _local(after)
    return (last - first).days if first and last else 0


def _local(instant: str) -> date | None:
    try:
        return local_day(datetime.fromisoformat(instant)) if instant else None
    except (ValueError, OverflowError):
        return None
