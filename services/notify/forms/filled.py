"""The facts of each form, from what was told; a form that nothing brought has none."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from services.notify.domain import Dossier
from services.notify.domain.papers import Filing, Told
from shared import papers
from shared.catalogue import Catalogue
from shared.working_time import local_day

# the form that goes with the mail of a milestone
BROUGHT_BY: Mapping[str, str] = {
    "accepted": "receipt",
    "supplement_requested": "supplement",
    "not_accepted": "refusal",
    "cancelled": "refusal",
    "apologised": "apology",
}


def filled(
    form: str, dossier: Dossier, applicant: str, catalogue: Catalogue
) -> papers.Facts | None:
    """Return a form's facts; None: nothing has brought it."""
    kept = dossier.papers
    if kept is None or kept.filing is None or form not in kept.told:
        return None
    filing, told = kept.filing, kept.told[form]
    on = local_day(told.at)
    procedure = catalogue.procedure(filing.procedure, on)
    unit, province = catalogue.unit(told.unit, on), catalogue.province_of(told.unit, on)
    head = {
        "at": told.at,
        "unit": _unit(catalogue, told.unit, told),
        "province": province.name if province and province != unit else "",
        "dossier_code": dossier.dossier_code,
        "procedure": procedure.name_vi if procedure else filing.procedure,
        "procedure_en": procedure.name_en if procedure else "",
        "applicant": applicant,
        "officer": told.officer,
        "competent": _unit(catalogue, told.competent, told),
    }
    accepted = kept.told.get("receipt")
    if form == "apology" and accepted:
        by = _unit(catalogue, accepted.unit, accepted)
        head |= {"accepted_at": accepted.at, "accepted_by": by}
    return FILLED[form](head, filing, told)


def _unit(catalogue: Catalogue, code: str, told: Told) -> str:
    """Return what a unit was called when this was told."""
    unit = catalogue.unit(code, local_day(told.at))
    return unit.name if unit else code


Never = Literal["interlinked", "petition", "not_registered", "before_forms"]


def why_never(dossier: Dossier) -> Never:
    """Return why nothing ever brings a form to what was not taken in as an application."""
    if dossier.petition is not None:
        return "petition"
    if not dossier.dossier_code:
        return "not_registered"
    said = (*dossier.latest.values(), *dossier.notices)
    is_interlinked = any(each.startswith(("interlinked.", "interlinked_")) for each in said)
    return "interlinked" if is_interlinked else "before_forms"


Fill = Callable[[dict[str, Any], Filing, Told], papers.Facts]

FILLED: Mapping[str, Fill] = {
    "receipt": lambda head, filing, told: papers.Receipt(
        **head,
        due=told.due or told.at,
        copies=filing.copies,
        documents=filing.documents[: told.documents],
    ),
    "supplement": lambda head, _, told: papers.Supplement(**head, content=told.text),
    "refusal": lambda head, _, told: papers.Refusal(**head, reason=told.text),
    "apology": lambda head, _, told: papers.Apology(
        **head,
        reason=told.text,
        due_before=told.due_before or told.at,
        due=told.due or told.at,
    ),
}
