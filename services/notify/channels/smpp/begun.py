"""Which messages were begun, as rows: so that of one whose answer nobody heard it is known whether
it may have gone out.

    begun/<key>   by `send`, a window at a time, before its PDUs are written; or by `ask`, if nobody
                  had begun it: then nobody ever will

The row that is there first decides.  It goes when there is nothing left to doubt: the message ids
are kept (`smpp.sent`), or surely nothing was taken.  So whoever asks writes first, and reads then.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from shared.clock import Clock
from shared.errors import Unknown
from shared.events.notify import Answered
from shared.store import Row, Table

WRITE_LIMIT_S = 1.0
NOT_BEGUN = "not_begun"


class Begun:
    """The rows of one service."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table, self._clock = table, clock

    async def begin(self, keys: Sequence[str]) -> dict[str, Answered]:
        """Claim that messages may go out; return an answer for each that may not."""
        try:
            async with asyncio.timeout(WRITE_LIMIT_S):
                stood = await self._claim(keys, "send")
        except (Unknown, TimeoutError):
            return {k: Answered(key=k, finding="deferred", reason=NOT_BEGUN) for k in keys}
        return {
            key: Answered(key=key, finding="absent", reason=NOT_BEGUN)
            if by == "ask"
            else Answered(key=key, finding="unknown", reason="begun_before")
            for key, by in stood.items()
        }

    async def ask(self, keys: Sequence[str]) -> set[str]:
        """Return those that nobody had begun, and now nobody will.  Raises `Unknown`."""
        stood = await self._claim(keys, "ask")
        return {key for key in keys if stood.get(key, "ask") == "ask"}

    async def over(self, keys: Collection[str]) -> None:
        """Forget what is in doubt no more; if that fails, it only stays for a time."""
        with suppress(Unknown, TimeoutError):
            async with asyncio.timeout(WRITE_LIMIT_S):
                await self._table.delete([_place(key) for key in keys])

    async def _claim(self, keys: Sequence[str], by: str) -> Mapping[str, str]:
        """Return who had begun, by key.  Raises `Unknown`."""
        at = self._clock()
        rows: list[Row] = [{"_id": _place(key), "by": by, "at": at} for key in keys]
        stood = await self._table.insert_missing(rows) if rows else set()
        there = {row["_id"]: row for row in await self._table.get(list(stood))} if stood else {}
        # what went meanwhile is over: of that the message ids tell
        return {
            key: there[place]["by"] if place in there else "send"
            for key in keys
            if (place := _place(key)) in stood
        }


def _place(key: str) -> str:
    return f"begun/{key}"
