"""Callbacks: posted, repeated until the merchant has heard, as often as its protocol says."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx
import msgspec

PENDING_LIMIT = 100_000  # callbacks that wait to be repeated
AT_ONCE = 32
CALL_LIMIT_S = 15.0  # MoMo waits so long for its 204


class News(NamedTuple):
    """What is told, to whom, how often at most, and how to see that it was heard."""

    url: str
    body: dict[str, Any]
    calls_limit: int
    hears: Callable[[int, bytes], bool]


class Caller:
    """Calls merchants.  `answers` counts heard and unheard calls, `given_up` what nobody heard."""

    def __init__(self, client: httpx.AsyncClient, interval_s: float) -> None:
        self._client, self._interval_s = client, interval_s
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self.answers: Counter[str] = Counter()
        self.given_up = 0

    @property
    def pending(self) -> int:
        """Return how many callbacks wait to be repeated."""
        return len(self._tasks)

    async def tell(self, news: News) -> None:
        """Call once; repeat later, on the side, if need be."""
        if await self._call(news):
            return
        if len(self._tasks) >= PENDING_LIMIT:
            self.given_up += 1
            return
        task = asyncio.create_task(self._repeat(news))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def rest(self) -> None:
        """Return when nothing waits to be repeated."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Give up what waits to be repeated."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _repeat(self, news: News) -> None:
        for _ in range(news.calls_limit - 1):
            await asyncio.sleep(self._interval_s)
            if await self._call(news):
                return
        self.given_up += 1

    async def _call(self, news: News) -> bool:
        headers = {"content-type": "application/json"}
        async with self._slots:
            try:
                async with asyncio.timeout(CALL_LIMIT_S):
                    response = await self._client.post(
                        news.url, content=msgspec.json.encode(news.body), headers=headers
                    )
            except (httpx.HTTPError, TimeoutError):
                self.answers["none"] += 1
                return False
        is_heard = news.hears(response.status_code, response.content)
        self.answers["heard" if is_heard else "call again"] += 1
        return is_heard
