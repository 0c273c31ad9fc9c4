"""Who has which file: a row is there only after its content is.

A row's id is `<sha256>/<portal>`: the same content of two portals is kept once.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import date, datetime
from hashlib import sha256 as hashed
from typing import BinaryIO

import msgspec

from services.intake.attachments.checking import File, document_problems
from services.intake.attachments.limits import LimitTable
from services.intake.attachments.store import Contents
from shared.errors import Unknown
from shared.events.data import Document, Problem
from shared.store import Row, Table, prefix


class Files:
    """The files that may be referred to."""

    def __init__(self, table: Table, contents: Contents, limits: LimitTable) -> None:
        self._table, self._contents, self._limits = table, contents, limits

    async def keep(self, file: File, content: BinaryIO) -> None:
        """Keep a file, content first; again is no harm.  Raises `Unknown`."""
        content.seek(0)
        await self._contents.put(file.sha256, content)
        row = msgspec.structs.asdict(file)
        await self._table.insert_missing([{"_id": f"{file.sha256}/{file.portal}", **row}])

    async def find(self, portal: str, hashes: Collection[str]) -> dict[str, File]:
        """Return a portal's files by SHA-256; what it does not have is left out.

        Raises `Unknown`.
        """
        rows = await self._table.get([f"{sha256}/{portal}" for sha256 in set(hashes)])
        return {row["sha256"]: _file(row) for row in rows}

    async def any(self, sha256: str) -> File | None:
        """Return a file of this content, whoever's.  Raises `Unknown`."""
        rows = await self._table.ranges([prefix(f"{sha256}/")], 1)
        return _file(rows[0]) if rows else None

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

    async def problems(
        self, portal: str, procedure: str, documents: Sequence[Document], on: date
    ) -> tuple[Problem, ...]:
        """Return what is wrong with the files that documents refer to.  Raises `Unknown`."""
        found = await self.find(portal, [document.sha256 for document in documents])
        return document_problems(documents, found, self._limits.of(procedure, on))


def _file(row: Row) -> File:
    stored_at: datetime = row["stored_at"]
    return File(
        **{f: row[f] for f in File.__struct_fields__ if f != "stored_at"}, stored_at=stored_at
    )
