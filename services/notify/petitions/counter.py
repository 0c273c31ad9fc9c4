"""What the edges of petitions are wired with and share: find, seal, open, append, refuse."""

import re
from collections.abc import Mapping
from typing import Annotated, NamedTuple

import msgspec
from fastapi import Depends

from services.notify.desk import refusal
from services.notify.domain import Dossier
from services.notify.domain.petitions.deciding import obstacle, reach
from services.notify.domain.petitions.states import Petition
from services.notify.domain.petitions.steps import due_in
from services.notify.petitions.views import PetitionTaken, offered
from shared import events
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.errors import DeadLetter
from shared.events import Data, Event
from shared.journal import Decision, Journal
from shared.placement import canonical
from shared.problems import Refusal
from shared.publisher import Publisher
from shared.vault import Sealed, Vault, keyed_hash, seal
from shared.working_time import CalendarEnds

Portal = Annotated[Caller, Depends(require("portal"))]
Operator = Annotated[Caller, Depends(require("operator"))]
Office = Annotated[Caller, Depends(require("officer", "operator"))]
Anyone = Annotated[Caller, Depends(require("portal", "officer", "operator"))]

HASHED = 16  # characters of what is hashed
KEY = re.compile(r"[A-Za-z0-9.-]{1,64}")

# why something cannot be done: the answer, the field, and the remedy
_OBSTACLES: Mapping[str, tuple[int, str, str, str]] = {
    "not_possible": (
        409,
        "/action",
        "Việc này không còn thực hiện được. Hiện có thể: {possible}.",
        "This is not possible (any more). Possible now: {possible}.",
    ),
    "too_late": (
        409,
        "/action",
        "Đã hết thời hạn nêu ý kiến: câu trả lời có hiệu lực. Bạn có thể gửi phản ánh mới.",
        "The time to say so is over, and the answer stands: a new petition may be filed.",
    ),
    "forwarded_enough": (
        409,
        "/action",
        "Đã chuyển đủ số lần cho phép: đơn vị đang giữ phải trả lời. Hiện có thể: {possible}.",
        "It went on as often as it may: the unit that has it answers. Possible now: {possible}.",
    ),
    "moved": (
        412,
        "/headers/if-match",
        "Phản ánh đã thay đổi, nay ở phiên bản {version}: xem lại rồi quyết định.",
        "It has changed and is at version {version}: look again, then decide.",
    ),
    "not_your_unit": (
        403,
        "/headers/authorization",
        "Phản ánh thuộc đơn vị khác; khóa này không dành cho đơn vị đó.",
        "It lies with another unit, and this key is not for that one.",
    ),
    "same_unit": (
        422,
        "/unit",
        "Phản ánh đã ở đơn vị này: hãy chọn đơn vị khác.",
        "It lies with this unit already: name another one.",
    ),
    "unknown_unit": (
        422,
        "/unit",
        "Không có đơn vị nào mang mã này: hãy dùng mã trong danh mục.",
        "No unit has this code: give one of the catalogue.",
    ),
}


class Counter(NamedTuple):
    """What the edges are wired with."""

    publisher: Publisher
    journal: Journal[Dossier]
    catalogue: Catalogue
    vault: Vault
    clock: Clock


async def known(
    counter: Counter, written: str, caller: Caller
) -> tuple[Decision[Dossier], Petition]:
    """Return a petition; a portal's own, an officer's if their key is for its unit.

    Raises `Refusal` 403, 404.
    """
    try:
        decision = await counter.journal.latest(canonical(written))
    except DeadLetter:
        decision = None
    dossier = decision.state if decision else None
    petition = dossier.petition if dossier else None
    is_anothers = caller.role == "portal" and dossier and dossier.portal != caller.name
    if decision is None or petition is None or is_anothers:
        detail = "No petition of yours has this id; if you have just filed it, try again."
        raise Refusal(404, "unknown-petition", detail)
    if caller.role == "officer" and caller.units:
        theirs = reach(petition.unit, counter.clock(), counter.catalogue)
        if not theirs & set(caller.units):
            raise _refused("not_your_unit", petition, caller)
    return decision, petition


def refuse_what_is_not_possible(
    counter: Counter, petition: Petition, data: Data, caller: Caller
) -> None:
    """Raise `Refusal` 403, 409, 412, 422 if this cannot be done as things stand."""
    if reason := obstacle(petition, data, counter.clock(), counter.catalogue):
        raise _refused(reason, petition, caller)


def refuse_what_has_no_date(counter: Counter, days: int) -> None:
    """Raise `Refusal` 503 if nobody can say when so many working days from now are over."""
    try:
        due_in(counter.clock(), days, counter.catalogue)
    except CalendarEnds:
        vi = "Chưa có lịch làm việc để tính hạn trả lời: hãy gửi lại khi đã có lịch."
        en = "No working days are known for when it would be due: try again once they are."
        raise refusal(503, "no-calendar", "", vi, en) from None


def _refused(reason: str, petition: Petition, caller: Caller) -> Refusal:
    status, field, vi, en = _OBSTACLES[reason]
    possible = ", ".join(offered(petition, caller.role)) or "–"
    told = {"possible": possible, "version": petition.moves}
    code = reason.replace("_", "-")
    return refusal(status, code, field, vi.format(**told), en.format(**told))


async def sealed(counter: Counter, petition: str, *texts: str, create: bool = False) -> list[str]:
    """Return texts sealed for a petition; an empty one stays empty.  Raises `Refusal` 410."""
    keys = await counter.vault.keys([petition], create=create)
    if petition not in keys:
        raise erased()
    return [seal(keys[petition], text.encode(), petition) if text else "" for text in texts]


async def opened(
    counter: Counter, petition: str, *texts: str, caller: Caller, purpose: str
) -> list[str]:
    """Return what was sealed for a petition; who looks, and what for, is logged.

    Raises `Refusal` 410, `Unknown`.
    """
    there = [Sealed(petition, text) for text in texts if text]
    found = await counter.vault.open(there, who=caller.source, purpose=f"petition: {purpose}")
    if None in found:
        raise erased()
    told = iter(found)
    return [(next(told) or b"").decode() if text else "" for text in texts]


def content_of(counter: Counter, said: msgspec.Struct) -> str:
    """Return what tells the same, sent again, from something else; nobody else can work it out."""
    return keyed_hash(counter.vault.pepper, b"petition/" + msgspec.json.encode(said))[:HASHED]


def said_otherwise() -> Refusal:
    """Return the refusal of a key under which something else was sent."""
    vi = "Mã này đã dùng cho nội dung khác: hãy dùng một mã mới."
    en = "This key stands with other content: use a new one."
    return refusal(409, "conflict", "/headers/idempotency-key", vi, en)


def erased() -> Refusal:
    """Return the refusal of what was erased."""
    vi = "Nội dung của phản ánh này đã được xóa."
    return refusal(410, "erased", "/path/petition", vi, "What this petition said was erased.")


async def append(
    counter: Counter,
    caller: Caller,
    message: str,
    data: Data,
    code: str,
    follows: Decision[Dossier] | None = None,
) -> PetitionTaken:
    """Append what somebody asks for, as a message with this id.  Raises `Unknown`."""
    petition = message.partition("/")[0]
    event = Event(
        id=message,
        source=caller.source,
        type=data.TYPE,
        subject=petition,
        time=counter.clock(),
        data=msgspec.Raw(events.encode(data)),
        traceparent=follows.traceparent if follows else "",
        causationid=follows.last_event if follows else "",
    )
    await counter.publisher.publish("notify.inbox", event)
    return taken(petition, code)


def taken(petition: str, code: str) -> PetitionTaken:
    """Return what is answered to who asked for something."""
    return PetitionTaken(petition, code, f"/v1/petitions/{petition}")
