"""Whether an address is left alone, and an end to it: for operators whom a citizen asks why no
mail comes.

The address stands in the body, for what stands in a path stands in logs.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import structlog
from fastapi import APIRouter, Depends, Request

from services.notify.addresses import Addresses
from shared import edge
from shared.access import Caller, require

_log = structlog.get_logger("addresses")


class Asked(msgspec.Struct, frozen=True):
    """A mail address or a phone number."""

    address: Annotated[str, msgspec.Meta(min_length=3, max_length=320)]

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "Asked()"


@dataclass(frozen=True)
class Standing:
    """Whether an address is left alone, why, after which notice, and until when."""

    is_left_alone: bool
    reason: str = ""
    notice: str = ""
    until: datetime | None = None


EXAMPLE = {"address": "nguoi.dan@mail.example"}
LEFT_ALONE = Standing(
    is_left_alone=True,
    reason="bounced",
    notice=f"{edge.APPLICATION}/registered/email/1",
    until=datetime(2027, 5, 19, 1, 30, tzinfo=UTC),
)


def router(addresses: Addresses) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["notify"])

    async def standing(address: str) -> Standing:
        row = await addresses.standing(address)
        if row is None:
            return Standing(is_left_alone=False)
        notice = row.get("notice", "")
        return Standing(is_left_alone=True, reason=row["reason"], notice=notice, until=row["until"])

    @routes.post(
        "/v1/addresses/standing",
        summary="Whether an address is left alone, and why",
        openapi_extra=edge.described(Asked, EXAMPLE),
        responses=edge.shown(200, LEFT_ALONE, 400, 413, 415, 422),
    )
    async def address_standing(
        request: Request, _: Annotated[Caller, Depends(require("operator"))]
    ) -> Standing:
        return await standing((await edge.read(request, Asked)).address)

    @routes.post(
        "/v1/addresses/lift",
        summary="Write to an address again; the answer says how it stood",
        openapi_extra=edge.described(Asked, EXAMPLE),
        responses=edge.shown(200, LEFT_ALONE, 400, 413, 415, 422),
    )
    async def lift_address(
        request: Request, caller: Annotated[Caller, Depends(require("operator"))]
    ) -> Standing:
        address = (await edge.read(request, Asked)).address
        stood = await standing(address)
        if stood.is_left_alone:
            await addresses.lift(address)
            _log.info("lifted", by=caller.name, reason=stood.reason, notice=stood.notice)
        return stood

    return routes
