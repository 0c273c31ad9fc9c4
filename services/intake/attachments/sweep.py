"""What time brings: expired uploads go, what waits for the scanner is looked at again."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from services.intake.attachments.scan import ScannerAway
from services.intake.attachments.store import Contents
from services.intake.attachments.uploads import Uploads
from shared.errors import Unknown
from shared.lanes.health import Health

EVERY_S = 30.0
AT_ONCE = 100  # of each kind, in one round
CUT_OFF = timedelta(days=1)  # no attempt to put a content lasts as long


class Sweep:
    """A loop beside the lanes; any number of processes may run it."""

    def __init__(
        self,
        uploads: Uploads,
        contents: Contents,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        every_s: float = EVERY_S,
    ) -> None:
        self._uploads, self._contents, self._clock = uploads, contents, clock
        self._every_s, self.health = every_s, Health(monotonic)

    async def run(self) -> None:
        """Go round until cancelled; an outage is waited out."""
        self.health.assigned(frozenset({0}))
        while True:
            try:
                await self.once()
            except Unknown as doubt:
                self.health.waiting(doubt)
            else:
                self.health.idle()
            await asyncio.sleep(self._every_s)

    async def once(self) -> None:
        """Go round once.  Raises `Unknown`.

        A scanner that is away is no outage of intake: uploads wait and say so, all else goes on.
        """
        await self._uploads.sweep(AT_ONCE)
        await self._contents.sweep(self._clock() - CUT_OFF, AT_ONCE)
        try:
            await self._uploads.settle_waiting(AT_ONCE)
        except ScannerAway:
            return
