"""What operators ask of money between partners and us, over HTTP."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import Response

from services.operations.domain.roles import MAY
from services.operations.money import examples, health, views
from services.operations.money.desk import MoneyDesk
from shared import edge
from shared.access import Caller, require
from shared.events.data import Text
from shared.events.reconciliation import BreakKind, CloseChecked
from shared.problems import Refusal
from shared.second_person import refusal_of

PAGE_LIMIT = 200
REASON_LEAST, REASON_LIMIT = 3, 500
BREAK_ID = "[a-z0-9-]{1,63}[.][0-9]{4}-[0-9]{2}-[0-9]{2}[.][a-z_]{4,20}[.][0-9a-f]{16}"
PARTNER = "[a-z0-9-]{1,63}"

Operator = Annotated[Caller, Depends(require(*MAY["operate"]))]
Reader = Annotated[Caller, Depends(require(*MAY["read"]))]
Checker = Annotated[Caller, Depends(require(*MAY["agree"]))]
Key = Annotated[str, Header(min_length=8, max_length=200)]
Of = Annotated[str, Query(pattern=f"^({PARTNER})?$", description="of one partner alone")]
OnDay = Annotated[date | None, Query(description="of one of its days; with `partner`")]
State = Annotated[Literal["open", "closed"], Query(description="how they stand")]
After = Annotated[str, Query(pattern=f"^({BREAK_ID})?$", description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]
BreakId = Annotated[str, Path(pattern=f"^{BREAK_ID}$")]
Partner = Annotated[str, Path(pattern=f"^{PARTNER}$")]


class Closing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was found, and what was done."""

    reason: Text


class Checking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a second person says."""

    approved: bool
    reason: Text


class SaidView(msgspec.Struct, frozen=True):
    """The id of what was said: it stands among the steps of the break."""

    id: str


def router(desk: MoneyDesk) -> APIRouter:
    """Return the routes; `domain.roles` says who may what."""
    routes = APIRouter(prefix="/v1", tags=["money"])

    @routes.get(
        "/money",
        summary="What of partners' statements does not match, by kind and age, and their last days",
        responses=edge.answers(200, views.MoneyView, example=examples.MONEY),
    )
    async def money(_: Reader) -> Response:
        return _json(await desk.overview())

    @routes.get(
        "/money/breaks",
        summary="The breaks of all partners, of one, or of one of its days",
        responses=edge.answers(
            200, views.BreakPage, 422, example=views.BreakPage(items=[examples.BREAK], next=None)
        ),
    )
    async def breaks(
        _: Reader,
        partner: Of = "",
        day: OnDay = None,
        kind: BreakKind | None = None,
        state: State = "open",
        after: After = "",
        limit: Limit = 50,
    ) -> Response:
        if day and not partner:
            raise Refusal(422, "no-partner", "Name the partner whose day it is as `partner`.")
        is_open = state == "open"
        return _json(
            await desk.breaks(partner, day, kind, is_open=is_open, after=after, limit=limit)
        )

    @routes.get(
        "/money/breaks/{break_id}",
        summary="A break, and what was done about it",
        responses=edge.answers(200, views.OneBreakView, 404, 422, example=examples.ONE),
    )
    async def one_break(break_id: BreakId, _: Reader) -> Response:
        return _json(await known(desk, break_id))

    @routes.get(
        "/money/partners",
        summary="How partners fare: what the last hour and day brought, and which orders stand",
        responses=edge.answers(200, health.PartnersView, example=health.PARTNERS),
    )
    async def partners(_: Reader) -> Response:
        return _json(await desk.health.partners())

    @routes.get(
        "/money/statements/{partner}/{day}",
        summary="What became of a partner's statements of a day; each corrects the one before",
        responses=edge.answers(
            200,
            views.StatementsView,
            422,
            example=views.StatementsView(items=[examples.STATEMENT]),
        ),
    )
    async def statements(partner: Partner, day: date, _: Reader) -> Response:
        return _json(await desk.statements(partner, day))

    _add_closing(routes, desk)
    return routes


def _add_closing(routes: APIRouter, desk: MoneyDesk) -> None:
    @routes.post(
        "/money/breaks/{break_id}/close",
        status_code=202,
        summary="Say that a break is settled, and how: payment closes it, or asks a second person",
        description="The same again with the same `Idempotency-Key` is the same word. What came of"
        " it, GET /v1/money/breaks/{break_id} shows a second or two later.",
        responses=edge.answers(202, SaidView, 404, 409, 422, example=SaidView(id="break-0f5a2c9b")),
        openapi_extra=edge.described(Closing, {"reason": "Ngân hàng đã trả lại 1.000 đồng."}),
    )
    async def close_break(
        break_id: BreakId, request: Request, caller: Operator, idempotency_key: Key
    ) -> Response:
        reason = (await edge.read(request, Closing)).reason
        return _json(await said_to_close(desk, break_id, caller, reason, idempotency_key), 202)

    @routes.post(
        "/money/breaks/{break_id}/check",
        status_code=202,
        summary="Agree, as a second person, that a break is settled, or do not; again is harmless",
        responses=edge.answers(202, SaidView, 404, 409, 422, example=SaidView(id="break-0f5a2c9b")),
        openapi_extra=edge.described(Checking, {"approved": True, "reason": "Đã xem sao kê."}),
    )
    async def check_closing(break_id: BreakId, request: Request, caller: Checker) -> Response:
        wanted = await edge.read(request, Checking)
        said = await said_of_wish(desk, break_id, caller, wanted.reason, approved=wanted.approved)
        return _json(said, 202)


async def said_to_close(
    desk: MoneyDesk, break_id: str, caller: Caller, reason: str, key: str
) -> SaidView:
    """Have a break closed.  Raises `Refusal` 404, 409, 422, `Unknown`."""
    found, reason = await known(desk, break_id), checked(reason)
    if not found.found.is_open:
        raise Refusal(409, "break-over", "It is closed already.")
    said = await desk.saying.close(found.found.partner, break_id, caller, reason, key)
    return SaidView(id=said)


async def said_of_wish(
    desk: MoneyDesk, break_id: str, caller: Caller, reason: str, *, approved: bool
) -> SaidView:
    """Agree to what somebody else wants, or do not.  Raises `Refusal` 404, 409, 422, `Unknown`."""
    found, reason = await known(desk, break_id), checked(reason)
    asked = found.asked
    if asked is None or not asked.is_waiting:
        raise Refusal(409, "nothing-waits", "Nothing waits for a second person.")
    if why := refusal_of(asked.principal, caller, agrees=approved):
        raise why
    word = CloseChecked(
        partner=found.found.partner,
        break_id=break_id,
        asked=asked.id,
        approved=approved,
        by=caller.name,
        principal=caller.principal,
        reason=reason,
    )
    return SaidView(id=await desk.saying.check(word, caller))


def checked(reason: str) -> str:
    """Return a reason.  Raises `Refusal` 422."""
    reason = reason.strip()
    if not REASON_LEAST <= len(reason) <= REASON_LIMIT or not reason.isprintable():
        raise Refusal(
            422,
            "invalid-reason",
            f"Send as `reason`, in {REASON_LEAST} to {REASON_LIMIT} letters, what was found.",
        )
    return reason


async def known(desk: MoneyDesk, break_id: str) -> views.OneBreakView:
    """Return a break.  Raises `Refusal` 404, `Unknown`."""
    found = await desk.one(break_id)
    if found is None:
        raise Refusal(404, "unknown-break", "No break has this id: GET /v1/money/breaks has all.")
    return found


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
