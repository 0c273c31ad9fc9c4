"""The sync ledger of a day, some applications at a time: pages add up, nothing is kept."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from services.operations.domain.proof.period import Period, ms
from services.operations.domain.proof.tally import Moment
from services.operations.domain.sync import Difference, Ledger, add, compared
from services.operations.journeys import whole
from services.operations.proving import Proving


class Synced(NamedTuple):
    """What was found, by unit; `after`: where it goes on, empty at the end."""

    units: dict[str, Ledger]
    differences: list[Difference]
    after: str


class Syncing:
    """Reads journeys in the order in which applications were made."""

    def __init__(self, proving: Proving) -> None:
        self._proving = proving

    async def some(
        self,
        period: Period,
        as_of: datetime,
        is_wanted: Callable[[str], bool],
        after: str,
        limit: int,
    ) -> Synced:
        """Return the ledger of the wanted units over `limit` applications or a page more.

        `as_of`: until when the read side has read the log.  Raises `Unknown`.
        """
        units: dict[str, Ledger] = defaultdict(Ledger)
        differences: list[Difference] = []
        moment = Moment(ms(as_of), ms(period.until))
        low, high = period.ids
        low, looked_at = max(low, after), 0
        while low and looked_at < limit:
            page, low = await self._proving.page(low, high)
            looked_at += len(page)
            for application, rows in page:
                found = compared(application, whole(application, rows)[0], moment)
                if found and is_wanted(found.unit):
                    add(units[found.unit], found.ledger)
                    differences += found.differences
        return Synced(dict(units), differences, low)
