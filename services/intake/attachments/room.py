"""How much a portal may have on its way at once: uploads that are not settled, and their bytes.

A row for each, `<portal>/<upload>`, inserted before it is counted: so two that come at once never
get through together where there is room for one.  What a kill leaves behind counts until the
upload would have expired, and is removed by the next that asks.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from services.intake.attachments.remedies import fault
from services.intake.attachments.standing import Upload, stamp
from shared.problems import Refusal
from shared.store import Table, prefix


class OpenLimits(NamedTuple):
    """What one portal may have on its way."""

    uploads: int = 200
    bytes: int = 2 << 30


class Room:
    """Gives room to uploads, and takes it back."""

    def __init__(self, table: Table, limits: OpenLimits, clock: Callable[[], datetime]) -> None:
        self._table, self._limits, self._clock = table, limits, clock

    async def take(self, upload: Upload) -> None:
        """Make room for an upload.  Raises `Unknown`, and `Refusal` 429 when there is none."""
        row = _row(upload)
        await self._table.insert([{"_id": row, "bytes": upload.wanted.length}])
        limit = self._limits
        while True:
            rows = await self._table.ranges([prefix(f"{upload.portal}/")], limit.uploads + 1)
            now = stamp(self._clock())  # an id begins with the time it expires
            expired = [r["_id"] for r in rows if r["_id"].partition("/")[2] <= now]
            if not expired:
                break
            await self._table.delete(expired)
        if len(rows) > limit.uploads or sum(r["bytes"] for r in rows) > limit.bytes:
            await self._table.delete([row])
            raise _full(limit)

    async def give_back(self, upload: Upload) -> None:
        """Take back what an upload had; again is no harm.  Raises `Unknown`."""
        await self._table.delete([_row(upload)])


def _row(upload: Upload) -> str:
    return f"{upload.portal}/{upload.id}"


def _full(limit: OpenLimits) -> Refusal:
    detail = (
        f"At most {limit.uploads} uploads, {limit.bytes} bytes in all, are on their way at once: "
        "finish or end some, then begin this one."
    )
    return Refusal(429, "too-many-uploads", detail, (fault("too-many-uploads", "/"),))
