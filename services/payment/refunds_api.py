"""The edge of operators: asking for a refund, agreeing to one, recording one made by hand."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import Response

from services.payment.domain.leaving import may_check, may_record
from services.payment.domain.refunds import find, refundable_vnd
from services.payment.domain.state import Leaving, Payment, Refund
from services.payment.lookups import application_id, payments_of
from services.payment.set_aside import INBOX
from shared import edge, events
from shared.access import Caller, require
from shared.clock import Clock
from shared.events import Data, Event
from shared.events.data import Problem
from shared.events.refunds import RefundAsked, RefundChecked, RefundRecorded
from shared.journal import Decision, Journal
from shared.problems import Refusal
from shared.publisher import Publisher
from shared.second_person import unfit

Operator = Annotated[Caller, Depends(require("operator"))]
Key = Annotated[str, Header(min_length=8, max_length=200)]
Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
BODY_LIMIT_BYTES = 8 << 10


class Asking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of which transaction is to be given back, and why."""

    application: str
    partner: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
    transaction: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    amount_vnd: Annotated[int, msgspec.Meta(ge=1)]
    reason: Reason


class Checking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a second person agrees, or does not."""

    reason: Reason


class Recording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bank's number of the transfer by which it was given back, and what shows that."""

    transaction: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    reason: Reason


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """It was taken in: what came of it shows in `refunds` of the application's payments."""

    application: str


_KEY = f"{edge.APPLICATION}.refund.1"
ASKING = Asking(
    application=edge.APPLICATION,
    partner="vnpay",
    transaction="14700001",
    amount_vnd=16_000,
    reason="The officer entered two copies instead of one",
)
CHECKING = Checking(reason="Agrees with the decision of the unit")
RECORDING = Recording(transaction="FT26324000001", reason="Payment order of the treasury")
TAKEN = Taken(application=edge.APPLICATION)

Verb = Literal["approve", "reject", "done"]
# from which statuses a person may do what
POSSIBLE: Mapping[Verb, frozenset[Leaving]] = {
    "approve": frozenset({"waiting_for_check"}),
    "reject": frozenset({"waiting_for_check"}),
    "done": frozenset({"by_hand", "failed", "unknown"}),
}


def router(journal: Journal[Payment], publisher: Publisher, clock: Clock) -> APIRouter:
    """Return the routes; all of them need the role operator."""
    routes = APIRouter(tags=["refunds"])
    _add_asking(routes, journal, publisher, clock)
    _add_checks(routes, journal, publisher, clock)
    _add_record(routes, journal, publisher, clock)
    return routes


def _add_asking(
    routes: APIRouter, journal: Journal[Payment], publisher: Publisher, clock: Clock
) -> None:
    @routes.post(
        "/v1/refunds",
        status_code=202,
        summary="Have money given back",
        description="Of a transaction never more than it brought. Above the limit a second person"
        " has to agree. The same `Idempotency-Key` again is the same request.",
        responses=edge.answers(202, Taken, 404, 409, 422, example=TAKEN),
        openapi_extra=edge.described(Asking, ASKING),
    )
    async def ask(request: Request, caller: Operator, idempotency_key: Key) -> Response:
        asking = await edge.read(request, Asking, BODY_LIMIT_BYTES)
        known = application_id(asking.application)
        decision, state = await payments_of(known, journal, caller)
        left_vnd = refundable_vnd(state, (asking.partner, asking.transaction))
        if asking.amount_vnd > left_vnd:
            raise _too_much(left_vnd)
        data = RefundAsked(
            partner=asking.partner,
            transaction=asking.transaction,
            amount_vnd=asking.amount_vnd,
            by=caller.name,
            principal=caller.principal,
            reason=asking.reason,
        )
        mark = hashlib.sha256(msgspec.json.encode((caller.name, asking))).hexdigest()[:16]
        id_ = f"{known}/refund/{idempotency_key}/{mark}"
        await publisher.publish(INBOX, _event(data, id_, caller, decision, clock))
        return _taken(known)


def _add_checks(
    routes: APIRouter, journal: Journal[Payment], publisher: Publisher, clock: Clock
) -> None:
    told: dict[str, Any] = {
        "status_code": 202,
        "responses": edge.answers(202, Taken, 404, 409, 422, example=TAKEN),
        "openapi_extra": edge.described(Checking, CHECKING),
    }

    async def check(key: str, request: Request, caller: Caller, verb: Verb) -> Response:
        checking = await edge.read(request, Checking, BODY_LIMIT_BYTES)
        decision, refund = await refund_for(key, journal, caller, verb)
        if not may_check(refund, caller.principal, agrees=verb == "approve"):
            raise unfit(refund.principal, caller)
        data = RefundChecked(
            refund=key,
            approved=verb == "approve",
            by=caller.name,
            principal=caller.principal,
            reason=checking.reason,
        )
        event = _event(data, f"{key}/{verb}", caller, decision, clock)
        await publisher.publish(INBOX, event)
        return _taken(decision.application)

    @routes.post(
        "/v1/refunds/{key}/approve", summary="Agree to a refund that another asked for", **told
    )
    async def approve_refund(key: str, request: Request, caller: Operator) -> Response:
        return await check(key, request, caller, "approve")

    @routes.post(
        "/v1/refunds/{key}/reject", summary="Turn down a refund that another asked for", **told
    )
    async def reject_refund(key: str, request: Request, caller: Operator) -> Response:
        return await check(key, request, caller, "reject")


def _add_record(
    routes: APIRouter, journal: Journal[Payment], publisher: Publisher, clock: Clock
) -> None:
    @routes.post(
        "/v1/refunds/{key}/done",
        name="record_refund",
        status_code=202,
        summary="Record that a person gave it back",
        responses=edge.answers(202, Taken, 404, 409, 422, example=TAKEN),
        openapi_extra=edge.described(Recording, RECORDING),
    )
    async def record(key: str, request: Request, caller: Operator) -> Response:
        recording = await edge.read(request, Recording, BODY_LIMIT_BYTES)
        decision, refund = await refund_for(key, journal, caller, "done")
        if not may_record(refund, caller.name, caller.principal):
            raise unfit(refund.principal, caller)
        data = RefundRecorded(
            refund=key,
            transaction=recording.transaction,
            by=caller.name,
            principal=caller.principal,
            reason=recording.reason,
        )
        event = _event(data, f"{key}/done", caller, decision, clock)
        await publisher.publish(INBOX, event)
        return _taken(decision.application)


async def refund_for(
    key: str, journal: Journal[Payment], caller: Caller, verb: Verb
) -> tuple[Decision[Payment], Refund]:
    """Return a refund to which this may be done.  Raises `Refusal` 404, 409, 422."""
    known = application_id(key.partition(".")[0])
    decision, state = await payments_of(known, journal, caller)
    refund = find(state, known, key)
    if refund is None:
        raise Refusal(
            404, "unknown-refund", "No refund has this key: see `refunds` of the payments."
        )
    if refund.status not in POSSIBLE[verb]:
        possible = " or ".join(sorted(POSSIBLE[verb]))
        raise Refusal(
            409, "not-possible-now", f"It is {refund.status}; this needs one that is {possible}."
        )
    return decision, refund


def _too_much(left_vnd: int) -> Refusal:
    vi = f"{left_vnd:,}".replace(",", ".")
    problem = Problem(
        field="/amount_vnd",
        code="more-than-is-left",
        remedy_vi=f"Giao dịch này còn {vi} đồng có thể hoàn: kiểm tra mã giao dịch và số tiền.",
        remedy_en=f"Of this transaction {left_vnd:,} đồng are left to give back: check both.",
    )
    return Refusal(409, "more-than-is-left", problem.remedy_en, (problem,))


def _event(data: Data, id_: str, caller: Caller, decision: Decision[Any], clock: Clock) -> Event:
    return Event(
        id=id_,
        source=caller.source,
        type=data.TYPE,
        subject=decision.application,
        time=clock(),
        data=msgspec.Raw(events.encode(data)),
        traceparent=decision.traceparent,
        causationid=decision.last_event,
    )


def _taken(application: str) -> Response:
    where = {"Location": f"/v1/payments/{application}"}
    body = msgspec.json.encode(Taken(application=application))
    return Response(body, 202, where, "application/json")
