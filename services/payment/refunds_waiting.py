"""Refunds that wait for a person: a row while one waits, none before and none after.

A row is `<status>/<refund>`.  A refund is in each of these statuses once at most, and a row is
deleted only when it cannot come to its status any more: however late somebody is who deletes, no
row is lost.  What is heard only says where to look: the journal says what stands, when a row is
written and when it is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, get_args

from services.payment.domain.giving_back import MIDDLE
from services.payment.domain.state import Leaving, Payment, Refund
from shared import events
from shared.bus import Record
from shared.events import UNREADABLE
from shared.events.refunds import (
    RefundDone,
    RefundFailed,
    RefundRejected,
    RefundRequested,
    RefundWaiting,
)
from shared.journal import Decision, Journal
from shared.store import Table, prefix

WaitingStatus = Literal["waiting_for_check", "by_hand", "failed"]
STATUSES: tuple[WaitingStatus, ...] = get_args(WaitingStatus)
# what waits → in which statuses it never will again, by the moves of `domain.leaving`
OVER_IN: Mapping[WaitingStatus, frozenset[Leaving]] = {
    "waiting_for_check": frozenset(
        {"requested", "unknown", "by_hand", "failed", "done", "rejected"}
    ),
    "by_hand": frozenset({"done"}),
    "failed": frozenset({"done"}),
}
# after these one waits, or waits no more
HEARD = frozenset(
    kind.TYPE for kind in (RefundWaiting, RefundFailed, RefundRequested, RefundRejected, RefundDone)
)
_END = "~"  # after every id
_NEXT = "!"  # an id and this is after the id, and before every longer one
_MARK = b'"refund.'  # in the type: what has it not is not decoded


class Waits(NamedTuple):
    """A refund that waits, with the payments that it belongs to."""

    application: str
    payment: Payment
    refund: Refund

    @property
    def key(self) -> str:
        """Return what the refund is called everywhere."""
        return f"{self.application}{MIDDLE}{self.refund.number}"

    @property
    def row_id(self) -> str:
        """Return the id of its row, empty if it waits for nobody."""
        return f"{self.refund.status}/{self.key}" if self.refund.status in STATUSES else ""

    @property
    def over(self) -> list[str]:
        """Return the ids of the rows that it will never have again."""
        return [f"{w}/{self.key}" for w in STATUSES if self.refund.status in OVER_IN[w]]


class Page(NamedTuple):
    """Some refunds; `next`: the row to go on after, empty at the end."""

    found: tuple[Waits, ...]
    next: str


class WaitingRefunds:
    """The rows on a table, held against the journal."""

    def __init__(self, table: Table, journal: Journal[Payment]) -> None:
        self._table, self._journal = table, journal

    async def hear(self, records: Iterable[Record]) -> None:
        """Write and delete rows of what was decided; again is harmless.  Raises `Unknown`."""
        applications = {a for record in records if (a := _application(record.value))}
        if not applications:
            return
        latest = await self._journal.latest_of(applications)
        found = [one for a, decision in latest.items() for one in _of(a, decision)]
        if waiting := [{"_id": one.row_id} for one in found if one.row_id]:
            await self._table.insert_missing(waiting)
        if over := [row_id for one in found for row_id in one.over]:
            await self._table.delete(over)

    async def page(self, status: WaitingStatus | None, after: str, limit: int) -> Page:
        """Return refunds that wait, by status and application, at most `limit`.

        Raises `Unknown`.
        """
        low, high = prefix(f"{status}/") if status else ("", _END)
        low = max(low, f"{after}{_NEXT}")
        found = list[Waits]()
        while True:
            ids = [row["_id"] for row in await self._table.ranges([(low, high)], limit)]
            standing = await self._standing(ids)
            found += [standing[row_id] for row_id in ids if row_id in standing]
            is_cut = len(ids) == limit
            if len(found) > limit or (is_cut and len(found) == limit):
                return Page(tuple(found[:limit]), found[limit - 1].row_id)
            if not is_cut:
                return Page(tuple(found), "")
            low = f"{ids[-1]}{_NEXT}"

    async def _standing(self, ids: Sequence[str]) -> dict[str, Waits]:
        applications = {row_id.partition("/")[2].partition(MIDDLE)[0] for row_id in ids}
        latest = await self._journal.latest_of(applications) if applications else {}
        return {one.row_id: one for a, d in latest.items() for one in _of(a, d)}


def _application(value: bytes | None) -> str:
    """Return whose refund an event is about that begins or ends a wait, empty if it is none."""
    if value is None or _MARK not in value:
        return ""
    try:
        event = events.decode(value)
    except UNREADABLE:
        return ""  # a lane that reads the same topic holds it
    return event.subject if event.type in HEARD else ""


def _of(application: str, latest: Decision[Payment]) -> list[Waits]:
    state = latest.state or Payment()
    return [Waits(application, state, refund) for refund in state.refunds]
