"""What is asked of an edge that draws forms, and its answers.

`<form>.pdf` or `<form>.html`; without an ending, what `Accept` prefers, PDF else.
"""

from collections.abc import Collection
from datetime import date
from typing import Annotated, Any, NamedTuple

from fastapi import Query
from fastapi.responses import Response

from shared.events.data import Problem
from shared.papers.drawing import Drawn, Kind, draw
from shared.papers.facts import Facts
from shared.papers.page import HEADERS
from shared.papers.press import Busy, Press
from shared.papers.sheet import Language
from shared.papers.table import form
from shared.problems import Refusal

PAPERS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
            "text/html": {"schema": {"type": "string"}},
        }
    }
}
Glossed = Annotated[Language | None, Query(description="en: with an English gloss")]


class Which(NamedTuple):
    """A form, and how it is drawn."""

    form: str
    kind: Kind


def which(asked: str, accept: str, known: Collection[str]) -> Which:
    """Return which of the known forms is asked for, and how.  Raises `Refusal` 404."""
    name, _, ending = asked.partition(".")
    if name not in known or ending not in ("", "pdf", "html"):
        detail = f"Ask for one of {', '.join(known)}, with .pdf or .html."
        raise Refusal(404, "unknown-form", detail)
    if ending:
        return Which(name, "pdf" if ending == "pdf" else "html")
    return Which(name, "html" if prefers(accept, "text/html", "application/pdf") else "pdf")


def prefers(accept: str, wanted: str, other: str) -> bool:
    """Tell whether `Accept` names the wanted kind, and before the other one."""
    at, after = accept.find(wanted), accept.find(other)
    return at >= 0 and (after < 0 or at < after)


async def answer(press: Press, facts: Facts, kind: Kind, language: Language) -> Response:
    """Return a form.  Raises `Refusal` 503."""
    try:
        drawn: Drawn = await draw(press, facts, kind, language)
    except Busy:
        raise busy() from None
    headers = {**HEADERS, "content-disposition": f'inline; filename="{drawn.name}"'}
    return Response(drawn.content, 200, headers, drawn.media_type)


def busy() -> Refusal:
    """Return the refusal of what there is no room for just now."""
    detail = "Many forms are drawn just now: ask again in a moment."
    return Refusal(503, "busy", detail, headers={"Retry-After": "1"})


def not_yet(name: str, on: date) -> Refusal:
    """Return the refusal of a form that nothing has brought."""
    words = form(name, on)
    problem = Problem(
        field="/path/form",
        code="not-yet",
        remedy_vi=words.exists_vi,
        remedy_en=words.exists_en,
    )
    return Refusal(404, "no-such-form-yet", problem.remedy_en, (problem,))
