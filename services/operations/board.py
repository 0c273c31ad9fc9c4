"""The stuck board: open applications by stage and cause, what is stuck apart from what should wait.

The database groups; what a group says is worked out here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from services.operations.domain.causes import CAUSES
from services.operations.domain.waits import Who
from shared.store import Row, prefix

P95 = 0.95


class Group(msgspec.Struct, frozen=True):
    """What waits at a stage for a cause; `is_stuck`: for longer than it should.

    `matters` are all that wait, of so many `applications`, one for each citizen affected; `vnd` the
    money that hangs on them; `p95_s` is an age that one in twenty is older than.
    """

    stage: str
    cause: str
    is_stuck: bool
    who: Who
    title_vi: str
    title_en: str
    matters: int
    applications: int
    oldest_ms: int
    oldest_s: int
    p95_s: int
    vnd: int


class Situation(msgspec.Struct, frozen=True):
    """One thing that an application waits for; `stuck_ms` is since when it is stuck, or will be;
    None: nobody can say.
    """

    key: str
    application: str
    dossier: str
    procedure: str
    unit: str
    partner: str
    since_ms: int
    stuck_ms: int | None
    vnd: int


class Rows(Protocol):
    """`shared.mongo.MongoTable`."""

    async def ranges(self, bounds: Sequence[tuple[str, str]], limit: int = 0) -> list[Row]:
        """See `shared.store.Table`."""

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Return what the database makes of the rows.  Raises `Unknown`."""


class Board:
    """Answers from the rows of `situations`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def groups(self, now_ms: int, units: Sequence[str] = ()) -> list[Group]:
        """Return the groups, those that are stuck and oldest first.  Raises `Unknown`."""
        found = await self._rows.aggregate(_grouping(now_ms, units))
        return sorted((_group(row, now_ms) for row in found), key=_urgency)

    async def situations(self, stage: str, cause: str, after: str, limit: int) -> list[Situation]:
        """Return a page of a group, in the order in which the applications were submitted."""
        low, high = prefix(f"{stage}/{cause}/")
        rows = await self._rows.ranges([(f"{after}\0" if after else low, high)], limit)
        return [_situation(row) for row in rows]


def _grouping(now_ms: int, units: Sequence[str]) -> list[Mapping[str, Any]]:
    stuck = {"$lte": [{"$ifNull": ["$stuck_ms", now_ms + 1]}, now_ms]}
    kind = {"stage": "$stage", "cause": "$cause", "is_stuck": stuck}
    of_one = {
        "_id": {**kind, "application": "$application"},
        "matters": {"$sum": 1},
        "since_ms": {"$min": "$since_ms"},
        "vnd": {"$sum": "$vnd"},
    }
    of_all = {
        "_id": {name: f"$_id.{name}" for name in kind},
        "matters": {"$sum": "$matters"},
        "applications": {"$sum": 1},
        "since_ms": {"$push": "$since_ms"},
        "vnd": {"$sum": "$vnd"},
    }
    only = [{"$match": {"unit": {"$in": list(units)}}}] if units else []
    return [*only, {"$group": of_one}, {"$group": of_all}]


def _group(row: Row, now_ms: int) -> Group:
    kind = row["_id"]
    cause = CAUSES[kind["cause"]]
    since = sorted(row["since_ms"])
    at_p95 = since[int((1 - P95) * (len(since) - 1))]
    return Group(
        stage=kind["stage"],
        cause=kind["cause"],
        is_stuck=kind["is_stuck"],
        who=cause.who,
        title_vi=cause.vi,
        title_en=cause.en,
        matters=row["matters"],
        applications=row["applications"],
        oldest_ms=since[0],
        oldest_s=_age_s(since[0], now_ms),
        p95_s=_age_s(at_p95, now_ms),
        vnd=row["vnd"],
    )


def _age_s(since_ms: int, now_ms: int) -> int:
    return max(0, now_ms - since_ms) // 1_000


def _urgency(group: Group) -> tuple[bool, int]:
    return not group.is_stuck, group.oldest_ms


def _situation(row: Row) -> Situation:
    return Situation(
        key=row["_id"],
        application=row["application"],
        dossier=row["dossier"],
        procedure=row["procedure"],
        unit=row["unit"],
        partner=row["partner"],
        since_ms=row["since_ms"],
        stuck_ms=row.get("stuck_ms"),
        vnd=row["vnd"],
    )
