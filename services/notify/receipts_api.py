"""Where providers of messages in apps push receipts to, each under its own name."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.notify.channels.receipts import publishing
from services.notify.channels.sms_http import Receipts, read_receipts
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock
from shared.problems import Refusal
from shared.publisher import Publisher

BODY_LIMIT_BYTES = 1 << 20
EXAMPLE = {
    "receipts": [
        {
            "reference": f"{edge.APPLICATION}/registered/app/1",
            "status": "delivered",
            "message_id": "push-123",
        }
    ]
}


@dataclass(frozen=True)
class Taken:
    """How many receipts were taken, and which were not, by JSON pointer."""

    taken: int
    refused: dict[str, str]


def router(publisher: Publisher, clock: Clock, providers: Container[str]) -> APIRouter:
    """Return the route of receipts of these providers."""
    routes = APIRouter(tags=["notify"])

    @routes.post(
        "/v1/receipts/{provider}",
        status_code=202,
        summary="Receipts of a provider, in bulk",
        openapi_extra=edge.described(Receipts, EXAMPLE),
        responses=edge.shown(202, Taken(1, {}), 400, 404, 413, 415, 422),
    )
    async def receipts_of_a_provider(
        provider: str, request: Request, _: Annotated[Caller, Depends(require("partner"))]
    ) -> Taken:
        if provider not in providers:
            raise Refusal(404, "unknown-provider", "No provider of messages has this name.")
        found, problems = read_receipts(await edge.read(request, Receipts, BODY_LIMIT_BYTES))
        if not found:
            detail = "None of these receipts is ours: see `problems`."
            raise Refusal(422, "invalid-receipts", detail, tuple(problems))
        await publishing(publisher, provider, clock)(found)
        return Taken(len(found), {p.field: p.remedy_en for p in problems})

    return routes
