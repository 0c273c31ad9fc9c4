"""The database on MongoDB, through Motor; one factory opens the connection, so a change of driver
is one line.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
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
EXISTS = 48
RANGES_PER_QUERY = 200
ROWS_PER_COMMAND = 100_000  # what the server takes; of bytes, 16 MiB
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
        stood = await self._insert(rows, is_ordered=True)
        if stood:
            raise Refused(stood)

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        """See `Table`."""
        return await self._insert(rows, is_ordered=False)

    async def _insert(self, rows: Sequence[Row], *, is_ordered: bool) -> set[str]:
        """Insert; return the ids that stood already."""
        if not rows:
            return set()
        try:
            said = await self._said(rows, is_ordered)
        except PyMongoError as error:
            raise Unknown(str(error)) from error
        return _duplicates(said, rows)

    async def _said(self, rows: Sequence[Row], is_ordered: bool) -> Mapping[str, Any]:
        """Insert; return what the database says.  A bare command costs much less than the driver's
        `insert_many`, which splits what is too much for one.
        """
        if len(rows) <= ROWS_PER_COMMAND:
            with suppress(DocumentTooLarge):  # all together: nothing was sent
                said: Mapping[str, Any] = await self._collection.database.command(
                    {
                        "insert": self._collection.name,
                        "ordered": is_ordered,
                        "writeConcern": self._collection.write_concern.document,
                        "documents": rows,
                    }
                )
                return said
        try:
            await self._collection.insert_many(rows, ordered=is_ordered)
        except BulkWriteError as error:
            return error.details
        return {}

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

    async def index(self, fields: Sequence[str], only: str = "") -> None:
        """Have an index of these fields, ascending, of rows that have the field `only` alone, where
        one is named; again is harmless.  Raises `Unknown`.
        """
        some: dict[str, Any] = (
            {"partialFilterExpression": {only: {"$exists": True}}} if only else {}
        )
        try:
            await self._collection.create_index([(f, ASCENDING) for f in fields], **some)
        except PyMongoError as error:
            raise Unknown(str(error)) from error

    async def clustered(self) -> None:
        """Have rows lie in the order of their ids, where there are none yet: a range of many is
        read in one go.  Again is harmless.  Raises `Unknown`.
        """
        clustered = {"key": {"_id": ASCENDING}, "unique": True}
        try:
            await self._collection.database.command(
                {"create": self._collection.name, "clusteredIndex": clustered}
            )
        except PyMongoError as error:
            if getattr(error, "code", None) != EXISTS:
                raise Unknown(str(error)) from error

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Return what the database makes of the rows.  Raises `Unknown`."""
        try:
            return await self._collection.aggregate(list(stages)).to_list(None)
        except PyMongoError as error:
            raise Unknown(str(error)) from error

    async def aggregate_any(
        self, matches: Sequence[Mapping[str, Any]], stages: Sequence[Mapping[str, Any]]
    ) -> list[Row]:
        """Return what the database makes of the rows that fit any of these, each of which is found
        by itself: by a range of ids, say.  Raises `Unknown`.
        """
        first, *others = ({"$match": match} for match in matches)
        joined = [
            {"$unionWith": {"coll": self._collection.name, "pipeline": [other]}} for other in others
        ]
        return await self.aggregate([first, *joined, *stages])

    async def _find(self, query: dict[str, Any], limit: int, order: int = ASCENDING) -> list[Row]:
        try:
            cursor = self._collection.find(query, sort=[("_id", order)], limit=limit)
            return await cursor.to_list(None)
        except PyMongoError as error:
            raise Unknown(str(error)) from error


def _duplicates(said: Mapping[str, Any], rows: Sequence[Row]) -> set[str]:
    """Return the ids that stood already.  Raises `Unknown` when anything else went wrong as well.

    Raises `DocumentTooLarge`, as the driver itself does: our limits make it impossible, and
    trying again would never end.
    """
    failures = said.get("writeErrors", [])
    if any(f["code"] == TOO_LARGE for f in failures):
        raise DocumentTooLarge(f"a row is too large: {failures[0].get('errmsg')}")
    doubts = said.get("writeConcernError") or said.get("writeConcernErrors")
    if doubts or any(f["code"] != DUPLICATE_KEY for f in failures):
        raise Unknown(f"the database said {doubts or [f.get('errmsg') for f in failures]}")
    return {str(rows[f["index"]]["_id"]) for f in failures}
