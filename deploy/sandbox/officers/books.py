"""What an officer looks up: the units beside one's own, and the days that are worked."""

from datetime import date, datetime
from functools import cache

from shared.catalogue import Catalogue, load
from shared.clock import system_clock
from shared.working_time import local_day


class Books:
    """The catalogue of a day, as officers use it."""

    def __init__(self, catalogue: Catalogue, on: date) -> None:
        self._catalogue, self._on = catalogue, on
        self._inside: dict[str, list[str]] = {}
        for unit in catalogue.units_in_force(on):
            if not unit.is_province:
                self._inside.setdefault(unit.province, []).append(unit.code)

    def beside(self, code: str) -> str:
        """Return another unit of its province, empty if there is none."""
        unit = self._catalogue.unit(code, self._on)
        others = sorted(self._inside.get(unit.province, ())) if unit else []
        return next((o for o in others if o > code), others[0] if others else "")

    def day_after(self, due: datetime) -> date:
        """Return a working day after today and after this instant."""
        latest = max(self._on, local_day(due))
        return self._catalogue.working_calendar(self._on).after(latest, 1)


@cache
def todays() -> Books:
    """Return the books of the catalogue that is installed, as of the first time they are asked."""
    return Books(load(), local_day(system_clock()))
