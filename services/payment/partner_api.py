"""What a partner asks of its own orders' events, over HTTP: by time, by place on the log, by id."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import AwareDatetime

from services.payment.partners import Registry
from services.payment.replay.log import PAGE_LIMIT, Page, Replay
from services.payment.replay.outline import Outline
from services.payment.replay.places import NoPlace, Offsets, after
from shared import edge
from shared.access import Caller, require
from shared.edge import APPLICATION
from shared.events.data import Problem
from shared.events.payment import Settled
from shared.problems import Refusal

PLACE_LIMIT = 1_000
Since = Annotated[
    AwareDatetime | None, Query(alias="from", description="came to the log then or later")
]
To = Annotated[AwareDatetime | None, Query(description="came to the log before that")]
After = Annotated[
    str, Query(max_length=PLACE_LIMIT, description="`next` of a page, or an event's `sequence`")
]
Until = Annotated[
    str, Query(max_length=PLACE_LIMIT, description="up to and with this event's `sequence`")
]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]


class EventView(msgspec.Struct, kw_only=True):
    """An event of an order of yours.  `id` is the `webhook-id` that it is told under, too."""

    id: str
    type: str
    timestamp: datetime
    data: dict[str, Any]


class ListedView(EventView, kw_only=True):
    """One as a page has it: where it stands, and since when."""

    sequence: str
    recorded_at: datetime


class EventPage(msgspec.Struct, kw_only=True):
    """`next`: to be given as `after`, also later, when `more` is false."""

    items: list[ListedView]
    next: str
    more: bool


EVENT: dict[str, Any] = {
    "id": f"{APPLICATION}/payment/000003",
    "type": Settled.TYPE,
    "timestamp": "2026-11-20T02:00:00Z",
    "data": {"reference": "DVC260123456789014", "transaction": "14700001", "amount_vnd": 16000},
}
PAGE = {
    "items": [{**EVENT, "sequence": "3-1207", "recorded_at": "2026-11-20T02:00:00.004000Z"}],
    "next": "WzEyMDgsMTFd",
    "more": False,
}


class OfPartner:
    """A dependency that lets those in whose orders are ours: the key is in a partner's name."""

    def __init__(self, registry: Registry) -> None:
        self._names = frozenset(gateway.partner.name for gateway in registry)

    def __call__(self, caller: Annotated[Caller, Depends(require("partner"))]) -> str:
        """Return whose key it is.  Raises `Refusal` 403."""
        if caller.name not in self._names:
            raise Refusal(403, "not-a-partner", "Send the key that was given to a bank's name.")
        return caller.name


def router(registry: Registry, replay: Replay) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["partners"])
    of_partner = Depends(OfPartner(registry))

    @routes.get(
        "/v1/partner/events",
        summary="Events of your orders, by time or by place",
        responses=edge.answers(200, EventPage, 403, 422, example=PAGE),
    )
    async def partner_events(
        partner: Annotated[str, of_partner],
        since: Since = None,
        to: To = None,
        after: After = "",
        until: Until = "",
        limit: Limit = 100,
    ) -> Response:
        page = await replay.page(
            partner,
            since=since,
            to=to,
            after=place(after, "/query/after", replay.lanes),
            until=place(until, "/query/until", replay.lanes),
            limit=limit,
        )
        return as_json(page_view(page))

    @routes.get(
        "/v1/partner/events/{event:path}",
        summary="One event of an order of yours, by its id",
        responses=edge.answers(200, EventView, 403, 404, example=EVENT),
    )
    async def partner_event(event: str, partner: Annotated[str, of_partner]) -> Response:
        return as_json(_event_view(await one(replay, partner, event)))

    return routes


def place(text: str, field: str, lanes: int) -> Offsets | None:
    """Return a place that a caller named, None if it named none.  Raises `Refusal` 422."""
    try:
        return after(text, lanes) if text else None
    except NoPlace:
        problem = Problem(
            field=field,
            code="invalid-value",
            remedy_vi="Gửi đúng `next` của một trang hoặc `sequence` của một sự kiện đã nhận.",
            remedy_en="Give `next` of a page, or `sequence` of an event, as you received it.",
        )
        detail = "Correct the fields named in `problems`."
        raise Refusal(422, "invalid-request", detail, (problem,)) from None


async def one(replay: Replay, partner: str, event: str) -> Outline:
    """Return an event of this partner.  Raises `Refusal` 404."""
    found = await replay.find(partner, event)
    if found is None:
        raise Refusal(
            404,
            "unknown-event",
            "No order of yours has an event of this id. One that is archived is found by its time.",
        )
    return found


def as_json(value: Any, status: int = 200) -> Response:
    """Return an answer."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def page_view(page: Page) -> EventPage:
    """Show a page."""
    items = [
        ListedView(
            sequence=listed.sequence,
            recorded_at=listed.recorded_at,
            **msgspec.structs.asdict(_event_view(listed.event)),
        )
        for listed in page.items
    ]
    return EventPage(items=items, next=page.next, more=page.more)


def _event_view(event: Outline) -> EventView:
    return EventView(id=event.id, type=event.type, timestamp=event.timestamp, data=dict(event.data))
