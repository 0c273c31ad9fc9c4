"""The routes of subscriptions to the form."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NamedTuple, get_args

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from services.operations.console.door import Door
from services.operations.console.facts import same
from services.operations.console.labels import LABELS
from services.operations.console.screen import ALL_UNITS, ROOT, Visit, lead_to
from services.operations.console.spoken import instant, moment
from services.operations.domain.citizen.words import Words
from services.operations.domain.roles import MAY
from services.operations.domain.subscriptions import Attempt, Every, SentKind, is_lost
from services.operations.form_files import COUNTED
from services.operations.form_lines import NATION, NATION_NAME
from services.operations.status_api import form_body
from services.operations.subscriptions.desk import Listed, SubscriptionDesk, Wanted
from services.operations.subscriptions_api import begun, ended
from shared.problems import Refusal

HOME = f"{ROOT}/statistics/subscriptions"
_EXAMPLE = {"token": "…", **msgspec.structs.asdict(Wanted(unit="79", target="office"))}


class Row(NamedTuple):
    """A subscription in the list, and what came of its newest periods."""

    id: str
    unit: Words
    every: str
    kind: str
    target: str
    by: str
    ended: Words | None
    periods: Sequence[tuple[str, str, Words, str]]  # last day, finding, when, problem


def router(door: Door, desk: SubscriptionDesk) -> APIRouter:
    """Return the routes: for those who may see what is of every unit."""
    routes = APIRouter(prefix=HOME, tags=["console"], route_class=door.route())
    seat, asker = Depends(door.seat(*ALL_UNITS)), Depends(door.seat(*MAY["prove"]))

    @routes.get("", summary="The console: forms that are sent", response_class=HTMLResponse)
    async def subscriptions_shown(visit: Annotated[Visit, seat], unit: str = "") -> Response:
        said = {
            "rows": [_row(one, desk) for one in await desk.listed()],
            "targets": sorted(desk.targets),
            "may_ask": visit.role in MAY["prove"],
            "unit": unit[:20],
            "everies": get_args(Every),
            "kinds": get_args(SentKind),
            "views": COUNTED,
        }
        return door.screen.page(visit, "subscriptions.html", **said)

    @routes.post(
        "",
        summary="The console: has a form sent for each period that is over",
        response_class=HTMLResponse,
        openapi_extra=form_body(_EXAMPLE),
    )
    async def subscribed(request: Request, visit: Annotated[Visit, asker]) -> Response:
        fields = await door.sent(request, visit)
        asked = {n: v for n, v in fields.items() if n in Wanted.__struct_fields__}
        try:
            wanted = msgspec.convert(asked, Wanted)
        except msgspec.ValidationError as wrong:
            raise Refusal(422, "no-subscription", f"{wrong}") from None
        await begun(desk, wanted, visit.caller.name)
        return lead_to(HOME)

    @routes.post(
        "/{subscription_id}/end",
        summary="The console: has no more of it sent",
        response_class=HTMLResponse,
        openapi_extra=form_body({"token": "…"}),
    )
    async def unsubscribed(
        subscription_id: str, request: Request, visit: Annotated[Visit, asker]
    ) -> Response:
        await door.sent(request, visit)
        await ended(desk, subscription_id, visit.caller.name)
        return lead_to(HOME)

    return routes


def _row(one: Listed, desk: SubscriptionDesk) -> Row:
    told, over = one.subscription, None
    name = NATION_NAME if told.unit == NATION else desk.catalogue.unit_name(told.unit)
    if one.ended:
        over = LABELS["subscription_ended"].told(by=one.ended.by, at=moment(one.ended.at))
    periods = [
        (a.period, _finding(a, one.tries, desk.clock()), moment(instant(a.at_ms)), a.problem)
        for a in one.attempts
    ]
    unit = same(f"{name} ({told.unit})")
    return Row(told.id, unit, told.every, told.kind, told.target, told.by, over, periods)


def _finding(attempt: Attempt, tries: int, now: datetime) -> str:
    is_over = attempt.finding == "failed" or is_lost(attempt, int(now.timestamp() * 1_000))
    return "given_up" if is_over and attempt.number >= tries else attempt.finding
