"""What routing's edges have in common: the dossier that is asked for, whose it is, the answer."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec
from fastapi.responses import Response

from services.routing.domain.dossier import Dossier
from services.routing.domain.keys import is_foreign
from shared.access import Caller
from shared.catalogue import Catalogue
from shared.errors import DeadLetter
from shared.events.data import Problem
from shared.journal import Decision, Journal
from shared.kinship import children
from shared.placement import canonical
from shared.problems import Refusal
from shared.working_time import local_day


async def known(journal: Journal[Dossier], application: str) -> tuple[Decision[Dossier], Dossier]:
    """Return the latest decision, and its dossier.  Raises `Refusal` 404, 409, 422."""
    try:
        decision = await journal.latest(wanted := canonical(application))
    except DeadLetter:
        raise Refusal(422, "invalid-id", "An application id is a UUID: correct it.") from None
    if decision is None or decision.state is None:
        if ours := sorted(await journal.latest_of(children(wanted))):
            raise _has_children(ours)
        detail = "No dossier with this id is known here (yet): check it, or try again in a moment."
        raise Refusal(404, "unknown-application", detail)
    return decision, decision.state


def _has_children(ours: Sequence[str]) -> Refusal:
    """Return the refusal of a parent, which is no dossier itself: these are."""
    named = ", ".join(ours)
    problem = Problem(
        field="/path/application",
        code="has-children",
        remedy_vi=f"Đây là hồ sơ liên thông: hãy hỏi từng hồ sơ con: {named}.",
        remedy_en=f"It is interlinked: ask for each of its children instead: {named}.",
    )
    return Refusal(409, "has-children", problem.remedy_en, (problem,))


def refuse_another_unit(unit: str, caller: Caller, catalogue: Catalogue, at: datetime) -> None:
    """Raise `Refusal` 404 if there is no such unit, 403 if the key is for others."""
    rows = catalogue.units.get(unit)
    if not rows:
        problem = Problem(
            field="/path/unit",
            code="unknown-unit",
            remedy_vi=f"Không có đơn vị nào mang mã {unit[:5]}: hãy dùng mã trong danh mục.",
            remedy_en=f"No unit has the code {unit[:5]}: give one of the catalogue.",
        )
        raise Refusal(404, "unknown-unit", "No unit has this code.", (problem,))
    current = catalogue.province_of(unit, local_day(at))
    reach = {unit, current.code if current else rows[-1].province}
    if caller.units and not reach & set(caller.units):
        mine = ", ".join(caller.units)
        vi = f"Khóa này chỉ dành cho {mine}: hãy hỏi hồ sơ của các đơn vị đó"
        raise not_theirs(vi, f"this key is for {mine}: ask for these units")


def refuse_a_filing(
    procedure: str, receiving_unit: str, places: Mapping[str, str], catalogue: Catalogue, on: date
) -> None:
    """Raise `Refusal` 422 with every code that would be refused at the door that day, by its field.

    `places`: where an applicant lives, where the object is; an old unit will do for these.
    """
    problems = []
    if catalogue.procedure(procedure, on) is None:
        problems.append(_unknown_code("unknown-procedure", "procedure", procedure, on))
    if catalogue.unit(receiving_unit, on) is None:
        problems.append(_unknown_code("unknown-unit", "receiving_unit", receiving_unit, on))
    for field, code in places.items():
        if code and not (catalogue.unit(code, on) or catalogue.current_units(code, on).units):
            problems.append(_unknown_code("unknown-unit", field, code, on))
    if problems:
        detail = "Correct the codes named in `problems`: look them up in the catalogue."
        raise Refusal(422, problems[0].code, detail, tuple(problems))


def _unknown_code(why: str, field: str, code: str, on: date) -> Problem:
    vi, en = _UNKNOWN[why]
    return Problem(
        field=f"/query/{field}",
        code=why,
        remedy_vi=vi.format(code=code, on=on),
        remedy_en=en.format(code=code, on=on),
    )


_UNKNOWN = {
    "unknown-procedure": (
        "Thủ tục {code} không có hiệu lực vào ngày {on}: hãy dùng mã trong danh mục.",
        "Procedure {code} is not in force on {on}: give a code of the catalogue.",
    ),
    "unknown-unit": (
        "Không có đơn vị nào mang mã {code} vào ngày {on}: hãy dùng mã trong danh mục.",
        "No unit has the code {code} on {on}: give a code of the catalogue.",
    ),
}


def refuse_anothers(dossier: Dossier, caller: Caller, catalogue: Catalogue, at: datetime) -> None:
    """Raise `Refusal` 403 if none of the dossier's units is one that the key is for."""
    if is_foreign(dossier, caller.units, catalogue, at):
        mine = ", ".join(caller.units)
        vi = f"Hồ sơ do đơn vị khác phụ trách; khóa này chỉ dành cho {mine}"
        raise not_theirs(vi, f"it is with another unit, and this key is for {mine}")


def not_theirs(vi: str, en: str) -> Refusal:
    """Return the refusal of a key that is bound to other units."""
    problem = Problem(
        field="/header/authorization",
        code="not-your-unit",
        remedy_vi=sentence(vi),
        remedy_en=sentence(en),
    )
    return Refusal(403, "not-your-unit", f"{problem.remedy_en} Nothing was done.", (problem,))


def sentence(reason: str) -> str:
    """Return a reason as a sentence of its own."""
    return f"{reason[:1].upper()}{reason[1:]}."


def json(value: object, status_code: int = 200) -> Response:
    """Return an answer that is written in one pass."""
    return Response(msgspec.json.encode(value), status_code, None, "application/json")
