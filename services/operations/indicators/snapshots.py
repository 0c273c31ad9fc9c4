"""The counts of all units as of a day: what indicators are worked out from, and kept.

Of yesterday they are counted anew all the time by whichever process finds them old.  What is open
is known of the moment alone: of an earlier day only where it was counted on the next.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, Protocol

import msgspec

from services.operations.domain.causes import CAUSES, over_ms
from services.operations.domain.facts import VIEWS
from services.operations.domain.indicators import COUNTED, Counts, Judge, Source
from services.operations.domain.statistics import Period
from services.operations.domain.thresholds import Table as Thresholds
from services.operations.statistics import Counting, Scope
from shared.clock import Clock
from shared.store import Bounds, Row, Table, prefix
from shared.working_time import local_day

EVERY_S = 900.0  # a nation is counted in seconds: a small share of the time
LOOK_S = 30.0
ASKED_KEPT = 60  # days that somebody asked for
FORGOTTEN_LIMIT = 10  # in a go: a row is as long as the country
DAY = timedelta(days=1)
DAYS_KEPT = timedelta(days=3 * 366)  # of what waited on each: that is counted on the day alone
OF_FORM = tuple(f"{view}/" for view in VIEWS)

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[list[str], list[tuple[str, list[int]]]]).decode


class Snapshot(NamedTuple):
    """What was counted of each unit up to a day; `counted_ms` is when, `board_ms` when what waits
    was looked at (0: it was not).
    """

    day: date
    counted_ms: int
    board_ms: int
    counts: Mapping[str, Counts]

    @property
    def sources(self) -> Sequence[Source]:
        """What something is known of."""
        return ("form", "board") if self.board_ms else ("form",)


class Situations(Protocol):
    """`shared.mongo.MongoTable`, of what waits."""

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Return what the database makes of the rows.  Raises `Unknown`."""


class Snapshots:
    """Counts, and keeps what was counted: the last row of a day counts, `<day>/<counted at>`."""

    every_s = LOOK_S

    def __init__(
        self,
        counting: Counting,
        situations: Situations,
        kept: Table,
        thresholds: Thresholds,
        clock: Clock,
    ) -> None:
        self._counting, self._situations, self._kept = counting, situations, kept
        self.thresholds, self._clock = thresholds, clock
        self._making = asyncio.Lock()  # one at a time: they are all the same

    @property
    def latest(self) -> date:
        """The last day that is over."""
        return local_day(self._clock()) - DAY

    def period(self, day: date) -> Period:
        """Return the days that indicators of a day are about."""
        rule = self.thresholds.judge(day, ()).rule
        return Period(day - timedelta(days=rule.window_days - 1), day)

    def judge(self, snapshot: Snapshot) -> Judge:
        """Return who judges what was counted."""
        return self.thresholds.judge(snapshot.day, snapshot.sources)

    async def of(self, day: date) -> Snapshot:
        """Return what was counted of a day that is over; it is counted where nobody has.

        Raises `Unknown`.
        """
        return await self._found(day) or await self._made(day)

    async def turn(self) -> None:
        """Count yesterday anew if what there is is old.  Raises `Unknown`."""
        found = await self._found(day := self.latest)
        if not found or self._now_ms() - found.counted_ms >= EVERY_S * 1_000:
            await self._count(day)

    async def _made(self, day: date) -> Snapshot:
        async with self._making:
            return await self._found(day) or await self._count(day)

    async def _found(self, day: date) -> Snapshot | None:
        """Return what is kept, unless something of these days was read late since."""
        rows = await self._kept.last(prefix(f"{day}/"), 1)
        if not rows or rows[0]["basis"] != await self._basis(day):
            return None
        return _snapshot(day, rows[0])

    async def _count(self, day: date) -> Snapshot:
        basis, now_ms = await self._basis(day), self._now_ms()
        before = await self._kept.ranges([prefix(f"{day}/")])
        counts = await self._of_form(day)
        waiting: Mapping[str, Counts] = {}
        board_ms = 0
        if day == self.latest:
            board_ms, waiting = now_ms, await self._of_board(now_ms)
        elif before:  # only the form is counted anew
            board_ms, waiting = _waiting(_snapshot(day, before[-1]))
        for unit, told in waiting.items():
            counts[unit].update(told)
        table = [(u, [counts[u].get(name, 0) for name in COUNTED]) for u in sorted(counts)]
        row: Row = {
            "_id": f"{day}/{now_ms:015d}",
            "basis": basis,
            "board_ms": board_ms,
            "counts": _encode((COUNTED, table)),
        }
        await self._kept.insert_missing([row])
        await self._kept.delete([old["_id"] for old in before if old["_id"] != row["_id"]])
        if not board_ms:
            await self._forget_asked(day, now_ms)
        await self._forget_old(day)
        return _snapshot(day, row)

    async def _forget_asked(self, day: date, now_ms: int) -> None:
        """Keep no more days that were counted since somebody asked for them than there is room for:
        they can be counted again.
        """
        await self._kept.insert_missing([{"_id": f"asked/{now_ms:015d}/{day}"}])
        rows = await self._kept.ranges([prefix("asked/")], 2 * ASKED_KEPT)
        marks = [str(row["_id"]) for row in rows]
        over = [m for m in marks[:-ASKED_KEPT] if not m.endswith(f"{day}")]
        for mark in over:
            await self._forget(prefix(f"{mark.rpartition('/')[2]}/"))
        await self._kept.delete(over)

    async def _forget_old(self, day: date) -> None:
        """Forget what was counted day by day as long ago as that."""
        if day == self.latest:
            await self._forget(("0", f"{day - DAYS_KEPT}"))

    async def _forget(self, bounds: Bounds) -> None:
        rows = await self._kept.ranges([bounds], FORGOTTEN_LIMIT)
        await self._kept.delete([str(row["_id"]) for row in rows])

    async def _basis(self, day: date) -> str:
        """Return what a count of this day rests on: other days, or more of them, are another."""
        period = self.period(day)
        return f"{period.first}/{await self._counting.late(period.last)}"

    async def _of_form(self, day: date) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for view in VIEWS:
            forms = await self._counting.forms(Scope(), self.period(day), view)
            for unit, form in forms.items():
                told = msgspec.structs.asdict(form).items()
                counts[unit].update({f"{view}/{name}": number for name, number in told})
        return counts

    async def _of_board(self, now_ms: int) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for row in await self._situations.aggregate(matters_stages(now_ms)):
            key, number = row["_id"], row["number"]
            counts[key["unit"]][f"{key['cause']}/{'stuck' if key['is_stuck'] else 'waits'}"] += (
                number
            )
        return counts

    def _now_ms(self) -> int:
        return int(self._clock().timestamp() * 1_000)


def _snapshot(day: date, row: Row) -> Snapshot:
    names, table = _decode(row["counts"])
    counts = {unit: dict(zip(names, numbers, strict=True)) for unit, numbers in table}
    return Snapshot(day, int(row["_id"].partition("/")[2]), int(row["board_ms"]), counts)


def _waiting(before: Snapshot) -> tuple[int, Mapping[str, Counts]]:
    """Return what a count says of what waited, and as of when."""
    return before.board_ms, {
        unit: {name: n for name, n in counts.items() if not name.startswith(OF_FORM)}
        for unit, counts in before.counts.items()
    }


def matters_stages(now_ms: int) -> list[Mapping[str, Any]]:
    """Return how to count what waits, by unit and cause, and whether it is stuck."""
    by = {"unit": "$unit", "cause": "$cause", "is_stuck": {"$lte": ["$stuck_ms", now_ms]}}
    only = {"_id": 0, "unit": 1, "cause": 1, "stuck_ms": 1}
    over = [
        {"cause": name, "stuck_ms": {"$lte": over_ms(name, now_ms)}}
        for name, cause in CAUSES.items()
        if cause.lasts_s
    ]
    grouped = {"$group": {"_id": by, "number": {"$sum": 1}}}
    return [{"$project": only}, {"$match": {"$nor": over}}, grouped]
