"""The places that an application names: where the applicant lives, and where its object is."""

from collections.abc import Iterator
from datetime import date

from services.intake.domain.remedies import problem
from shared.catalogue import Catalogue
from shared.events.data import Problem
from shared.events.portal import Submitted, YoungerDay


def place_problems(submitted: Submitted, catalogue: Catalogue, on: date) -> Iterator[Problem]:
    """Tell what is wrong with the places of an application made on this day."""
    residence, thing = submitted.residence_unit, submitted.object_unit or ""
    yield from _place("residence_unit", residence, submitted.residence_unit_on, catalogue, on)
    yield from _place("object_unit", thing, submitted.object_unit_on, catalogue, on)


def unit_since(code: str, given_on: date, catalogue: Catalogue, on: date) -> str:
    """Return what has become, by this day, of the unit that had this code on an earlier one;
    nothing if it was split, or if nobody can tell.
    """
    if catalogue.unit(code, given_on):
        return code
    kind, units = catalogue.current_units(code, on)
    return units[0] if kind == "exact" else ""


def _place(
    field: str, code: str, given_on: YoungerDay, catalogue: Catalogue, on: date
) -> Iterator[Problem]:
    """An old unit will do: routing converts it, or asks a person which of several it is."""
    if code and not (catalogue.unit(code, on) or catalogue.current_units(code, on).units):
        yield problem("unknown-unit", f"/{field}")
    if not given_on:
        return
    if not code:
        yield problem("day-without-unit", f"/{field}_on")
    elif given_on > on:
        yield problem("date-in-future", f"/{field}_on")
    elif not _was_unit(code, given_on, catalogue):
        yield problem("unit-not-in-force", f"/{field}_on")


def _was_unit(code: str, on: date, catalogue: Catalogue) -> bool:
    """Whether a unit had this code on this day: a listed one, or, before those, one of the map."""
    if catalogue.unit(code, on):
        return True
    ended = min((row.valid_from for row in catalogue.successors.get(code, ())), default=date.min)
    return on < ended and all(row.valid_from >= ended for row in catalogue.units.get(code, ()))
