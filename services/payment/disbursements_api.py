"""The edge of allowances: asked for by an office, checked by a second person, recorded, corrected.

Whose account it is is sealed here, with the application's own key, before anything is said of it.
"""

from typing import Annotated, Any, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.payment.allowances import (
    ASKING,
    CHECKING,
    CORRECTING,
    DISBURSEMENT,
    RECORDING,
    TAKEN,
    Asking,
    Checking,
    Correcting,
    DisbursementView,
    Recipient,
    Recording,
    Taken,
    disbursement_view,
    refusal,
)
from services.payment.domain.disbursements import obstacle
from services.payment.domain.leaving import MOVES, Trigger, may_check, may_record
from services.payment.domain.paying_out import key_of
from services.payment.domain.reassessing import speaks_for
from services.payment.domain.state import Disbursement, Payment
from services.payment.gateways.disbursing import Payee
from services.payment.gateways.transfers.banks import BANKS
from services.payment.lookups import application_id, payments_of
from services.payment.set_aside import INBOX
from shared import edge, events
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import VIETNAM, Clock
from shared.events import Data, Event
from shared.events.disbursements import (
    DisbursementAsked,
    DisbursementChecked,
    DisbursementCorrected,
    DisbursementRecorded,
)
from shared.journal import Decision, Journal
from shared.problems import Refusal
from shared.publisher import Publisher
from shared.second_person import unfit
from shared.vault import Vault, seal

Office = Annotated[Caller, Depends(require("officer", "operator"))]
BODY_LIMIT_BYTES = 8 << 10
ENDING = 4  # digits of an account that are shown


class Desk(NamedTuple):
    """What the routes stand on."""

    journal: Journal[Payment]
    publisher: Publisher
    clock: Clock
    catalogue: Catalogue
    vault: Vault


def router(
    journal: Journal[Payment],
    publisher: Publisher,
    clock: Clock,
    catalogue: Catalogue,
    vault: Vault,
) -> APIRouter:
    """Return the routes; all of them need the role officer, of the unit, or operator."""
    routes = APIRouter(tags=["disbursements"])
    desk = Desk(journal, publisher, clock, catalogue, vault)
    _add_list(routes, desk)
    _add_asking(routes, desk)
    _add_checking(routes, desk)
    _add_recording(routes, desk)
    _add_correcting(routes, desk)
    return routes


def _told(summary: str, kind: type[Any], example: Any, description: str = "") -> dict[str, Any]:
    return {
        "status_code": 202,
        "summary": summary,
        "description": description,
        "responses": edge.answers(202, Taken, 403, 404, 409, 410, 422, example=TAKEN),
        "openapi_extra": edge.described(kind, example),
    }


def _add_list(routes: APIRouter, desk: Desk) -> None:
    @routes.get(
        "/v1/payments/{application}/disbursements",
        summary="What allowances are paid out, as the office sees it",
        responses=edge.shown(200, [DISBURSEMENT], 403, 404, 422),
    )
    async def list_disbursements(application: str, caller: Office) -> list[DisbursementView]:
        _, state = await _open(desk, application, caller)
        return [disbursement_view(paid) for paid in state.disbursements]


def _add_asking(routes: APIRouter, desk: Desk) -> None:
    @routes.post(
        "/v1/payments/{application}/disbursements",
        **_told(
            "Have an allowance paid out, once for its period",
            Asking,
            ASKING,
            "At most what the catalogue says. Above the limit a second person has to agree. The"
            " same again is the same request.",
        ),
    )
    async def ask_disbursement(application: str, request: Request, caller: Office) -> Response:
        asking = await edge.read(request, Asking, BODY_LIMIT_BYTES)
        decision, state = await _open(desk, application, caller)
        if _is_again(asking, state, caller):
            return _taken(decision.application)
        day = desk.clock().astimezone(VIETNAM).date()
        found = obstacle(state, asking.period, asking.amount_vnd, desk.catalogue, day)
        if found:
            raise refusal(found)
        data = DisbursementAsked(
            period=asking.period,
            amount_vnd=asking.amount_vnd,
            decision=asking.decision,
            by=caller.name,
            principal=caller.principal,
            **await _sealed(desk, decision.application, asking.payee),
        )
        number = len(state.disbursements) + 1
        id_ = f"{decision.application}/disbursement/{asking.period}/{number}"
        return await _publish(desk, data, id_, caller, decision)


def _add_checking(routes: APIRouter, desk: Desk) -> None:
    @routes.post(
        "/v1/payments/{application}/disbursements/{number}/check",
        **_told("Agree to an allowance that another asked for, or not", Checking, CHECKING),
    )
    async def check_disbursement(
        application: str, number: int, request: Request, caller: Office
    ) -> Response:
        checking = await edge.read(request, Checking, BODY_LIMIT_BYTES)
        trigger: Trigger = "approved" if checking.approved else "rejected"
        decision, paid = await _find(desk, application, number, caller, trigger)
        if not may_check(paid, caller.principal, agrees=checking.approved):
            raise unfit(paid.principal, caller)
        data = DisbursementChecked(
            disbursement=key_of(decision.application, number),
            approved=checking.approved,
            by=caller.name,
            principal=caller.principal,
            reason=checking.reason,
        )
        id_ = f"{data.disbursement}/{paid.tries}/{trigger}"
        return await _publish(desk, data, id_, caller, decision)


def _add_recording(routes: APIRouter, desk: Desk) -> None:
    @routes.post(
        "/v1/payments/{application}/disbursements/{number}/record",
        **_told("Record that it was paid, or was not, or came back", Recording, RECORDING),
    )
    async def record_disbursement(
        application: str, number: int, request: Request, caller: Office
    ) -> Response:
        recording = await edge.read(request, Recording, BODY_LIMIT_BYTES)
        trigger: Trigger = "recorded" if recording.finding == "paid" else "not_done"
        decision, paid = await _find(desk, application, number, caller, trigger)
        if trigger == "recorded" and not may_record(paid, caller.name, caller.principal):
            raise unfit(paid.principal, caller)
        data = DisbursementRecorded(
            disbursement=key_of(decision.application, number),
            finding=recording.finding,
            transaction=recording.transaction,
            by=caller.name,
            principal=caller.principal,
            reason=recording.reason,
        )
        id_ = f"{data.disbursement}/{paid.tries}/{paid.status}/{recording.finding}"
        return await _publish(desk, data, id_, caller, decision)


def _add_correcting(routes: APIRouter, desk: Desk) -> None:
    @routes.post(
        "/v1/payments/{application}/disbursements/{number}/correct",
        **_told("Have one that failed tried again, to this account", Correcting, CORRECTING),
    )
    async def correct_disbursement(
        application: str, number: int, request: Request, caller: Office
    ) -> Response:
        correcting = await edge.read(request, Correcting, BODY_LIMIT_BYTES)
        decision, paid = await _find(desk, application, number, caller, "corrected")
        data = DisbursementCorrected(
            disbursement=key_of(decision.application, number),
            by=caller.name,
            principal=caller.principal,
            reason=correcting.reason,
            **await _sealed(desk, decision.application, correcting.payee),
        )
        id_ = f"{data.disbursement}/{paid.tries}/corrected"
        return await _publish(desk, data, id_, caller, decision)


# ---- what they have in common


async def _open(desk: Desk, application: str, caller: Caller) -> tuple[Decision[Payment], Payment]:
    """Return the payments of an application that this office speaks for.  Raises `Refusal`."""
    decision, state = await payments_of(application_id(application), desk.journal, caller)
    if caller.units and not (state.basis and speaks_for(caller.units, state.basis, desk.catalogue)):
        raise Refusal(403, "not-yours", "Another unit received the application: let that unit ask.")
    return decision, state


async def _find(
    desk: Desk, application: str, number: int, caller: Caller, trigger: Trigger
) -> tuple[Decision[Payment], Disbursement]:
    """Return a disbursement to which this may be done.  Raises `Refusal`."""
    decision, state = await _open(desk, application, caller)
    paid = next((d for d in state.disbursements if d.number == number), None)
    if paid is None:
        raise Refusal(
            404,
            "unknown-disbursement",
            "No disbursement has this number: see `disbursements` of the payments.",
        )
    possible = [status for status, row in MOVES.items() if row[trigger] != "nothing"]
    if paid.status not in possible:
        needed = " or ".join(sorted(possible))
        raise Refusal(
            409, "not-possible-now", f"It is {paid.status}; this needs one that is {needed}."
        )
    if state.has_ended and trigger in ("approved", "corrected"):
        raise refusal("ended")
    return decision, paid


def _is_again(asking: Asking, state: Payment, caller: Caller) -> bool:
    """Tell whether this was taken in before; of whose account it is only what is shown is known."""
    to = asking.payee
    said = asking.period, asking.amount_vnd, asking.decision, to.bank, to.number[-ENDING:]
    return any(
        (d.period, d.amount_vnd, d.decision, d.bank, d.ending) == said and d.by == caller.name
        for d in state.disbursements
        if d.status != "rejected"
    )


async def _sealed(desk: Desk, application: str, to: Recipient) -> dict[str, str]:
    """Return what messages say of a payee.  Raises `Refusal` 410, 422."""
    if to.bank not in BANKS:
        raise refusal("unknown_bank")
    keys = await desk.vault.keys([application], create=False)
    if application not in keys:
        raise Refusal(
            410, "erased", "The personal data of this application were erased: pay by hand."
        )
    payee = msgspec.json.encode(Payee(name=to.name, bank=to.bank, number=to.number))
    sealed = seal(keys[application], payee, application)
    return {"bank": to.bank, "ending": to.number[-ENDING:], "payee": sealed}


async def _publish(
    desk: Desk, data: Data, id_: str, caller: Caller, decision: Decision[Payment]
) -> Response:
    event = Event(
        id=id_,
        source=caller.source,
        type=data.TYPE,
        subject=decision.application,
        time=desk.clock(),
        data=msgspec.Raw(events.encode(data)),
        traceparent=decision.traceparent,
        causationid=decision.last_event,
    )
    await desk.publisher.publish(INBOX, event)
    return _taken(decision.application)


def _taken(application: str) -> Response:
    where = {"Location": f"/v1/payments/{application}"}
    body = msgspec.json.encode(Taken(application=application))
    return Response(body, 202, where, "application/json")
