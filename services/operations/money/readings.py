"""What each process of operations has of partners live, told to the others.

A process has of the live table what its lanes brought; what is counted of partners is in one of
them, and moves with it.  So each keeps its last reading in a row of its own, and whoever is asked
takes of each partner the reading that has heard of it last.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from services.operations.domain.partner_flow import Live
from services.operations.tables import Flowing
from shared.clock import Clock
from shared.store import Row, Table

TELL_EVERY_S = 5.0
STALE_S = 60  # a reading that is older is of a process that has ended, or cannot tell
READINGS_LIMIT = 1_000
DIGITS = 15  # of milliseconds in an id
END = "~"  # after every id


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a process has: `newest_second` is the last second of the log that it counted."""

    newest_second: datetime | None
    partners: list[Live]


class Tables(Protocol):
    """`services.operations.tables.LiveTables`."""

    def flowing(self) -> Flowing:
        """Return what flows."""

    def partners(self) -> list[Live]:
        """Return what partners do."""


_decode = msgspec.json.Decoder(Reading).decode


class Readings:
    """The readings of all processes; `process` is the name of this one.

    Rows are `<told at>/<number>/<process>`: the last one of a process counts, and those before are
    deleted.
    """

    every_s = TELL_EVERY_S

    def __init__(self, rows: Table, tables: Tables, process: str, clock: Clock) -> None:
        self._rows, self._tables, self._process, self._clock = rows, tables, process, clock
        self._number = 0

    async def turn(self) -> None:
        """Tell what this process has, and forget what it told before, and what is stale.  Raises
        `Unknown`.
        """
        before = await self._rows.ranges([("", END)], READINGS_LIMIT)
        own = self._own()
        self._number += 1
        id_ = f"{self._now_ms():0{DIGITS}d}/{self._number:09d}/{self._process}"
        if own.partners:  # who has nothing of them has nothing to tell
            text = msgspec.json.encode(own).decode()
            await self._rows.insert_missing([{"_id": id_, "reading": text}])
        since = self._since()
        over = [
            row["_id"] for row in before if row["_id"] < since or _process(row) == self._process
        ]
        if over:
            await self._rows.delete(over)

    async def all(self) -> list[Reading]:
        """Return what all processes have, this one as of now.  Raises `Unknown`."""
        rows = await self._rows.ranges([(self._since(), END)], READINGS_LIMIT)
        last = {_process(row): row for row in rows if _process(row) != self._process}
        return [self._own(), *(_decode(row["reading"]) for row in last.values())]

    def _own(self) -> Reading:
        newest = self._tables.flowing().newest_second
        return Reading(newest_second=newest, partners=self._tables.partners())

    def _since(self) -> str:
        return f"{self._now_ms() - STALE_S * 1_000:0{DIGITS}d}"

    def _now_ms(self) -> int:
        return int(self._clock().timestamp() * 1_000)


def folded(readings: Iterable[Reading]) -> tuple[list[Live], datetime | None]:
    """Return each partner once, by name, as who has heard of it last has it; and the second up to
    which those have counted.
    """
    found: dict[str, tuple[Live, datetime | None]] = {}
    for reading in readings:
        for live in reading.partners:
            known = found.get(live.partner)
            if known is None or _heard(live) > _heard(known[0]):
                found[live.partner] = live, reading.newest_second
    seconds = [second for _, second in found.values() if second]
    return [found[name][0] for name in sorted(found)], max(seconds, default=None)


def _heard(live: Live) -> tuple[int, Sequence[int]]:
    """Return how much somebody has heard of a partner: until when, and how many messages."""
    day = live.day
    return live.newest_s, (day.opened, day.paid, day.answered, day.unanswered, day.let_alone)


def _process(row: Row) -> str:
    return str(row["_id"]).rpartition("/")[2]
