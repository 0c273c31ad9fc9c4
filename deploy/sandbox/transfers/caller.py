"""Calls to merchants: signed anew each time, repeated until a 2xx, at most eight times."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import httpx

from deploy.sandbox.transfers.forms import Merchant, Movement, call

NOTHING = "none"  # counted where no answer came
CALLS_LIMIT = 8
PENDING_LIMIT = 100_000
AT_ONCE = 32
CALL_LIMIT_S = 10.0


class Caller:
    """`answers` counts the statuses it heard, `given_up` the transfers that nobody took."""

    def __init__(
        self, client: httpx.AsyncClient, now: Callable[[], datetime], interval_s: float
    ) -> None:
        self._client, self._now, self._interval_s = client, now, interval_s
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self.answers: Counter[str] = Counter()
        self.given_up = 0

    def tell(self, merchant: Merchant, moved: Movement, after_s: float = 0.0) -> None:
        """Tell of a transfer, on the side."""
        if len(self._tasks) >= PENDING_LIMIT:
            self.given_up += 1
            return
        task = asyncio.create_task(self._tell(merchant, moved, after_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def once(self, merchant: Merchant, moved: Movement) -> bool:
        """Call once; tell whether it was taken."""
        told = call(merchant, moved, self._now())
        status = NOTHING
        async with self._slots:
            try:
                response = await self._client.post(
                    told.url, content=told.body, headers=dict(told.headers), timeout=CALL_LIMIT_S
                )
                status = str(response.status_code)
            except httpx.HTTPError:
                status = NOTHING
        self.answers[status] += 1
        return status.startswith("2")

    async def rest(self) -> None:
        """Return when nothing waits to be told."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Give up what waits to be told."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def pending(self) -> int:
        """Return how many transfers wait to be told of."""
        return len(self._tasks)

    async def _tell(self, merchant: Merchant, moved: Movement, after_s: float) -> None:
        await asyncio.sleep(after_s)
        for _ in range(CALLS_LIMIT):
            if await self.once(merchant, moved):
                return
            await asyncio.sleep(self._interval_s)
        self.given_up += 1
