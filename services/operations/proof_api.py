"""A period proven over HTTP: some applications at a time, so that no request takes long, or in the
background, with a signed report in the end.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.operations.counts import ReadUntil
from services.operations.domain.proof.equations import Equation, equations
from services.operations.domain.proof.period import Period, Unfit, read_period
from services.operations.domain.proof.tally import Item, Proof
from services.operations.domain.roles import MAY
from services.operations.proofs.desk import (
    OPEN_LIMIT,
    REPORT_LIMIT_BYTES,
    UPLOAD_LIMIT_S,
    Made,
    Opened,
    ProofDesk,
    TooManyOpen,
    TooManyUploads,
    Verified,
)
from services.operations.proofs.report import Signed, Unreadable
from services.operations.proving import Proving
from shared import edge
from shared.access import Caller, require
from shared.edge import APPLICATION
from shared.errors import Misconfigured
from shared.problems import Refusal

LIMIT = 2_000  # applications: seconds

Reader = Annotated[Caller, Depends(require(*MAY["read"]))]
Prover = Annotated[Caller, Depends(require(*MAY["prove"]))]
Since = Annotated[
    str,
    Query(alias="from", max_length=40, description="a day in Viet Nam, or an instant"),
]
Until = Annotated[str, Query(alias="to", max_length=40, description="the last day, or an instant")]
After = Annotated[str, Query(max_length=200, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=LIMIT)]


class ProofPage(msgspec.Struct, kw_only=True):
    """What was found of some applications of a period.  Pages are added, number by number.

    `since`, `until`: the period; `as_of`: until when the log was read in every lane, what is
    younger is waited for; `equations`: of this page alone; `next` is the `after` of the page that
    follows, null at the end.
    """

    since: datetime
    until: datetime
    as_of: datetime
    proof: Proof
    equations: list[Equation]
    next: str | None


class Began(BaseModel):
    """A period to prove: days in Viet Nam, the last one whole, or instants."""

    model_config = {
        "extra": "forbid",
        "json_schema_extra": {"examples": [{"since": "2026-11-01", "until": "2026-11-30"}]},
    }

    since: str = Field(max_length=40)
    until: str = Field(max_length=40)


class MadeList(msgspec.Struct, kw_only=True):
    """The newest proofs, the newest first."""

    items: list[Made]


_EXAMPLE = ProofPage(
    since=datetime(2026, 11, 19, 17, tzinfo=UTC),
    until=datetime(2026, 11, 20, 17, tzinfo=UTC),
    as_of=datetime(2026, 11, 23, 2, 10, tzinfo=UTC),
    proof=Proof(
        applications=2,
        counts={"submissions": {"acknowledged": 2, "registered": 1}},
        vnd={"vnpay": {"received": 50_000, "settled": 50_000, "receipts": 50_000}},
        excepted={"unanswered": 1},
        exceptions=[
            Item("unanswered", APPLICATION, "submitted-1", "intake neither took nor refused it")
        ],
    ),
    equations=[Equation("submissions", "acknowledged", 2, "=", {"registered": 1}, holds=False)],
    next=None,
)


_MADE = Made(
    id="20261123021000-1f0c9a3b",
    since=_EXAMPLE.since,
    until=_EXAMPLE.until,
    by="o-1",
    at=_EXAMPLE.as_of,
    standing="proving",
    share=40,
    applications=800,
    excepted=0,
    holds=None,
    ended_at=None,
    ended_by="",
)


def router(proving: Proving, until: ReadUntil, desk: ProofDesk) -> APIRouter:
    """Return the routes; `domain.roles` says who may what."""
    routes = APIRouter(prefix="/v1", tags=["operations"])
    _pages(routes, proving, until)
    _background(routes, desk)
    _reports(routes, desk)
    return routes


def _pages(routes: APIRouter, proving: Proving, read: ReadUntil) -> None:
    @routes.get(
        "/proof",
        summary="That nothing of a period was lost, doubled or forgotten",
        responses=edge.answers(200, ProofPage, 422, example=_EXAMPLE),
    )
    async def proof(
        _: Reader, since: Since, until: Until, after: After = "", limit: Limit = 500
    ) -> Response:
        period = period_of(since, until)
        as_of = await read.as_of()
        part, onward = await proving.some(period, as_of, after, limit)
        page = ProofPage(
            since=period.since,
            until=period.until,
            as_of=as_of,
            proof=part,
            equations=equations(part),
            next=onward or None,
        )
        return _json(page)


def _background(routes: APIRouter, desk: ProofDesk) -> None:
    @routes.post(
        "/proofs",
        status_code=202,
        summary="Prove a period in the background; one that is open is answered as it is",
        responses=edge.answers(202, Made, 409, 422, example=_MADE),
    )
    async def begin(asked: Began, caller: Prover) -> Response:
        made = await begun(desk, period_of(asked.since, asked.until), caller.name)
        return _json(made, 202, {"Location": f"/v1/proofs/{made.id}"})

    @routes.get("/proofs", summary="The newest proofs", responses=edge.answers(200, MadeList))
    async def listed(_: Reader) -> Response:
        return _json(MadeList(items=await desk.latest()))

    @routes.get(
        "/proofs/{proof_id}",
        summary="How a proof stands, and what was found until now",
        responses=edge.answers(200, Opened, 404),
    )
    async def look(proof_id: str, _: Reader) -> Response:
        return _json(await found(desk, proof_id))

    @routes.post(
        "/proofs/{proof_id}/abort",
        summary="End a proof before its time",
        responses=edge.answers(200, Opened, 404, 409),
    )
    async def abort(proof_id: str, caller: Prover) -> Response:
        await found(desk, proof_id)
        if not await desk.abort(proof_id, caller.name):
            raise Refusal(409, "over", "It has ended.")
        return _json(await found(desk, proof_id))


def _reports(routes: APIRouter, desk: ProofDesk) -> None:
    @routes.get(
        "/proofs/{proof_id}/report",
        summary="The signed report, as `motcua prove --verify` reads it",
        responses=edge.answers(200, Signed, 404),
    )
    async def report(proof_id: str, _: Reader) -> Response:
        text = await report_of(desk, proof_id)
        return Response(text, media_type="application/json")

    @routes.post(
        "/proofs/verifications",
        summary="Whether a report is as this system signed it, and what it says",
        responses=edge.answers(200, Verified, 413, 422, 429),
    )
    async def verify(request: Request, _: Reader) -> Response:
        async with upload(desk):
            text = await edge.body(request, REPORT_LIMIT_BYTES)
            try:
                return _json(await desk.verify(text))
            except Unreadable as why:
                raise Refusal(422, "no-report", f"{why}") from None


@asynccontextmanager
async def upload(desk: ProofDesk) -> AsyncIterator[None]:
    """Have room for a report.  Raises `Refusal` 429."""
    try:
        async with desk.upload():
            yield
    except TooManyUploads:
        detail = f"Reports are read a few at a time, each in {UPLOAD_LIMIT_S:.0f} s: send it again."
        raise Refusal(429, "too-many-uploads", detail) from None


async def begun(desk: ProofDesk, period: Period, by: str) -> Made:
    """Return a proof that is begun.  Raises `Refusal` 409, 422, `Unknown`."""
    try:
        return await desk.begin(period, by)
    except TooManyOpen:
        detail = f"{OPEN_LIMIT} proofs are under way: wait for one, or abort it."
        raise Refusal(409, "too-many-proofs", detail) from None
    except Unfit as unfit:
        raise Refusal(422, "no-period", f"{unfit}") from None
    except Misconfigured as why:
        raise Refusal(409, "no-key", f"{why}") from None


async def found(desk: ProofDesk, proof_id: str) -> Opened:
    """Return a proof.  Raises `Refusal` 404, `Unknown`."""
    one = await desk.get(proof_id)
    if one is None:
        raise Refusal(404, "unknown-proof", "There is no such proof, or it was forgotten.")
    return one


async def report_of(desk: ProofDesk, proof_id: str) -> bytes:
    """Return a signed report.  Raises `Refusal` 404, `Unknown`."""
    text = await desk.report(proof_id)
    if text is None:
        raise Refusal(404, "no-report", "There is no report of it: it is not done.")
    return text


def period_of(since: str, until: str) -> Period:
    """Return a period as it was typed.  Raises `Refusal` 422."""
    try:
        return read_period(since, until)
    except Unfit as unfit:
        raise Refusal(422, "no-period", f"{unfit}") from None


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(value), status, headers, "application/json")
