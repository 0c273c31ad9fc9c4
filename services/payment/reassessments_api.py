"""The edge of who may have a fee assessed again: an officer or an operator, with a reason."""

import hashlib
import re
from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from msgspec import UNSET, UnsetType

from services.payment.domain.state import Payment
from shared import edge, events
from shared.access import Caller, require
from shared.clock import Clock
from shared.edge import APPLICATION
from shared.errors import DeadLetter
from shared.events import Event
from shared.events.data import Problem
from shared.events.reassessments import ReassessmentAsked
from shared.journal import Decision, Journal
from shared.placement import canonical
from shared.problems import Refusal
from shared.publisher import Publisher

INBOX = "payment.inbox"
COPIES_LIMIT, PAGES_LIMIT, REASON_LIMIT, NAME_LIMIT = 100, 2_000, 500, 40
_KEY = re.compile(r"[!-~]{1,64}")

Asking = Annotated[Caller, Depends(require("officer", "operator"))]


class Reassessment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the fee rests on, as far as it is otherwise; what is left out stays as it is.

    `case` and `exemption` may be empty: the usual case, nobody is spared.
    """

    reason: str
    copies: int | UnsetType = UNSET
    case: str | UnsetType = UNSET
    pages: int | UnsetType = UNSET
    exemption: str | UnsetType = UNSET


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """It is in the log; what became of it is in the payments of the application."""

    application: str
    message: str


REASSESSMENT = Reassessment(reason="The copy has 12 pages, as counted at the counter", pages=12)
ASKED = Asked(
    application=APPLICATION, message=f"{APPLICATION}/reassessment/counter-1/0f1e2d3c4b5a6978"
)


def reassessments_router(
    journal: Journal[Payment], publisher: Publisher, clock: Clock
) -> APIRouter:
    """Return the route by which a fee is assessed again."""
    routes = APIRouter(tags=["payment"])
    key_told = edge.header(
        "Idempotency-Key",
        "the same again under the same key is the same wish",
        "counter-1",
        required=True,
    )

    @routes.post(
        "/v1/payments/{application}/reassessments",
        status_code=202,
        summary="Have the fee assessed again; once per Idempotency-Key",
        openapi_extra=edge.described(Reassessment, REASSESSMENT, key_told),
        responses=edge.answers(202, Asked, 400, 404, 413, 415, 422, example=ASKED),
    )
    async def reassess_fee(application: str, request: Request, caller: Asking) -> Response:
        asked = await edge.read(request, Reassessment)
        problems = tuple(_problems(asked))
        if problems:
            raise Refusal(422, "invalid-body", "Correct the fields named in `problems`.", problems)
        key = request.headers.get("idempotency-key", "")
        if not _KEY.fullmatch(key):
            raise Refusal(
                422,
                "invalid-idempotency-key",
                "Send `Idempotency-Key: <1 to 64 printable ASCII characters>`, a new one for each.",
            )
        known, latest = await _known(application, journal)
        mark = hashlib.sha256(msgspec.json.encode((caller.source, asked))).hexdigest()[:16]
        name = f"{known}/reassessment/{key}/{mark}"
        event = _event(name, known, caller, asked, latest, clock())
        await publisher.publish(INBOX, event)
        answer = msgspec.json.encode(Asked(application=known, message=event.id))
        return Response(answer, 202, media_type="application/json")

    return routes


async def _known(application: str, journal: Journal[Payment]) -> tuple[str, Decision[Payment]]:
    try:
        known = canonical(application)
    except DeadLetter as error:
        raise Refusal(422, "not-an-id", "Send the application's id, a UUID.") from error
    latest = await journal.latest(known)
    if latest is None or latest.state is None or latest.state.basis is None:
        detail = "Payment has assessed no fee for it yet: ask again shortly."
        raise Refusal(404, "unknown-application", detail)
    return known, latest


def _event(
    name: str,
    application: str,
    caller: Caller,
    asked: Reassessment,
    latest: Decision[Payment],
    at: datetime,
) -> Event:
    fields = {f: getattr(asked, f) for f in asked.__struct_fields__}
    data = ReassessmentAsked(by=caller.name, for_units=caller.units, **fields)
    return Event(
        id=name,
        source=caller.source,
        type=data.TYPE,
        subject=application,
        time=at,
        data=msgspec.Raw(events.encode(data)),
        traceparent=latest.traceparent,
        causationid=latest.last_event,
    )


def _problems(asked: Reassessment) -> list[Problem]:
    checks = (
        (
            "/reason",
            len(asked.reason.strip()) >= 1 and len(asked.reason) <= REASON_LIMIT,
            f"Ghi lý do, không quá {REASON_LIMIT} ký tự, không có dữ liệu cá nhân.",
            f"Give the reason, at most {REASON_LIMIT} characters, without personal data.",
        ),
        (
            "/copies",
            asked.copies is UNSET or 1 <= asked.copies <= COPIES_LIMIT,
            f"Số bản phải từ 1 đến {COPIES_LIMIT}.",
            f"The number of copies is from 1 to {COPIES_LIMIT}.",
        ),
        (
            "/pages",
            asked.pages is UNSET or 0 <= asked.pages <= PAGES_LIMIT,
            f"Số trang của một bản phải từ 0 đến {PAGES_LIMIT}.",
            f"The pages of one copy are from 0 to {PAGES_LIMIT}.",
        ),
        *(
            (
                f"/{name}",
                len(getattr(asked, name) or "") <= NAME_LIMIT,
                "Ghi một mã có trong danh mục, hoặc bỏ trống.",
                "Name one of the catalogue's, or none.",
            )
            for name in ("case", "exemption")
        ),
    )
    return [
        Problem(field=field, code="invalid", remedy_vi=vi, remedy_en=en)
        for field, is_right, vi, en in checks
        if not is_right
    ]
