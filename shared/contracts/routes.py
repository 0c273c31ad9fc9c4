"""The contracts, served: what a running service says is what its own code says."""

import json
from functools import cache
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from shared import edge
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
        "/contracts/asyncapi.json",
        summary="Topics and messages of all services, as AsyncAPI 3.0",
        response_class=Response,
        responses={200: {"content": {ASYNCAPI_TYPE: {"schema": {"type": "object"}}}}},
    )
    async def asyncapi() -> Response:
        return Response(_document(), media_type=ASYNCAPI_TYPE)

    @routes.get(
        "/contracts/events/{event_type}.json",
        summary="The JSON Schema of an event type's messages",
        response_class=Response,
        responses={
            200: {"content": {SCHEMA_TYPE: {"schema": {"type": "object"}}}},
            **edge.refused(404),
        },
    )
    async def event(event_type: str) -> Response:
        if event_type not in CONTRACTS:
            detail = "There is no such event type; GET /contracts/asyncapi.json has them all."
            raise Refusal(404, "unknown-event-type", detail)
        return Response(_schema(event_type), media_type=SCHEMA_TYPE)

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
