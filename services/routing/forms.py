"""The control slip: from hand to hand, who had a dossier, until when, and whether in time."""

from collections.abc import Iterator
from datetime import datetime

from services.routing.domain.dossier import Dossier, procedure_of
from services.routing.domain.states import CLOCK
from services.routing.domain.workflow import StepNow, steps
from shared.catalogue import Catalogue
from shared.papers import ControlSlip, Step
from shared.papers.facts import Standing
from shared.working_time import local_day

_ONE_STOP, _PARTNER = "one_stop", "partner_agency"
COORDINATING = "Cơ quan phối hợp"  # which one it is, no fact of ours says


def control_slip(dossier: Dossier, catalogue: Catalogue, at: datetime) -> ControlSlip | None:
    """Return a dossier's slip as it stands then; None: it has not been accepted."""
    if dossier.accepted_at is None or dossier.due_current is None:
        return None
    procedure = procedure_of(dossier, catalogue)
    province = catalogue.province_of(dossier.receiving_unit, local_day(at))
    unit = _name(dossier.receiving_unit, catalogue, at)
    return ControlSlip(
        at=at,
        unit=unit,
        province=province.name if province and province.name != unit else "",
        dossier_code=dossier.dossier_code,
        procedure=procedure.name_vi,
        procedure_en=procedure.name_en,
        competent=_name(dossier.competent_unit, catalogue, at),
        accepted_at=dossier.accepted_at,
        due=dossier.due_current,
        settled_at=dossier.settled_at,
        steps=tuple(_steps(dossier, catalogue, at)),
    )


def _steps(dossier: Dossier, catalogue: Catalogue, at: datetime) -> Iterator[Step]:
    begun = dossier.accepted_at
    for n, now in enumerate(steps(dossier, catalogue)):
        is_current = now.step.code == dossier.step
        yield Step(
            name=now.step.name_vi,
            name_en=now.step.name_en,
            unit=_unit(dossier, now.step.role, catalogue, at, is_first=n == 0),
            standing=_standing(dossier, now, at),
            begun=begun if now.done or is_current else None,
            until=now.due,
            ended=now.done.at if now.done else None,
            officer=now.done.who if now.done else "",
        )
        begun = now.done.at if now.done else None


def _unit(
    dossier: Dossier, role: str, catalogue: Catalogue, at: datetime, *, is_first: bool
) -> str:
    """Return who does a step: who received it begins, and who hands it out ends it."""
    if role == _PARTNER:
        return COORDINATING
    if role == _ONE_STOP:
        code = dossier.receiving_unit if is_first else dossier.returning_unit
    else:
        code = dossier.competent_unit
    return _name(code, catalogue, at)


def _standing(dossier: Dossier, now: StepNow, at: datetime) -> Standing:
    if now.done:
        if now.due is None or now.done.at <= now.due:
            is_early = now.due and local_day(now.done.at) < local_day(now.due)
            return "early" if is_early else "on_time"
        return "late"
    if CLOCK[dossier.stage] not in ("statutory", "paused"):
        return "left"
    if now.step.code != dossier.step:
        return "waiting"
    return "open_late" if now.due and at > now.due else "open"


def _name(code: str, catalogue: Catalogue, at: datetime) -> str:
    """Return a unit's name; of one that has ended since, the last that it had."""
    unit = catalogue.unit(code, local_day(at))
    rows = catalogue.units.get(code)
    return unit.name if unit else rows[-1].name if rows else code
