"""What runs remember of statements: each file, each chunk of it that is done, its end.

Ids sort as they were made: `<partner>.<day>.<file>`, then its chunks, then `done`.  A chunk's row
is inserted when all that follows from it stands: what has a row is not done again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from services.payment.domain.lines import Line
from services.payment.statements import Asked
from shared import events
from shared.events.reconciliation import StatementReconciled
from shared.store import Row, Table, prefix

DIGEST_BYTES = 8

_done = msgspec.json.Decoder(StatementReconciled)


class Chunk(NamedTuple):
    """What became of some lines; `breaks` are their ids, `fee_vnd` is the partner's of them;
    `beside`: what came by them on other days, by day, or `unknown`.
    """

    matched: int
    matched_vnd: int
    breaks: tuple[str, ...]
    fee_vnd: int = 0
    beside: Mapping[str, int] = {}


class File(NamedTuple):
    """A file of a day: the first, or a correction of those before it."""

    number: int
    sha256: str
    chunks: Mapping[int, Chunk]
    digests: Sequence[bytes]
    done: StatementReconciled | None

    @property
    def correction(self) -> int:
        """Return how many files came before it."""
        return self.number - 1


class Recorded:
    """The files of a partner's day, on a table; and which lines are of another day's money."""

    def __init__(self, statements: Table, stated: Table, asked: Asked) -> None:
        self._table, self._stated, self._asked = statements, stated, asked
        self._name = f"{asked.partner}.{asked.day}"

    async def last(self) -> File | None:
        """Return the file that was given last, None if none was.  Raises `Unknown`."""
        files = await self.files()
        return files[-1] if files else None

    async def files(self) -> list[File]:
        """Return all files of the day.  Raises `Unknown`."""
        found = list[File]()
        for row in await self._table.ranges([prefix(f"{self._name}.")]):
            parts = row["_id"].removeprefix(f"{self._name}.").split(".")
            if len(parts) == 1:
                found.append(File(int(parts[0]), row["sha256"], {}, (), None))
            elif parts[1] == "done":
                found[-1] = found[-1]._replace(done=_done.decode(row["report"]))
            else:
                file = found[-1]
                told = row.get("fee_vnd", 0), row.get("beside", {})
                chunk = Chunk(row["matched"], row["matched_vnd"], tuple(row["breaks"]), *told)
                found[-1] = file._replace(
                    chunks={**file.chunks, int(parts[1]): chunk},
                    digests=[*file.digests, bytes(row["digests"])],
                )
        return found

    async def begin(self, number: int, sha256: str, at: datetime) -> File:
        """Remember that a file was given.  Raises `Unknown`."""
        await self._put(f"{number:04d}", {"sha256": sha256, "at": at})
        return File(number, sha256, {}, (), None)

    async def chunk(self, file: File, place: int, chunk: Chunk, lines: Iterable[Line]) -> None:
        """Remember that a chunk is done.  Raises `Unknown`."""
        row: Row = {
            "matched": chunk.matched,
            "matched_vnd": chunk.matched_vnd,
            "breaks": list(chunk.breaks),
            "fee_vnd": chunk.fee_vnd,
            "beside": dict(chunk.beside),
            "digests": b"".join(map(digest, lines)),
        }
        await self._put(f"{file.number:04d}.{place:06d}", row)

    async def done(self, file: File, report: StatementReconciled, at: datetime) -> None:
        """Remember how a file ended.  Raises `Unknown`."""
        row = {"report": events.encode(report).decode(), "at": at}
        await self._put(f"{file.number:04d}.done", row)

    async def _put(self, name: str, row: Row) -> None:
        await self._table.insert_missing([{"_id": f"{self._name}.{name}", **row}])

    async def state(self, keys: Iterable[str]) -> None:
        """Remember of lines that this statement names money of another day.  Raises `Unknown`."""
        rows = [
            {"_id": f"{self._asked.partner}.{key}", "day": f"{self._asked.day}"} for key in keys
        ]
        if rows:
            await self._stated.insert_missing(rows)

    async def stated(self, keys: Sequence[str]) -> dict[str, str]:
        """Return on which day's statement these lines stand, of those that do.

        Raises `Unknown`.
        """
        ids = [f"{self._asked.partner}.{key}" for key in keys]
        rows = await self._stated.get(ids) if ids else []
        return {row["_id"].partition(".")[2]: row["day"] for row in rows}


def digest(line: Line) -> bytes:
    """Return what tells a line from others, wherever it stands in a file."""
    said = f"{line.key}|{line.reference}|{line.amount_vnd}|{line.booked_at.timestamp()}"
    return blake2b(said.encode(), digest_size=DIGEST_BYTES).digest()


def counted(digests: Iterable[bytes]) -> Counter[bytes]:
    """Return the lines of a file by their digests, with how often each stands there."""
    found = Counter[bytes]()
    for some in digests:
        found.update(some[n : n + DIGEST_BYTES] for n in range(0, len(some), DIGEST_BYTES))
    return found
