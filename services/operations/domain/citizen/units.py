"""Units by their names."""

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

    def procedure(self, code: str) -> Words:
        """Return what a procedure is called."""
        found = self._catalogue.procedure(code, self._on)
        return Words(found.name_vi, found.name_en) if found else Words(code, code)
