"""Settlement reports over HTTP: of any partner for operators, of itself for a partner."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.operations.domain.roles import MAY
from services.operations.domain.settlement import PERIOD, Period, period_of
from services.operations.money import settlement_examples as examples
from services.operations.money.partner import partner_of
from services.operations.money.settling import OfDay, SettlementView, Settling
from services.operations.money_api import Partner
from shared import edge
from shared.access import Caller, require
from shared.problems import Refusal

FILE_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
COLUMNS = (
    *("day", "moves", "settled_vnd", "overpaid_vnd", "collected_vnd", "refunded_vnd"),
    *("disbursed_vnd", "returned_vnd", "net_vnd", "stated_opening_vnd", "stated_paid_vnd"),
    *("stated_left_vnd", "stated_withheld_vnd", "stated_closing_vnd", "stated_fee_vnd"),
    "to_pay_vnd",
)

PeriodAsked = Annotated[
    str, Query(pattern=f"^({PERIOD})?$", description="a day, 2026-11-20, or a month, 2026-11")
]
PeriodNamed = Annotated[
    str, Query(pattern=f"^{PERIOD}$", description="a day, 2026-11-20, or a month, 2026-11")
]
As = Annotated[Literal["csv", "json"], Query(alias="as", description="a file of days, or all")]
Reader = Annotated[Caller, Depends(require(*MAY["read"]))]
Own = Annotated[Caller, Depends(require(*MAY["read_of_partner"]))]


def router(settling: Settling) -> APIRouter:
    """Return the routes; `domain.roles` says who may what."""
    routes = APIRouter(prefix="/v1", tags=["money"])
    told = edge.answers(200, SettlementView, 422, example=examples.SETTLEMENT)

    @routes.get(
        "/money/settlements/{partner}",
        summary="What moved with a partner in a day or a month, by day and agency; what is equal",
        responses=told,
    )
    async def settlement(
        partner: Partner, _: Reader, period: PeriodNamed, as_: As = "json"
    ) -> Response:
        return filed(await reported(settling, partner, period), as_)

    @routes.get(
        "/partner/settlements",
        summary="What moved with you in a day or a month, by day and agency; what is equal",
        responses=told,
    )
    async def partner_settlement(caller: Own, period: PeriodNamed, as_: As = "json") -> Response:
        return filed(await reported(settling, partner_of(caller), period), as_)

    return routes


async def reported(settling: Settling, partner: str, asked: str) -> SettlementView:
    """Return a report; of this month, if no period is named.  Raises `Refusal` 422, `Unknown`."""
    today = settling.today()
    period = period_of(asked or f"{today:%Y-%m}")
    if period is None:
        raise Refusal(422, "no-such-period", "Name a day, 2026-11-20, or a month, 2026-11.")
    if period.first > today:
        raise Refusal(422, "no-such-period", f"{period.first} is still to come.")
    return await settling.report(partner, Period(period.first, min(period.last, today)))


def filed(report: SettlementView, as_: str) -> Response:
    """Return a report as a file."""
    name = f"{report.partner}-{report.first}-{report.last}.{as_}"
    content = msgspec.json.encode(report) if as_ == "json" else _csv(report)
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, headers=headers, media_type=FILE_TYPES[as_])


def _csv(report: SettlementView) -> bytes:
    """Return days as lines, and one of all of them, as spreadsheets open it."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    lines.writerows(_line(day) for day in report.days)
    whole = OfDay(
        day=report.first,
        moved=report.moved,
        collected_vnd=report.collected_vnd,
        net_vnd=report.net_vnd,
        stated=report.stated,
    )
    lines.writerow(["together", *_line(whole)[1:]])
    return out.getvalue().encode("utf-8-sig")


def _line(day: OfDay) -> Sequence[object]:
    return [*_cells(day)]


def _cells(day: OfDay) -> Iterator[object]:
    of = day.moved
    yield from (day.day, of.moves, of.settled_vnd, of.overpaid_vnd, day.collected_vnd)
    yield from (of.refunded_vnd, of.disbursed_vnd, of.returned_vnd, day.net_vnd)
    names = ("opening_vnd", "paid_vnd", "left_vnd", "withheld_vnd", "closing_vnd", "fee_vnd")
    yield from (getattr(day.stated, name, "") for name in (*names, "to_pay_vnd"))
