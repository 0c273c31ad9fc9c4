"""What a procedure asks for, for portals to draw and check before they send.  Public, as the
catalogue is.
"""

from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path
from fastapi.responses import Response

from services.intake.forms import PROCEDURE_FORM, FormView, form_view
from shared import edge
from shared.catalogue import Catalogue
from shared.catalogue.forms import Forms
from shared.clock import Clock
from shared.problems import Refusal
from shared.working_time import local_day

CODE_LIMIT = 32


def forms_router(catalogue: Catalogue, forms: Forms, clock: Clock) -> APIRouter:
    """Return the routes of forms."""
    routes = APIRouter(tags=["forms"])

    @routes.get(
        "/v1/procedures/{procedure}/form",
        summary="What a procedure asks for on a day: answers, documents, channels, levels",
        responses=edge.answers(200, FormView, 404, 422, example=PROCEDURE_FORM),
    )
    async def form(
        procedure: Annotated[str, Path(max_length=CODE_LIMIT)], on: date | None = None
    ) -> Response:
        day = on or local_day(clock())
        row = catalogue.procedure(procedure, day)
        if row is None:
            detail = "No procedure with this code is in force on that day: look it up."
            raise Refusal(404, "unknown-procedure", detail)
        view = form_view(forms.of(row, day), day)
        return Response(msgspec.json.encode(view), media_type="application/json")

    return routes
