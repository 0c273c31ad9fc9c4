"""What open applications wait for, a row each: written with the log, read by the stuck board.

A row comes when a matter opens and goes when it ends; both follow from the messages alone, so
whoever reads them again comes to the same rows: `domain.situations` has them.

Of causes that are brief as a rule the row comes with the next messages that are followed, or with
`settle`, if the matter is open then: most have ended, and would be written to be deleted.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from services.operations.domain.causes import APART, CAUSES
from services.operations.domain.entries import Entry, in_order
from services.operations.domain.gaps import gaps
from services.operations.domain.matters import Summary
from services.operations.domain.occurrences import by_application, judge
from services.operations.domain.patience import Patience
from services.operations.domain.situations import (
    PLAIN,
    changed,
    held_rows,
    rows_of_summary,
    summary_of,
)
from services.operations.domain.status import held_by, is_of_holding
from services.operations.domain.summary import followed
from services.operations.journeys import KNOWN_LIMIT, Journeys
from shared.errors import Unknown
from shared.store import Row, Table, prefix

TRIES = 5
# what the board groups by and adds up, so that it need not look at the rows
INDEX = ("stage", "cause", "stuck_ms", "_id", "since_ms", "vnd")


class _Known(NamedTuple):
    """`stood`: the places of messages that were kept when it was looked up: they are in the
    summary, and may come again.
    """

    summary: Summary
    stood: frozenset[tuple[str, int, int]] = frozenset()


_NOTHING = _Known(Summary())


class Situations:
    """Follows applications; it remembers the summaries of as many as `Journeys` knows."""

    def __init__(self, table: Table, journeys: Journeys, patience: Patience = PLAIN) -> None:
        self._table, self._journeys, self._patience = table, journeys, patience
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._brief: dict[str, Row] = {}  # opened by the last messages, and not written

    @property
    def owes(self) -> bool:
        """Tell whether rows are missing of what was followed last."""
        return bool(self._brief)

    def forget(self) -> None:
        """Take no application for known: another process may have written since."""
        self._known.clear()
        self._brief.clear()

    async def settle(self) -> None:
        """Write the rows that are missing; again is harmless.  Raises `Unknown`."""
        if self._brief:
            await self._table.insert_missing(list(self._brief.values()))
            self._brief.clear()

    async def follow(self, entries: Sequence[Entry]) -> None:
        """Bring the rows up to these messages, which are kept by now; again is harmless.

        Raises `Unknown`.
        """
        turned: dict[str, _Known] = {}
        old: dict[str, Mapping[str, Row]] = {}
        new: dict[str, Mapping[str, Row]] = {}
        doubtful: set[str] = set()
        for application, piece in by_application(e for e in entries if not e.is_aside).items():
            known, stood = self._before(application), self._journeys.stood.get(application, ())
            first = judge(piece, stood).first
            fresh = [e for e in first if e.place not in known.stood] if known.stood else first
            summary = followed(known.summary, in_order(fresh))
            if application in self._journeys.stood:  # else each number was the next one
                summary.gaps = gaps((*stood, *fresh))
            turned[application] = _Known(summary, known.stood)
            both = known.summary, summary
            old[application], new[application] = changed(application, *both, self._patience)
            is_anew = application in self._known and bool(stood)
            if is_anew or (known.stood and any(e.place in known.stood for e in piece)):
                doubtful.add(application)
        old |= await self._standing(doubtful)
        new |= {a: rows_of_summary(a, turned[a].summary, self._patience) for a in doubtful}
        self._brief = await self._turn(old, new, doubtful)
        self._remember(turned)

    async def _turn(
        self,
        old: Mapping[str, Mapping[str, Row]],
        new: Mapping[str, Mapping[str, Row]],
        doubtful: Collection[str],
    ) -> dict[str, Row]:
        """Put these rows in the place of those, and write what was left out before; return what is
        left out now: what is brief, and owed by these messages alone.
        """
        gone = {i for a, rows in old.items() for i, row in rows.items() if new[a].get(i) != row}
        come = {i: r for a, rows in new.items() for i, r in rows.items() if old[a].get(i) != r}
        brief = {
            i: row
            for i, row in come.items()
            if CAUSES[row["cause"]].is_brief
            and i not in gone
            and row["application"] not in doubtful
        }
        owed = {i: row for i, row in self._brief.items() if row["application"] not in doubtful}
        if ended := [i for i in gone if i not in owed]:
            await self._table.delete(ended)
        written = [row for i, row in (owed | come).items() if i not in gone | brief.keys()]
        written += [come[i] for i in gone if i in come]
        if written:
            await self._table.insert_missing(written)
        return brief

    def _before(self, application: str) -> "_Known":
        """Return what is known of an application before these messages."""
        stood = self._journeys.stood.get(application)
        if not stood:
            return self._known.get(application, _NOTHING)
        places = frozenset(e.place for e in stood)
        return _Known(summary_of(stood), places)

    def _remember(self, turned: Mapping[str, "_Known"]) -> None:
        for application, known in turned.items():
            self._known[application] = known
            self._known.move_to_end(application)
        while len(self._known) > KNOWN_LIMIT:
            self._known.popitem(last=False)

    async def _standing(self, applications: Collection[str]) -> dict[str, Mapping[str, Row]]:
        """Return the rows as they stand of applications that somebody may have begun to turn."""
        found: dict[str, dict[str, Row]] = {application: {} for application in applications}
        bounds = [prefix(f"{application}/") for application in applications]
        for row in await self._table.ranges(bounds) if bounds else ():
            if row["cause"] not in APART:
                found[row["application"]][row["_id"]] = row
        return dict(found)

    async def hold(self, entries: Iterable[Entry]) -> None:
        """Bring the rows of what services hold up to these messages.  Raises `Unknown`.

        Who reads of the holding and who reads of the release may be two: each looks again after
        it wrote, so that the last one who writes has seen both.
        """
        todo = {e.application for e in entries if is_of_holding(e) and e.application}
        seen: dict[str, frozenset[str]] = {}
        for _ in range(TRIES):
            standing = await self._journeys.standing(todo)
            now = {a: frozenset(held_by(in_order(found))) for a, found in standing.items()}
            todo = {a for a in todo if seen.get(a) != now[a]}
            if not todo:
                return
            for application in todo:
                await self._put_held(application, standing[application], now[application])
            seen |= now
        raise Unknown("what is held changes while it is looked at")

    async def _put_held(
        self, application: str, found: Sequence[Entry], held: frozenset[str]
    ) -> None:
        rows = held_rows(application, found)
        await self._table.delete([row["_id"] for row in rows.values()])
        if held:
            await self._table.insert_missing([rows[service] for service in sorted(held)])
