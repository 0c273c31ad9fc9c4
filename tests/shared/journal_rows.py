"""A journal's rows in memory."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bson import BSON

from shared.store import Bounds, Row

APPLICATION = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 20, 8, 0, 0, 123_000, tzinfo=UTC)


class Rows:
    """A table that goes through BSON, as the real one does."""

    def __init__(self) -> None:
        self.rows: list[bytes] = []

    async def insert(self, rows: Sequence[Row]) -> None:
        self.rows += [BSON.encode(row) for row in rows]

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        found = [BSON(r).decode() for r in self.rows]
        return [r for r in found if any(low <= r["_id"] < high for low, high in bounds)]

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        return sorted(await self.ranges([bounds]), key=lambda row: str(row["_id"]))[-limit:]
