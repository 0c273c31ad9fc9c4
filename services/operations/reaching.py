"""What of applications a caller of units may see, by the API as by the console: what is with his
units now.  Who is of no units in particular sees all.
"""

from dataclasses import dataclass

import msgspec

from services.operations.finding import Found
from services.operations.journeys import Journeys
from services.operations.opened import Opened, opened, units_of
from shared.access import Caller
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.problems import Refusal
from shared.working_time import local_day


@dataclass(frozen=True, slots=True)
class Reach:
    """Opens, and leaves out, what a caller has nothing to do with."""

    journeys: Journeys
    catalogue: Catalogue
    clock: Clock

    async def opened(self, caller: Caller, name: str) -> Opened:
        """Return an application that this caller may see.  Raises `Refusal` 403, 404, `Unknown`."""
        one = await opened(self.journeys, name)
        if not self._has(caller, one):
            raise Refusal(403, "not-yours", "It is not with your units now: ask who has it.")
        return one

    async def theirs(self, caller: Caller, found: Found) -> Found:
        """Return what was found without what this caller may not see.  Raises `Unknown`."""
        if not caller.units:
            return found
        hits = [
            hit
            for hit in found.found
            if self._has(caller, await opened(self.journeys, hit.application))
        ]
        return msgspec.structs.replace(found, found=hits)

    def _has(self, caller: Caller, one: Opened) -> bool:
        """Tell whether a caller of units, or of provinces, has to do with an application now."""
        if not caller.units:
            return True
        on, units = local_day(self.clock()), units_of(one)
        provinces = {p.code for code in units if (p := self.catalogue.province_of(code, on))}
        return not (units | provinces).isdisjoint(caller.units)
