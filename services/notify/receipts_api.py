"""Where providers of SMS and of messages in apps push receipts to, each under its own name."""

from collections import Counter
from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request

from services.notify.channels.receipts import Reporters, publishing, reporter
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


@dataclass(frozen=True)
class Desk:
    """Takes in what these providers tell, by their names."""

    publisher: Publisher
    clock: Clock
    providers: Reporters

    async def take(self, request: Request, provider: str, caller: Caller) -> Taken:
        """Take in the receipts of a provider.  Raises `Refusal`."""
        channel = reporter(self.providers, provider, caller).channel
        return await _take(request, self.publisher, provider, channel, self.clock)


async def _take(
    request: Request, publisher: Publisher, provider: str, channel: str, clock: Clock
) -> Taken:
    """Take in receipts; which are none is said to who sent them, and to operators."""
    found, problems = read_receipts(await edge.read(request, Receipts, BODY_LIMIT_BYTES), channel)
    if problems:
        why = dict(Counter(problem.code for problem in problems))
        _log.warning("receipts refused", provider=provider, why=why, first=problems[0].field)
    if not found:
        detail = "None of these receipts is ours: see `problems`."
        raise Refusal(422, "invalid-receipts", detail, tuple(problems))
    await publishing(publisher, provider, clock)(found)
    return Taken(len(found), {p.field: p.remedy_en for p in problems})


def router(desk: Desk) -> APIRouter:
    """Return the route of receipts, by providers' names."""
    routes = APIRouter(tags=["notify"])

    @routes.post(
        "/v1/receipts/{provider}",
        status_code=202,
        summary="Receipts of a provider, in bulk",
        openapi_extra=edge.described(Receipts, EXAMPLE),
        responses=edge.shown(202, Taken(1, {}), 400, 403, 404, 413, 415, 422),
    )
    async def receipts_of_a_provider(
        provider: str, request: Request, caller: Annotated[Caller, Depends(require("partner"))]
    ) -> Taken:
        return await desk.take(request, provider, caller)

    return routes
