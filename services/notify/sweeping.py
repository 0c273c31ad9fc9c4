"""What is kept for a time is forgotten after it, a page of rows at a time: nobody waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from shared.errors import Unknown
from shared.store import Bounds, Row, Table

HOUR_S = 3_600.0
DAY_S = 86_400.0
PAGE = 1_000
PAUSE_S = 0.05  # between pages


async def keep_sweeping(sweep: Callable[[], Awaitable[None]], every_s: float = HOUR_S) -> None:
    """Sweep now and then, for ever; what is not answered now is swept the next time."""
    while True:
        with suppress(Unknown):
            await sweep()
        await asyncio.sleep(every_s)


async def forget(table: Table, bounds: Bounds, is_over: Callable[[Row], bool]) -> None:
    """Delete the rows within bounds that are over.  Raises `Unknown`."""
    low, high = bounds
    while rows := await table.ranges([(low, high)], PAGE):
        await table.delete([row["_id"] for row in rows if is_over(row)])
        low = f"{rows[-1]['_id']}\0"
        await asyncio.sleep(PAUSE_S if len(rows) == PAGE else 0)
