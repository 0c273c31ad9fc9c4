"""Callbacks (IPN): signed, repeated until the merchant has heard, at most ten times."""

import asyncio
from collections import Counter

import httpx
import msgspec

STOPS = frozenset({"00", "02"})
NOTHING = "none"  # counted where no answer came, or none that can be read
CALLS_LIMIT = 10
PENDING_LIMIT = 100_000  # callbacks that wait to be repeated
AT_ONCE = 32
CALL_LIMIT_S = 10.0


class _Answer(msgspec.Struct):
    RspCode: str


_decoder = msgspec.json.Decoder(_Answer)


class Caller:
    """Calls one merchant's address.  `answers` counts what it said, `given_up` those unheard."""

    def __init__(self, client: httpx.AsyncClient, url: str, interval_s: float) -> None:
        self._client, self._url, self._interval_s = client, url, interval_s
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self.answers: Counter[str] = Counter()
        self.given_up = 0

    @property
    def pending(self) -> int:
        """Return how many callbacks wait to be repeated."""
        return len(self._tasks)

    async def tell(self, query: str) -> str:
        """Call once; repeat later, on the side, if need be.  Return the first answer."""
        answer = await self._call(query)
        if answer not in STOPS:
            if len(self._tasks) >= PENDING_LIMIT:
                self.given_up += 1
                return answer
            task = asyncio.create_task(self._repeat(query))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return answer

    async def rest(self) -> None:
        """Return when nothing waits to be repeated."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Give up what waits to be repeated."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _repeat(self, query: str) -> None:
        for _ in range(CALLS_LIMIT - 1):
            await asyncio.sleep(self._interval_s)
            if await self._call(query) in STOPS:
                return
        self.given_up += 1

    async def _call(self, query: str) -> str:
        answer = NOTHING
        async with self._slots:
            try:
                response = await self._client.get(f"{self._url}?{query}", timeout=CALL_LIMIT_S)
                if response.status_code == httpx.codes.OK:
                    answer = _decoder.decode(response.content).RspCode[:8]
            except (httpx.HTTPError, msgspec.DecodeError, UnicodeDecodeError):
                answer = NOTHING
        self.answers[answer] += 1
        return answer
