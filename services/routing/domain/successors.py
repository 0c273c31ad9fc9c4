"""What became of a unit's code: the unit it is on a day, or why nobody can tell."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.routing.domain.reasons import NOTHING, Reason, reason
from shared.catalogue import Catalogue

HEIRS_LIMIT = 4  # times that a unit may have ended since a code was given
_WHAT_VI: Mapping[str, str] = {
    "receiving": "tiếp nhận",
    "residence": "cư trú",
    "object's": "nơi có đối tượng",
    "chosen": "đã chọn",
}
NO_HEIRS: Mapping[str, str] = {}


class Found(NamedTuple):
    """A unit; or the units it may be, if it was split; or only why nobody can tell."""

    unit: str = ""
    candidates: tuple[str, ...] = ()
    reason: Reason = NOTHING


SILENT = Found()


class Days(NamedTuple):
    """The day a code was given, and the day that is asked about.

    `heirs`: what follows a unit that ended between them, several codes if it was split; of what is
    not named here the catalogue tells it.
    """

    given_on: date
    on: date
    heirs: Mapping[str, str] = NO_HEIRS


def trace(catalogue: Catalogue, code: str, what: str, days: Days) -> Found:
    """Find the unit a code names on that day, through the legacy map if it is an old one.

    Codes are re-used: what a code names is asked of the day it was given.
    """
    if not code:
        return SILENT
    if catalogue.unit(code, days.given_on):
        if days.given_on == days.on:
            return Found(code)
        return _heir(catalogue, code, what, days)
    kind, units = catalogue.current_units(code, days.on)
    if kind == "exact":
        return _heir(catalogue, units[0], what, days)
    if units:
        return _split(code, what, units)
    return _heir(catalogue, code, what, days)


def current(catalogue: Catalogue, codes: Sequence[str], on: date) -> tuple[str, ...]:
    """Return the units of that day: those of these that stand, and what follows the others."""
    units = tuple(codes)
    for _ in range(HEIRS_LIMIT):
        now = ([u] if catalogue.unit(u, on) else catalogue.heirs(u, on) for u in units)
        units = tuple(dict.fromkeys(heir for heirs in now for heir in heirs))
    return tuple(unit for unit in units if catalogue.unit(unit, on))


def _heir(catalogue: Catalogue, code: str, what: str, days: Days) -> Found:
    """Follow a unit that ended since."""
    unit = code
    for _ in range(HEIRS_LIMIT):
        if catalogue.unit(unit, days.on):
            return Found(unit)
        told = tuple(days.heirs.get(unit, "").split())
        units = told or catalogue.heirs(unit, days.on)
        if len(units) > 1:
            return _split(code, what, units)
        if not units:
            break
        unit = units[0]
    return Found(reason=reason("no-such-unit", unit=code, what=what, what_vi=_WHAT_VI[what]))


def _split(code: str, what: str, units: tuple[str, ...]) -> Found:
    why = reason("split-unit", unit=code, what=what, what_vi=_WHAT_VI[what])
    return Found(candidates=units, reason=why)
