"""The stuck board: open applications by stage and cause, what is stuck apart from what should wait.

The database groups; what a group says is worked out here.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from services.operations.domain.causes import CALL, CAUSES, HELD, OF_LANES, POISON
from services.operations.domain.partner_flow import WIDTHS, share_of
from services.operations.domain.waits import Who
from services.operations.journeys import ID_LENGTH
from services.operations.situations import NEVER_MS
from shared.store import Row
from shared.topics import SERVICES

P95 = 0.95
KEPT_S = 30.0
SHARE = 20  # of the time at most one part is spent on what waits as it should
NOTHING: Mapping[str, Any] = {}
_INDEXED = {"stage": 1, "cause": 1, "since_ms": 1, "vnd": 1}  # the rows are not looked at
_KIND = {"stage": "$stage", "cause": "$cause"}
# every stage and cause that there are: the index begins with them
APART_KINDS = [
    *((service, cause) for service in SERVICES for cause in (HELD, POISON)),
    (CAUSES[CALL].stage, CALL),
]
_KINDS = [*((c.stage, name) for name, c in CAUSES.items() if name not in OF_LANES), *APART_KINDS]


class Group(msgspec.Struct, frozen=True):
    """What waits at a stage for a cause; `is_stuck`: for longer than it should.

    `matters` are all that wait, `vnd` the money that hangs on them.  Of what is stuck is told as
    well of how many `applications` they are, one for each citizen affected, and `p95_s`, an age
    that one in twenty is older than; `hour_ago` and `day_ago`: how many were stuck then, null where
    nobody counted then.
    """

    stage: str
    cause: str
    is_stuck: bool
    who: Who
    title_vi: str
    title_en: str
    matters: int
    oldest_ms: int
    oldest_s: int
    vnd: int
    applications: int | None = None
    p95_s: int | None = None
    hour_ago: int | None = None
    day_ago: int | None = None


class Ages(msgspec.Struct, frozen=True, kw_only=True):
    """How old what waits at a stage is, stuck or not; `median_s` and `p95_s` to within a tenth."""

    stage: str
    matters: int
    oldest_s: int
    median_s: int
    p95_s: int


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


class Place(NamedTuple):
    """Where a page ended; no `key`: it begins there."""

    stuck_ms: int = 0
    key: str = ""


class Waiting(NamedTuple):
    """What waits as it should, as of then."""

    as_of_ms: int
    groups: list[Group]


class Rows(Protocol):
    """`shared.mongo.MongoTable`."""

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Return what the database makes of the rows.  Raises `Unknown`."""


class Board:
    """Answers from the rows of `situations`, by their index."""

    def __init__(self, rows: Rows, monotonic: Callable[[], float]) -> None:
        self._rows, self._monotonic = rows, monotonic
        self._kept, self._kept_until_s = Waiting(0, []), 0.0
        self._looking = asyncio.Lock()

    async def stuck(self, now_ms: int) -> list[Group]:
        """Return what is stuck, the oldest first.  Raises `Unknown`."""
        found = await self._rows.aggregate(_stuck(now_ms))
        return sorted((_group(row, now_ms, is_stuck=True) for row in found), key=_age)

    async def waiting(self, now_ms: int) -> Waiting:
        """Return what waits as it should: for a million of them that takes the database seconds,
        so what was found is told for a while.  Raises `Unknown`.
        """
        async with self._looking:
            began_s = self._monotonic()
            if began_s >= self._kept_until_s:
                found = await self._rows.aggregate(_waiting(now_ms))
                groups = sorted((_group(row, now_ms, is_stuck=False) for row in found), key=_age)
                self._kept = Waiting(now_ms, groups)
                ended_s = self._monotonic()
                self._kept_until_s = ended_s + max(KEPT_S, SHARE * (ended_s - began_s))
        return self._kept

    async def ages(self, now_ms: int) -> list[Ages]:
        """Return how old what waits is, by stage; for a million of them that takes the database
        seconds.  Raises `Unknown`.
        """
        stages: dict[str, list[Row]] = {}
        for row in await self._rows.aggregate(_by_age(now_ms)):
            stages.setdefault(row["_id"]["stage"], []).append(row)
        return [_ages(stage, rows, now_ms) for stage, rows in sorted(stages.items())]

    async def situations(
        self,
        stage: str,
        cause: str,
        after: Place,
        until_ms: int,
        limit: int,
        only: Mapping[str, Any] = NOTHING,
    ) -> list[Situation]:
        """Return a page of a group, what is stuck for longest first, up to what is stuck from
        `until_ms` on; `only` those whose fields are so.  Raises `Unknown`.
        """
        within = {**only, "stage": stage, "cause": cause}
        pages = {
            "$or": [
                {**within, "stuck_ms": after.stuck_ms, "_id": {"$gt": after.key}},
                {**within, "stuck_ms": {"$gt": after.stuck_ms, "$lte": until_ms}},
            ]
        }
        order = {"stage": 1, "cause": 1, "stuck_ms": 1, "_id": 1}
        found = await self._rows.aggregate([{"$match": pages}, {"$sort": order}, {"$limit": limit}])
        return [_situation(row) for row in found]


def over_ms(cause: str, now_ms: int) -> int:
    """Return until when what was stuck then is over by now, of a cause that ends by itself."""
    lasts_s = CAUSES[cause].lasts_s
    return now_ms - int(lasts_s * 1_000) if lasts_s else -1


def _stuck(now_ms: int) -> list[Mapping[str, Any]]:
    each = [
        {
            "stage": stage,
            "cause": cause,
            "stuck_ms": {"$lte": now_ms, "$gt": over_ms(cause, now_ms)},
        }
        for stage, cause in _KINDS
    ]
    application = {"$substrBytes": ["$_id", 0, ID_LENGTH]}
    of_one = {
        "_id": {**_KIND, "application": application},
        "matters": {"$sum": 1},
        "since_ms": {"$min": "$since_ms"},
        "vnd": {"$sum": "$vnd"},
    }
    of_all = {
        "_id": {name: f"$_id.{name}" for name in _KIND},
        "matters": {"$sum": "$matters"},
        "since_ms": {"$push": "$since_ms"},
        "vnd": {"$sum": "$vnd"},
    }
    only = {"_id": 1, **_INDEXED}
    return [{"$match": {"$or": each}}, {"$project": only}, {"$group": of_one}, {"$group": of_all}]


def _waiting(now_ms: int) -> list[Mapping[str, Any]]:
    each = [
        {"stage": stage, "cause": cause, "stuck_ms": {"$gt": now_ms}} for stage, cause in _KINDS
    ]
    only = {"_id": 0, **_INDEXED}
    of_all = {
        "_id": _KIND,
        "matters": {"$sum": 1},
        "since_ms": {"$min": "$since_ms"},
        "vnd": {"$sum": "$vnd"},
    }
    return [{"$match": {"$or": each}}, {"$project": only}, {"$group": of_all}]


def _by_age(now_ms: int) -> list[Mapping[str, Any]]:
    """Return how to count by age, in a histogram: two numbers read off it say enough."""
    each = [
        {"stage": stage, "cause": cause, "stuck_ms": {"$gt": over_ms(cause, now_ms)}}
        for stage, cause in _KINDS
    ]
    age_s = {"$divide": [{"$subtract": [now_ms, "$since_ms"]}, 1_000]}
    octaves = {"$log": [{"$max": [1, age_s]}, 2]}
    width = {"$toInt": {"$floor": {"$multiply": [WIDTHS, octaves]}}}
    of_width = {
        "_id": {"stage": "$stage", "width": width},
        "matters": {"$sum": 1},
        "since_ms": {"$min": "$since_ms"},
    }
    return [{"$match": {"$or": each}}, {"$project": {"_id": 0, **_INDEXED}}, {"$group": of_width}]


def _ages(stage: str, rows: Sequence[Row], now_ms: int) -> Ages:
    widths = {int(row["_id"]["width"]): int(row["matters"]) for row in rows}
    return Ages(
        stage=stage,
        matters=sum(widths.values()),
        oldest_s=_age_s(min(int(row["since_ms"]) for row in rows), now_ms),
        median_s=share_of(widths, 0.5) or 0,
        p95_s=share_of(widths, P95) or 0,
    )


def _group(row: Row, now_ms: int, *, is_stuck: bool) -> Group:
    kind, cause = row["_id"], CAUSES[row["_id"]["cause"]]
    told = row["since_ms"]
    # the driver has a type of its own for long numbers
    since = sorted(map(int, told)) if is_stuck else [int(told)]
    group = Group(
        stage=kind["stage"],
        cause=kind["cause"],
        is_stuck=is_stuck,
        who=cause.who,
        title_vi=(is_stuck and cause.stuck_vi) or cause.vi,
        title_en=(is_stuck and cause.stuck_en) or cause.en,
        matters=row["matters"],
        oldest_ms=since[0],
        oldest_s=_age_s(since[0], now_ms),
        vnd=int(row["vnd"]),
    )
    if not is_stuck:
        return group
    p95_s = _age_s(since[int((1 - P95) * (len(since) - 1))], now_ms)
    return msgspec.structs.replace(group, applications=len(since), p95_s=p95_s)


def _age_s(since_ms: int, now_ms: int) -> int:
    return max(0, now_ms - since_ms) // 1_000


def _age(group: Group) -> int:
    return group.oldest_ms


def _situation(row: Row) -> Situation:
    stuck_ms = int(row["stuck_ms"])
    return Situation(
        key=row["_id"],
        application=row["application"],
        dossier=row["dossier"],
        procedure=row["procedure"],
        unit=row["unit"],
        partner=row["partner"],
        since_ms=int(row["since_ms"]),
        stuck_ms=None if stuck_ms == NEVER_MS else stuck_ms,
        vnd=int(row["vnd"]),
    )
