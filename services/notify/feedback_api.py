"""The edge by which portals say how a citizen was served at a milestone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Header, Request

from services.notify.desk import decided, refusal
from services.notify.domain import Dossier
from services.notify.domain.feedback import in_the_way
from shared import edge, feedback
from shared.access import Caller, require
from shared.clock import Clock
from shared.events.feedback import RATED_DAYS, Score
from shared.journal import Decision, Journal
from shared.publisher import Publisher
from shared.vault import Vault, keyed_hash

Key = Annotated[str, Header(pattern=r"^[A-Za-z0-9.-]{0,64}$")]
Comment = Annotated[str, msgspec.Meta(max_length=feedback.COMMENT_LIMIT)]


class Feedback(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer, 1 (badly) to 5 (well); the comment is sealed before it is kept."""

    milestone: str
    score: Score
    comment: Comment = ""


@dataclass(frozen=True)
class FeedbackTaken:
    """The answer is on its way; a later one takes its place."""

    application: str
    milestone: str
    score: int


ANSWERS_LIMIT = 20  # about one milestone of an application
CONTENT = 16  # characters that tell one answer from another

FEEDBACK = {"milestone": "accepted", "score": 4, "comment": "Cán bộ hướng dẫn rõ ràng"}
NOTED = FeedbackTaken(edge.APPLICATION, "accepted", 4)

_ASKED = ", ".join(RATED_DAYS)
_REFUSED: Mapping[str, tuple[int, str, str]] = {
    "not_asked": (
        422,
        f"Mốc này không được đánh giá: hãy chọn một trong {_ASKED}.",
        f"Nobody is asked about this milestone: name one of {_ASKED}.",
    ),
    "not_told": (
        409,
        "Hồ sơ chưa tới mốc này: hãy đánh giá sau khi đã được báo.",
        "The application has not come to this milestone: answer once it was told.",
    ),
    "too_late": (
        409,
        "Đã quá hạn đánh giá mốc này: hãy gửi phản ánh, kiến nghị nếu cần.",
        "It is too late to answer about this milestone: file a petition instead.",
    ),
}


def router(
    publisher: Publisher, journal: Journal[Dossier], clock: Clock, vault: Vault
) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["notify"])

    @routes.post(
        "/v1/applications/{application}/feedback",
        status_code=202,
        summary="How the citizen was served at a milestone; the last answer counts",
        openapi_extra=edge.described(Feedback, FEEDBACK),
        responses=edge.shown(202, NOTED, 400, 404, 409, 410, 413, 415, 422, 503),
    )
    async def rate(
        request: Request,
        application: str,
        caller: Annotated[Caller, Depends(require("portal"))],
        idempotency_key: Key = "",
    ) -> FeedbackTaken:
        said = await edge.read(request, Feedback)
        decision, dossier = await decided(journal, application, caller)
        id_ = decision.application
        if reason := in_the_way(dossier.notices, said.milestone, clock()):
            status, vi, en = _REFUSED[reason]
            raise refusal(status, reason.replace("_", "-"), "/milestone", vi, en)
        key = _key(decision, said, caller, idempotency_key, vault.pepper)
        if key is None:
            return FeedbackTaken(id_, said.milestone, said.score)
        try:
            event = await feedback.given(
                vault,
                clock,
                caller.source,
                id_,
                said.milestone,
                said.score,
                said.comment,
                key,
            )
        except feedback.Erased:
            vi = "Dữ liệu cá nhân của hồ sơ đã xóa: hãy gửi đánh giá không kèm nhận xét."
            en = "The application's personal data are erased: answer without a comment."
            raise refusal(410, "erased", "/comment", vi, en) from None
        await publisher.publish("notify.inbox", event)
        return FeedbackTaken(id_, said.milestone, said.score)

    return routes


def _key(
    decision: Decision[Dossier], said: Feedback, caller: Caller, key: str, pepper: bytes
) -> str | None:
    """Return what names an answer: its key or its place among those before, and what it says.

    None: it is the one that counts.  Each stays in the list of what was handled, so there is a
    limit.  Raises `Refusal` 409.
    """
    about = f" {decision.application}/feedback/{said.milestone}/"
    before = [message for message in decision.handled if about in message]
    content = keyed_hash(pepper, b"feedback/" + msgspec.json.encode(said))[:CONTENT]
    named = f"{caller.source}{about}{key}/"
    if key and (same := [message for message in before if message.startswith(named)]):
        if same == [named + content]:
            return None
        vi = "Mã này đã dùng cho câu trả lời khác: hãy dùng một mã mới."
        en = "This key stands with another answer: use a new one."
        raise refusal(409, "conflict", "/headers/idempotency-key", vi, en)
    if not key and before and before[-1].endswith(f"/{content}"):
        return None
    if len(before) >= ANSWERS_LIMIT:
        vi = "Đã đổi đánh giá mốc này quá nhiều lần: đánh giá sau cùng được giữ."
        en = "This milestone was answered about too often: the last answer stays."
        raise refusal(409, "answered-often", "/milestone", vi, en)
    return f"{key or f'_{len(before)}'}/{content}"
