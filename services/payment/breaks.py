"""The break queue: what does not match, opened and closed by rows that are never changed.

A row's id is the break's and a number: odd numbers open it, even ones close it, the last one says
how it stands.  Each row holds all that is to be said of it, so that what was published can be
published again, to the letter.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from shared import events
from shared.bus import Message, Partition
from shared.events import Event
from shared.events.reconciliation import (
    BreakClosed,
    BreakKind,
    BreakOpened,
    CloseRefused,
    CloseWaiting,
    StatementReconciled,
)
from shared.placement import home
from shared.store import Row, Table, prefix

TOPIC = "payment.reconciliation"
SOURCE = "/services/payment/reconciliation"
ROWS_LIMIT = 2_000  # read at once
_END = "~"  # after every id
Report = BreakOpened | BreakClosed | CloseWaiting | CloseRefused | StatementReconciled

_opened = msgspec.json.Decoder(BreakOpened)
_closed = msgspec.json.Decoder(BreakClosed)


class Standing(NamedTuple):
    """How a break stands; `number` is its last row's, `file` the statement that it was found by."""

    number: int
    file: str
    opened_at: datetime
    opened: BreakOpened
    closed_at: datetime | None = None
    closed: BreakClosed | None = None

    @property
    def id(self) -> str:
        """Return the break's id."""
        return self.opened.break_id

    @property
    def row_id(self) -> str:
        """Return the id of the last row."""
        return _numbered(self.id, self.number)


class Page(NamedTuple):
    """Some breaks; `next`: the one to go on after, empty at the end."""

    found: tuple[Standing, ...]
    next: str


class Breaks:
    """The queue on a table, and on another what of it is open."""

    def __init__(self, table: Table, open_rows: Table) -> None:
        self._table, self._open = table, open_rows

    async def since(self, partner: str, first: date, last: date) -> dict[str, Standing]:
        """Return how every break of a partner's days stands, by id.  Raises `Unknown`."""
        low, found = f"{partner}.{first}", dict[str, Standing]()
        end = f"{partner}.{last}.{_END}"
        while True:
            rows = await self._table.ranges([(low, end)], ROWS_LIMIT)
            found |= {standing.id: standing for standing in map(_standing, rows)}
            if len(rows) < ROWS_LIMIT:
                return found
            low = f"{rows[-1]['_id']}{_END}"

    async def get(self, break_id: str) -> Standing | None:
        """Return how one stands.  Raises `Unknown`."""
        rows = await self._table.last(prefix(f"{break_id}."), 1)
        return _standing(rows[0]) if rows else None

    async def put(self, standings: Sequence[Standing]) -> None:
        """Insert rows; those that stand already are the same.  Raises `Unknown`."""
        if not standings:
            return
        if begun := [{"_id": s.row_id} for s in standings if s.closed is None]:
            await self._open.insert_missing(begun)
        await self._table.insert_missing([_row(standing) for standing in standings])
        if over := [_numbered(s.id, s.number - 1) for s in standings if s.closed]:
            await self._open.delete(over)

    async def open_in(self, partner: str, first: date, last: date) -> tuple[Standing, ...]:
        """Return the open breaks of a partner's days.  Raises `Unknown`.

        What is left over of those that are closed is deleted.
        """
        low, high, found = f"{partner}.{first}", f"{partner}.{last}.{_END}", list[Standing]()
        while True:
            ids = await self._ids(low, high, ROWS_LIMIT)
            standing = await self._standing(ids)
            found += standing.values()
            if closed_since := [id_ for id_ in ids if id_ not in standing]:
                rows = await self._table.get(closed_since)  # none yet: it is being opened
                await self._open.delete([row["_id"] for row in rows])
            if len(ids) < ROWS_LIMIT:
                return tuple(found)
            low = f"{ids[-1]}{_END}"

    async def page(
        self, partner: str, day: str, kinds: Collection[BreakKind], after: str, limit: int
    ) -> Page:
        """Return open breaks in order of partner and day, at most `limit`.  Raises `Unknown`."""
        within = f"{partner}.{day}." if partner and day else f"{partner}." if partner else ""
        low, high = prefix(within) if within else ("", _END)
        low = max(low, f"{after}.{_END}") if after else low
        found, step = list[Standing](), min(limit + 1, ROWS_LIMIT)
        while True:
            ids = await self._ids(low, high, step)
            standing = (await self._standing(ids)).values()
            found += [s for s in standing if _is_wanted(s.opened, day, kinds)]
            if len(found) > limit:
                return Page(tuple(found[:limit]), found[limit - 1].id)
            if len(ids) < step:
                return Page(tuple(found), "")
            low = f"{ids[-1]}{_END}"

    async def _ids(self, low: str, high: str, limit: int) -> list[str]:
        return [row["_id"] for row in await self._open.ranges([(low, high)], limit)]

    async def _standing(self, ids: Sequence[str]) -> dict[str, Standing]:
        """Return how these rows stand, of those that are open, in their order."""
        over = {id_: _after(id_) for id_ in ids}
        rows = {row["_id"]: row for row in await self._table.get([*ids, *over.values()])}
        return {i: _standing(rows[i]) for i in ids if i in rows and over[i] not in rows}


def _is_wanted(opened: BreakOpened, day: str, kinds: Collection[BreakKind]) -> bool:
    return day in ("", f"{opened.day}") and (not kinds or opened.kind in kinds)


def closed(standing: Standing, at: datetime, because: BreakClosed) -> Standing:
    """Return how an open break stands once it is closed."""
    return standing._replace(number=standing.number + 1, closed_at=at, closed=because)


# ---- rows


def _numbered(break_id: str, number: int) -> str:
    return f"{break_id}.{number:04d}"


def _after(row_id: str) -> str:
    break_id, _, number = row_id.rpartition(".")
    return _numbered(break_id, int(number) + 1)


def _row(standing: Standing) -> Row:
    row: Row = {
        "_id": standing.row_id,
        "file": standing.file,
        "opened_at": standing.opened_at,
        "opened": events.encode(standing.opened).decode(),
    }
    if standing.closed:
        row["closed_at"] = standing.closed_at
        row["closed"] = events.encode(standing.closed).decode()
    return row


def _standing(row: Row) -> Standing:
    return Standing(
        number=int(row["_id"].rpartition(".")[2]),
        file=row["file"],
        opened_at=row["opened_at"],
        opened=_opened.decode(row["opened"]),
        closed_at=row.get("closed_at"),
        closed=_closed.decode(row["closed"]) if "closed" in row else None,
    )


# ---- what is said of them


def said(standing: Standing) -> list[Event]:
    """Return the events of a break, from its opening on: who has heard it drops it."""
    first = standing.number - 1 if standing.closed else standing.number
    told = [happened(f"{standing.id}.{first:04d}", standing.opened, standing.opened_at)]
    if standing.closed and standing.closed_at:
        told.append(happened(standing.row_id, standing.closed, standing.closed_at))
    return told


def reconciled(data: StatementReconciled, at: datetime) -> Event:
    """Return the event of a statement that is reconciled."""
    return happened(f"{data.partner}.{data.day}.{data.correction + 1:04d}", data, at)


def messages(found: Iterable[Event], lane_count: int) -> dict[Partition, list[Message]]:
    """Return events as they are appended: what is of one partner stands in order."""
    batches: dict[Partition, list[Message]] = {}
    for event in found:
        place = TOPIC, home(event.subject, lane_count)
        message = Message(event.subject.encode(), events.encode(event))
        batches.setdefault(place, []).append(message)
    return batches


def happened(id_: str, data: Report, at: datetime) -> Event:
    """Return the event of what happened to a break or a statement."""
    return Event(
        id=id_,
        source=SOURCE,
        type=data.TYPE,
        subject=data.partner,
        time=at,
        data=msgspec.Raw(events.encode(data)),
    )
