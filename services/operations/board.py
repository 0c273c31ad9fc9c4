"""The stuck board: open applications by stage and cause, what is stuck apart from what should wait.

The database groups; what a group says is worked out here.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from services.operations.board_stages import by_age_stages, stuck_stages, waiting_stages
from services.operations.domain.causes import CAUSES
from services.operations.domain.partner_flow import share_of
from services.operations.domain.situations import NEVER_MS
from services.operations.domain.waits import Who
from services.operations.lately import Lately
from shared.store import Row

P95 = 0.95
KEPT_S = 30.0  # what waits as it should
SHARE = 20  # of the time at most one part is spent on what waits as it should
STUCK_SHARE = 5  # and on what is stuck
NOTHING: Mapping[str, Any] = {}


class Group(msgspec.Struct, frozen=True):
    """What waits at a stage for a cause; `is_stuck`: for longer than it should.

    `matters` are all that wait, `vnd` the money that hangs on them: of an order that waits for two
    causes it stands in both groups, so groups are not to be added.  Of what is stuck is told as
    well of how many `applications` they are, of which one citizen may have several, and `p95_s`, an
    age that one in twenty is older than; `hour_ago` and `day_ago`: how many were stuck then, null
    where nobody counted then.
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


class Counted(NamedTuple):
    """What is stuck, or what waits as it should, as of then; the oldest first."""

    as_of_ms: int
    groups: list[Group]


class Rows(Protocol):
    """`shared.mongo.MongoTable`."""

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Return what the database makes of the rows.  Raises `Unknown`."""


class Board:
    """Answers from the rows of `situations`, by their index."""

    def __init__(self, rows: Rows, monotonic: Callable[[], float]) -> None:
        self._rows = rows
        self._stuck = Lately(self._count_stuck, monotonic, least_s=0.0, share=STUCK_SHARE)
        self._waiting = Lately(self._count_waiting, monotonic, least_s=KEPT_S, share=SHARE)

    async def stuck(self, now_ms: int) -> Counted:
        """Return what is stuck; where that is so much that it takes the database long, as of a
        little before.  Raises `Unknown`.
        """
        return await self._stuck.at(now_ms)

    async def waiting(self, now_ms: int) -> Counted:
        """Return what waits as it should, as of a little before: for a million of them it takes the
        database seconds.  Raises `Unknown`.
        """
        return await self._waiting.at(now_ms)

    async def _count_stuck(self, now_ms: int) -> Counted:
        kinds: dict[tuple[str, str], list[Row]] = {}
        for row in await self._rows.aggregate(stuck_stages(now_ms)):
            kinds.setdefault((row["_id"]["stage"], row["_id"]["cause"]), []).append(row)
        groups = (_stuck_group(kind, rows, now_ms) for kind, rows in kinds.items())
        return Counted(now_ms, sorted(groups, key=_age))

    async def _count_waiting(self, now_ms: int) -> Counted:
        found = await self._rows.aggregate(waiting_stages(now_ms))
        return Counted(now_ms, sorted((_group(row, now_ms) for row in found), key=_age))

    async def ages(self, now_ms: int) -> list[Ages]:
        """Return how old what waits is, by stage; for a million of them that takes the database
        seconds.  Raises `Unknown`.
        """
        stages: dict[str, list[Row]] = {}
        for row in await self._rows.aggregate(by_age_stages(now_ms)):
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


def _ages(stage: str, rows: Sequence[Row], now_ms: int) -> Ages:
    widths = {int(row["_id"]["width"]): int(row["matters"]) for row in rows}
    return Ages(
        stage=stage,
        matters=sum(widths.values()),
        oldest_s=_age_s(min(int(row["since_ms"]) for row in rows), now_ms),
        median_s=share_of(widths, 0.5) or 0,
        p95_s=share_of(widths, P95) or 0,
    )


def _stuck_group(kind: tuple[str, str], columns: Sequence[Row], now_ms: int) -> Group:
    """Return a group from its histogram, oldest first; p95 is the oldest age of its column."""
    found = sorted(columns, key=lambda column: -int(column["_id"]["width"]))
    applications = sum(column["applications"] for column in found)
    total = {
        "_id": {"stage": kind[0], "cause": kind[1]},
        "matters": sum(column["matters"] for column in found),
        "since_ms": min(column["since_ms"] for column in found),
        "vnd": sum(column["vnd"] for column in found),
    }
    older = 0
    for column in found:
        older += column["applications"]
        if older > (1 - P95) * applications:
            break
    p95_s = _age_s(int(column["since_ms"]), now_ms)
    group = _group(total, now_ms, is_stuck=True)
    return msgspec.structs.replace(group, applications=applications, p95_s=p95_s)


def _group(row: Row, now_ms: int, *, is_stuck: bool = False) -> Group:
    kind, cause = row["_id"], CAUSES[row["_id"]["cause"]]
    since_ms = int(row["since_ms"])  # the driver has a type of its own for long numbers
    return Group(
        stage=kind["stage"],
        cause=kind["cause"],
        is_stuck=is_stuck,
        who=cause.who,
        title_vi=(is_stuck and cause.stuck_vi) or cause.vi,
        title_en=(is_stuck and cause.stuck_en) or cause.en,
        matters=row["matters"],
        oldest_ms=since_ms,
        oldest_s=_age_s(since_ms, now_ms),
        vnd=int(row["vnd"]),
    )


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
