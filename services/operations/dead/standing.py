"""What lanes set aside and nobody did anything about, as it stands among the board's rows.

The database puts it into groups and gives a page of one: however much there is, no more is read
than is shown.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.operations.board import Rows
from services.operations.board_stages import APART_KINDS
from services.operations.domain.causes import HELD
from services.operations.domain.dead.letters import (
    HOUR_MS,
    KINDS,
    DeadGroup,
    Open,
    Place,
    bare,
    shape,
)
from services.operations.letters import OPEN_LIMIT, open_of
from shared.store import Row

INDEX = ("group", "since_ms", "_id", "application")  # of rows that have a group
UNGROUPED = "ungrouped"  # rows of an edition that was read before they had a group
_EACH = [{"stage": stage, "cause": cause} for stage, cause in APART_KINDS]
_HELD = [each for each in _EACH if each["cause"] == HELD]


class Standing:
    """Groups, and what is in one, oldest first.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def groups(self, now_ms: int) -> tuple[list[DeadGroup], bool]:
        """Return the groups, what came last first, and whether they are all there are."""
        found = await self._counted({"group": {"$exists": True}}, now_ms)
        every: Sequence[Mapping[str, Any]] = [
            {"$match": {"$or": _EACH}},
            {"$limit": OPEN_LIMIT + 1},
            {"$count": "count"},
        ]
        count = sum(int(row["count"]) for row in await self._rows.aggregate(every))
        if sum(group.count for group in found) < count:
            found += await self._counted(_of(UNGROUPED), now_ms)
        return sorted(found, key=lambda g: (-g.newest_ms, g.id)), count <= OPEN_LIMIT

    async def group(self, id_: str, now_ms: int) -> DeadGroup | None:
        """Return one of them; None: nothing of it stands."""
        return next(iter(await self._counted(_of(id_), now_ms)), None)

    async def page(self, id_: str, after: str, limit: int) -> list[Open]:
        """Return what is in a group behind a mark."""
        since, _, key = after.partition(" ")
        behind: Mapping[str, Any] = {}
        if key and since.isdecimal():
            since_ms = int(since[:15])
            then = {"since_ms": since_ms, "_id": {"$gt": key}}
            behind = {"$or": [{"since_ms": {"$gt": since_ms}}, then]}
        order = {"since_ms": 1, "_id": 1}
        rows = await self._rows.aggregate(
            [{"$match": {"$and": [_of(id_), behind]}}, {"$sort": order}, {"$limit": limit}]
        )
        return [open_of(row) for row in rows]

    async def _counted(self, match: Mapping[str, Any], now_ms: int) -> list[DeadGroup]:
        found = await self._rows.aggregate(_counting(match, now_ms))
        named = {"$match": {"_id": {"$in": [row["one"] for row in found]}}}
        ones = {row["_id"]: row for row in await self._rows.aggregate([named])} if found else {}
        return [_group(row, ones[row["one"]]) for row in found if row["one"] in ones]

    async def parked(self, place: Place) -> Open | None:
        """Return what is held at a place."""
        at = [each | place._asdict() for each in _HELD]
        rows = await self._rows.aggregate([{"$match": {"$or": at}}, {"$limit": 1}])
        return open_of(rows[0]) if rows else None


def mark(one: Open) -> str:
    """Return behind what the next begins."""
    return f"{one.since_ms:015d} {one.key}"


def _of(group: str) -> Mapping[str, Any]:
    if group == UNGROUPED:
        return {"$or": [{**each, "group": {"$exists": False}} for each in _EACH]}
    return {"group": group}


def _counting(match: Mapping[str, Any], now_ms: int) -> Sequence[Mapping[str, Any]]:
    """Return how groups are counted: by application first, which counts once."""
    hour, before = now_ms - HOUR_MS, now_ms - 2 * HOUR_MS
    in_hour = {"$gt": ["$since_ms", hour]}
    in_hour_before = {"$and": [{"$lte": ["$since_ms", hour]}, {"$gt": ["$since_ms", before]}]}
    by_application = {
        "_id": {"group": "$group", "application": "$application"},
        "count": {"$sum": 1},
        "oldest_ms": {"$min": "$since_ms"},
        "newest_ms": {"$max": "$since_ms"},
        "last_hour": {"$sum": {"$cond": [in_hour, 1, 0]}},
        "hour_before": {"$sum": {"$cond": [in_hour_before, 1, 0]}},
        "one": {"$min": "$_id"},
    }
    is_nobodys = {"$eq": ["$_id.application", ""]}
    by_group = {
        "_id": "$_id.group",
        **{name: {"$sum": f"${name}"} for name in ("count", "last_hour", "hour_before")},
        "oldest_ms": {"$min": "$oldest_ms"},
        "newest_ms": {"$max": "$newest_ms"},
        "applications": {"$sum": {"$cond": [is_nobodys, 0, 1]}},
        "nobodys": {"$sum": {"$cond": [is_nobodys, "$count", 0]}},
        "one": {"$min": "$one"},
    }
    return [
        {"$match": match},
        {"$limit": OPEN_LIMIT + 1},
        {"$group": by_application},
        {"$group": by_group},
    ]


def _group(row: Row, one: Row) -> DeadGroup:
    numbers = ("count", "oldest_ms", "newest_ms", "last_hour", "hour_before")
    return DeadGroup(
        id=row["_id"] or UNGROUPED,
        kind=KINDS[one["cause"]],
        service=one["stage"],
        topic=one.get("topic", ""),
        reason=shape(one.get("reason", "")),
        field=bare(one.get("field", "")),
        applications=int(row["applications"]),
        nobodys=int(row["nobodys"]),
        **{name: int(row[name]) for name in numbers},
    )
