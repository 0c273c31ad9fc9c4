"""What was on the stuck board a while ago, and how old what waits is: counted once a minute.

Rows, inserted and never changed; those of more than a day are deleted.

    turn/<minute>    who inserts it counts in that minute; any number of processes may
    at/<minute>      what was counted

They follow from no log, so they stay when the read side is read anew.
"""

import asyncio
from collections.abc import Iterable

import msgspec

from services.operations.board import Ages, Board, Counted, Group
from shared.clock import Clock
from shared.store import Row, Table

MINUTE_S = 60
LOOK_S = 20.0  # whose turn it is in a minute is found out that often
HOUR, DAY = 60, 24 * 60  # minutes
NEAR = 10  # minutes: one that nobody counted is told by one before it, up to so long ago
KEPT = DAY + 2 * NEAR  # minutes
TURNS_KEPT = 2
DELETED_AT_ONCE = 200


class Count(msgspec.Struct, frozen=True):
    """What was counted then: how many are stuck, by `<stage>/<cause>`; ages by stage."""

    at_ms: int
    stuck: dict[str, int]
    ages: list[Ages]


class Trends:
    """The board beside what it was.  Whatever is asked of it raises `Unknown`."""

    every_s = LOOK_S

    def __init__(self, board: Board, rows: Table, clock: Clock) -> None:
        self._board, self._rows, self._clock = board, rows, clock

    async def stuck(self, now_ms: int) -> Counted:
        """Return what is stuck, the oldest first, each with how many it was."""
        found, hour, day = await asyncio.gather(
            self._board.stuck(now_ms), self._before(now_ms, HOUR), self._before(now_ms, DAY)
        )
        return found._replace(groups=compared(found.groups, hour, day))

    async def last(self) -> Count | None:
        """Return the last count; None: there is none of these days."""
        rows = await self._rows.last(("at/", "at0"), 1)
        return _count(rows[0]) if rows else None

    async def turn(self) -> bool:
        """Count, and forget what is old; False: another has counted in this minute."""
        now_ms = int(self._clock().timestamp() * 1_000)
        minute = _minute(now_ms)
        if await self._rows.insert_missing([{"_id": f"turn/{minute:010d}"}]):
            return False
        found, ages = await self._board.stuck(now_ms), await self._board.ages(now_ms)
        count = Count(now_ms, {_key(group): group.matters for group in found.groups}, ages)
        row: Row = {"_id": f"at/{minute:010d}", "count": msgspec.json.encode(count).decode()}
        await self._rows.insert_missing([row])
        old = ("at/", f"at/{minute - KEPT:010d}"), ("turn/", f"turn/{minute - TURNS_KEPT:010d}")
        rows = await self._rows.ranges(old, DELETED_AT_ONCE)
        await self._rows.delete([str(row["_id"]) for row in rows])
        return True

    async def _before(self, now_ms: int, minutes: int) -> Count | None:
        """Return what was counted so many minutes ago, or a little before."""
        then = _minute(now_ms) - minutes
        rows = await self._rows.last((f"at/{then - NEAR:010d}", f"at/{then + 1:010d}"), 1)
        return _count(rows[0]) if rows else None


def compared(groups: Iterable[Group], hour: Count | None, day: Count | None) -> list[Group]:
    """Return the groups with how many each was in these counts."""
    return [
        msgspec.structs.replace(
            group,
            hour_ago=hour.stuck.get(_key(group), 0) if hour else None,
            day_ago=day.stuck.get(_key(group), 0) if day else None,
        )
        for group in groups
    ]


def _key(group: Group) -> str:
    return f"{group.stage}/{group.cause}"


def _minute(ms: int) -> int:
    return ms // 1_000 // MINUTE_S


def _count(row: Row) -> Count:
    return msgspec.json.decode(row["count"], type=Count)
