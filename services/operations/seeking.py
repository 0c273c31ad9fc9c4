"""Which applications are of a unit, with a partner, or of some days: a page of them.

What stands already is read, so closed applications are found as well: `facts` begin with month,
unit and day (the day on which an application came to a unit); `names` have a row for each partner,
day and application that had to do with it; rows of `journeys` begin with the id of an application,
which has the instant in it at which it was made.  Each of these is read from its end.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from services.operations.domain.entries import Entry, gist
from services.operations.domain.naming import names_of, with_partner
from services.operations.domain.proof.period import Period
from services.operations.domain.seeking import Sought
from services.operations.domain.statistics import month_of, months
from services.operations.facts import rows_of
from services.operations.journeys import ID_LENGTH
from services.operations.statistics import scope
from shared.catalogue import Catalogue
from shared.clock import VIETNAM
from shared.store import Bounds, Row, Table

PAGE = 20
ROWS_AT_ONCE = 100
ROWS_LIMIT = 400  # looked at for a page
MONTHS_BACK = 24  # of a unit without days
LAST_DAY = 31

Group = list[Bounds]


class Page(NamedTuple):
    """Applications in the order of the page with the rows that they were found by, and below which
    row it goes on; empty: nowhere.
    """

    rows: Mapping[str, str]
    after: str


class Seeking:
    """Over tables that others write.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, facts: Table, names: Table, journeys: Table) -> None:
        self._facts, self._names, self._journeys = facts, names, journeys

    async def page(self, of: Sought, catalogue: Catalogue, today: date, after: str = "") -> Page:
        """Return a page, the newest first; of several units month by month, and there unit by unit.

        An application may be on more than one: `is_shown` says where.
        """
        if of.partner:
            return await self._read(self._names, [[_met(of)]], after)
        if of.units:
            groups = _months_of(of, catalogue, today)
            return await self._read(self._facts, groups, after, is_rising=len(of.units) > 1)
        assert of.since  # something is sought
        assert of.until
        begins, ends = (datetime.combine(d, time(), VIETNAM) for d in (of.since, of.until))
        bounds = Period(begins, ends + timedelta(days=1)).ids
        page = await self._read(self._journeys, [[bounds]], after)
        return page._replace(after=page.after.partition("/")[0])  # no more rows of the last one

    async def _read(
        self, table: Table, groups: Iterable[Group], after: str, *, is_rising: bool = False
    ) -> Page:
        """Read group by group; a group that is not rising has one range, read from its end."""
        found: dict[str, str] = {}
        looked = 0
        for group in groups:
            while left := _left(group, after, is_rising=is_rising):
                rows = await self._some(table, left, is_rising=is_rising)
                for row in rows:
                    looked, after = looked + 1, str(row["_id"])
                    if "was" not in row:  # of `facts`: it came to the unit
                        found.setdefault(_application(row), after)
                    if len(found) == PAGE or looked == ROWS_LIMIT:
                        return Page(found, after)
                if len(rows) < ROWS_AT_ONCE:
                    break
        return Page(found, "")

    @staticmethod
    async def _some(table: Table, left: Group, *, is_rising: bool) -> Sequence[Row]:
        if is_rising:
            return await table.ranges(left, ROWS_AT_ONCE)
        return (await table.last(left[0], ROWS_AT_ONCE))[::-1]


def _left(group: Group, after: str, *, is_rising: bool) -> Group:
    """Return what is left of a group; the one that is read before another lies above it."""
    if not after or after >= max(high for _, high in group):
        return group
    if after < min(low for low, _ in group):
        return []
    if is_rising:
        begin = f"{after}\0"
        return [(max(low, begin), high) for low, high in group if high > begin]
    [(low, _)] = group
    return [(low, after)]


def is_shown(of: Sought, application: str, entries: Sequence[Entry], row: str) -> bool:
    """Tell whether it is shown by this row: the last one of all by which it could be found.

    With a partner, it also has to be of one of the units.
    """
    if of.partner:
        low, high = _met(of)
        met = (str(row["_id"]) for e in entries for row in names_of(e))
        return row == max(id_ for id_ in met if low <= id_ < high) and _is_of(of.units, entries)
    if of.units:
        came = [id_ for id_, own in rows_of(application, entries).items() if _came(of, own)]
        if len(of.units) == 1 or not came:
            return row == max(came, default=row)
        return row == min(id_ for id_ in came if month_in(id_) == month_in(max(came)))
    return True


def _met(of: Sought) -> Bounds:
    own = with_partner(of.partner)
    return f"{own}{of.since or ''}", f"{own}{of.until or ''}~"


def _came(of: Sought, row: Row) -> bool:
    is_then = of.since is None or f"{of.since}" <= row["day"] <= f"{of.until}"
    return "was" not in row and row["unit"] in of.units and is_then


def _is_of(units: Sequence[str], entries: Sequence[Entry]) -> bool:
    gists = (gist(e.data) for e in entries if e.is_decided)
    return not units or any({g.receiving_unit, g.competent_unit} & {*units} for g in gists)


def _application(row: Row) -> str:
    parts = str(row["_id"]).split("/")
    return str(row.get("application") or next(p for p in parts if len(p) == ID_LENGTH))


def month_in(id_: str) -> str:
    """Return the month that an id of `facts` begins with."""
    return id_.partition("/")[0]


def _months_of(of: Sought, catalogue: Catalogue, today: date) -> Iterator[Group]:
    """Yield where rows of these units and days lie, the last month first."""
    last = of.until or today
    first = of.since or (last - timedelta(days=30 * MONTHS_BACK))
    runs = scope(of.units, catalogue.units).runs if len(of.units) > 1 else [of.units * 2]
    for month in reversed(months(month_of(first), month_of(last))):
        begins = first.day if month == month_of(first) else 1
        ends = last.day if month == month_of(last) else LAST_DAY
        if (begins, ends) == (1, LAST_DAY):
            yield [(f"{month}/{low}/", f"{month}/{high}0") for low, high in runs]
        else:
            days = f"{begins:02}/", f"{ends:02}/~"
            yield [(f"{month}/{u}/{days[0]}", f"{month}/{u}/{days[1]}") for u in of.units]
