"""The database on MongoDB, through Motor; one factory opens the connection, so a change of driver
is one line.
"""

from collections.abc import Sequence
from typing import Any

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import BulkWriteError, DocumentTooLarge, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.errors import Refused, Unknown
from shared.store import Bounds, Row

DUPLICATE_KEY = 11000
TOO_LARGE = 10334
RANGES_PER_QUERY = 200
WRITE_LIMIT_MS = 10_000


def connect(url: str, database: str) -> AsyncIOMotorDatabase[Row]:
    """Open a database: majority writes and reads, UTC datetimes, no retries but our own."""
    client: AsyncIOMotorClient[Row] = AsyncIOMotorClient(
        url,
        retryWrites=False,  # a repeated insert would hide who was first
        serverSelectionTimeoutMS=5_000,
        connectTimeoutMS=5_000,
        socketTimeoutMS=30_000,
        maxPoolSize=20,
    )
    return client.get_database(
        database,
        codec_options=CodecOptions(tz_aware=True),
        write_concern=WriteConcern("majority", wtimeout=WRITE_LIMIT_MS),
        read_concern=ReadConcern("majority"),
    )


class MongoTable:
    """A collection as a `shared.store.Table`."""

    def __init__(self, collection: AsyncIOMotorCollection[Row]) -> None:
        self._collection = collection

    async def insert(self, rows: Sequence[Row]) -> None:
        """See `Table`.  Only a clean success or a duplicate key is an answer."""
        if not rows:
            return
        try:
            await self._collection.insert_many(rows, ordered=True)
        except BulkWriteError as error:
            if _duplicates(error) is None:
                raise Unknown(str(error)) from error
            raise Refused(_duplicates(error)) from error
        except PyMongoError as error:
            raise Unknown(str(error)) from error

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        """See `Table`."""
        if not rows:
            return set()
        try:
            await self._collection.insert_many(rows, ordered=False)
        except BulkWriteError as error:
            stood = _duplicates(error)
            if stood is None:
                raise Unknown(str(error)) from error
            return stood
        except PyMongoError as error:
            raise Unknown(str(error)) from error
        return set()

    async def get(self, ids: Sequence[str]) -> list[Row]:
        """See `Table`."""
        if not ids:
            return []
        return await self._find({"_id": {"$in": list(ids)}}, 0)

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        """See `Table`."""
        rows: list[Row] = []
        for at in range(0, len(bounds), RANGES_PER_QUERY):
            some = bounds[at : at + RANGES_PER_QUERY]
            either = [{"_id": {"$gte": low, "$lt": high}} for low, high in some]
            rows += await self._find(either[0] if len(either) == 1 else {"$or": either}, limit)
        rows.sort(key=lambda row: str(row["_id"]))
        return rows[:limit] if limit else rows

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        """See `Table`."""
        low, high = bounds
        rows = await self._find({"_id": {"$gte": low, "$lt": high}}, limit, DESCENDING)
        return rows[::-1]

    async def delete(self, ids: Sequence[str]) -> None:
        """See `Table`."""
        if not ids:
            return
        try:
            await self._collection.delete_many({"_id": {"$in": list(ids)}})
        except PyMongoError as error:
            raise Unknown(str(error)) from error

    async def _find(self, query: dict[str, Any], limit: int, order: int = ASCENDING) -> list[Row]:
        try:
            cursor = self._collection.find(query, sort=[("_id", order)], limit=limit)
            return await cursor.to_list(None)
        except PyMongoError as error:
            raise Unknown(str(error)) from error


def _duplicates(error: BulkWriteError) -> set[str] | None:
    """Return the ids that stood already; None when anything else went wrong as well.

    Raises `DocumentTooLarge`, as the driver itself does: our limits make it impossible, and
    trying again would never end.
    """
    details = error.details
    failures = details.get("writeErrors", [])
    if any(f["code"] == TOO_LARGE for f in failures):
        raise DocumentTooLarge(str(error)) from error
    if details.get("writeConcernErrors") or any(f["code"] != DUPLICATE_KEY for f in failures):
        return None
    return {str(f["op"]["_id"]) for f in failures}
