"""The contracts, served: what a running service says is what its own code says."""

import json
from functools import cache
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from shared.contracts.asyncapi import document
from shared.contracts.schemas import event_schema
from shared.events import CONTRACTS
from shared.problems import Refusal

SCHEMA_TYPE = "application/schema+json"
ASYNCAPI_TYPE = "application/vnd.aai.asyncapi+json;version=3.0.0"


def router() -> APIRouter:
    """Return the routes; they need no key: there is nothing in a contract to hide."""
    routes = APIRouter(tags=["contracts"])

    @routes.get(
        "/contracts/asyncapi.json", summary="Topics and messages of all services, as AsyncAPI 3.0"
    )
    async def asyncapi() -> Response:
        return Response(_document(), media_type=ASYNCAPI_TYPE)

    @routes.get(
        "/contracts/events/{type_}.json", summary="The JSON Schema of an event type's messages"
    )
    async def event(type_: str) -> Response:
        if type_ not in CONTRACTS:
            detail = "There is no such event type; GET /contracts/asyncapi.json has them all."
            raise Refusal(404, "unknown-event-type", detail)
        return Response(_schema(type_), media_type=SCHEMA_TYPE)

    return routes


def text(contract: Any) -> str:
    """Return a contract as it is served and kept: the same text whenever it is the same."""
    return json.dumps(contract, indent=2, ensure_ascii=False) + "\n"


@cache
def _document() -> bytes:
    return text(document()).encode()


@cache
def _schema(type_: str) -> bytes:
    return text(event_schema(type_)).encode()
