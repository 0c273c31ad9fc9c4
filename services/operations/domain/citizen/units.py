"""Units by their names."""

from collections.abc import Iterable
from datetime import date

import msgspec

from services.operations.domain.citizen.words import Words
from shared.catalogue import Catalogue


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """An office, and what it does for this application."""

    code: str
    name: str
    province: str
    does: tuple[Words, ...]


class Units:
    """What units and procedures are called, on a day; without a name they go by their code."""

    def __init__(self, catalogue: Catalogue, on: date) -> None:
        self._catalogue, self._on = catalogue, on

    def name(self, code: str) -> Words:
        """Return what a unit is called, with its province."""
        unit, province = self.parts(code)
        text = ", ".join(part for part in (unit, province) if part)
        return Words(text, text)

    def parts(self, code: str) -> tuple[str, str]:
        """Return the names of a unit and of its province, which is empty for a province."""
        unit = self._catalogue.unit(code, self._on)
        if unit is None:
            return code, ""
        province = self._catalogue.province_of(code, self._on)
        return unit.name, province.name if province and not unit.is_province else ""

    def beside(self, codes: Iterable[str]) -> list[tuple[str, Words]]:
        """Return the units of the provinces that these are in, by their codes, with their names."""
        found = (self._catalogue.province_of(code, self._on) for code in codes)
        provinces = {province.code for province in found if province}
        units = (u for u in self._catalogue.units_in_force(self._on) if not u.is_province)
        return [(u.code, self.name(u.code)) for u in units if u.province in provinces]

    def procedure(self, code: str) -> Words:
        """Return what a procedure is called."""
        found = self._catalogue.procedure(code, self._on)
        return Words(found.name_vi, found.name_en) if found else Words(code, code)
