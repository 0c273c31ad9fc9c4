"""Which attempt a message id belongs to: a receipt names nothing else that is ours.

`user_message_reference` comes back in a receipt at best, and has 16 bits: it can confirm a match,
not make one.  So the ids are kept: in memory, and as rows, written in bulk before the messages are
answered for, that another process finds after a restart or on another bind of the same account.

Two rows a message, of one in parts another for each:
    id/<provider>/<month>/<message id>   whose it is, and a keyed hash of the number; where an SMSC
                                         counts anew, the newest message has the id
    key/<key>                            the other way, for whoever asks after an attempt
    got/<key>/<message id>               of a message in parts: this one was delivered

Of a month that nobody looks into any more all are swept, also of providers that are gone.
"""

import asyncio
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

import structlog

from services.notify.channels.smpp.submitting import Options, international, read_id
from services.notify.channels.smpp.text import Unfit
from services.notify.sweeping import PAGE, PAUSE_S, forget
from shared.clock import Clock
from shared.errors import Unknown
from shared.store import Row, Table, prefix

REMEMBERED_LIMIT = 20_000  # a minute's receipts at 300 a second; the rows know the others
KEEP_LIMIT_S = 1.0  # what was sent is answered for in time, kept or not
LATE = timedelta(days=28)  # a receipt of last month is still ours

_AS_THEY_ARE = Options()
_PLACE = re.compile(r"id/(.*?)/([0-9]{4}-[0-9]{2})/(.*)", re.DOTALL)
_log = structlog.get_logger("smpp")

Heard = tuple[str, str]  # a message id, and the mark of whose handset it was


class Whose(NamedTuple):
    """An attempt: `mark`: of its number; `parts`: how many message ids it has."""

    key: str
    mark: str = ""
    parts: int = 1

    def fits(self, mark: str) -> bool:
        """Tell whether it may be this handset's; nothing is said against it where none is told."""
        return not mark or not self.mark or mark == self.mark


class Sent:
    """What a provider took of us."""

    def __init__(
        self,
        provider: str,
        table: Table,
        clock: Clock,
        options: Options = _AS_THEY_ARE,
        marks_key: bytes = b"",
        limit: int = REMEMBERED_LIMIT,
    ) -> None:
        self._provider, self._table, self._clock, self._limit = provider, table, clock, limit
        self._options, self._marks_key = options, marks_key
        self._whose: dict[str, Whose] = {}  # by message id, as it is compared
        self._ids: dict[str, tuple[str, ...]] = {}  # by key, as they were said
        self._unkept: dict[Whose, tuple[str, ...]] = {}

    def mark(self, number: str) -> str:
        """Return what a number is known by; empty, if it is none of a Vietnamese mobile."""
        try:
            text = f"number/{international(number)}"
        except Unfit:
            return ""
        return blake2b(text.encode(), key=self._marks_key, digest_size=8).hexdigest()

    def note(self, key: str, message_ids: Sequence[str], number: str) -> Whose:
        """Remember a message that was taken, with all its parts."""
        whose, ids = Whose(key, self.mark(number), len(message_ids)), tuple(message_ids)
        for id_ in ids:
            own = read_id(id_, self._options.answer_ids)
            self._whose.pop(own, None)  # the newest comes last
            self._whose[own] = whose
        self._ids[key] = self._unkept[whose] = ids
        _bound(self._whose, self._limit)
        _bound(self._ids, self._limit)
        _bound(self._unkept, self._limit)
        return whose

    async def keep(self) -> list[str]:
        """Write down what was noted since, and return the keys; if that fails, the next time tries
        again.
        """
        noted, self._unkept = self._unkept, {}
        if not noted:
            return []
        month = _month(self._clock())
        made = (row for whose, ids in noted.items() for row in self._rows(whose, ids, month))
        rows = {row["_id"]: row for row in made}
        try:
            async with asyncio.timeout(KEEP_LIMIT_S):
                stood = await self._table.insert_missing(list(rows.values()))
                if stood:
                    await self._replace([rows[id_] for id_ in stood])
        except BaseException as error:
            self._unkept = noted | self._unkept
            if not isinstance(error, Unknown | TimeoutError):
                raise
            _log.warning("message ids not kept yet", count=len(noted), because=repr(error)[:200])
            return []
        return [whose.key for whose in noted]

    async def _replace(self, rows: Sequence[Row]) -> None:
        """Write rows in place of others' with their ids, which came round again."""
        there = {row["_id"]: row for row in await self._table.get([row["_id"] for row in rows])}
        if newer := [row for row in rows if there.get(row["_id"]) != row]:
            await self._table.delete([row["_id"] for row in newer])
            await self._table.insert_missing(newer)
            _log.warning("message ids came round again", count=len(newer))

    def known(self, heard: Collection[Heard]) -> dict[Heard, Whose]:
        """Return whose those are that this process took note of."""
        found = {}
        for id_, mark in heard:
            whose = self._whose.get(read_id(id_, self._options.receipt_ids))
            if whose and whose.fits(mark):
                found[id_, mark] = whose
        return found

    async def whose(self, heard: Collection[Heard]) -> dict[Heard, Whose]:
        """Return whose those are that are known.  Raises `Unknown`."""
        found = self.known(heard)
        now = self._clock()
        months = dict.fromkeys((_month(now - LATE), _month(now)))  # the newest comes last
        places = [
            (self._place(month, read_id(one[0], self._options.receipt_ids)), one)
            for month in months
            for one in heard
            if one not in found
        ]
        ids = list(dict.fromkeys(place for place, _ in places))
        rows = {row["_id"]: _read(row) for row in await self._get(ids)}
        return found | {one: rows[p] for p, one in places if p in rows and rows[p].fits(one[1])}

    def took(self, key: str) -> bool:
        """Tell whether this process knows that it was taken."""
        return key in self._ids

    async def got(self, whose: Whose, message_id: str) -> bool:
        """Note that a part was delivered; tell whether all are there.  Raises `Unknown`."""
        own = read_id(message_id, self._options.receipt_ids)
        await self._table.insert_missing([{"_id": f"got/{whose.key}/{own}"}])
        there = await self._table.ranges([prefix(f"got/{whose.key}/")], whose.parts)
        return len(there) == whose.parts

    async def message_ids(self, keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the message ids of the attempts that were taken; none, where another provider took
        it.  Raises `Unknown`.
        """
        found = {k: self._ids[k] for k in keys if k in self._ids}
        for row in await self._get([f"key/{k}" for k in keys if k not in found]):
            is_own = row["provider"] == self._provider
            found[row["_id"].removeprefix("key/")] = tuple(row["messages"]) if is_own else ()
        return found

    async def _get(self, ids: list[str]) -> list[Row]:
        return await self._table.get(ids) if ids else []

    def _rows(self, whose: Whose, ids: tuple[str, ...], month: str) -> list[Row]:
        own = [read_id(id_, self._options.answer_ids) for id_ in ids]
        return [
            *({"_id": self._place(month, id_), **whose._asdict()} for id_ in own),
            {"_id": f"key/{whose.key}", "provider": self._provider, "messages": list(ids)},
        ]

    def _place(self, month: str, message_id: str) -> str:
        return f"id/{self._provider}/{month}/{message_id}"


async def sweep(table: Table, now: datetime) -> None:
    """Forget the months before those that are looked into.  Raises `Unknown`."""
    oldest, low = _month(now - LATE), "id/"
    while rows := await table.ranges([(low, "id0")], PAGE):
        fresh = None
        for row in rows:
            provider, month, _ = _PLACE.findall(row["_id"])[0]
            if month >= oldest:
                fresh = provider
                break
            low = f"{row['_id']}\0"
        old = [row for row in rows if row["_id"] < low]
        await table.delete([id_ for row in old for id_ in _all_of(row)])
        if fresh is not None:
            low = f"id/{fresh}0"  # the next provider's begin there
        await asyncio.sleep(PAUSE_S)
    await forget(table, prefix("begun/"), lambda row: bool(row["at"] < now - LATE))


def _all_of(row: Row) -> Iterable[str]:
    message_id = _PLACE.findall(row["_id"])[0][2]
    return row["_id"], f"key/{row['key']}", f"got/{row['key']}/{message_id}"


def _read(row: Row) -> Whose:
    return Whose(row["key"], row["mark"], row["parts"])


def _bound(known: dict[Any, Any], limit: int) -> None:
    while len(known) > limit:
        del known[next(iter(known))]


def _month(at: datetime) -> str:
    return f"{at:%Y-%m}"
