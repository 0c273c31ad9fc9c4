"""Files on their way: pieces as they came, then a verdict.

An upload is a row, its pieces are rows named by where they begin: how far it got is where the last
one ends, whichever process asks, and of two that begin at the same place one is refused.  When all
is there the content is looked at, kept, given its row, and its outcome written, in that order: each
step may be repeated after a kill.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from hashlib import sha256 as hashed
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from uuid import uuid4

from starlette.requests import ClientDisconnect

from services.intake.attachments.checking import File
from services.intake.attachments.files import Files
from services.intake.attachments.limits import LimitTable
from services.intake.attachments.media import media_type
from services.intake.attachments.remedies import fault
from services.intake.attachments.room import Room
from services.intake.attachments.scan import NoVerdict, Scanner, ScannerAway
from services.intake.attachments.standing import Outcome, Standing, Tables, Upload, Wanted, stamp
from shared.errors import Refused
from shared.problems import Refusal
from shared.store import Bounds, prefix
from shared.working_time import local_day

PART_BYTES = 512 << 10
PARTS_LIMIT = 2_000  # of one upload
PARTS_READ = 8  # at once: 4 MiB
SPOOL_BYTES = 1 << 20  # what is larger is looked at on disk
AT_ONCE = 2  # files looked at by one process
DOUBTS_LIMIT = 5  # files without a verdict in one round: each may take a minute
LIFETIME = timedelta(hours=24)
GRACE = timedelta(hours=1)  # longer than any request lasts: nobody adds to what is swept


class Uploads:
    """Takes files in."""

    def __init__(
        self,
        tables: Tables,
        files: Files,
        scanner: Scanner,
        limits: LimitTable,
        room: Room,
        clock: Callable[[], datetime],
    ) -> None:
        self._tables, self._files, self._scanner, self._room = tables, files, scanner, room
        self.limits, self._clock = limits, clock
        self._places = asyncio.Semaphore(AT_ONCE)
        self._behind = ""  # where the next round over what waits begins

    async def create(self, portal: str, wanted: Wanted) -> Upload:
        """Begin an upload.

        Raises `Unknown`, `Refusal` 413 for what can never be taken, 429 for what cannot now.
        """
        now = self._clock()
        limit = self.limits.of(wanted.procedure, local_day(now)).file_bytes
        if wanted.length > limit:
            detail = f"A file has at most {limit} bytes here."
            fields = (fault("file-too-large", "/headers/upload-length"),)
            raise Refusal(413, "too-large", detail, fields)
        expires_at = (now + LIFETIME).replace(microsecond=0)
        upload = Upload(
            id=f"{stamp(expires_at)}-{uuid4().hex}",
            portal=portal,
            wanted=wanted,
            expires_at=expires_at,
        )
        await self._room.take(upload)
        await self._tables.uploads.insert([upload.row()])
        return upload

    async def standing(self, upload: str, portal: str) -> Standing:
        """Return how far an upload of this portal got.  Raises `Unknown`, `Refusal` 404."""
        rows = await self._tables.uploads.get([upload])
        known = Upload.of(rows[0]) if rows else None
        if known is None or known.portal != portal or known.expires_at <= self._clock():
            raise _unknown_upload()
        outcome = await self._outcome(upload)
        if outcome is None:
            return Standing(known, (await self._end(upload))[0], None)
        if outcome.state == "ended":
            raise _unknown_upload()
        return Standing(known, known.wanted.length, outcome)

    async def append(self, standing: Standing, pieces: AsyncIterator[bytes]) -> Standing:
        """Add to an upload; what came before a connection broke stays.

        Raises `Unknown` (ask how far it got), `Refusal` 409 (another was first), 413, 422.
        """
        upload, offset, kept = standing.upload, standing.offset, bytearray()
        count = (await self._end(upload.id))[1]
        try:
            async for piece in pieces:
                kept += piece
                if offset + len(kept) > upload.wanted.length:
                    raise Refusal(413, "too-large", "This is more than `Upload-Length` said.")
                while len(kept) >= PART_BYTES:
                    offset = await self._add(upload, offset, count, bytes(kept[:PART_BYTES]))
                    count += 1
                    del kept[:PART_BYTES]
        except ClientDisconnect:
            pass  # nobody hears the answer; who comes again is told how far it got
        if kept:
            offset = await self._add(upload, offset, count, bytes(kept))
        return standing._replace(offset=offset)

    async def settle(self, standing: Standing) -> Standing:
        """Look at an upload of which all is there, keep it or not; again changes nothing.

        Raises `Unknown`; `NoVerdict` means that it waits to be looked at.
        """
        upload = standing.upload
        await self.wait(standing)
        async with self._places:
            with SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
                content = cast(BinaryIO, spool)
                parts, sha256 = await self._assembled(upload, content)
                outcome = await self._judged(upload, content, sha256)
        await self._tables.outcomes.insert_missing([outcome.row(upload.id)])
        await self._tables.parts.delete(parts)
        await self._tables.waiting.delete([upload.id])
        await self._room.give_back(upload)
        return standing._replace(outcome=await self._outcome(upload.id))

    async def wait(self, standing: Standing) -> None:
        """See to it that an upload of which all is there will be settled.  Raises `Unknown`."""
        await self._tables.waiting.insert_missing([{"_id": standing.upload.id}])

    async def settle_waiting(self, limit: int) -> None:
        """Settle what waits, at most `limit`, oldest first, the next round what is behind it.

        What gets no verdict holds up nothing else.  Raises `Unknown`, `ScannerAway`.
        """
        doubts, waiting = 0, await self._tables.waiting.ranges([(self._behind, "~")], limit)
        for row in waiting:
            try:
                await self._settle_row(row["_id"])
            except ScannerAway:
                raise
            except NoVerdict:
                doubts += 1
            self._behind = row["_id"] + "~"
            if doubts == DOUBTS_LIMIT:
                return
        if len(waiting) < limit:
            self._behind = ""

    async def _settle_row(self, upload: str) -> None:
        known = await self._tables.uploads.get([upload])
        if not known or await self._outcome(upload):
            await self._tables.waiting.delete([upload])
            return
        found = Upload.of(known[0])
        await self.settle(Standing(found, found.wanted.length, None))

    async def end(self, upload: Upload) -> None:
        """Take an upload back; a file that was kept already stays.  Raises `Unknown`."""
        await self._tables.outcomes.insert_missing([Outcome(state="ended").row(upload.id)])
        await self._forget_parts(upload.id)
        await self._room.give_back(upload)

    async def sweep(self, limit: int) -> int:
        """Remove uploads that have expired, at most `limit`; return how many.

        Raises `Unknown`.
        """
        before = stamp(self._clock() - GRACE)
        expired = [Upload.of(r) for r in await self._tables.uploads.ranges([("", before)], limit)]
        for upload in expired:  # its own row last: what a kill leaves is found again
            await self._forget_parts(upload.id)
            await self._tables.waiting.delete([upload.id])
            await self._tables.outcomes.delete([upload.id])
            await self._room.give_back(upload)
            await self._tables.uploads.delete([upload.id])
        return len(expired)

    async def _add(self, upload: Upload, offset: int, n: int, data: bytes) -> int:
        if n >= PARTS_LIMIT:
            detail = "This upload came in too many pieces: begin a new one."
            raise Refusal(422, "too-many-parts", detail, (fault("too-many-parts", "/"),))
        part = {"_id": f"{upload.id}/{offset:015d}", "n": n, "data": data}
        try:
            await self._tables.parts.insert([part])
        except Refused:
            raise offset_conflict() from None
        return offset + len(data)

    async def _end(self, upload: str) -> tuple[int, int]:
        """Return where the pieces end, and how many there are."""
        rows = await self._tables.parts.last(_of(upload), 1)
        if not rows:
            return 0, 0
        start = int(rows[0]["_id"].partition("/")[2])
        return start + len(rows[0]["data"]), rows[0]["n"] + 1

    async def _assembled(self, upload: Upload, content: BinaryIO) -> tuple[list[str], str]:
        """Write all pieces out; return their ids, and the SHA-256."""
        ids: list[str] = []
        digest, (low, high) = hashed(), _of(upload.id)
        while rows := await self._tables.parts.ranges([(low, high)], PARTS_READ):
            for row in rows:
                content.write(row["data"])
                digest.update(row["data"])
                ids.append(row["_id"])
            low = ids[-1] + "~"
        return ids, digest.hexdigest()

    async def _judged(self, upload: Upload, content: BinaryIO, sha256: str) -> Outcome:
        """Return the outcome; a file that may be kept is kept by then."""
        if content.tell() != upload.wanted.length:  # another process was faster
            return await self._outcome(upload.id) or Outcome(state="ended")
        kind = await asyncio.to_thread(media_type, content)
        wanted, now = upload.wanted, self._clock()
        permitted = self.limits.of(wanted.procedure, local_day(now)).media_types
        if wanted.sha256 and wanted.sha256 != sha256:
            return Outcome(state="refused", sha256=sha256, code="file-hash-differs")
        if kind is None or kind not in permitted:
            return Outcome(state="refused", sha256=sha256, code="file-type-not-permitted")
        if wanted.media_type and wanted.media_type != kind:
            return Outcome(state="refused", sha256=sha256, code="file-type-differs")
        content.seek(0)
        verdict = await self._scanner.scan(content)
        if verdict.state == "infected":
            await self._files.ban(sha256)
        if verdict.state == "infected" or (
            verdict.state == "not_scanned" and await self._files.is_banned(sha256)
        ):
            return Outcome(state="refused", sha256=sha256, code="file-infected")
        file = File(
            sha256=sha256,
            portal=upload.portal,
            size=wanted.length,
            media_type=kind,
            scan=verdict.state,
            stored_at=now,
        )
        await self._files.keep(file, content)
        return Outcome(state="stored", sha256=sha256, media_type=kind, scan=verdict.state)

    async def _outcome(self, upload: str) -> Outcome | None:
        rows = await self._tables.outcomes.get([upload])
        return Outcome.of(rows[0]) if rows else None

    async def _forget_parts(self, upload: str) -> None:
        while rows := await self._tables.parts.ranges([_of(upload)], PARTS_READ):
            await self._tables.parts.delete([row["_id"] for row in rows])


def offset_conflict() -> Refusal:
    """Return what to say to who begins where the upload does not end."""
    detail = "The upload does not end at this `Upload-Offset`: ask with HEAD, go on from there."
    return Refusal(409, "offset-conflict", detail)


def _unknown_upload() -> Refusal:
    detail = "No upload of yours is here under this address, or it has expired: begin a new one."
    return Refusal(404, "unknown-upload", detail)


def _of(upload: str) -> Bounds:
    return prefix(f"{upload}/")
