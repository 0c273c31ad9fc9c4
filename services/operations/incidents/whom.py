"""Whom a scope concerns, asked of the stuck board's rows and of what alarms found wrong.

What a count costs decides how long it is told: at most a twentieth of the time goes into counting,
however many look.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from services.operations.board import Rows
from services.operations.domain.causes import over_ms
from services.operations.domain.incidents import APPLICATIONS_LIMIT, Found, Scope
from services.operations.incidents.rows import Item
from shared.clock import Clock
from shared.store import Row, prefix

ROWS_LIMIT = 200_000  # of the board's rows: whoever waits for so much is counted no further
SHARE = 20  # of the time at most one part is spent on counting a scope
KEPT_LIMIT = 500  # scopes that are remembered
LIST_S = 0.5  # that a list may take to count: of the others it has what was counted last

Wrong = Callable[[str], Awaitable[Sequence[str]]]
_Stages = list[Mapping[str, Any]]


class Counted(NamedTuple):
    """Whom it concerned then."""

    found: Found
    at: datetime


class _Kept(NamedTuple):
    counted: Counted
    until_s: float


class Whom:
    """Counts; `wrong` are the applications in which alarms found this wrong.  Whatever is asked of
    it raises `Unknown`.
    """

    def __init__(
        self, situations: Rows, wrong: Wrong, clock: Clock, monotonic: Callable[[], float]
    ) -> None:
        self._situations, self._wrong = situations, wrong
        self._clock, self._monotonic = clock, monotonic
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._counting = asyncio.Lock()  # one at a time: the board has the same database

    async def now(self, scope: Scope) -> Counted:
        """Return how many it concerns; what was counted is told for a while."""
        async with self._counting:
            began_s = self._monotonic()
            key = msgspec.json.encode(scope)
            kept = self._kept.get(key)
            if kept and began_s < kept.until_s:
                return kept.counted
            counted = Counted(await self.count(scope), self._clock())
            ended_s = self._monotonic()
            self._kept[key] = _Kept(counted, ended_s + SHARE * (ended_s - began_s))
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT_LIMIT:
                self._kept.popitem(last=False)
            return counted

    async def each_now(self, scopes: Iterable[Scope]) -> list[Counted | None]:
        """Return the same of several; None: there was no time to, and nothing was counted yet."""
        ends_s, found = self._monotonic() + LIST_S, list[Counted | None]()
        for scope in scopes:
            kept = self._kept.get(msgspec.json.encode(scope))
            is_late = self._monotonic() >= ends_s
            found.append((kept and kept.counted) if is_late else await self.now(scope))
        return found

    async def count(self, scope: Scope) -> Found:
        """Return how many it concerns, counted now."""
        wrong = await self._wrong(scope.finding) if scope.finding else ()
        stages = _each(scope, self._clock(), wrong)
        rows = await self._situations.aggregate([*stages, _SUM]) if stages else []
        on_board = int(rows[0]["applications"]) if rows else 0
        matters = int(rows[0]["matters"]) if rows else 0
        return Found(
            applications=len(wrong) if scope.finding else on_board,
            matters=matters,
            vnd=int(rows[0]["vnd"]) if rows else 0,
            is_whole=matters < ROWS_LIMIT,
        )

    async def items(self, scope: Scope) -> list[Item]:
        """Return whom it concerns, what has waited for longest first; what does not wait at all
        comes last.
        """
        wrong = await self._wrong(scope.finding) if scope.finding else ()
        stages = _each(scope, self._clock(), wrong)
        of_somebody = {"$match": {"_id": {"$ne": ""}}}
        kept: _Stages = [*stages, of_somebody, _OLDEST_FIRST, {"$limit": APPLICATIONS_LIMIT}]
        items = [_item(row) for row in await self._situations.aggregate(kept)] if stages else []
        waits = {item.application for item in items}
        return [*items, *(Item(a, "", "", "", 0, 0) for a in wrong if a not in waits)]


def _each(scope: Scope, now: datetime, wrong: Sequence[str]) -> _Stages:
    """Return how to find the applications of a scope, each with what it waits for; nothing: there
    is none.  The money of an order counts once, however many rows are about it, and what is held
    has all that its application has.  Rows that are of no application are no application together,
    and each has money of its own.
    """
    either = _of(prefix(f"{a}/") for a in wrong) if scope.finding else _waiting(scope, now)
    same = {
        "since_ms": {"$min": "$since_ms"},
        **{name: {"$first": f"${name}"} for name in ("dossier", "unit")},
        "partner": {"$max": "$partner"},
    }
    is_nobodys = {"$eq": ["$application", ""]}
    thing = {"$cond": [is_nobodys, "$_id", {"$ifNull": ["$of", "$_id"]}]}
    of_thing = {
        "_id": {"application": "$application", "of": thing},
        "matters": {"$sum": 1},
        "vnd": {"$max": "$vnd"},
        **same,
    }
    is_whole = {"$eq": ["$_id.of", ""]}
    of_one = {
        "_id": "$_id.application",
        "matters": {"$sum": "$matters"},
        "parts": {"$sum": {"$cond": [is_whole, 0, "$vnd"]}},
        "whole": {"$max": {"$cond": [is_whole, "$vnd", 0]}},
        **same,
    }
    return (
        [
            {"$match": {"$or": either}},
            {"$limit": ROWS_LIMIT},
            {"$group": of_thing},
            {"$group": of_one},
            {"$set": {"vnd": {"$max": ["$parts", "$whole"]}}},
        ]
        if either
        else []
    )


def _of(bounds: Iterable[tuple[str, str]]) -> list[Mapping[str, Any]]:
    return [{"_id": {"$gte": low, "$lt": high}} for low, high in bounds]


def _waiting(scope: Scope, now: datetime) -> list[Mapping[str, Any]]:
    now_ms = _ms(now)
    stuck = {"$lte": now_ms} if scope.which == "stuck" else {}
    named = {n: v for n in ("unit", "partner", "procedure") if (v := getattr(scope, n))}
    began = {
        **({"$gte": _ms(scope.since)} if scope.since else {}),
        **({"$lt": _ms(scope.until)} if scope.until else {}),
    }
    also = {**named, **({"since_ms": began} if began else {})}
    return [
        {
            "stage": stage,
            "cause": cause,
            "stuck_ms": {**stuck, "$gt": over_ms(cause, now_ms)},
            **also,
        }
        for stage, cause in scope.kinds
    ]


_SUM: Mapping[str, Any] = {
    "$group": {
        "_id": None,
        "applications": {"$sum": {"$cond": [{"$eq": ["$_id", ""]}, 0, 1]}},
        "matters": {"$sum": "$matters"},
        "vnd": {"$sum": "$vnd"},
    }
}
_OLDEST_FIRST: Mapping[str, Any] = {"$sort": {"since_ms": 1, "_id": 1}}


def _item(row: Row) -> Item:
    return Item(
        application=row["_id"],
        dossier=row["dossier"],
        unit=row["unit"],
        partner=row["partner"],
        since_ms=int(row["since_ms"]),
        vnd=int(row["vnd"]),
    )


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
