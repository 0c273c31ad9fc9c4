"""The edge of officers and operators: what waits for whom, what was said, and what is done."""

from collections.abc import Sequence
from typing import Annotated, Any, get_args

import msgspec
from fastapi import APIRouter, Header, Query, Request

from services.notify.desk import refusal
from services.notify.domain import Dossier
from services.notify.domain.petitions.deciding import reach
from services.notify.domain.petitions.states import NOWHERE
from services.notify.petitions import views
from services.notify.petitions.at_units import ALL, AtUnits, Lying, lies_at, stood_at
from services.notify.petitions.counter import (
    KEY,
    Anyone,
    Counter,
    Office,
    Operator,
    append,
    content_of,
    known,
    opened,
    refuse_what_is_not_possible,
    said_otherwise,
    sealed,
    taken,
)
from services.notify.petitions.views import (
    ANSWER,
    PAGE,
    TAKEN,
    TEXTS,
    VIEW,
    Answer,
    Assign,
    Dismiss,
    Forward,
    PetitionPage,
    PetitionTaken,
    PetitionView,
    Texts,
)
from shared import edge
from shared.access import Caller
from shared.events import Data
from shared.events.intake import Contact
from shared.events.petitions import (
    PetitionAnsweredByOfficer,
    PetitionAssignedByOperator,
    PetitionDismissedByOfficer,
    PetitionForwardedByOfficer,
)
from shared.journal import Decision
from shared.problems import Refusal

PAGE_LIMIT = 100
Act = Assign | Forward | Answer | Dismiss
_BODY: Any = Act

After = Annotated[
    str,
    Query(pattern=r"^([0-9]{8}T[0-9]{6}/[0-9a-f-]{36})?$", description="`next` of the page before"),
]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]
Purpose = Annotated[str, Query(min_length=3, max_length=200, description="what it is read for")]


def router(counter: Counter, at_units: AtUnits) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["notify"])

    @routes.get(
        "/v1/petitions/{petition}",
        summary="How a petition stands, and what may be done about it",
        responses=edge.shown(200, VIEW, 403, 404),
    )
    async def look_at_petition(petition: str, caller: Anyone) -> PetitionView:
        return views.view(*await known(counter, petition, caller), caller.role)

    @routes.get(
        "/v1/petitions/{petition}/texts",
        summary="What a petition says, who filed it, and the answer; reading it is on record",
        responses=edge.shown(200, TEXTS, 403, 404, 410, 422, 503),
    )
    async def petition_texts(petition: str, caller: Anyone, purpose: Purpose) -> Texts:
        decision, now = await known(counter, petition, caller)
        assert decision.state is not None
        id_, contact = decision.application, decision.state.contact or ""
        text, reached, answer, dispute = await opened(
            *(counter, id_, now.text, contact, now.answer, now.dispute),
            caller=caller,
            purpose=purpose,
        )
        who = msgspec.json.decode(reached, type=Contact) if reached else Contact()
        return Texts(id_, text, who.name, who.phone, who.email, answer, dispute)

    @routes.get(
        "/v1/units/{unit}/petitions",
        summary="Which petitions wait for a unit, what is due first before the rest",
        responses=edge.shown(200, PAGE, 403, 404, 422),
    )
    async def petitions_at_unit(
        unit: str, caller: Office, after: After = "", limit: Limit = 50
    ) -> PetitionPage:
        _refuse_another_unit(counter, unit, caller)
        found = await at_units.page(unit, after, "", limit)
        return await _page(counter, at_units, unit, found, limit, caller.role)

    @routes.get(
        "/v1/petitions",
        summary="Which petitions wait for any unit, or for an operator; or only what is overdue",
        responses=edge.shown(200, PAGE, 422),
    )
    async def petitions(
        operator: Operator, overdue: bool = False, after: After = "", limit: Limit = 50
    ) -> PetitionPage:
        before = f"{counter.clock():%Y%m%dT%H%M%S}" if overdue else ""
        found = await at_units.page(ALL, after, before, limit)
        return await _page(counter, at_units, ALL, found, limit, operator.role)

    @routes.post(
        "/v1/petitions/{petition}/actions",
        status_code=202,
        summary="Answer, forward, dismiss or (an operator) assign; once per Idempotency-Key",
        openapi_extra=_described(),
        responses=edge.shown(202, TAKEN, 400, 403, 404, 409, 410, 412, 413, 415, 422, 503),
    )
    async def act_on_petition(
        petition: str,
        request: Request,
        caller: Office,
        idempotency_key: Annotated[str, Header()] = "",
        if_match: Annotated[str, Header(pattern='^("?[0-9]{1,6}"?)?$')] = "",
    ) -> PetitionTaken:
        if not KEY.fullmatch(idempotency_key):
            detail = "Send `Idempotency-Key: <1 to 64 letters, digits, points, hyphens>`."
            raise Refusal(422, "invalid-idempotency-key", detail)
        asked: Act = await edge.read(request, _BODY)
        decision, now = await known(counter, petition, caller)
        id_ = decision.application
        message = f"{id_}/{_tag(asked)}/{idempotency_key}/{content_of(counter, asked)}"
        if before := _handled(decision, caller, idempotency_key):
            if before != message:
                raise said_otherwise()
            return taken(id_, now.code)
        if caller.role == "officer" and now.status == "received":
            raise Refusal(403, "wrong-role", "No unit has it yet: an operator assigns it first.")
        seen = int(if_match.strip('"')) if if_match else None
        data = await _contract(counter, id_, asked, caller, seen)
        refuse_what_is_not_possible(counter, now, data, caller)
        return await append(counter, caller, message, data, now.code, decision)

    return routes


def _handled(decision: Decision[Dossier], caller: Caller, key: str) -> str:
    """Return the id of the message that was sent under this key before; empty: none was."""
    ours = f"{caller.source} {decision.application}/"
    for message in decision.handled:
        if message.startswith(ours) and message.split("/")[-2] == key:
            return message.removeprefix(f"{caller.source} ")
    return ""


def _tag(asked: Act) -> str:
    return str(asked.__struct_config__.tag)


async def _contract(
    counter: Counter, petition: str, asked: Act, caller: Caller, seen: int | None
) -> Data:
    """Return what goes onto the log for this action, its answer sealed."""
    by: dict[str, Any] = {"officer": caller.name, "moves_seen": seen, "for_units": caller.units}
    match asked:
        case Assign(unit=unit):
            return PetitionAssignedByOperator(**by, unit=unit)
        case Forward(unit=unit, reason=reason):
            return PetitionForwardedByOfficer(**by, unit=unit, reason=reason)
        case Dismiss(reason=why, turn_to=turn_to):
            return PetitionDismissedByOfficer(**by, reason=why, turn_to=turn_to)
        case Answer(answer=text):
            [answer] = await sealed(counter, petition, text)
            return PetitionAnsweredByOfficer(**by, answer=answer)


def _described() -> dict[str, Any]:
    """Return OpenAPI's description of an action."""
    schema = {"oneOf": [edge.schema(kind) for kind in get_args(Act)]}
    content = {"application/json": {"schema": schema, "example": ANSWER}}
    return {"requestBody": {"required": True, "content": content}}


async def _page(
    counter: Counter, at_units: AtUnits, unit: str, found: Sequence[Lying], limit: int, role: str
) -> PetitionPage:
    """Return how those stand that lie there; what lies there no more is left out, and forgotten."""
    latest = await counter.journal.latest_of([lying.petition for lying in found])
    shown, gone = list[PetitionView](), list[str]()
    for lying in found:
        decision = latest.get(lying.petition)
        petition = decision.state.petition if decision and decision.state else None
        if decision is None or petition is None:
            continue  # its row was written first
        if lies_at(petition, lying, unit):
            shown.append(views.view(decision, petition, role))
        elif stood_at(petition, lying, unit):
            gone.append(lying.place)
    await at_units.forget(gone, unit)
    return PetitionPage(shown, found[-1].place if len(found) == limit else "")


def _refuse_another_unit(counter: Counter, unit: str, caller: Caller) -> None:
    """Raise `Refusal` 404 if there is no such unit, 403 if the key is for others.

    `none`: what no unit has yet, for operators.
    """
    if unit == NOWHERE and caller.role == "operator":
        return
    if unit not in counter.catalogue.units:
        vi = "Không có đơn vị nào mang mã này: hãy dùng mã trong danh mục."
        en = "No unit has this code: give one of the catalogue."
        raise refusal(404, "unknown-unit", "/path/unit", vi, en)
    theirs = reach(unit, counter.clock(), counter.catalogue)
    if caller.units and not theirs & set(caller.units):
        mine = ", ".join(caller.units)
        vi = f"Khóa này chỉ dành cho {mine}: hãy hỏi phản ánh của các đơn vị đó."
        en = f"This key is for {mine}: ask for petitions of these units."
        raise refusal(403, "not-your-unit", "/headers/authorization", vi, en)
