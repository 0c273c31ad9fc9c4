"""A unit is chosen for a dossier of which the rules could tell none: by an officer, or because a
rule decides now.
"""

from datetime import date, datetime

from msgspec.structs import replace

from services.routing.domain.dossier import CHOSEN, Dossier, procedure_of
from services.routing.domain.handover import home_provinces, units_on
from services.routing.domain.reasons import NOTHING, Reason, reason
from services.routing.domain.states import Asked
from services.routing.domain.successors import current
from shared.catalogue import Catalogue
from shared.working_time import local_day

_ANYWHERE = "nationwide"  # what boundaries begin with that no province has


def unfit(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Reason:
    """Return why this unit cannot be chosen; or nothing.

    What a person may choose from is held against what has become of it: units end while a dossier
    waits.  Where all of them ended and nothing follows, any unit of the right level will do.
    """
    unit, on = asked.competent_unit, local_day(at)
    candidates = () if asked.rule else current(catalogue, dossier.candidates, on)
    if candidates and unit not in candidates:
        return reason("not-a-candidate", units=", ".join(candidates))
    found = catalogue.unit(unit, on)
    if found is None:
        return reason("unknown-unit", unit=unit)
    if candidates or asked.rule:  # the rules say so
        return NOTHING
    procedure = procedure_of(dossier, catalogue)
    if found.is_province != (procedure.competent_level != "commune"):
        return reason(
            f"decided-by-{procedure.competent_level}", unit=unit, procedure=procedure.code
        )
    homes = home_provinces((dossier.receiving_unit,), catalogue, on)
    if homes and found.province not in homes and not procedure.non_boundary.startswith(_ANYWHERE):
        return reason("other-province", unit=unit, here=", ".join(sorted(homes)))
    return NOTHING


def chosen(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Dossier:
    """Return the dossier with its units, and why they are what they are."""
    on = local_day(at)
    receiving = _receiving(dossier, asked, catalogue, on)
    returning = asked.returning_unit
    return replace(
        dossier,
        receiving_unit=receiving,
        competent_unit=asked.competent_unit,
        returning_unit=returning if catalogue.unit(returning, on) else receiving,
        candidates=(),
        rule=asked.rule or CHOSEN,
        rule_version=asked.rule_version or dossier.rule_version,
        facts=_facts(dossier, asked) | units_on(at),
        catalogue_version=catalogue.version,
    )


def _facts(dossier: Dossier, asked: Asked) -> dict[str, str]:
    """Return what it was decided from, and why that was not enough."""
    first = {"first_rule": dossier.rule, "first_rule_version": dossier.rule_version}
    if dossier.candidates:
        first["candidates"] = " ".join(dossier.candidates)
    kept = {name: value for name, value in dossier.facts.items() if name != "outcome"}
    agreed = {"checked_by": asked.checked_by} if asked.checked_by else {}
    return first | kept | {"officer": asked.officer} | agreed


def _receiving(dossier: Dossier, asked: Asked, catalogue: Catalogue, on: date) -> str:
    """Return who received it, or what follows that; where nobody can tell, who decides."""
    units = current(catalogue, (asked.receiving_unit or dossier.receiving_unit,), on)
    return units[0] if len(units) == 1 else asked.competent_unit
