"""A period proven over HTTP, some applications at a time, so that no request takes long."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.operations.counts import Counts
from services.operations.domain.proof.equations import Equation, equations
from services.operations.domain.proof.period import Period, Unfit, read_period
from services.operations.domain.proof.tally import Item, Proof
from services.operations.proving import Proving
from shared import edge
from shared.access import Caller, require
from shared.edge import APPLICATION
from shared.problems import Refusal

LIMIT = 2_000  # applications: seconds

Operator = Annotated[Caller, Depends(require("operator"))]
Since = Annotated[
    str,
    Query(alias="from", max_length=40, description="a day in Viet Nam, or an instant"),
]
Until = Annotated[str, Query(alias="to", max_length=40, description="the last day, or an instant")]
After = Annotated[str, Query(max_length=200, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=LIMIT)]


class ProofPage(msgspec.Struct, kw_only=True):
    """What was found of some applications of a period.  Pages are added, number by number.

    `since`, `until`: the period; `as_of`: until when the log was read, what is younger is waited
    for; `equations`: of this page alone; `next` is the `after` of the page that follows, null at
    the end.
    """

    since: datetime
    until: datetime
    as_of: datetime
    proof: Proof
    equations: list[Equation]
    next: str | None


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


def router(proving: Proving, counts: Counts) -> APIRouter:
    """Return the route; it needs the role operator."""
    routes = APIRouter(prefix="/v1", tags=["operations"])

    @routes.get(
        "/proof",
        summary="That nothing of a period was lost, doubled or forgotten",
        responses=edge.answers(200, ProofPage, 422, example=_EXAMPLE),
    )
    async def proof(
        _: Operator, since: Since, until: Until, after: After = "", limit: Limit = 500
    ) -> Response:
        period = _period(since, until)
        as_of = datetime.fromtimestamp((await counts.total()).newest_ms / 1_000, UTC)
        found, onward = await proving.some(period, as_of, after, limit)
        page = ProofPage(
            since=period.since,
            until=period.until,
            as_of=as_of,
            proof=found,
            equations=equations(found),
            next=onward or None,
        )
        return Response(msgspec.json.encode(page), media_type="application/json")

    return routes


def _period(since: str, until: str) -> Period:
    try:
        return read_period(since, until)
    except Unfit as unfit:
        raise Refusal(422, "no-period", f"{unfit}") from None
