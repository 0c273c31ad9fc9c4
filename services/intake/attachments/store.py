"""Where contents are: under their SHA-256, put once, never changed.  GridFS is the default."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any, BinaryIO, Protocol
from uuid import uuid4

from gridfs.errors import NoFile
from motor.motor_asyncio import AsyncIOMotorDatabase, AsyncIOMotorGridFSBucket
from pymongo.errors import PyMongoError

from shared.errors import Unknown
from shared.store import Table

BUCKET = "intake.contents"


class Missing(Exception):
    """No content has this SHA-256."""


class Contents(Protocol):
    """A store of contents; all keep to `tests/services/intake/attachments/test_store.py`."""

    async def put(self, sha256: str, content: BinaryIO) -> None:
        """Keep a content, whole or not at all; the same again is no error.  Raises `Unknown`."""

    async def has(self, sha256: str) -> bool:
        """Tell whether a whole content is there.  Raises `Unknown`."""

    def read(self, sha256: str) -> AsyncIterator[bytes]:
        """Yield a content.  Raises `Missing`, `Unknown`."""

    async def sweep(self, before: datetime, limit: int) -> int:
        """Remove what attempts to put left behind that began before; return how many.

        Raises `Unknown`.
        """


class GridFS:
    """Contents in MongoDB.

    A file's row is inserted after its chunks, so what can be found is whole.  Each attempt writes
    under an id of its own and is on record before it begins: what a kill leaves of it is swept.
    """

    def __init__(
        self, database: AsyncIOMotorDatabase[Any], attempts: Table, clock: Callable[[], datetime]
    ) -> None:
        self._bucket = AsyncIOMotorGridFSBucket(database, BUCKET)
        self._rows, self._chunks = database[f"{BUCKET}.files"], database[f"{BUCKET}.chunks"]
        self._attempts, self._clock = attempts, clock

    async def put(self, sha256: str, content: BinaryIO) -> None:
        """See `Contents`."""
        if await self.has(sha256):
            return
        attempt = f"{_stamp(self._clock())}/{uuid4().hex}"
        await self._attempts.insert([{"_id": attempt}])
        try:
            await self._bucket.upload_from_stream_with_id(attempt, sha256, content)
        except PyMongoError as error:
            raise Unknown(str(error)) from error
        await self._attempts.delete([attempt])

    async def has(self, sha256: str) -> bool:
        """See `Contents`."""
        try:
            return await self._rows.find_one({"filename": sha256}, {"_id": 1}) is not None
        except PyMongoError as error:
            raise Unknown(str(error)) from error

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        """See `Contents`."""
        try:
            stream = await self._bucket.open_download_stream_by_name(sha256)
            while chunk := await stream.readchunk():
                yield chunk
        except NoFile as error:
            raise Missing(sha256) from error
        except PyMongoError as error:
            raise Unknown(str(error)) from error

    async def sweep(self, before: datetime, limit: int) -> int:
        """See `Contents`."""
        attempts = [
            row["_id"] for row in await self._attempts.ranges([("", _stamp(before))], limit)
        ]
        try:
            for attempt in attempts:
                if await self._rows.find_one({"_id": attempt}, {"_id": 1}) is None:
                    await self._chunks.delete_many({"files_id": attempt})
        except PyMongoError as error:
            raise Unknown(str(error)) from error
        await self._attempts.delete(attempts)
        return len(attempts)


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S}"
