"""The service index of a unit and period: the dossiers it settled, opened some at a time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from services.operations.domain.occurrences import judge
from services.operations.domain.service_index import IsFullyOnline, Tally, added, tallied
from services.operations.domain.statistics import ENDS, Form, Period
from services.operations.domain.statistics import added as added_forms
from services.operations.form_lines import NATION, province_of
from services.operations.journeys import Journeys
from services.operations.statistics import Counting, Scope, scope
from shared.catalogue import Catalogue
from shared.working_time import local_day

AT_ONCE = 100  # dossiers opened together
SETTLED = frozenset(name for name in ENDS.values() if name.startswith("settled"))


class Scored(NamedTuple):
    """What some dossiers count as, if any was opened; `after`: where it goes on, if it does."""

    tally: Tally | None
    after: str


class Scoring:
    """Opens journeys; nothing is kept."""

    def __init__(self, counting: Counting, journeys: Journeys) -> None:
        self._counting, self._journeys = counting, journeys

    async def forms(self, unit: str, period: Period, catalogue: Catalogue) -> dict[str, Form]:
        """Return the forms of who decides, of a unit and all in it.  Raises `Unknown`."""
        if unit == NATION:
            return await self._counting.forms(Scope(), period, "competent")
        on = period.last
        below = [c for c in catalogue.units if unit in (c, province_of(c, catalogue, on))]
        return await self._counting.forms(scope(below, catalogue.units), period, "competent")

    async def some(
        self,
        forms: dict[str, Form],
        period: Period,
        catalogue: Catalogue,
        after: str = "",
        limit: int = 500,
    ) -> Scored:
        """Return what the next dossiers of these units count as.  Raises `Unknown`."""
        begin_unit, _, begin = after.partition("/")
        found: list[Tally] = []
        for unit in sorted(unit for unit, form in forms.items() if form.settled):
            if unit < begin_unit:
                continue
            columns = await self._counting.standing(unit, period, "competent")
            settled = sorted(a for a, column in columns.items() if column in SETTLED)
            wanted = [a for a in settled if unit > begin_unit or a > begin]
            room = limit - len(found)
            for some in _pieces(wanted[:room]):
                standing = await self._journeys.standing(some)
                found += [
                    tallied(judge(standing[a], ()).first, fully_online(catalogue)) for a in some
                ]
            if len(wanted) > room:
                return Scored(added(found), f"{unit}/{wanted[room - 1] if room else ''}")
        return Scored(added(found), "")


def of_form(forms: dict[str, Form]) -> tuple[int, int]:
    """Return how many were settled in time, and how many in all."""
    total = added_forms(forms.values())
    return total.settled_early + total.settled_on_time, total.settled


def fully_online(catalogue: Catalogue) -> IsFullyOnline:
    """Return what tells whether a procedure was fully online when something was registered."""

    def is_fully_online(procedure: str, at_ms: int) -> bool:
        on = local_day(datetime.fromtimestamp(at_ms / 1_000, UTC))
        found = catalogue.procedure(procedure, on)
        return found is not None and found.online_level == "full"

    return is_fully_online


def _pieces(applications: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(applications), AT_ONCE):
        yield applications[at : at + AT_ONCE]
