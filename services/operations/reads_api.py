"""Who read what of an application, told to those who look after that."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.operations.domain.entries import in_order
from services.operations.domain.roles import MAY
from services.operations.domain.status import status
from services.operations.journeys import Journeys
from services.operations.opened import NAME_LIMIT
from services.operations.reads.rows import Page, Read, Reads
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
        _: Auditor, name: Name = "", by: By = "", after: After = "", limit: Limit = 50
    ) -> Response:
        if name and by:
            raise Refusal(422, "one-of-two", "Ask for an application, or for a person: not both.")
        page = await _page(reads, journeys, name.strip(), by.strip(), (after, limit))
        return Response(
            msgspec.json.encode(ReadsView(items=page.items, next=page.next or None)),
            media_type="application/json",
        )

    return routes


async def _page(
    reads: Reads, journeys: Journeys, name: str, by: str, page: tuple[str, int]
) -> Page:
    if by:
        return await reads.by(by, *page)
    return await reads.of(await _names(journeys, name), *page) if name else await reads.all(*page)


async def _names(journeys: Journeys, name: str) -> list[str]:
    """Return all that an application is called by, also one that is not known."""
    application = await journeys.find(name)
    entries, _forks = await journeys.of(application) if application else ([], [])
    code = status(in_order(entries)).dossier_code if entries else ""
    return sorted({each for each in (name, application, code) if each})
