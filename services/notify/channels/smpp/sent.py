"""Which attempt a message id belongs to: a receipt names nothing else that is ours.

`user_message_reference` comes back in a receipt at best, and has 16 bits: it can confirm a match,
not make one.  So the ids are kept: in memory, and as rows, written in bulk before the messages are
answered for, that another process finds after a restart or on another bind of the same account.

Two rows a message, about 30 µs of the database together:
    id/<provider>/<month>/<message id>   whose it is; ids come round again, months do not
    key/<key>                            the other way, for whoever asks after an attempt

Of a month that nobody looks into any more both are swept, also of providers that are gone.
"""

import asyncio
import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog

from services.notify.channels.smpp.submitting import Options, read_id
from services.notify.sweeping import PAGE, PAUSE_S
from shared.clock import Clock
from shared.errors import Unknown
from shared.store import Row, Table

REMEMBERED_LIMIT = 20_000  # a minute's receipts at 300 a second; the rows know the others
KEEP_LIMIT_S = 1.0  # what was sent is answered for in time, kept or not
LATE = timedelta(days=28)  # a receipt of last month is still ours

_AS_THEY_ARE = Options()
_PLACE = re.compile(r"id/(.*?)/([0-9]{4}-[0-9]{2})/")
_log = structlog.get_logger("smpp")


class Sent:
    """What a provider took of us."""

    def __init__(
        self,
        provider: str,
        table: Table,
        clock: Clock,
        options: Options = _AS_THEY_ARE,
        limit: int = REMEMBERED_LIMIT,
    ) -> None:
        self._provider, self._table, self._clock, self._limit = provider, table, clock, limit
        self._options = options
        self._keys: dict[str, str] = {}  # by message id, as it is compared
        self._ids: dict[str, str] = {}  # by key, as it was said
        self._unkept: dict[str, str] = {}  # keys by message id, as it was said

    def note(self, message_id: str, key: str) -> None:
        """Remember a message that was taken."""
        self._keys[read_id(message_id, self._options.answer_ids)] = key
        self._ids[key], self._unkept[message_id] = message_id, key
        for known in (self._keys, self._ids, self._unkept):
            if len(known) > self._limit:
                del known[next(iter(known))]

    async def keep(self) -> None:
        """Write down what was noted since; if that fails, the next time tries again."""
        noted, self._unkept = self._unkept, {}
        if not noted:
            return
        month = _month(self._clock())
        rows = [row for id_, key in noted.items() for row in self._rows(month, id_, key)]
        try:
            async with asyncio.timeout(KEEP_LIMIT_S):
                await self._table.insert_missing(rows)
        except BaseException as error:
            self._unkept = noted | self._unkept
            if not isinstance(error, Unknown | TimeoutError):
                raise
            _log.warning("message ids not kept yet", count=len(noted), because=repr(error)[:200])

    def known(self, message_ids: Collection[str]) -> dict[str, str]:
        """Return the keys of those that this process took note of."""
        compared = ((i, read_id(i, self._options.receipt_ids)) for i in message_ids)
        return {i: self._keys[own] for i, own in compared if own in self._keys}

    async def keys(self, message_ids: Collection[str]) -> dict[str, str]:
        """Return the keys of those that are known.  Raises `Unknown`."""
        found = self.known(message_ids)
        now = self._clock()
        months = dict.fromkeys((_month(now - LATE), _month(now)))  # the newest comes last
        places = {
            self._place(month, read_id(i, self._options.receipt_ids)): i
            for month in months
            for i in message_ids
            if i not in found
        }
        rows = {row["_id"]: row["key"] for row in await self._get(list(places))}
        return found | {i: rows[place] for place, i in places.items() if place in rows}

    async def message_ids(self, keys: Sequence[str]) -> dict[str, str]:
        """Return the message ids of the attempts that were taken.  Raises `Unknown`."""
        found = {k: self._ids[k] for k in keys if k in self._ids}
        rows = await self._get([f"key/{k}" for k in keys if k not in found])
        own = [row for row in rows if row["provider"] == self._provider]
        return found | {row["_id"].removeprefix("key/"): row["message"] for row in own}

    async def _get(self, ids: list[str]) -> list[Row]:
        return await self._table.get(ids) if ids else []

    def _rows(self, month: str, message_id: str, key: str) -> tuple[Row, Row]:
        return (
            {"_id": self._place(month, read_id(message_id, self._options.answer_ids)), "key": key},
            {"_id": f"key/{key}", "provider": self._provider, "message": message_id},
        )

    def _place(self, month: str, message_id: str) -> str:
        return f"id/{self._provider}/{month}/{message_id}"


async def sweep(table: Table, now: datetime) -> None:
    """Forget the months before those that are looked into.  Raises `Unknown`."""
    oldest, low = _month(now - LATE), "id/"
    while rows := await table.ranges([(low, "id0")], PAGE):
        fresh = None
        for row in rows:
            provider, month = _PLACE.findall(row["_id"])[0]
            if month >= oldest:
                fresh = provider
                break
            low = f"{row['_id']}\0"
        old = [row for row in rows if row["_id"] < low]
        await table.delete([i for row in old for i in (row["_id"], f"key/{row['key']}")])
        if fresh is not None:
            low = f"id/{fresh}0"  # the next provider's begin there
        await asyncio.sleep(PAUSE_S)


def _month(at: datetime) -> str:
    return f"{at:%Y-%m}"
