"""Who read what of an application, told to those who look after that."""

from datetime import date
from typing import Annotated, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BeforeValidator

from services.operations.domain.entries import in_order
from services.operations.domain.roles import MAY
from services.operations.domain.status import status
from services.operations.journeys import Journeys
from services.operations.opened import NAME_LIMIT
from services.operations.reads.rows import EVER, Days, Page, Read, Reads
from shared import edge
from shared.access import Caller, require
from shared.problems import Refusal

PAGE_LIMIT = 200

Auditor = Annotated[Caller, Depends(require(*MAY["audit"]))]
After = Annotated[str, Query(max_length=500, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]
Name = Annotated[
    str,
    Query(
        max_length=NAME_LIMIT,
        description="who read of this: an application id, a dossier code, an order number",
    ),
]
By = Annotated[str, Query(max_length=NAME_LIMIT, description="what this person read")]
Day = Annotated[date | None, BeforeValidator(lambda text: text or None)]  # a field left empty: none
First = Annotated[Day, Query(alias="from", description="not before this day, UTC+7")]
Last = Annotated[Day, Query(alias="to", description="nor after this one")]


class Asked(NamedTuple):
    """Which reads: of an application by any of its names, or by a person; and a page of them."""

    name: str = ""
    by: str = ""
    days: Days = EVER
    after: str = ""
    limit: int = 50


class ReadsView(msgspec.Struct, kw_only=True):
    """Reads, the newest first; `next` is the `after` of the page that follows, null at the end."""

    items: list[Read]
    next: str | None


def router(reads: Reads, journeys: Journeys) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/v1", tags=["operations"])

    @routes.get(
        "/reads",
        summary="Who was shown an application, or what somebody was shown; or all, newest first",
        responses=edge.answers(200, ReadsView, 422),
    )
    async def who_read(
        _: Auditor,
        name: Name = "",
        by: By = "",
        first: First = None,
        last: Last = None,
        after: After = "",
        limit: Limit = 50,
    ) -> Response:
        page = await found(reads, journeys, Asked(name, by, Days(first, last), after, limit))
        return Response(
            msgspec.json.encode(ReadsView(items=page.items, next=page.next or None)),
            media_type="application/json",
        )

    return routes


async def found(reads: Reads, journeys: Journeys, asked: Asked) -> Page:
    """Return a page of reads.  Raises `Refusal` 422, `Unknown`."""
    name, by = asked.name.strip(), asked.by.strip()
    page = asked.after, asked.limit, asked.days
    if name and by:
        raise Refusal(422, "one-of-two", "Ask for an application, or for a person: not both.")
    if by:
        return await reads.by(by, *page)
    return await reads.of(await _names(journeys, name), *page) if name else await reads.all(*page)


async def _names(journeys: Journeys, name: str) -> list[str]:
    """Return all that an application is called by, also one that is not known."""
    application = await journeys.find(name)
    entries, _forks = await journeys.of(application) if application else ([], [])
    code = status(in_order(entries)).dossier_code if entries else ""
    return sorted({each for each in (name, application, code) if each})
