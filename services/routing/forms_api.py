"""The edge of the control slip, for who works on a dossier or looks after those who do."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import Response

from services.routing import answers
from services.routing.domain.dossier import Dossier
from services.routing.forms import control_slip
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.journal import Journal
from shared.papers.edge import PAPERS, Glossed, answer, not_yet, which
from shared.papers.press import Press
from shared.working_time import local_day

SLIP = "control-slip"

Reader = Annotated[Caller, Depends(require("officer", "operator"))]


def router(
    journal: Journal[Dossier], catalogue: Catalogue, clock: Clock, press: Press
) -> APIRouter:
    """Return the route of the control slip."""
    routes = APIRouter(tags=["routing"])

    @routes.get(
        "/v1/applications/{application}/forms/{form}",
        summary="The control slip of a dossier, as PDF or as a page",
        response_class=Response,
        responses={**PAPERS, **edge.refused(403, 404, 409, 422, 503)},
    )
    async def official_form(
        application: str,
        form: str,
        caller: Reader,
        language: Glossed = None,
        accept: Annotated[str, Header()] = "",
    ) -> Response:
        wanted = which(form, accept, (SLIP,))
        _, dossier = await answers.known(journal, application)
        answers.refuse_anothers(dossier, caller, catalogue, clock())
        if (facts := control_slip(dossier, catalogue, clock())) is None:
            raise not_yet(SLIP, local_day(clock()))
        return await answer(press, facts, wanted.kind, language or "vi")

    return routes
