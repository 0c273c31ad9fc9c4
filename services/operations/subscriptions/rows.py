"""The rows of subscriptions, inserted and never changed.

    of/<id>                     what is sent, how often, to whom
    ended/<id>                  who ended it, and when
    try/<id>/<period>/<n>       the n-th attempt was begun
    try/<id>/<period>/<n>!      what came of it
    turn/<n>                    who inserts it does that turn's work

A period is named after its last day.  An attempt is claimed by its row before it is made.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from services.operations.domain.subscriptions import Attempt, Subscription
from services.operations.turns import takes
from shared.store import Row, Table, prefix

ROWS_LIMIT = 1_000  # forgotten at once


class Ended(msgspec.Struct, frozen=True):
    """By whom, and when."""

    by: str
    at: datetime


class Subscriptions:
    """All of them.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def add(self, subscription: Subscription) -> None:
        """Insert one."""
        await self._table.insert_missing([_row(f"of/{subscription.id}", subscription)])

    async def every(self) -> list[Subscription]:
        """Return all, the oldest first."""
        rows = await self._table.ranges([prefix("of/")])
        return [msgspec.json.decode(row["said"], type=Subscription) for row in rows]

    async def end(self, id_: str, ended: Ended) -> bool:
        """End one; False: it was ended before."""
        return not await self._table.insert_missing([_row(f"ended/{id_}", ended)])

    async def ended(self) -> dict[str, Ended]:
        """Return those that were ended, by id."""
        rows = await self._table.ranges([prefix("ended/")])
        return {
            str(row["_id"]).partition("/")[2]: msgspec.json.decode(row["said"], type=Ended)
            for row in rows
        }

    async def attempts(self, since: Mapping[str, str]) -> dict[str, list[Attempt]]:
        """Return by subscription what was attempted for periods from the one on that is named for
        it, in order.
        """
        found: dict[str, list[Attempt]] = {id_: [] for id_ in since}
        bounds = [(f"try/{id_}/{first}", f"try/{id_}/~") for id_, first in since.items()]
        rows = await self._table.ranges(bounds) if bounds else []
        latest = {str(row["_id"]).removesuffix("!"): row for row in rows}  # `!` sorts after it
        for id_, row in latest.items():
            found[id_.split("/")[1]].append(msgspec.json.decode(row["said"], type=Attempt))
        return found

    async def begin(self, id_: str, attempt: Attempt) -> bool:
        """Claim an attempt; False: somebody else has."""
        return not await self._table.insert_missing([_row(_place(id_, attempt), attempt)])

    async def done(self, id_: str, attempt: Attempt) -> None:
        """Say what came of an attempt."""
        await self._table.insert_missing([_row(f"{_place(id_, attempt)}!", attempt)])

    async def forget_before(self, id_: str, period: str) -> None:
        """Forget what was attempted for periods before this one."""
        rows = await self._table.ranges([(f"try/{id_}/", f"try/{id_}/{period}")], ROWS_LIMIT)
        await self._table.delete([str(row["_id"]) for row in rows])

    async def forget(self, ids: Iterable[str]) -> None:
        """Forget all of these, which are ended."""
        for id_ in ids:
            rows = await self._table.ranges([prefix(f"try/{id_}/")])
            tries = [str(row["_id"]) for row in rows]
            await self._table.delete([*tries, f"of/{id_}", f"ended/{id_}"])

    async def takes(self, turn: int) -> bool:
        """Tell whether the work of this turn is ours; another process may have it."""
        return await takes(self._table, turn)


def latest(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Return the last attempt for each period, the newest period first."""
    return list({a.period: a for a in sorted(attempts, key=_order)}.values())[::-1]


def _order(attempt: Attempt) -> tuple[str, int]:
    return attempt.period, attempt.number


def _place(id_: str, attempt: Attempt) -> str:
    return f"try/{id_}/{attempt.period}/{attempt.number:02}"


def _row(id_: str, value: msgspec.Struct) -> Row:
    return {"_id": id_, "said": msgspec.json.encode(value).decode()}
