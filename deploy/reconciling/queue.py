"""The break queue as a run writes it: opens, tells lanes what may be told, closes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import islice

from deploy.reconciling.cures import cure, has_worked
from deploy.reconciling.ports import Around, Books
from services.payment.breaks import Standing, closed, said
from services.payment.domain.matching import Break
from services.payment.domain.state import Payment
from services.payment.statements import Asked
from shared.events.reconciliation import Because, BreakClosed, BreakOpened
from shared.journal import Decision, Journal

ASKED_AT_ONCE = 500  # applications of the journal
LOOK_BACK = timedelta(days=31)  # of open breaks that are looked at again
WAIT_S = 0.5
TOLD = ("settle", "refund")  # cures by which a lane hears of money


class TooMany(Exception):
    """More breaks than a partner's day has: it may be the wrong file."""


class Queue:
    """The breaks of a partner and day.  `opened`, `closed`: how many this run did."""

    def __init__(self, asked: Asked, books: Books, around: Around) -> None:
        self._asked, self._books, self._around = asked, books, around
        self.opened, self.closed = 0, Counter[Because]()
        self._told: set[str] = set()  # by this run; their ids

    async def open(
        self, breaks: Sequence[Break], file: str, standing: Mapping[str, Standing]
    ) -> None:
        """Open what is not open, tell whom it may be told, say so.

        What is open already is told and said again, whatever file opened it: that run may have been
        cut off before it did, and who has heard it drops it.
        """
        at, due, fresh = self._around.clock(), list[Standing](), list[Standing]()
        for one in breaks:
            stood = standing.get(one.id)
            if stood is None or (stood.closed and stood.closed.because != "person"):
                number = stood.number + 1 if stood else 1
                fresh.append(Standing(number, file, at, self._opened_by(one)))
            elif stood.closed is None:
                due.append(stood)
        self.opened += len(fresh)
        if self.opened > self._around.breaks_limit:
            raise TooMany(f"{self.opened:,}")
        due += fresh
        await self._books.breaks.put(due)
        curable = {one.id for one in breaks if one.cure != "person"}  # as it is seen now
        latest = await latest_of(self._books.journal, _applications(due))
        told = [
            e for s in due if s.id in curable and (e := cure(s, latest.get(s.opened.application)))
        ]
        self._told |= curable
        await self._books.outbox.tell(told)
        await self._books.outbox.publish([e for s in due for e in said(s)])

    def _opened_by(self, found: Break) -> BreakOpened:
        values = found._asdict()
        partner, day = self._asked
        return BreakOpened(partner=partner, day=day, break_id=values.pop("id"), **values)

    async def close(self, standings: Sequence[Standing], because: Because) -> None:
        """Close what is open; said first, so that it is said whatever happens."""
        if not standings:
            return
        at = self._around.clock()
        over = [closed(s, at, _word(s, because)) for s in standings]
        await self._books.outbox.publish([e for s in over for e in said(s)])
        await self._books.breaks.put(over)
        self.closed[because] += len(over)

    async def follow_up(self, file: str) -> None:
        """Close what its cure has mended, and what another day's statement names.

        What this file opened, or this run told, is waited for.
        """
        partner, on = self._asked
        waiting = await self._books.breaks.open_in(partner, on - LOOK_BACK, on + LOOK_BACK)
        there = [s for s in waiting if s.opened.cure == "ask"]
        stated = await self._books.recorded.stated([*map(_key, there)])
        days = [(s, f"{s.opened.day}") for s in there]
        await self.close([s for s, d in days if stated.get(_key(s), d) != d], "stated")
        waiting = tuple(s for s in waiting if s.opened.cure in TOLD)
        waited_s = 0.0
        while waiting:
            latest = await latest_of(self._books.journal, _applications(waiting))
            worked = [s for s in waiting if has_worked(s, latest.get(s.opened.application))]
            await self.close(worked, "cured")
            gone = {s.id for s in worked}
            mine = [s for s in waiting if s.file == file or s.id in self._told]
            waiting = tuple(s for s in mine if s.id not in gone)
            if not waiting or waited_s >= self._around.patience_s:
                return
            await self._around.sleep(WAIT_S)
            waited_s += WAIT_S

    async def open_now(self) -> tuple[Standing, ...]:
        """Return the breaks of this day that are open.  Raises `Unknown`."""
        partner, on = self._asked
        return await self._books.breaks.open_in(partner, on, on)


async def latest_of(
    journal: Journal[Payment], applications: Iterable[str]
) -> dict[str, Decision[Payment]]:
    """Return how applications stand, however many.  Raises `Unknown`."""
    found: dict[str, Decision[Payment]] = {}
    asked = iter(sorted({*applications}))
    while some := list(islice(asked, ASKED_AT_ONCE)):
        found |= await journal.latest_of(some)
    return found


def _applications(standings: Iterable[Standing]) -> set[str]:
    return {s.opened.application for s in standings if s.opened.cure != "person"}


def _key(standing: Standing) -> str:
    return f"{standing.opened.movement}/{standing.opened.transaction}"


def _word(standing: Standing, because: Because) -> BreakClosed:
    opened = standing.opened
    return BreakClosed(
        partner=opened.partner,
        day=opened.day,
        break_id=opened.break_id,
        kind=opened.kind,
        amount_vnd=opened.amount_vnd,
        because=because,
    )
