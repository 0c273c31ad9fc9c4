"""What counts in the statistics form, a row for each change, written with the log.

Rows are inserted where they are missing and never taken back.  A month that is over changes only
when the log is read late: then a mark says so, and what was kept of it counts no more.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

from services.operations.domain.entries import Entry
from services.operations.domain.facts import UNKNOWN, Standing, document, followed, is_counted
from services.operations.domain.occurrences import by_application, judge
from services.operations.domain.statistics import month_of
from services.operations.journeys import KNOWN_LIMIT, Journeys
from shared.clock import Clock
from shared.store import Row, Table
from shared.working_time import local_day

LATE = "late"  # marks are `late/<month>/<hash of rows>`


class Facts:
    """Follows applications; it remembers how as many stand as `Journeys` knows."""

    def __init__(self, table: Table, balances: Table, journeys: Journeys, clock: Clock) -> None:
        self._table, self._balances, self._journeys = table, balances, journeys
        self._clock = clock
        self._known: OrderedDict[str, Standing] = OrderedDict()

    def forget(self) -> None:
        """Take no application for known: another process may have written since."""
        self._known.clear()

    async def follow(self, entries: Sequence[Entry]) -> None:
        """Insert what these messages change, which are kept by now; again is harmless.

        Raises `Unknown`.
        """
        after: dict[str, Standing] = {}
        rows: list[Row] = []
        stood = self._journeys.stood
        counting = (e for e in entries if is_counted(e) or e.application in stood)
        pieces = by_application(counting)
        for application, piece in pieces.items():
            before, unread = self._before(application, piece)
            after[application], changed = followed(before, unread)
            rows += (document(application, row) for row in changed)
        if rows:
            await self._table.insert_missing(rows)
            await self._mark_late(rows, pieces)
        self._remember(after)

    def _before(self, application: str, piece: Sequence[Entry]) -> tuple[Standing, Iterable[Entry]]:
        """Return how it stands, and what is to be read; all of it where it is not known."""
        stood = self._journeys.stood.get(application)
        if not stood:
            return self._known.get(application, UNKNOWN), piece
        either = {e.place: e for e in (*stood, *piece)}
        return UNKNOWN, judge([e for e in either.values() if is_counted(e)], ()).first

    async def _mark_late(self, rows: Sequence[Row], pieces: Mapping[str, Sequence[Entry]]) -> None:
        """Say which months that are over have changed; after the rows, so that whoever has not seen
        the mark, and keeps what there was, keeps it under the marks before.
        """
        this_month = month_of(local_day(self._clock()))
        months = {row["_id"]: row["day"][:7] for row in rows if row["day"][:7] != this_month}
        late = months.keys() - self._without(pieces) if months else months.keys()
        if late:
            digest = blake2b("\n".join(sorted(late)).encode(), digest_size=8).hexdigest()
            changed = sorted({months[id_] for id_ in late})
            marks: list[Row] = [{"_id": f"{LATE}/{month}/{digest}"} for month in changed]
            await self._balances.insert_missing(marks)

    def _without(self, pieces: Mapping[str, Sequence[Entry]]) -> set[str]:
        """Return the ids of rows that follow from what was kept, without these messages."""
        found: set[str] = set()
        for application, piece in pieces.items():
            places = {entry.place for entry in piece}
            stood = self._journeys.stood.get(application, ())
            found |= rows_of(application, [e for e in stood if e.place not in places]).keys()
        return found

    def _remember(self, after: dict[str, Standing]) -> None:
        for application, standing in after.items():
            self._known[application] = standing
            self._known.move_to_end(application)
        while len(self._known) > KNOWN_LIMIT:
            self._known.popitem(last=False)


def rows_of(application: str, entries: Sequence[Entry]) -> dict[str, Row]:
    """Return the rows of an application, from all its messages, by `_id`."""
    first = judge([e for e in entries if is_counted(e)], ()).first
    rows = (document(application, row) for row in followed(UNKNOWN, first)[1])
    return {row["_id"]: row for row in rows}
