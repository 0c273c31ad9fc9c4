"""The settlement report of a partner: what moved, what its statements say, what does not match."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Literal, Protocol

import msgspec

from services.operations.domain import differing
from services.operations.domain.breaks import Standing
from services.operations.domain.entries import Entry
from services.operations.domain.settlement import (
    LOOKED,
    Check,
    Outcome,
    Period,
    Stated,
    Sums,
    came_back,
    checks,
    moved_with,
    outcome,
    plus,
    stated,
    together,
    withheld_vnd,
    wrong_amounts,
)
from services.operations.journeys import Journeys
from services.operations.money.rows import Ledger
from shared.clock import Clock
from shared.events.reconciliation import StatementReconciled
from shared.store import Row
from shared.working_time import local_day

AT_ONCE = 200  # allowances that came back, and applications of breaks, looked at together
DAY_LENGTH = len("2026-11-20")

By = Literal["day", "unit"]


class Rows(Protocol):
    """`shared.mongo.MongoTable`."""

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Return what the database makes of the rows.  Raises `Unknown`."""


class OfDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day: what moved by our books, and what its last statement says; null: none was read."""

    day: date
    moved: Sums
    collected_vnd: int
    net_vnd: int
    stated: Stated | None


class OfAgency(msgspec.Struct, frozen=True, kw_only=True):
    """The agency whose money it is, empty where events do not say it: what had stayed since 1
    January, what moved, and what has stayed.
    """

    unit: str
    opening_vnd: int
    moved: Sums
    closing_vnd: int


class Breaks(msgspec.Struct, frozen=True, kw_only=True):
    """Breaks of the days of a period, as they stand when it is asked; not `is_whole`: there are
    more than were looked at.
    """

    found: int
    found_vnd: int
    open: int
    open_vnd: int
    closed: int
    closed_vnd: int
    is_whole: bool


class Equal(Check, frozen=True, kw_only=True):
    """Two numbers that have to be equal, and whether they are; those of `books` are not, where
    there are more breaks than were looked at.
    """

    holds: bool


class SettlementView(msgspec.Struct, frozen=True, kw_only=True):
    """A partner's days, from `first` to `last`.  By our books: `opening_vnd` stayed since 1
    January, `moved` is of these days, `closing_vnd` stays.  By its statements: `stated`.

    `differs_vnd`: what came by our books, without what was paid by the statements.  Of days with a
    statement the check `books` has it beside what breaks and money of other days explain.
    `outcome`: `equal`, `differs`, `partly` (what could be compared is equal, but `untold_days` have
    money and no statement yet) or `nothing`, as no day has a statement.  `holds`: something was
    compared, and nothing differs.
    """

    partner: str
    first: date
    last: date
    as_of_ms: int
    opening_vnd: int
    moved: Sums
    collected_vnd: int
    net_vnd: int
    closing_vnd: int
    stated: Stated
    differs_vnd: int
    breaks: Breaks
    checks: list[Equal]
    holds: bool
    outcome: Outcome
    untold_days: int
    agencies: list[OfAgency]
    days: list[OfDay]


class Settling:
    """Answers from rows of what moved, and from the ledger.  All of it raises `Unknown`."""

    def __init__(self, moves: Rows, journeys: Journeys, ledger: Ledger, clock: Clock) -> None:
        self._moves, self._journeys, self._ledger = moves, journeys, ledger
        self._clock = clock

    def today(self) -> date:
        """Return which day it is, in Viet Nam."""
        return local_day(self._clock())

    async def report(self, partner: str, period: Period) -> SettlementView:
        """Return the report of a partner's days."""
        days = await self.moved(partner, period, "day")
        units = await self.moved(partner, period, "unit")
        before = await self._before(partner, period)
        near = differing.around(*period)
        around = [s.word for s in await self._ledger.statements_of(partner, *near)]
        words = [word for word in around if period.first <= word.day <= period.last]
        found, is_whole = await self._ledger.standings_of(partner, *differing.beside(*period))
        breaks = _breaks(found, period, is_whole=is_whole)
        agencies = _agencies(before, units)
        moved, told = together(days.values()), stated(words)
        opening_vnd = sum(one.opening_vnd for one in agencies)
        compared = {word.day for word in words}
        breaks_vnd = await self._by_breaks_vnd(partner, compared, found)
        books = []
        for word in words:
            booked_vnd = days.get(f"{word.day}", Sums()).collected_vnd
            known_vnd = breaks_vnd[word.day] + differing.in_transit_vnd(around, {word.day})
            books.append((booked_vnd - word.paid_vnd - withheld_vnd(word), known_vnd))
        equal = [_equal(check, is_whole=is_whole) for check in checks(words, books)]
        untold = sum(date.fromisoformat(day) not in compared for day in days)
        came_to = outcome([one.holds for one in equal], len(compared), untold)
        return SettlementView(
            partner=partner,
            first=period.first,
            last=period.last,
            as_of_ms=int(self._clock().timestamp() * 1_000),
            opening_vnd=opening_vnd,
            moved=moved,
            collected_vnd=moved.collected_vnd,
            net_vnd=moved.net_vnd,
            closing_vnd=opening_vnd + moved.net_vnd,
            stated=told,
            differs_vnd=moved.collected_vnd - told.paid_vnd - told.withheld_vnd,
            breaks=breaks,
            checks=equal,
            holds=came_to in ("equal", "partly"),
            outcome=came_to,
            untold_days=untold,
            agencies=agencies,
            days=_days(days, words),
        )

    async def moved(self, partner: str, period: Period, by: By) -> dict[str, Sums]:
        """Return what moved in a period, by day or by agency."""
        begins = moved_with(partner)
        key: Any = "$unit"
        if by == "day":
            key = {"$substrBytes": ["$_id", len(begins), DAY_LENGTH]}
        group = {"_id": {"by": key, "kind": "$kind"}, "moves": {"$sum": 1}, "vnd": {"$sum": "$vnd"}}
        within = {"$gte": f"{begins}{period.first}", "$lt": f"{begins}{period.last}~"}
        wanted = {"_id": within, "kind": {"$nin": LOOKED}}
        out: dict[str, Sums] = {}
        for row in await self._moves.aggregate([{"$match": wanted}, {"$group": group}]):
            of, kind = row["_id"]["by"], row["_id"]["kind"]
            out[of] = plus(out.get(of, Sums()), kind, int(row["moves"]), int(row["vnd"]))
        return await self._with_looked(out, begins, within, by)

    async def _with_looked(
        self, out: dict[str, Sums], begins: str, within: Mapping[str, str], by: By
    ) -> dict[str, Sums]:
        """Add what came back of what had been paid out, and what came by another amount: a journey
        says whether it had, and whether it stands.
        """
        page: list[Mapping[str, Any]] = [{"$sort": {"_id": 1}}, {"$limit": AT_ONCE}]
        while True:
            rows = await self._moves.aggregate(
                [{"$match": {"_id": within, "kind": {"$in": LOOKED}}}, *page]
            )
            standing = await self._journeys.standing({row["application"] for row in rows})
            for row in rows:
                if _counts(row, standing[row["application"]]):
                    day = row["_id"][len(begins) :][:DAY_LENGTH]
                    of = day if by == "day" else row["unit"]
                    out[of] = plus(out.get(of, Sums()), row["kind"], 1, int(row["vnd"]))
            if len(rows) < AT_ONCE:
                return out
            within = {**within, "$gte": f"{rows[-1]['_id']}~"}

    async def _before(self, partner: str, period: Period) -> dict[str, int]:
        """Return what had stayed of each agency, a month at a time: each is an answer in itself."""
        out: dict[str, int] = {}
        for month in period.before.months if period.before else ():
            for unit, sums in (await self.moved(partner, month, "unit")).items():
                out[unit] = out.get(unit, 0) + sums.net_vnd
        return out

    async def _by_breaks_vnd(
        self, partner: str, days: Collection[date], found: Sequence[Standing]
    ) -> dict[date, int]:
        """Return by how much our books exceed the statement of each day, for these breaks."""
        breaks = differing.of_money(found)
        booked = {day: dict[differing.Transaction, int]() for day in days}
        named = iter(sorted({a for one in breaks if (a := one.opening.word.application)}))
        while some := [*islice(named, AT_ONCE)]:
            for entries in (await self._journeys.standing(some)).values():
                for day, came in differing.came(entries, partner, days).items():
                    booked[day] |= came
        return {day: differing.by_breaks_vnd(breaks, {day}, booked[day]) for day in days}


def _counts(row: Row, entries: Sequence[Entry]) -> bool:
    if row["kind"] == "returned":
        return came_back(entries, row["of"], int(row["sequence"]))
    return int(row["sequence"]) in wrong_amounts(entries)


def _breaks(around: Sequence[Standing], period: Period, *, is_whole: bool) -> Breaks:
    found = [one for one in around if period.first <= one.opening.word.day <= period.last]
    still = [one for one in found if one.closing is None]
    over = [one for one in found if one.closing]
    return Breaks(
        found=len(found),
        found_vnd=_vnd(found),
        open=len(still),
        open_vnd=_vnd(still),
        closed=len(over),
        closed_vnd=_vnd(over),
        is_whole=is_whole,
    )


def _vnd(found: Sequence[Standing]) -> int:
    return sum(one.opening.word.amount_vnd for one in found)


def _equal(check: Check, *, is_whole: bool) -> Equal:
    holds = check.is_equal and (is_whole or check.name != "books")
    return Equal(**msgspec.structs.asdict(check), holds=holds)


def _agencies(before: Mapping[str, int], moved: Mapping[str, Sums]) -> list[OfAgency]:
    out = []
    for unit in sorted({*before, *moved}):
        sums, opening_vnd = moved.get(unit, Sums()), before.get(unit, 0)
        closing_vnd = opening_vnd + sums.net_vnd
        out.append(
            OfAgency(unit=unit, opening_vnd=opening_vnd, moved=sums, closing_vnd=closing_vnd)
        )
    return out


def _days(moved: Mapping[str, Sums], words: Sequence[StatementReconciled]) -> list[OfDay]:
    told = {f"{word.day}": word for word in words}
    out = []
    for day in sorted({*moved, *told}):
        sums = moved.get(day, Sums())
        out.append(
            OfDay(
                day=date.fromisoformat(day),
                moved=sums,
                collected_vnd=sums.collected_vnd,
                net_vnd=sums.net_vnd,
                stated=stated([told[day]]) if day in told else None,
            )
        )
    return out
