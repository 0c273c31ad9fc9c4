"""What units and procedures are called in an explanation, with their codes."""

from datetime import date
from typing import Literal

from services.routing.domain.dossier import Dossier
from services.routing.domain.filing import day_in
from shared.catalogue import Catalogue

_NONE = {"vi": "không khai", "en": "not stated"}
_OLD = {"vi": "{unit} (mã của ngày {on}){now}", "en": "{unit} (a code of {on}){now}"}
_NOW = {"vi": ", nay là {now}", "en": ", now {now}"}


class Names:
    """Names with their codes: of what was given, of its day; of who has it now, of when it came."""

    def __init__(
        self, catalogue: Catalogue, dossier: Dossier, language: Literal["vi", "en"]
    ) -> None:
        """Name what a dossier has, in a language."""
        self._catalogue, self._dossier, self._language = catalogue, dossier, language
        self._on, self._units_on = (day_in(dossier.facts, name) for name in ("on", "units_on"))

    def given(self, code: str) -> str:
        """Return what a unit was called when the dossier came in."""
        return self._unit(code, self._on, self._units_on)

    def now(self, code: str) -> str:
        """Return what a unit was called when it got the dossier."""
        return self._unit(code, self._units_on, self._on)

    def place(self, name: Literal["residence", "object"]) -> str:
        """Return what a place was called on the day its code was given, and what it has become."""
        facts = self._dossier.facts
        code, given_on = facts.get(f"{name}_unit", ""), day_in(facts, f"{name}_on")
        if given_on is None:
            return self.given(code)
        became = facts.get(f"{name}_unit_now", "")
        now = _NOW[self._language].format(now=self.given(became)) if became else ""
        unit = self._unit(code, given_on)
        return _OLD[self._language].format(unit=unit, on=self.day(given_on), now=now)

    def day(self, day: date) -> str:
        """Return a day as it is written in the language."""
        return f"{day:%d/%m/%Y}" if self._language == "vi" else day.isoformat()

    def came_on(self) -> str:
        """Return the day it came in."""
        return self.day(self._on) if self._on else ""

    def procedure(self) -> str:
        """Return what its procedure was called when it came in."""
        code = self._dossier.procedure
        row = self._catalogue.procedure(code, self._on) if self._on else None
        if row is None:
            return code
        return f"{row.name_vi if self._language == 'vi' else row.name_en} ({code})"

    def _unit(self, code: str, *days: date | None) -> str:
        found = (self._catalogue.unit(code, day) for day in days if day)
        unit = next((unit for unit in found if unit), None)
        return f"{unit.name} ({code})" if unit else code or _NONE[self._language]
