"""The edge that tells whose applications are whose: to operators who say why, and written down.

A person is named by the keyed hash of a personal number, which whoever has the master key makes:
the number itself does not come here.
"""

from typing import Annotated

import msgspec
import structlog
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from services.intake.desk import answer
from services.intake.domain.dossier import Application
from services.intake.subjects import Subjects
from shared import edge
from shared.access import Caller, require
from shared.masking import masked
from shared.pages import Pages

FOUND_LIMIT = 100

Operator = Annotated[Caller, Depends(require("operator"))]
After = Annotated[str, Query(pattern="^([0-9a-f-]{36})?$", description="`next` of the page before")]

_access = structlog.stdlib.get_logger("vault.access")


class Search(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose applications are asked for, and why.  `asked_by`: who asks by way of a service."""

    subject_hash: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    asked_by: Annotated[str, msgspec.Meta(max_length=200)] = ""


class SubjectsFound(msgspec.Struct, frozen=True, kw_only=True):
    """A person's registered applications, the newest first; `is_cut`: there are older ones."""

    subject_hash: str
    applications: tuple[str, ...]
    is_cut: bool


class SubjectsListed(msgspec.Struct, frozen=True, kw_only=True):
    """How many applications were read, and how many of them are listed.  `next` is empty at the
    end.
    """

    read: int
    listed: int
    next: str


_MADE_UP = "5f" * 32
SEARCH = Search(
    subject_hash=_MADE_UP, reason="The citizen called", asked_by="/operators/sandbox-operator"
)
FOUND = SubjectsFound(subject_hash=_MADE_UP, applications=(edge.APPLICATION,), is_cut=False)
LISTED = SubjectsListed(read=500, listed=497, next=edge.APPLICATION)


def subjects_router(subjects: Subjects, pages: Pages[Application]) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["intake"])

    @routes.post(
        "/v1/subjects/searches",
        summary="Which applications are one person's; who asks, and why, is written down",
        openapi_extra=edge.described(Search, SEARCH),
        responses=edge.answers(200, SubjectsFound, 400, 413, 415, 422, example=FOUND),
    )
    async def searched(request: Request, caller: Operator) -> Response:
        asked = await edge.read(request, Search)
        found = await subjects.of(asked.subject_hash, FOUND_LIMIT)
        _access.info(
            "subject sought",
            who=caller.source,
            asked_by=masked(asked.asked_by),
            purpose=masked(asked.reason),
            subject=asked.subject_hash,
            applications=found.applications,
        )
        return answer(SubjectsFound(subject_hash=asked.subject_hash, **found._asdict()))

    @routes.post(
        "/v1/subjects/listings",
        summary="List applications by person anew, a page at a time; again is harmless",
        responses=edge.answers(200, SubjectsListed, 422, example=LISTED),
    )
    async def listed(_: Operator, after: After = "") -> Response:
        page = await pages.after(after)
        await subjects.note(page.found)
        count = sum(bool(d.state and d.state.subject_hash) for d in page.found)
        return answer(SubjectsListed(read=len(page.found), listed=count, next=page.next))

    return routes
