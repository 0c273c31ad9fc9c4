"""What the one box sends; and find by person, whose number stands in no address and on no page."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from services.operations.console.door import HOME
from services.operations.console.labels import LABELS
from services.operations.console.reading.routes import PERSON, Reading, found_page
from services.operations.console.screen import READERS, ROOT, Visit, lead_to
from services.operations.domain.persons import hash_in
from services.operations.domain.roles import MAY
from services.operations.finding import ASKED_LIMIT
from services.operations.persons import REASON_LEAST, REASON_LIMIT
from shared.problems import Refusal


def router(reading: Reading) -> APIRouter:
    """Return the routes; of what is found, an officer sees what is with his units."""
    door = reading.door
    routes = APIRouter(prefix=ROOT, tags=["console"], route_class=door.route())
    readers, askers = Depends(door.seat(*READERS)), Depends(door.seat(*MAY["find_person"]))

    @routes.post("/find", summary="The console: what the one box sends", response_class=Response)
    async def sought(request: Request, visit: Annotated[Visit, readers]) -> Response:
        typed = (await door.sent(request, visit)).get("q", "")[:ASKED_LIMIT]
        subject = reading.persons.meant(typed)
        if subject is None:
            where = f"{HOME}?q={quote(typed, safe='')}" if typed else HOME
            return lead_to(where)
        if visit.role not in MAY["find_person"]:
            raise Refusal(403, "wrong-role", LABELS["refused_wrong-role"].en)
        return _asking(reading, visit, subject)

    @routes.get("/find/person", summary="The console: find by person", response_class=HTMLResponse)
    async def person_asked(visit: Annotated[Visit, askers]) -> Response:
        return _asking(reading, visit)

    @routes.post(
        "/find/person", summary="The console: a person's applications", response_class=HTMLResponse
    )
    async def person_found(request: Request, visit: Annotated[Visit, askers]) -> Response:
        fields = await door.sent(request, visit)
        subject, reason = _subject(reading, fields), fields.get("reason", "")
        if subject is None:
            return _asking(reading, visit, reason=reason, wrong="person_no_number", status=422)
        if not REASON_LEAST <= len(reason) <= REASON_LIMIT:
            return _asking(reading, visit, subject, wrong="person_no_reason", status=422)
        try:
            found = await reading.persons.find(subject, visit.caller, reason)
        except Refusal as why:
            wrong = f"refused_{why.code}"
            return _asking(reading, visit, subject, reason, wrong=wrong, status=why.status)
        return await found_page(reading, visit, found)

    return routes


def _subject(reading: Reading, fields: dict[str, str]) -> str | None:
    """Return whose applications are asked for, by the hash that the page has, or by a number."""
    if taken := hash_in(f"subject:{fields.get('subject', '')}"):
        return taken
    return reading.persons.meant(fields.get("number", "")[:ASKED_LIMIT])


def _asking(
    reading: Reading,
    visit: Visit,
    subject: str = "",
    reason: str = "",
    *,
    wrong: str = "",
    status: int = 200,
) -> Response:
    """Return the page that asks why, and for a number if none was typed yet."""
    visit = visit._replace(address=PERSON)  # in another language it begins anew
    said = {"subject": subject, "reason": reason, "wrong": wrong}
    return reading.door.screen.page(visit, "find_person.html", status, **said)
