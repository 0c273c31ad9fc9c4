"""What a partner does with its own webhooks, over HTTP: who is told, with which secret, and of
what once more.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, Field

from services.payment.partner_api import PLACE_LIMIT, OfPartner, as_json, one, place
from services.payment.partners import Registry
from services.payment.replay.log import PAGE_LIMIT, Replay
from services.payment.replay.outline import SHOWN
from services.payment.webhooks.deliveries import ATTEMPTS_KEPT
from services.payment.webhooks.desk import Changed, Desk, TooMany
from services.payment.webhooks.endpoints import ENDPOINTS_LIMIT, Endpoint
from services.payment.webhooks.guard import REMEDIES, URL_LIMIT, Denied
from services.payment.webhooks.views import (
    ATTEMPT,
    ENDPOINT,
    PLANNED,
    URL,
    WITH_SECRET,
    AttemptsView,
    EndpointsView,
    EndpointView,
    Planned,
    SecretView,
    view,
    with_secret,
)
from shared import edge
from shared.edge import APPLICATION
from shared.events.data import Problem
from shared.problems import Refusal

FIELDS = "Correct the fields named in `problems`."


class NewEndpoint(BaseModel):
    """Tell an address of yours; without types, of everything."""

    model_config = {
        "extra": "forbid",
        "json_schema_extra": {"examples": [{"url": URL, "types": ["payment.settled"]}]},
    }

    url: str = Field(min_length=1, max_length=URL_LIMIT)
    types: list[str] = Field(default=[], max_length=len(SHOWN))


class Again(BaseModel):
    """Tell of an event once more, or of a page of them: by time or by place."""

    model_config = {
        "extra": "forbid",
        "json_schema_extra": {
            "examples": [
                {"event": f"{APPLICATION}/payment/000003"},
                {"from": "2026-11-20T00:00:00+07:00", "to": "2026-11-21T00:00:00+07:00"},
            ]
        },
    }

    event: str = Field(default="", max_length=200)
    since: AwareDatetime | None = Field(default=None, alias="from")
    to: AwareDatetime | None = None
    after: str = Field(default="", max_length=PLACE_LIMIT)
    until: str = Field(default="", max_length=PLACE_LIMIT)


def router(registry: Registry, replay: Replay, desk: Desk) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["webhooks"])
    partner = Annotated[str, Depends(OfPartner(registry))]
    _of_all(routes, desk, partner)
    _of_one(routes, desk, partner)
    _of_deliveries(routes, desk, replay, partner)
    return routes


def _of_all(routes: APIRouter, desk: Desk, of_partner: Any) -> None:
    @routes.post(
        "/v1/partner/webhooks",
        status_code=201,
        summary="Have an address of yours told; its secret is shown this once",
        responses=edge.answers(201, SecretView, 403, 409, 422, example=WITH_SECRET),
    )
    async def add_webhook(asked: NewEndpoint, partner: of_partner) -> Response:
        for number, type_ in enumerate(asked.types):
            if type_ not in SHOWN:
                raise _unknown_type(number)
        try:
            endpoint, secret = await desk.add(partner, asked.url, asked.types)
        except Denied as denied:
            raise _denied(denied) from denied
        except TooMany as error:
            raise Refusal(
                409,
                "too-many",
                f"You have {ENDPOINTS_LIMIT} endpoints, or removed many today: remove one, or "
                "wait a day.",
            ) from error
        return as_json(with_secret(endpoint, secret), 201)

    @routes.get(
        "/v1/partner/webhooks",
        summary="Your endpoints, and how each stands",
        responses=edge.answers(200, EndpointsView, 403, example={"items": [ENDPOINT]}),
    )
    async def webhooks(partner: of_partner) -> Response:
        return as_json(EndpointsView(items=[view(e) for e in await desk.endpoints(partner)]))


def _of_one(routes: APIRouter, desk: Desk, of_partner: Any) -> None:
    @routes.delete(
        "/v1/partner/webhooks/{endpoint}",
        status_code=204,
        summary="Have an address told nothing more",
        responses=edge.refused(403, 404, 409),
    )
    async def remove_webhook(endpoint: str, partner: of_partner) -> Response:
        try:
            await desk.remove(await _one(desk, partner, endpoint))
        except Changed as error:
            raise _changed() from error
        return Response(status_code=204)

    @routes.post(
        "/v1/partner/webhooks/{endpoint}/rotate",
        summary="Another secret; the one before signs beside it for 24 hours",
        responses=edge.answers(200, SecretView, 403, 404, 409, example=WITH_SECRET),
    )
    async def rotate_webhook(endpoint: str, partner: of_partner) -> Response:
        try:
            return as_json(with_secret(*await desk.rotate(await _one(desk, partner, endpoint))))
        except Changed as error:
            raise _changed() from error

    @routes.post(
        "/v1/partner/webhooks/{endpoint}/enable",
        summary="Have a disabled one told again, of what is decided from now on",
        responses=edge.answers(200, EndpointView, 403, 404, 409, 422, example=ENDPOINT),
    )
    async def enable_webhook(endpoint: str, partner: of_partner) -> Response:
        try:
            return as_json(view(await desk.enable(await _one(desk, partner, endpoint))))
        except Denied as denied:
            raise _denied(denied) from denied
        except Changed as error:
            raise _changed() from error


def _of_deliveries(routes: APIRouter, desk: Desk, replay: Replay, of_partner: Any) -> None:
    @routes.post(
        "/v1/partner/webhooks/{endpoint}/redeliver",
        status_code=202,
        summary="Have an event told once more, or a range of them",
        responses=edge.answers(202, Planned, 403, 404, 409, 422, example=PLANNED),
    )
    async def redeliver(endpoint: str, asked: Again, partner: of_partner) -> Response:
        told = await _one(desk, partner, endpoint)
        if told.standing != "active":
            raise Refusal(409, "disabled", "Enable this endpoint first, then ask again.")
        if asked.event:
            found = [await one(replay, partner, asked.event)]
            planned = Planned(planned=1, next="", more=False)
        elif asked.since or asked.after:
            page = await replay.page(
                partner,
                since=asked.since,
                to=asked.to,
                after=place(asked.after, "/body/after", replay.lanes),
                until=place(asked.until, "/body/until", replay.lanes),
                limit=PAGE_LIMIT,
            )
            found = [listed.event for listed in page.items]
            planned = Planned(planned=len(found), next=page.next, more=page.more)
        else:
            raise _nothing_named()
        await desk.redeliver(told, found, replay.lanes)
        return as_json(planned, 202)

    @routes.get(
        "/v1/partner/webhooks/{endpoint}/attempts",
        summary="What came of the last attempts",
        responses=edge.answers(200, AttemptsView, 403, 404, 422, example={"items": [ATTEMPT]}),
    )
    async def attempts(
        endpoint: str,
        partner: of_partner,
        limit: Annotated[int, Query(ge=1, le=ATTEMPTS_KEPT)] = 50,
    ) -> Response:
        told = await _one(desk, partner, endpoint)
        return as_json(AttemptsView(items=list(await desk.attempts(told, limit))))


async def _one(desk: Desk, partner: str, id_: str) -> Endpoint:
    found = await desk.endpoint(partner, id_)
    if found is None:
        raise Refusal(404, "unknown-endpoint", "You have no endpoint of this id: list them.")
    return found


def _denied(denied: Denied) -> Refusal:
    vi, en = REMEDIES[denied.why]
    problem = Problem(field="/body/url", code=denied.why, remedy_vi=vi, remedy_en=en)
    return Refusal(422, "not-called", FIELDS, (problem,))


def _unknown_type(number: int) -> Refusal:
    known = ", ".join(sorted(SHOWN))
    problem = Problem(
        field=f"/body/types/{number}",
        code="invalid-value",
        remedy_vi=f"Cần một trong: {known}.",
        remedy_en=f"Give one of: {known}.",
    )
    return Refusal(422, "invalid-request", FIELDS, (problem,))


def _nothing_named() -> Refusal:
    problem = Problem(
        field="/body",
        code="missing-field",
        remedy_vi="Nêu một sự kiện (`event`), hoặc một khoảng (`from` hay `after`).",
        remedy_en="Name an event (`event`), or a range (`from` or `after`).",
    )
    return Refusal(422, "invalid-request", FIELDS, (problem,))


def _changed() -> Refusal:
    return Refusal(409, "changed", "It was changed at the same moment: look again, then decide.")
