"""What rules look at: the board's rows, groups of Kafka, keys, and the log checked by sample.

Groups are limited, and never rows: a group that is cut off before looks as if it were gone.  What
nobody answers is `unseen`: then nothing fires or ends by it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from services.operations.alarms.rows import Past
from services.operations.alarms.signs import Signs
from services.operations.board import Rows
from services.operations.domain.alarms import Sight
from services.operations.domain.causes import KINDS, over_ms
from services.operations.domain.expiry import Expiring, days_left
from services.operations.domain.situations import NEVER_MS
from services.operations.turns import Faults
from shared.bus import Partition, Reached
from shared.catalogue import Catalogue
from shared.errors import Misconfigured, Unknown
from shared.store import Row
from shared.working_time import CalendarEnds, WorkingCalendar, local_day

GROUPS_LIMIT = 10_000  # three times as many as there are units
GROWTH = timedelta(minutes=15)
GROWTH_FROM = timedelta(minutes=10)  # a look younger than that says nothing of growth
GREW = 1.5
DUE_HOURS, SILENT_HOURS = 4, 8  # of work
LATE = ("unanswered", "unrouted", "unassessed")
DOWN = ("partner_down", "partner_silent")
OTHERS = (*LATE, *DOWN, "certificate_expired")  # have a rule of their own
WORK = ("in_processing", "awaiting_signature")


class Seen(NamedTuple):
    """A look: what was seen, what nobody could look at, what is counted for later looks, and what
    went wrong, by the rules that it is about.
    """

    sights: list[Sight]
    unseen: list[str]
    past: Past
    errors: Mapping[str, Exception] = {}


class Lagging(Protocol):
    """`shared.kafka.KafkaLags`."""

    async def look(self) -> Mapping[str, tuple[Reached, Reached]]:
        """Return by group, and by lane of each topic, what is done, and what there is.

        Raises `Unknown`.
        """


class Sampling(Protocol):
    """`services.operations.alarms.checking.Checking`."""

    async def look(self, now: datetime) -> list[Sight]:
        """Return what is wrong in the log.  Raises `Unknown`."""


class Sources(NamedTuple):
    """What is looked at; `expiring`: which partners' keys there are."""

    situations: Rows
    facts: Rows
    lags: Lagging
    checking: Sampling
    faults: Faults
    expiring: Sequence[Expiring]
    catalogue: Catalogue


class Sightings:
    """Looks."""

    def __init__(self, sources: Sources) -> None:
        self._from = sources
        self._signs = Signs(sources.facts)

    async def look(self, now: datetime, before: Sequence[Past]) -> Seen:
        """Return what is seen now; `before`: what was counted in the last minutes."""
        now_ms = _ms(now)
        stuck: dict[str, int] = {}
        ends: dict[str, dict[str, int]] = {}
        looks: Mapping[tuple[str, ...], Callable[[], Awaitable[list[Sight]]]] = {
            ("late_intake", "stuck_growth", "stuck_old"): lambda: self._stuck(
                now_ms, stuck, before
            ),
            ("read_lag",): lambda: self._lag(now_ms, ends, before),
            ("partner_down",): lambda: self._partners(now_ms),
            ("certificate_expiry",): lambda: self._expiring(now),
            ("due_soon",): lambda: self._due(now),
            ("silent_unit",): lambda: self._silent(now),
            ("sequence_gap", "parity_difference"): lambda: self._from.checking.look(now),
            ("loop_failing",): self._failing,
        }
        sights: list[Sight] = []
        unseen: list[str] = []
        errors: dict[str, Exception] = {}
        for rules, look in looks.items():
            try:
                sights += await look()
            except (Unknown, CalendarEnds, Misconfigured):
                unseen += rules
            except Exception as error:  # the other rules are to be looked at all the same
                unseen += rules
                errors[", ".join(rules)] = error
        past = Past(now_ms, None if "stuck_growth" in unseen else stuck, ends)
        return Seen(sights, unseen, past, errors)

    # ---- the board

    async def _stuck(
        self, now_ms: int, stuck: dict[str, int], before: Sequence[Past]
    ) -> list[Sight]:
        found = {
            (row["_id"]["stage"], row["_id"]["cause"]): row
            for row in await self._from.situations.aggregate(_stuck(now_ms))
        }
        stuck.update({f"{s}/{c}": int(row["count"]) for (s, c), row in found.items()})
        sights = []
        for (stage, cause), row in found.items():
            about = f"{stage}/{cause}"
            if cause in LATE:
                sights.append(Sight(rule="late_intake", about=cause, value=int(row["count"])))
            elif cause not in OTHERS:
                age_s = (now_ms - int(row["stuck_ms"])) // 1_000
                sights.append(Sight(rule="stuck_old", about=about, value=age_s))
                more = grown(about, int(row["count"]), now_ms, before)
                sights.append(Sight(rule="stuck_growth", about=about, value=more))
        return sights

    async def _partners(self, now_ms: int) -> list[Sight]:
        kinds = [("payment", cause, {"$lte": now_ms}) for cause in DOWN]
        rows = await self._from.situations.aggregate(_by("partner", kinds))
        return [_sight("partner_down", row, partner=row["_id"]) for row in rows if row["_id"]]

    async def _due(self, now: datetime) -> list[Sight]:
        limit = after_work(self._calendar(now), now, DUE_HOURS)
        kinds = [("processing", c, {"$gt": _ms(now), "$lte": _ms(limit)}) for c in WORK]
        rows = await self._from.situations.aggregate(_by("unit", kinds))
        return [_sight("due_soon", row, unit=row["_id"]) for row in rows if row["_id"]]

    async def _silent(self, now: datetime) -> list[Sight]:
        """Units where something has waited for so long, and nothing has moved since that day."""
        since = after_work(self._calendar(now), now, -SILENT_HOURS)
        kinds = [
            ("routing", "awaiting_acceptance", {"$lte": NEVER_MS}),
            ("processing", "in_processing", {"$lte": _ms(now)}),
        ]
        old = {"since_ms": {"$lte": _ms(since)}}
        found = await self._from.situations.aggregate(_by("unit", kinds, old))
        rows = {str(row["_id"]): row for row in found if row["_id"]}
        alive = await self._signs.alive(rows.keys(), local_day(since), local_day(now))
        return [
            _sight("silent_unit", row, unit=unit) for unit, row in rows.items() if unit not in alive
        ]

    def _calendar(self, now: datetime) -> WorkingCalendar:
        return self._from.catalogue.working_calendar(local_day(now))

    # ---- others

    async def _lag(
        self, now_ms: int, seen: dict[str, dict[str, int]], before: Sequence[Past]
    ) -> list[Sight]:
        found = await self._from.lags.look()
        seen.update(
            {g: {_name(p): end for p, end in ends.items()} for g, (_, ends) in found.items()}
        )
        return [
            Sight(
                rule="read_lag",
                about=group,
                value=behind_s(group, done, ends, now_ms, before),
            )
            for group, (done, ends) in found.items()
        ]

    async def _failing(self) -> list[Sight]:
        faults = sorted(await self._from.faults.standing(), key=lambda f: f.times)
        most = {fault.loop: fault.times for fault in faults}
        return [Sight(rule="loop_failing", about=loop, value=n) for loop, n in most.items()]

    async def _expiring(self, now: datetime) -> list[Sight]:
        kinds = [("processing", "certificate_expired", {"$lte": _ms(now)})]
        rows = await self._from.situations.aggregate(_by("unit", kinds))
        signers = [
            Sight(rule="certificate_expiry", about=f"signer/{r['_id']}", value=0, unit=r["_id"])
            for r in rows
        ]
        return signers + days_left(self._from.expiring, now)


def grown(about: str, count: int, now_ms: int, before: Sequence[Past]) -> int:
    """Return by how many a group grew since about a quarter of an hour ago; 0 where that is less
    than half of what it was, or nobody knows.
    """
    ages = [(now_ms - p.at_ms, p) for p in before]
    then = [p for age, p in ages if _ms_of(GROWTH_FROM) <= age <= _ms_of(GROWTH)]
    counted = [(p.at_ms, p.stuck.get(about, 0)) for p in then if p.stuck is not None]
    if not counted:
        return 0
    _, was = min(counted)
    return count - was if count >= GREW * was else 0


def behind_s(
    group: str,
    done: Reached,
    ends: Reached,
    now_ms: int,
    before: Sequence[Past],
) -> int:
    """Return for how long at least a group's oldest unread record has been there, of all lanes
    of all topics: one that stands still is not made up for by another.
    """
    oldest = now_ms
    for lane, read in done.items():
        if read >= ends[lane]:
            continue
        # the first look that saw more than was read: the record was there by then
        there = [p.at_ms for p in before if p.ends.get(group, {}).get(_name(lane), 0) > read]
        oldest = min(oldest, *there) if there else oldest
    return max(0, now_ms - oldest) // 1_000


def after_work(calendar: WorkingCalendar, at: datetime, hours: int) -> datetime:
    """Return when so many hours of work are over; before, where they are negative.  Raises
    `CalendarEnds`.
    """
    return calendar.instant(max(calendar.worked(at) + timedelta(hours=hours), timedelta()))


def _stuck(now_ms: int) -> list[Mapping[str, Any]]:
    each = [
        {"stage": s, "cause": c, "stuck_ms": {"$lte": now_ms, "$gt": over_ms(c, now_ms)}}
        for s, c in KINDS
    ]
    only = {"_id": 0, "stage": 1, "cause": 1, "stuck_ms": 1}
    group = {
        "_id": {"stage": "$stage", "cause": "$cause"},
        "count": {"$sum": 1},
        "stuck_ms": {"$min": "$stuck_ms"},
    }
    return [{"$match": {"$or": each}}, {"$project": only}, {"$group": group}]


def _by(
    field: str,
    kinds: Sequence[tuple[str, str, Mapping[str, int]]],
    also: Mapping[str, Any] | None = None,
) -> list[Mapping[str, Any]]:
    """Return how to count rows of these stages, causes and times by a field, the most first."""
    each = [{"stage": s, "cause": c, "stuck_ms": within, **(also or {})} for s, c, within in kinds]
    group = {"_id": f"${field}", "count": {"$sum": 1}}
    return [
        {"$match": {"$or": each}},
        {"$group": group},
        {"$sort": {"count": -1, "_id": 1}},
        {"$limit": GROUPS_LIMIT},
    ]


def _sight(rule: str, row: Row, partner: str = "", unit: str = "") -> Sight:
    value = int(row["count"])
    return Sight(rule=rule, about=partner or unit, value=value, partner=partner, unit=unit)


def _name(place: Partition) -> str:
    topic, lane = place
    return f"{topic}/{lane}"


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)


def _ms_of(time: timedelta) -> int:
    return int(time.total_seconds() * 1_000)
