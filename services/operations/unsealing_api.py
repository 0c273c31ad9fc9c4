"""Opening what is sealed of one application, over HTTP."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import Response

from services.operations.domain.roles import MAY
from services.operations.domain.rounds import Reason
from services.operations.unsealing import Unsealed, Unsealing
from shared import edge
from shared.access import Caller, require

KEY_LIMIT = 200

Unsealer = Annotated[Caller, Depends(require(*MAY["unseal"]))]


class Asking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why."""

    reason: Reason


_ASKING = Asking(reason="The citizen cannot be reached, the telephone number has to be checked")


def router(unsealing: Unsealing) -> APIRouter:
    """Return the route; it needs the role admin."""
    routes = APIRouter(prefix="/v1", tags=["operations"])

    @routes.post(
        "/journeys/{name}/unsealing",
        summary="Open what is sealed of an application, once; why stands in its journey",
        responses=edge.answers(200, Unsealed, 404, 409, 410, 422, 429),
        openapi_extra=edge.described(Asking, _ASKING),
    )
    async def unseal(
        name: str,
        request: Request,
        caller: Unsealer,
        idempotency_key: Annotated[str, Header(min_length=8, max_length=KEY_LIMIT)],
    ) -> Response:
        asked = await edge.read(request, Asking)
        request.state.reason = asked.reason
        found = await unsealing.unseal(name, caller, asked.reason, idempotency_key)
        headers = {"cache-control": "no-store"}
        return Response(msgspec.json.encode(found), 200, headers, "application/json")

    return routes
