"""What was read, by whom: rows that are inserted and never changed.

    at/<stretch>/<key>/<of whom>        a read, and whom it named
    by/<name>/<stretch>/<key>           the same, of who read
    of/<application>/<stretch>/<key>    the same, of whom it named: an application, a dossier code

A stretch has ten minutes.  What one person reads again and again within it, from one address, is
one read: a page that looks for news by itself is written down once.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from shared.clock import VIETNAM, Clock
from shared.store import Bounds, Row, Table, prefix

STRETCH_S = 600
STRETCHES = 86_400 // STRETCH_S  # of a day, which begins with one
KEPT_FOR = timedelta(days=730)
CLEAR_EVERY_S = 3_600.0
CLEARED = 100  # reads at once
REMEMBERED = 100_000  # rows that stand, and are not written again


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody was shown something: `what` is the route, `asked` what was asked of it, `count` how
    many applications and dossier codes the answer named; `reason` why, where that has to be said.
    """

    at: datetime
    by: str
    role: str
    address: str
    what: str
    asked: str
    count: int
    reason: str = ""


class Page(NamedTuple):
    """Reads, the newest first; `next` is the `after` of the page that follows, empty at the end."""

    items: list[Read]
    next: str


class Days(NamedTuple):
    """From the beginning of a day in Viet Nam to the end of another; None: no such limit."""

    first: date | None = None
    last: date | None = None

    def within(self, low: str, high: str) -> Bounds:
        """Return the bounds of these days, within those of ids that have a stretch after `low`."""
        since = f"{low}{_begin(self.first)}" if self.first else low
        return since, f"{low}{_begin(self.last, STRETCHES)}" if self.last else high


EVER = Days()


class Reads:
    """All that was read.  Whatever is asked raises `Unknown`."""

    every_s = CLEAR_EVERY_S

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table, self._clock = table, clock
        self._stand: OrderedDict[str, None] = OrderedDict()

    async def note(self, read: Read, names: Collection[str]) -> None:
        """Write down a read and whom it named, by one write, or none where all of it stands."""
        ids = [id_ for id_ in _ids(read, names) if id_ not in self._stand]
        if not ids:
            return
        said = msgspec.json.encode(read).decode()
        rows: list[Row] = [{"_id": id_, "said": said} for id_ in ids]
        for row in rows:
            if row["_id"].startswith("at/"):
                row["names"] = sorted(names)
        await self._table.insert_missing(rows)
        self._stand.update(dict.fromkeys(ids))
        while len(self._stand) > REMEMBERED:
            self._stand.popitem(last=False)

    async def all(self, after: str, limit: int, days: Days = EVER) -> Page:
        """Return what was read, the newest first."""
        return await self._page([prefix("at/")], after, limit, days)

    async def by(self, name: str, after: str, limit: int, days: Days = EVER) -> Page:
        """Return what somebody read, the newest first."""
        return await self._page([prefix(f"by/{_quoted(name)}/")], after, limit, days)

    async def of(self, names: Sequence[str], after: str, limit: int, days: Days = EVER) -> Page:
        """Return who read of an application, under any of its names, the newest first."""
        return await self._page([prefix(f"of/{name}/") for name in names], after, limit, days)

    async def _page(self, bounds: Sequence[Bounds], after: str, limit: int, days: Days) -> Page:
        found: dict[str, Row] = {}
        for low, high in bounds:
            since, until = days.within(low, high)
            until = min(until, f"{low}{after}") if after else until
            for row in await self._table.last((since, until), limit + 1):
                found.setdefault(str(row["_id"]).removeprefix(low), row)
        marks = sorted(found, reverse=True)
        some = [msgspec.json.decode(found[mark]["said"], type=Read) for mark in marks[:limit]]
        return Page(some, marks[limit - 1] if len(marks) > limit else "")

    async def clear(self) -> int:
        """Delete some that are too old; return how many."""
        until = _stretch(self._clock() - KEPT_FOR)
        old = await self._table.ranges([("at/", f"at/{until}")], CLEARED)
        for row in old:
            read = msgspec.json.decode(row["said"], type=Read)
            ids = _ids(read, row["names"])
            await self._table.delete([id_ for id_ in ids if id_ != row["_id"]])
            await self._table.delete([row["_id"]])  # the last: it says which the others are
        return len(old)

    async def turn(self) -> None:
        """Delete all that is too old."""
        while await self.clear() == CLEARED:
            pass


def _ids(read: Read, names: Collection[str]) -> list[str]:
    said = "\n".join((read.by, read.role, read.address, read.what, read.asked, read.reason))
    place = f"{_stretch(read.at)}/{_digest(said)}"
    return [
        f"at/{place}/{_digest(' '.join(sorted(names)))}",
        f"by/{_quoted(read.by)}/{place}",
        *(f"of/{name}/{place}" for name in sorted(names)),
    ]


def _stretch(at: datetime, more: int = 0) -> str:
    return f"{int(at.timestamp()) // STRETCH_S + more:010d}"


def _begin(day: date, more: int = 0) -> str:
    return _stretch(datetime.combine(day, time(), VIETNAM), more)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _quoted(name: str) -> str:
    return quote(name, safe="")
