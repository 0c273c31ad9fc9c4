"""The edge of receipts: as PDF for who may see the application, and the page that checks a code."""

import asyncio
from datetime import date
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response

from services.payment.domain.receipts import Receipt
from services.payment.domain.state import Payment
from services.payment.paper.codes import LENGTH_LIMIT, Named, ReceiptCodes, read
from services.payment.paper.pages import HEADERS, Found, page
from services.payment.paper.printing import Printer, Said
from services.payment.receipt_numbers import ReceiptNumbers
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.journal import Journal
from shared.papers.press import Busy
from shared.problems import Refusal

CHECKS_AT_ONCE = 16  # of anybody's: what is above waits, and other calls are not kept waiting
PDF = {"type": "string", "format": "binary"}
CHECK_PATH = "/v1/receipts/check"

Reader = Annotated[Caller, Depends(require("portal", "operator"))]
Code = Annotated[str, Query(max_length=LENGTH_LIMIT)]


class Papers(NamedTuple):
    """What receipts are looked up with, named, proved and printed."""

    numbers: ReceiptNumbers
    codes: ReceiptCodes
    catalogue: Catalogue
    printer: Printer


class _Known(NamedTuple):
    application: str
    state: Payment
    receipt: Receipt


def receipts_router(papers: Papers, journal: Journal[Payment]) -> APIRouter:
    """Return the routes of receipts."""
    routes = APIRouter(tags=["payment"])
    slots = asyncio.Semaphore(CHECKS_AT_ONCE)

    @routes.get(
        CHECK_PATH,
        summary="Whether a receipt is valid; for anybody who has its code",
        response_class=HTMLResponse,
    )
    async def check_receipt(code: Code = "") -> HTMLResponse:
        named = read(code)
        found = None
        if named and named.proof:
            async with slots:
                known = await _find(papers.numbers, journal, named)
            if known and papers.codes.is_genuine(named, known.application, known.receipt):
                found = Found(known.receipt, _unit(papers.catalogue, known.receipt)[0])
        return HTMLResponse(page(found, is_asked=bool(code)), headers=HEADERS)

    @routes.get(
        "/v1/receipts/{name}.pdf",
        summary="A receipt as PDF, by its code or as <series>-<unit>-<number>",
        response_class=Response,
        responses={200: {"content": {"application/pdf": {"schema": PDF}}}, **edge.refused(404)},
    )
    async def print_receipt(name: str, caller: Reader) -> Response:
        named = read(name)
        known = await _find(papers.numbers, journal, named) if named else None
        if known is None or not _may_read(caller, known.state):
            raise Refusal(404, "unknown-receipt", "No receipt of yours has this code or number.")
        code = papers.codes.code(known.application, known.receipt)
        try:
            made = await papers.printer.pdf(known.receipt, _said(papers.catalogue, known, code))
        except Busy:
            detail = "Many receipts are printed just now: ask again in a moment."
            raise Refusal(503, "busy", detail, headers={"Retry-After": "1"}) from None
        file = f'inline; filename="{known.receipt.series}-{known.receipt.number}.pdf"'
        return Response(made, 200, {"content-disposition": file}, "application/pdf")

    return routes


async def _find(numbers: ReceiptNumbers, journal: Journal[Payment], named: Named) -> _Known | None:
    application = await numbers.application(named.unit, named.series, named.number)
    decision = await journal.latest(application) if application else None
    if decision is None or decision.state is None:
        return None
    for receipt in decision.state.receipts:
        if (receipt.unit, receipt.series) == (named.unit, named.series) and int(
            receipt.number
        ) == named.number:
            return _Known(application, decision.state, decision.state.with_lines(receipt))
    return None  # claimed, and never issued


def _may_read(caller: Caller, state: Payment) -> bool:
    return caller.role != "portal" or state.portal in ("", caller.name)


def _unit(catalogue: Catalogue, receipt: Receipt) -> tuple[str, str]:
    on = receipt.on or date.max
    unit, province = catalogue.unit(receipt.unit, on), catalogue.province_of(receipt.unit, on)
    return (unit.name if unit else receipt.unit), (province.name if province else "")


def _said(catalogue: Catalogue, known: _Known, code: str) -> Said:
    basis = known.state.basis
    procedure = catalogue.procedure(basis.procedure, basis.on) if basis else None
    unit, province = _unit(catalogue, known.receipt)
    return Said(
        unit=unit,
        province=province if province != unit else "",
        dossier=basis.dossier_code if basis else "",
        procedure=procedure.name_vi if procedure else "",
        code=code,
    )
