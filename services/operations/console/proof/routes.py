"""The proof's routes of the console."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from services.operations.console.door import Door
from services.operations.console.proof.page import found_page, period_of, row, standing, verdict
from services.operations.console.screen import ALL_UNITS, HEADERS, ROOT, Visit, lead_to
from services.operations.console.spoken import moment
from services.operations.console.statistics.page import last_month
from services.operations.console.uploads import FILES_TYPE
from services.operations.domain.citizen.words import Words
from services.operations.domain.roles import MAY
from services.operations.proof_api import begun, found, report_of, upload
from services.operations.proof_api import period_of as read_period
from services.operations.proofs.desk import (
    DAYS_LIMIT,
    OPEN_LIMIT,
    REPORT_LIMIT_BYTES,
    ProofDesk,
    Verified,
)
from services.operations.proofs.paper import page as paper
from services.operations.proofs.report import Unreadable, read
from services.operations.status_api import form_body
from shared.working_time import local_day

HOME = f"{ROOT}/proof"
REPORT = {"token": "…", "file": "", "text": '{"report": {}, "signature": "…"}'}
PERIOD = {"token": "…", "from": "2026-11-01", "to": "2026-11-30"}
REPORT_FORM = {
    "schema": {"type": "object", "properties": {name: {"type": "string"} for name in REPORT}},
    "example": REPORT,
}
# the page to print has its style in it, and nothing else
PAPER = {
    **HEADERS,
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


@dataclass(frozen=True, slots=True)
class Provable:
    """What these pages are wired with."""

    door: Door
    desk: ProofDesk


def router(provable: Provable) -> APIRouter:
    """Return the routes: for those who may see what is of every unit."""
    door = provable.door
    routes = APIRouter(prefix=HOME, tags=["console"], route_class=door.route())
    seat, asker = Depends(door.seat(*ALL_UNITS)), Depends(door.seat(*MAY["prove"]))
    _asking(routes, provable, seat, asker)
    _verifying(routes, provable, seat)
    _one(routes, provable, seat, asker)
    return routes


def _asking(routes: APIRouter, provable: Provable, seat: object, asker: object) -> None:
    door, desk = provable.door, provable.desk

    @routes.get("", summary="The console: proofs of periods", response_class=HTMLResponse)
    async def proofs_shown(visit: Annotated[Visit, seat]) -> Response:
        now = desk.clock()
        said = {
            "rows": [row(one, now) for one in await desk.latest()],
            "usual": last_month(local_day(now)),
            "may_ask": visit.role in MAY["prove"],
            "limits": {"limit": str(OPEN_LIMIT), "days": str(DAYS_LIMIT)},
        }
        return door.screen.page(visit, "proofs.html", **said)

    @routes.post(
        "",
        summary="The console: proves a period",
        response_class=HTMLResponse,
        openapi_extra=form_body(PERIOD),
    )
    async def proof_begun(request: Request, visit: Annotated[Visit, asker]) -> Response:
        fields = await door.sent(request, visit)
        period = read_period(fields.get("from", ""), fields.get("to", ""))
        made = await begun(desk, period, visit.caller.name)
        return lead_to(f"{HOME}/{made.id}")


def _verifying(routes: APIRouter, provable: Provable, seat: object) -> None:
    door, desk = provable.door, provable.desk

    @routes.get("/verify", summary="The console: asks for a report", response_class=HTMLResponse)
    async def report_asked(visit: Annotated[Visit, seat]) -> Response:
        return door.screen.page(visit, "proof_verify.html", page=None, wrong=False)

    @routes.post(
        "/verify",
        summary="The console: verifies a report",
        response_class=HTMLResponse,
        openapi_extra={"requestBody": {"content": {FILES_TYPE: REPORT_FORM}}},
    )
    async def report_verified(request: Request, visit: Annotated[Visit, seat]) -> Response:
        async with upload(desk):
            fields = await door.sent_with_files(request, visit, REPORT_LIMIT_BYTES)
            text = fields.get("file", b"").strip() or fields.get("text", b"")
            try:
                found = await desk.verify(text)
            except Unreadable:
                return door.screen.page(visit, "proof_verify.html", 422, page=None, wrong=True)
        return door.screen.page(visit, "proof_verify.html", wrong=False, **_verified(found))


def _one(routes: APIRouter, provable: Provable, seat: object, asker: object) -> None:
    door, desk = provable.door, provable.desk

    @routes.get(
        "/{proof_id}", summary="The console: a proof of a period", response_class=HTMLResponse
    )
    async def proof_shown(proof_id: str, visit: Annotated[Visit, seat]) -> Response:
        one = await found(desk, proof_id)
        tone, stands = standing(one.made, desk.clock())
        said = {
            "made": one.made,
            "period": period_of(one.made.since, one.made.until),
            "asked_at": moment(one.made.at),
            "tone": tone,
            "stands": stands,
            "page": found_page(one.proof, one.equations),
            "may_ask": visit.role in MAY["prove"],
        }
        return door.screen.page(visit, "proof.html", **said)

    @routes.post(
        "/{proof_id}/abort",
        summary="The console: ends a proof before its time",
        response_class=HTMLResponse,
        openapi_extra=form_body({"token": "…"}),
    )
    async def proof_aborted(
        proof_id: str, request: Request, visit: Annotated[Visit, asker]
    ) -> Response:
        await door.sent(request, visit)
        await found(desk, proof_id)
        await desk.abort(proof_id, visit.caller.name)
        return lead_to(f"{HOME}/{proof_id}")

    @routes.get(
        "/{proof_id}/report.json",
        summary="The console: a signed report",
        response_class=Response,
    )
    async def report_kept(proof_id: str, _: Annotated[Visit, seat]) -> Response:
        text = await report_of(desk, proof_id)
        name = f'attachment; filename="proof_{proof_id}.json"'
        return Response(text, 200, {**HEADERS, "content-disposition": name}, "application/json")

    @routes.get(
        "/{proof_id}/report.html",
        summary="The console: a signed report as a page to print",
        response_class=HTMLResponse,
    )
    async def report_printed(proof_id: str, _: Annotated[Visit, seat]) -> Response:
        signed = await asyncio.to_thread(read, await report_of(desk, proof_id))
        return HTMLResponse(paper(*signed), 200, PAPER)


def _verified(found: Verified) -> dict[str, object]:
    report = found.report
    tone, stands = verdict(report.holds, sum(report.proof.excepted.values()))
    return {
        "is_signed": found.is_signed,
        "made_at": moment(report.made_at),
        "system": Words(report.system, report.system),
        "period": period_of(report.since, report.until),
        "tone": tone,
        "stands": stands,
        "page": found_page(report.proof, report.equations),
    }
