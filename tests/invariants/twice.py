"""An HTTP transport that makes some calls twice, as clients that hear no answer do."""

import asyncio
import random
from collections import Counter

import httpx


class Twice(httpx.AsyncBaseTransport):
    """Sends a share of all POSTs twice at about the same time; the first answer counts.

    `doubled` counts the calls that were answered twice, by path.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        chance: random.Random,
        share: float,
        doubled: Counter[str],
    ) -> None:
        self._inner, self._chance, self._share = inner, chance, share
        self._doubled = doubled
        self._repeating: set[asyncio.Task[None]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, perhaps twice."""
        if request.method == "POST" and self._chance.random() < self._share:
            content = await request.aread()
            again = httpx.Request(
                request.method, request.url, headers=request.headers, content=content,
                extensions=request.extensions,
            )  # fmt: skip
            task = asyncio.create_task(self._repeat(again, self._chance.choice((0.0, 0.05, 1.0))))
            self._repeating.add(task)
            task.add_done_callback(self._repeating.discard)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Wait for what is under way, and close."""
        await asyncio.gather(*self._repeating, return_exceptions=True)
        await self._inner.aclose()

    async def _repeat(self, request: httpx.Request, after_s: float) -> None:
        await asyncio.sleep(after_s)
        try:
            answer = await self._inner.handle_async_request(request)
            await answer.aread()
            await answer.aclose()
        except httpx.TransportError:
            return
        if answer.is_success:
            self._doubled[request.url.path.rpartition("/")[2]] += 1
