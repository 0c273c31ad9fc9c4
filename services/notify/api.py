"""Notify's edge: receipts and preferences come in, and what a citizen was told can be read."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Depends, Request

from services.notify import views
from services.notify.channels.sms_http import Receipts
from services.notify.contacts import Learn
from services.notify.desk import known
from services.notify.domain import Dossier
from services.notify.domain.slots import slot_of
from services.notify.domain.templates import Templates
from services.notify.receipts_api import Desk, Taken
from services.notify.views import NoticesView, NoticeView
from shared import edge, events
from shared.access import Caller, require
from shared.clock import Clock
from shared.events import Event
from shared.events.notify import PreferencesChanged
from shared.journal import Journal
from shared.publisher import Publisher


@dataclass(frozen=True)
class Noted:
    """What was wished counts from the next notice on."""

    application: str


RECEIPTS = {
    "receipts": [
        {
            "reference": f"{edge.APPLICATION}/registered/sms/1",
            "status": "delivered",
            "message_id": "g-000123",
        }
    ]
}
NOTICES = NoticesView(
    edge.APPLICATION,
    [
        NoticeView(
            milestone="registered",
            channel="sms",
            status="delivered",
            since=datetime(2026, 11, 20, 1, 30, tzinfo=UTC),
            attempts=1,
            reason="",
            text="Hồ sơ H29.1-20261120-0000001 đã nộp thành công lúc 08:30 20/11/2026.",
            subject="Đã nhận hồ sơ H29.1-20261120-0000001",
            read_out="Hồ sơ H 2 9 chấm 1 gạch 2 0 2 6 1 1 2 0 gạch 0 0 0 0 0 0 1 đã nộp thành công "
            "lúc 8 giờ 30 phút, ngày 20 tháng 11 năm 2026.",
        )
    ],
)


PREFERENCES = {"channels": ["sms", "email"], "language": "en"}


def router(
    publisher: Publisher,
    journal: Journal[Dossier],
    clock: Clock,
    templates: Templates,
    desk: Desk,
    gateway: str = "sms",
    learn_words: Learn | None = None,
) -> APIRouter:
    """Return notify's routes; `gateway`: whose receipts come in without a provider's name."""
    routes = APIRouter(tags=["notify"])

    @routes.post(
        "/v1/receipts/sms",
        status_code=202,
        summary="Delivery receipts of the first SMS gateway, in bulk",
        openapi_extra=edge.described(Receipts, RECEIPTS),
        responses=edge.shown(202, Taken(1, {}), 400, 403, 404, 413, 415, 422),
    )
    async def receipts(
        request: Request, caller: Annotated[Caller, Depends(require("partner"))]
    ) -> Taken:
        return await desk.take(request, gateway, caller)

    @routes.post(
        "/v1/applications/{application}/preferences",
        status_code=202,
        summary="By which ways, and in which language, the citizen is told from now on",
        openapi_extra=edge.described(PreferencesChanged, PREFERENCES),
        responses=edge.shown(202, Noted(edge.APPLICATION), 400, 404, 413, 415, 422, 503),
    )
    async def prefer(
        request: Request,
        application: str,
        caller: Annotated[Caller, Depends(require("portal", "operator"))],
    ) -> Noted:
        wishes = await edge.read(request, PreferencesChanged)
        id_, _ = await known(journal, application, caller)
        event = Event(
            id=f"{id_}/preferences/{uuid4()}",
            source=caller.source,
            type=PreferencesChanged.TYPE,
            subject=id_,
            time=clock(),
            data=msgspec.Raw(events.encode(wishes)),
        )
        await publisher.publish("notify.inbox", event)
        return Noted(id_)

    @routes.get(
        "/v1/applications/{application}/notices",
        summary="What the citizen was told, by all ways, in their language, and why not",
        responses=edge.shown(200, NOTICES, 404, 422),
    )
    async def notices(
        application: str, caller: Annotated[Caller, Depends(require("portal", "operator"))]
    ) -> NoticesView:
        id_, dossier = await known(journal, application, caller)
        if learn_words:
            await learn_words(slot_of(slot).milestone for slot in dossier.notices)
        return views.notices(id_, dossier, templates)

    return routes
