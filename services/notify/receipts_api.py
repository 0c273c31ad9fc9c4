"""Where providers of SMS and of messages in apps push receipts to, each under its own name."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

import structlog
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

_log = structlog.get_logger("receipts")


@dataclass(frozen=True)
class Taken:
    """How many receipts were taken, and which were not, by JSON pointer."""

    taken: int
    refused: dict[str, str]


async def take(request: Request, publisher: Publisher, provider: str, clock: Clock) -> Taken:
    """Take in the receipts of a provider; which are none is said to it, and to operators.  Raises
    `Refusal`.
    """
    found, problems = read_receipts(await edge.read(request, Receipts, BODY_LIMIT_BYTES))
    if problems:
        why = dict(Counter(problem.code for problem in problems))
        _log.warning("receipts refused", provider=provider, why=why, first=problems[0].field)
    if not found:
        detail = "None of these receipts is ours: see `problems`."
        raise Refusal(422, "invalid-receipts", detail, tuple(problems))
    await publishing(publisher, provider, clock)(found)
    return Taken(len(found), {p.field: p.remedy_en for p in problems})


def router(publisher: Publisher, clock: Clock, providers: Collection[str]) -> APIRouter:
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
            names = ", ".join(sorted(providers)) or "none"
            detail = f"No provider here has this name: send receipts under yours, one of {names}."
            raise Refusal(404, "unknown-provider", detail)
        return await take(request, publisher, provider, clock)

    return routes
