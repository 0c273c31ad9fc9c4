"""How it went, as the citizen says on the page: it goes to notify, which counts the last answer.

Every message stays in the list of what was handled, which is bounded, so answers about a milestone
are.  The same answer again is the same message, until it counts; then it is none.
"""

import hashlib
import hmac
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.operations.domain.citizen.notices import Rating
from services.operations.pages import Answered, Mistake
from services.operations.pages.labels import LABELS
from services.operations.status_access import Asked, Attempts
from services.operations.status_api import (
    Lang,
    StatusDesk,
    caller_address,
    form,
    form_body,
    html,
    refused,
    status_page,
    told_of,
)
from shared import feedback
from shared.errors import Unknown
from shared.problems import Refusal
from shared.publisher import Publisher
from shared.vault import Vault

SOURCE = "/citizens"
PER_APPLICATION = 10  # answers in a window, whether they count yet or not
PER_MILESTONE = 10  # answers that count, ever
KEY = 32  # hex digits that tell one answer from another
_SCORES = {str(score): score for score in range(1, 6)}
_EXAMPLE = {"token": "…", "milestone": "returned", "score": "5"}


class RatingDesk(NamedTuple):
    """What answers are sent with; `sent` counts them, per application."""

    status: StatusDesk
    publisher: Publisher
    vault: Vault
    sent: Attempts


class _Said(NamedTuple):
    milestone: str
    score: int
    comment: str


class _NotSent(Exception):
    def __init__(self, status: int, label: str, field: str = "") -> None:
        super().__init__(label)
        self.status, self.mistake = status, Mistake(LABELS[label], field)


def router(desk: RatingDesk) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["status"])

    @routes.post(
        "/status/feedback",
        summary="The citizens' page: how satisfied somebody is with what was done",
        response_class=HTMLResponse,
        openapi_extra=form_body(_EXAMPLE | {"comment": ""}),
    )
    async def rate(request: Request, lang: Lang) -> Response:
        fields, status = await form(request), desk.status
        try:
            asked = Asked(token=fields.get("token", "") or "none")
            application = await status.access.by_citizen(asked, caller_address(request))
            told = await told_of(status, application)
        except (Refusal, Unknown) as why:
            code, mistake, headers = refused(why)
            return html(status, status.pages.form(lang, mistakes=(mistake,)), code, headers)
        said = _read(fields)
        try:
            await _send(desk, application, told.rating, said)
        except _NotSent as why:
            answered = Answered(said.score, said.comment)
            page = status_page(status, lang, application, told, answered, (why.mistake,))
            return html(status, page, why.status)
        thanks = Answered(is_sent=True)
        return html(status, status_page(status, lang, application, told, thanks))

    return routes


def _read(fields: dict[str, str]) -> _Said:
    return _Said(
        fields.get("milestone", ""),
        _SCORES.get(fields.get("score", ""), 0),
        fields.get("comment", "").replace("\r\n", "\n"),
    )


async def _send(desk: RatingDesk, application: str, asked: Rating | None, said: _Said) -> None:
    """Append an answer to what was asked.  Raises `_NotSent`."""
    if asked is None or asked.milestone != said.milestone:
        raise _NotSent(409, "not_asked")
    if not said.score:
        raise _NotSent(422, "score_missing", "score-5")
    if len(said.comment) > feedback.COMMENT_LIMIT:
        raise _NotSent(422, "comment_long", "comment")
    if said.score == asked.score and not said.comment:
        return  # it counts already
    if asked.answers >= PER_MILESTONE:
        raise _NotSent(409, "rated_enough")
    if desk.sent.take(application):
        raise _NotSent(429, "rated_often")
    try:
        event = await feedback.given(
            desk.vault,
            desk.status.clock,
            SOURCE,
            application,
            said.milestone,
            said.score,
            said.comment,
            _key(desk.status.access.links.token(application), asked, said),
        )
        await desk.publisher.publish("notify.inbox", event)
    except feedback.Erased:
        raise _NotSent(410, "not_kept", "comment") from None
    except Unknown:
        raise _NotSent(503, "not_sent") from None


def _key(secret: str, asked: Rating, said: _Said) -> str:
    """Return the name of an answer, from which nobody learns the comment."""
    content = f"{asked.answers}/{said.score}/{said.comment}"
    return hmac.digest(secret.encode(), content.encode(), hashlib.sha256).hex()[:KEY]
