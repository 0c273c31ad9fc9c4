"""What is asked of proofs that are made in the background: begin, look, abort, verify."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from services.operations.domain.proof.equations import Equation, equations
from services.operations.domain.proof.period import Period, Unfit
from services.operations.domain.proof.tally import Proof
from services.operations.proofs import signing
from services.operations.proofs.report import Report, read
from services.operations.proofs.rows import Ended, Part, Proofs, Wanted
from services.operations.proving import DEAD
from shared.clock import Clock
from shared.errors import Misconfigured

OPEN_LIMIT = 3
# the older ones are forgotten, each kind for itself: who aborts many pushes out no evidence
SIGNED_KEPT, UNSIGNED_KEPT = 200, 20
LOOKED_AT = 1_000  # more than there can be
DAYS_LIMIT = 366
REPORT_LIMIT_BYTES = 16 << 20
UPLOADS_AT_ONCE = 2  # each takes a few times its size while it is verified
UPLOAD_LIMIT_S = 60.0

Standing = Literal["waiting", "proving", "done", "aborted", "failed"]


class TooManyOpen(Exception):
    """As many are under way as may be."""


class TooManyUploads(Exception):
    """Others are read, or this one comes too slowly: send it again in a moment."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A proof, and how it stands; `share`: of the period, in percent, what was looked at.

    `holds` is null before it is done, where it was aborted by `ended_by`, or failed `because` of
    something: begin another once that is mended.
    """

    id: str
    since: datetime
    until: datetime
    by: str
    at: datetime
    standing: Standing
    share: int
    applications: int
    excepted: int
    holds: bool | None
    ended_at: datetime | None
    ended_by: str
    because: str = ""


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A proof with what was found until now."""

    made: Made
    equations: list[Equation]
    proof: Proof


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says, and whether it is as we signed it."""

    is_signed: bool
    report: Report


@dataclass(frozen=True, slots=True)
class ProofDesk:
    """What is asked of them.  All of it raises `Unknown`."""

    rows: Proofs
    jwk: Any
    clock: Clock
    new_id: Callable[[], str]
    upload_limit_s: float = UPLOAD_LIMIT_S
    _uploads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(UPLOADS_AT_ONCE))

    async def begin(self, period: Period, by: str) -> Made:
        """Begin a proof; one of the same period that is open is that one.

        Raises `TooManyOpen`, `Unfit`, `Misconfigured`.
        """
        if period.until - period.since > timedelta(days=DAYS_LIMIT):
            raise Unfit(f"That is more than {DAYS_LIMIT} days: prove parts of it.")
        signing.sign({}, self.jwk)  # who could not sign in the end need not begin
        at = self.clock()
        open_ids = await self.rows.open_ids()
        for other in (await self.rows.wanted(open_ids)).values():
            if (other.since, other.until) == period:
                return _made(other, None, None)
        if len(open_ids) >= OPEN_LIMIT:
            raise TooManyOpen
        id_ = f"{at:%Y%m%d%H%M%S}-{self.new_id()[:8]}"
        wanted = Wanted(id=id_, since=period.since, until=period.until, by=by, at=at)
        await self.rows.begin(wanted)
        await self._forget()
        return _made(wanted, None, None)

    async def _forget(self) -> None:
        ids = [one.id for one in await self.rows.latest(LOOKED_AT)]
        ended = await self.rows.ended(ids)
        signed = [id_ for id_ in ids if id_ in ended and ended[id_].what == "done"]
        unsigned = [id_ for id_ in ids if id_ in ended and ended[id_].what != "done"]
        await self.rows.forget([*signed[SIGNED_KEPT:], *unsigned[UNSIGNED_KEPT:]])

    async def latest(self) -> list[Made]:
        """Return the newest, the newest first."""
        found = await self.rows.latest(LOOKED_AT)
        ended = await self.rows.ended([one.id for one in found])
        return [
            _made(one, None if one.id in ended else await self.rows.part(one.id), ended.get(one.id))
            for one in found
        ]

    async def get(self, id_: str) -> Opened | None:
        """Return one with what was found."""
        wanted = (await self.rows.wanted([id_])).get(id_)
        if wanted is None:
            return None
        ended = (await self.rows.ended([id_])).get(id_)
        part = await self.rows.part(id_)
        text = await self.report(id_)
        found = (await asyncio.to_thread(read, text))[1].proof if text else None
        proof = found or (part.proof if part else Proof())
        made = _made(wanted, part, ended)
        return Opened(made=made, equations=equations(proof), proof=proof)

    async def abort(self, id_: str, by: str) -> bool:
        """End one before its time; False: it has ended."""
        return await self.rows.end(id_, Ended(what="aborted", at=self.clock(), by=by))

    async def report(self, id_: str) -> bytes | None:
        """Return a signed report as it was written, once it is done."""
        ended = (await self.rows.ended([id_])).get(id_)
        return await self.rows.report(id_) if ended and ended.what == "done" else None

    @asynccontextmanager
    async def upload(self) -> AsyncIterator[None]:
        """Have room for a report while it is read and verified: there is room for a few, each for a
        limited time.  Raises `TooManyUploads`.
        """
        try:
            async with asyncio.timeout(self.upload_limit_s), self._uploads:
                yield
        except TimeoutError:
            raise TooManyUploads from None

    async def verify(self, text: bytes) -> Verified:
        """Tell whether a report is as we signed it.  Raises `report.Unreadable`."""
        return await asyncio.to_thread(_verified, text, self.jwk)


def _verified(text: bytes, jwk: Any) -> Verified:
    found, report = read(text)
    try:
        is_ours = signing.is_signed(found.report, found.signature, jwk, "the secrets file")
    except Misconfigured:
        is_ours = False
    return Verified(is_signed=is_ours, report=report)


def _made(wanted: Wanted, part: Part | None, ended: Ended | None) -> Made:
    found = part.proof if part else Proof()
    return Made(
        id=wanted.id,
        since=wanted.since,
        until=wanted.until,
        by=wanted.by,
        at=wanted.at,
        standing=ended.what if ended else "proving" if part else "waiting",
        share=100 if ended and ended.what == "done" else _share(wanted, part),
        applications=ended.applications if ended else found.applications,
        excepted=ended.excepted if ended else sum(found.excepted.values()),
        holds=ended.holds if ended else None,
        ended_at=ended.at if ended else None,
        ended_by=ended.by if ended else "",
        because=ended.because if ended else "",
    )


def _share(wanted: Wanted, part: Part | None) -> int:
    if part is None or not part.after or part.after.startswith(DEAD):
        return 99 if part and part.n and not part.after else 0
    return int(99 * Period(wanted.since, wanted.until).share(part.after))
