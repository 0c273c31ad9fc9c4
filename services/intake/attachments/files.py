"""Who has which file: a row is there only after its content is.

A row's id is `<sha256>/<portal>`: the same content of two portals is kept once.  Of what was
refused as infected only a row is left, in a table of its own.
"""

from collections.abc import AsyncIterator, Collection
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
        await self._infected.delete([row])  # the scanner had been mistaken

    async def ban(self, sha256: str, portal: str) -> None:
        """Remember a content as infected, whatever was said of it before.  Raises `Unknown`."""
        row = row_id(sha256, portal)
        await self._infected.insert_missing([{"_id": row}])
        await self._table.delete([row])

    async def find(self, portal: str, hashes: Collection[str]) -> dict[str, File]:
        """Return a portal's files by SHA-256; what it does not have is left out.

        Raises `Unknown`.
        """
        rows = await self._table.get([row_id(sha256, portal) for sha256 in set(hashes)])
        return {row["sha256"]: stored(row) for row in rows}

    async def any(self, sha256: str) -> File | None:
        """Return a file of this content, whoever's.  Raises `Unknown`."""
        rows = await self._table.ranges([prefix(f"{sha256}/")], 1)
        return stored(rows[0]) if rows else None

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
