"""The service index of a unit and period: the dossiers it settled, opened some at a time."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from services.operations.domain.occurrences import judge
from services.operations.domain.service_index import IsFullyOnline, Tally, added, tallied
from services.operations.domain.statistics import ENDS, Form, Period
from services.operations.domain.statistics import added as added_forms
from services.operations.form_lines import NATION, province_of
from services.operations.journeys import Journeys
from services.operations.statistics import Counting, Page, Scope, scope
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.store import Table, prefix
from shared.working_time import local_day

AT_ONCE = 100  # dossiers opened together
OPENED_LIMIT = 2_000  # for a page: a second or two
KEPT_MS = 15 * 60_000  # as long as what indicators are worked out from
KEPT_LIMIT = 500
SETTLED = frozenset(name for name in ENDS.values() if name.startswith("settled"))


class Scored(NamedTuple):
    """What some dossiers count as, if any was opened; `after`: where it goes on, if it does."""

    tally: Tally | None
    after: str


class Scoring:
    """Opens journeys; what all dossiers of a unit and period come to is kept for a while, under
    `<unit>/<first>/<last>/<counted at>`.
    """

    def __init__(self, counting: Counting, journeys: Journeys, kept: Table, clock: Clock) -> None:
        self._counting, self._journeys = counting, journeys
        self._kept, self._clock = kept, clock
        self._making = asyncio.Lock()  # one at a time: whoever waits may find what it wants

    async def forms(self, unit: str, period: Period, catalogue: Catalogue) -> dict[str, Form]:
        """Return the forms of who decides, of a unit and all in it.  Raises `Unknown`."""
        if unit == NATION:
            return await self._counting.forms(Scope(), period, "competent")
        on = period.last
        below = [c for c in catalogue.units if unit in (c, province_of(c, catalogue, on))]
        return await self._counting.forms(scope(below, catalogue.units), period, "competent")

    async def whole(
        self, forms: dict[str, Form], unit: str, period: Period, catalogue: Catalogue
    ) -> Scored:
        """Return what all dossiers of a unit count as, none where they are too many to be opened.

        Raises `Unknown`.
        """
        if of_form(forms)[1] > OPENED_LIMIT:
            return Scored(None, "")
        own = f"{unit}/{period.first}/{period.last}/"
        async with self._making:
            now_ms = int(self._clock().timestamp() * 1_000)
            rows = await self._kept.last(prefix(own), 1)
            if rows and now_ms - int(str(rows[0]["_id"]).removeprefix(own)) < KEPT_MS:
                return Scored(msgspec.json.decode(rows[0]["said"], type=Tally | None), "")
            found = await self.some(forms, period, catalogue, limit=OPENED_LIMIT + 1)
            said = msgspec.json.encode(found.tally).decode()
            await self._kept.insert_missing([{"_id": f"{own}{now_ms:015d}", "said": said}])
            await self._forget(now_ms)
        return found

    async def _forget(self, now_ms: int) -> None:
        """Forget what is old; of very much no more than there is room for stays."""
        rows = await self._kept.ranges([("", "~")], 2 * KEPT_LIMIT)
        ids = sorted((str(row["_id"]) for row in rows), key=_counted_ms)
        many = ids[: max(0, len(ids) - KEPT_LIMIT)]
        await self._kept.delete([i for i in ids if i in many or now_ms - _counted_ms(i) >= KEPT_MS])

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
            room = limit - len(found)
            page = Page(SETTLED, begin if unit == begin_unit else "", room + 1)
            wanted = [*(await self._counting.standing(unit, period, "competent", page))]
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


def _counted_ms(id_: str) -> int:
    return int(id_.rpartition("/")[2])


def _pieces(applications: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(applications), AT_ONCE):
        yield applications[at : at + AT_ONCE]
