"""Statistics counted from rows in memory; they pass the real ones' test."""

from collections.abc import Mapping

from services.operations.domain.facts import View
from services.operations.domain.statistics import Form, Period, added
from services.operations.statistics import Counting, Scope
from shared.store import Row
from tests.services.operations.forms import from_rows


class MemoryCounting(Counting):
    """Counts rows one by one, and keeps nothing."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows

    async def forms(self, of: Scope, period: Period, view: View) -> dict[str, Form]:
        units = of.units or sorted({row["unit"] for row in self._rows.values()})
        told = {unit: from_rows(self._rows.values(), unit, period, view) for unit in units}
        return {unit: form for unit, form in told.items() if form != added(())}
