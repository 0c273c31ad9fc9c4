"""Who has which file: a row is there only after its content is.

A row's id is `<sha256>/<portal>`: the same content of two portals is kept once.  `<sha256>+clean`
says that it was found clean after it had been kept unscanned.  Of what was refused as infected only
a row is left, in a table of its own, and it holds for every portal.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from hashlib import sha256 as hashed
from typing import BinaryIO

import msgspec

from services.intake.attachments.checking import File
from services.intake.attachments.store import Contents
from shared.errors import Unknown
from shared.store import Row, Table, prefix


class Files:
    """The files that may be referred to."""

    def __init__(self, table: Table, infected: Table, contents: Contents) -> None:
        self._table, self._infected, self._contents = table, infected, contents

    async def keep(self, file: File, content: BinaryIO) -> None:
        """Keep a file, content first; again is no harm.  Raises `Unknown`."""
        content.seek(0)
        await self._contents.put(file.sha256, content)
        row = row_id(file.sha256, file.portal)
        await self._table.insert_missing([{"_id": row, **msgspec.structs.asdict(file)}])
        if file.scan == "clean":
            await self._infected.delete([file.sha256])  # the scanner had been mistaken
            of_all = await self._table.ranges([prefix(f"{file.sha256}/")])
            if any(row["scan"] != "clean" for row in of_all):
                await self._table.insert_missing([{"_id": _clean(file.sha256)}])

    async def ban(self, sha256: str) -> None:
        """Remember a content as infected, whoever's and whatever was said of it before.

        Raises `Unknown`.
        """
        await self._infected.insert_missing([{"_id": sha256}])
        of_all = await self._table.ranges([prefix(f"{sha256}/")])
        await self._table.delete([_clean(sha256), *(row["_id"] for row in of_all)])

    async def is_banned(self, sha256: str) -> bool:
        """Whether a content was found infected, and not clean since.  Raises `Unknown`."""
        return bool(await self._infected.get([sha256]))

    async def find(self, portal: str, hashes: Collection[str]) -> dict[str, File]:
        """Return a portal's files by SHA-256; what it does not have is left out.

        Raises `Unknown`.
        """
        ids = [each for sha in {*hashes} for each in (row_id(sha, portal), _clean(sha))]
        rows = {row["_id"]: row for row in await self._table.get(ids)}
        found = (rows.get(row_id(sha, portal)) for sha in hashes)
        return {row["sha256"]: _scanned(row, rows) for row in found if row}

    async def any(self, sha256: str) -> File | None:
        """Return a file of this content, whoever's.  Raises `Unknown`."""
        rows = await self._table.ranges([prefix(f"{sha256}/")], 1)
        if not rows:
            return None
        return _scanned(
            rows[0], {row["_id"]: row for row in await self._table.get([_clean(sha256)])}
        )

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        """Yield a content; break off rather than end when it is not what its address says.

        Raises `Missing`, `Unknown`.
        """
        digest = hashed()
        async for chunk in self._contents.read(sha256):
            digest.update(chunk)
            yield chunk
        if digest.hexdigest() != sha256:
            raise Unknown(f"what is kept as {sha256} has another SHA-256")


def row_id(sha256: str, portal: str) -> str:
    """Return the id of the row of a portal's file."""
    return f"{sha256}/{portal}"


def stored(row: Row) -> File:
    """Return the file of a row."""
    stored_at: datetime = row["stored_at"]
    return File(
        **{f: row[f] for f in File.__struct_fields__ if f != "stored_at"}, stored_at=stored_at
    )


def _clean(sha256: str) -> str:
    return f"{sha256}+clean"


def _scanned(row: Row, rows: Mapping[str, Row]) -> File:
    file = stored(row)
    return msgspec.structs.replace(file, scan="clean") if _clean(file.sha256) in rows else file
