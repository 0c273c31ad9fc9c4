"""The edge of citizens, through their portals: file a petition, take it back, say what they think
of the answer.
"""

from datetime import UTC, datetime, timedelta
from unicodedata import normalize
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request
from msgspec import UnsetType

from services.notify.desk import refusal
from services.notify.domain.petitions.states import Petition
from services.notify.domain.petitions.terms import KINDS
from services.notify.petitions.counter import (
    Counter,
    Portal,
    append,
    content_of,
    known,
    refuse_what_has_no_date,
    refuse_what_is_not_possible,
    said_otherwise,
    sealed,
    taken,
)
from services.notify.petitions.views import FORM, TAKEN, Acceptance, Dispute, Form, PetitionTaken
from shared import edge
from shared.access import Caller
from shared.errors import DeadLetter
from shared.events.data import Consent
from shared.events.intake import Contact
from shared.events.petitions import (
    PetitionAcceptanceTold,
    PetitionDisputeTold,
    PetitionFiled,
    PetitionWithdrawalAsked,
)
from shared.petition_codes import petition_code
from shared.placement import canonical
from shared.problems import Refusal
from shared.reached import is_email, is_mobile
from shared.working_time import local_day

MADE_BEFORE, MADE_AFTER = timedelta(days=30), timedelta(days=1)

_ID = edge.header(
    "Idempotency-Key", "the petition's id: your UUIDv7", edge.APPLICATION, required=True
)


def router(counter: Counter) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["notify"])

    @routes.post(
        "/v1/petitions",
        status_code=202,
        summary="File a petition; the same again counts once",
        openapi_extra=edge.described(Form, FORM, _ID),
        responses=edge.shown(202, TAKEN, 400, 409, 413, 415, 422, 503),
    )
    async def file_petition(request: Request, caller: Portal) -> PetitionTaken:
        petition, made = _named(request)
        return await _file(counter, caller, petition, made, await edge.read(request, Form))

    @routes.post(
        "/v1/petitions/{petition}/withdrawal",
        status_code=202,
        summary="Take a petition back, before it is answered",
        responses=edge.shown(202, TAKEN, 404, 409, 503),
    )
    async def withdraw_petition(petition: str, caller: Portal) -> PetitionTaken:
        decision, now = await known(counter, petition, caller)
        if now.status == "withdrawn":
            return taken(decision.application, now.code)
        data = PetitionWithdrawalAsked()
        refuse_what_is_not_possible(counter, now, data, caller)
        message = _follows(decision.application, "withdraw", now)
        return await append(counter, caller, message, data, now.code, decision)

    @routes.post(
        "/v1/petitions/{petition}/acceptance",
        status_code=202,
        summary="Take the answer, and say how good it was",
        openapi_extra=edge.described(Acceptance, {"score": 4}),
        responses=edge.shown(202, TAKEN, 400, 404, 409, 413, 415, 422, 503),
    )
    async def accept_answer(petition: str, request: Request, caller: Portal) -> PetitionTaken:
        said = await edge.read(request, Acceptance)
        decision, now = await known(counter, petition, caller)
        if (now.status, now.score) == ("accepted", said.score):
            return taken(decision.application, now.code)
        data = PetitionAcceptanceTold(score=said.score)
        refuse_what_is_not_possible(counter, now, data, caller)
        message = _follows(decision.application, "accept", now)
        return await append(counter, caller, message, data, now.code, decision)

    @routes.post(
        "/v1/petitions/{petition}/dispute",
        status_code=202,
        summary="Do not take the answer, once: the unit answers again",
        openapi_extra=edge.described(Dispute, {"reason": "Chưa trả lời đúng câu hỏi."}),
        responses=edge.shown(202, TAKEN, 400, 404, 409, 410, 413, 415, 422, 503),
    )
    async def dispute_answer(petition: str, request: Request, caller: Portal) -> PetitionTaken:
        said = await edge.read(request, Dispute)
        decision, now = await known(counter, petition, caller)
        if now.status == "disputed":
            return taken(decision.application, now.code)
        [reason] = await sealed(counter, decision.application, said.reason)
        data = PetitionDisputeTold(reason=reason)
        refuse_what_is_not_possible(counter, now, data, caller)
        refuse_what_has_no_date(counter, KINDS[now.kind].dispute_days)
        message = _follows(decision.application, "dispute", now)
        return await append(counter, caller, message, data, now.code, decision)

    return routes


async def _file(
    counter: Counter, caller: Caller, petition: str, made: datetime, form: Form
) -> PetitionTaken:
    content = content_of(counter, form)
    latest = await counter.journal.latest(petition)
    if latest and latest.state:
        there = latest.state.petition
        if there is None or (latest.state.portal, there.content) != (caller.name, content):
            raise said_otherwise()
        return taken(petition, there.code)
    now = counter.clock()
    if not now - MADE_BEFORE <= made <= now + MADE_AFTER:
        raise _not_made_for_it()
    refuse_what_has_no_date(counter, KINDS[form.kind].answer_days)
    unit = await _unit(counter, caller, form)
    contact = _contact(form)
    notices = _notices(form, contact)
    said = msgspec.json.encode(contact).decode() if contact != Contact() else ""
    text, reached = await sealed(counter, petition, form.text, said, create=True)
    filed = PetitionFiled(
        code=petition_code(counter.vault.pepper, local_day(made), petition),
        portal=caller.name,
        kind=form.kind,
        text=text,
        content=content,
        contact=reached,
        language=form.language,
        application=canonical(form.application) if form.application else "",
        unit=unit,
        notices=notices,
    )
    return await append(counter, caller, f"{petition}/filed/{content}", filed, filed.code)


def _contact(form: Form) -> Contact:
    """Return how the citizen is reached, as intake keeps it.  Raises `Refusal` 422."""
    given = form.contact
    contact = Contact(name=_tidy(given.name), phone=_tidy(given.phone), email=_tidy(given.email))
    if contact.phone and not is_mobile(contact.phone):
        vi = "Ghi số di động Việt Nam: 0 hoặc +84, rồi 9 chữ số bắt đầu bằng 3, 5, 7, 8 hoặc 9."
        en = "Give a Vietnamese mobile number: 0 or +84, then 9 digits from 3, 5, 7, 8 or 9 on."
        raise refusal(422, "invalid-phone", "/contact/phone", vi, en)
    if contact.email and not is_email(contact.email):
        vi = "Sửa địa chỉ thư điện tử hoặc để trống."
        en = "Correct the e-mail address or leave it out."
        raise refusal(422, "invalid-email", "/contact/email", vi, en)
    return contact


def _tidy(text: str) -> str:
    return normalize("NFC", text).strip()


def _notices(form: Form, contact: Contact) -> Consent:
    """Return by which ways the citizen is told; where they name none, by what they left.

    Raises `Refusal` 422.
    """
    if isinstance(form.notices, UnsetType):
        if contact.phone:
            return Consent(channels=("sms",))
        return Consent(channels=("email",) if contact.email else ())
    for channel in form.notices.channels:
        field = "email" if channel == "email" else "phone"
        if not getattr(contact, field):
            what = "địa chỉ thư điện tử" if field == "email" else "số điện thoại"
            vi = f"Ghi {what}, hoặc bỏ cách nhận tin `{channel}` trong `notices`."
            en = f"Give this, or leave `{channel}` out of `notices`: it needs an address."
            raise refusal(422, f"missing-{field}", f"/contact/{field}", vi, en)
    return form.notices


async def _unit(counter: Counter, caller: Caller, form: Form) -> str:
    """Return who is to answer: the application's unit, or the one that is named."""
    if form.unit and counter.catalogue.unit(form.unit, local_day(counter.clock())) is None:
        vi = "Không có đơn vị nào mang mã này: hãy dùng mã trong danh mục."
        en = "No unit has this code: give one of the catalogue."
        raise refusal(422, "unknown-unit", "/unit", vi, en)
    if not form.application:
        return form.unit
    try:
        latest = await counter.journal.latest(canonical(form.application))
    except DeadLetter:
        latest = None
    dossier = latest.state if latest else None
    if dossier is None or dossier.petition or dossier.portal != caller.name:
        vi = "Không có hồ sơ nào của bạn mang mã này: sửa lại, hoặc bỏ trống và nêu đơn vị."
        en = "No application of yours has this id: correct it, or leave it out and name a unit."
        raise refusal(422, "unknown-application", "/application", vi, en)
    return dossier.unit or form.unit


def _named(request: Request) -> tuple[str, datetime]:
    """Return a petition's id, and when it was made: its code has that day, also if it is sent again
    later.  Raises `Refusal` 400.
    """
    try:
        id_ = UUID(request.headers.get("idempotency-key", "").strip('"'))
        made = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=id_.int >> 80)
    except (ValueError, OverflowError):
        raise _not_made_for_it() from None
    if id_.version != 7:
        raise _not_made_for_it()
    return str(id_), made


def _not_made_for_it() -> Refusal:
    vi = "Gửi `Idempotency-Key: <UUIDv7>`, mỗi phản ánh một mã mới, tạo theo giờ hiện tại."
    en = "Send `Idempotency-Key: <UUIDv7>`, a new one for each petition, made of the time now."
    return refusal(400, "idempotency-key", "/headers/idempotency-key", vi, en)


def _follows(petition: str, move: str, now: Petition) -> str:
    """Return the id of what follows: asked twice as things stand, it counts once."""
    return f"{petition}/{move}/{now.moves}"
