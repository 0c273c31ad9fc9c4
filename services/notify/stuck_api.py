"""The edge that shows operators what was created and not sent: nothing is swept in silence."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.notify.domain import Dossier
from services.notify.domain.slots import slot_of
from services.notify.domain.stuck import RECEIPT_MISSING, stuck
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock
from shared.pages import Pages


@dataclass(frozen=True)
class Stuck:
    """A notice that a person should look at, and what to do."""

    application: str
    milestone: str
    channel: str
    status: str
    since: datetime
    attempts: int
    provider: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class StuckPage:
    """How many applications were read, and what was found; `next` is empty at the end."""

    read: int
    notices: list[Stuck]
    next: str


PAGE = StuckPage(
    read=1_000,
    notices=[
        Stuck(
            application=edge.APPLICATION,
            milestone="accepted",
            channel="email",
            status="sent",
            since=datetime(2026, 11, 20, 1, 30, tzinfo=UTC),
            attempts=1,
            provider="",
            reason="receipt_missing",
            remedy=RECEIPT_MISSING,
        )
    ],
    next=edge.APPLICATION,
)


def router(pages: Pages[Dossier], clock: Clock) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["notify"])

    @routes.get(
        "/v1/notices/stuck",
        summary="Notices that nobody moves any more, or that reached nobody, page by page",
        responses=edge.shown(200, PAGE, 422),
    )
    async def stuck_notices(
        _: Annotated[Caller, Depends(require("operator"))],
        after: Annotated[
            str, Query(description="`next` of the page before; left out: the first", max_length=36)
        ] = "",
    ) -> StuckPage:
        page, at = await pages.after(after), clock()
        found = [
            Stuck(
                application=decision.application,
                milestone=slot_of(slot).milestone,
                channel=slot_of(slot).way,
                status=notice.status,
                since=notice.since,
                attempts=notice.attempt,
                provider=notice.provider,
                reason=notice.reason,
                remedy=remedy,
            )
            for decision in page.found
            if decision.state
            for slot, notice, remedy in stuck(decision.state, at)
        ]
        return StuckPage(len(page.found), found, page.next)

    return routes
