"""Where papers are drawn: beside the event loop, a few at once, each for a limited time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

AT_ONCE, WAITING_LIMIT = 2, 40
LIMIT_S = 10.0


class Busy(Exception):
    """Too many wait already, or it took too long: ask again in a moment."""


class Press:
    """Draws what it is given; what is given up on keeps its place until it has ended."""

    def __init__(self, at_once: int = AT_ONCE, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._threads = ThreadPoolExecutor(at_once, "press")
        self._jobs: list[Future[bytes]] = []

    async def draw(self, make: Callable[[], bytes]) -> bytes:
        """Return what this makes.  Raises `Busy`."""
        self._jobs = [job for job in self._jobs if not job.done()]
        if len(self._jobs) >= WAITING_LIMIT:
            raise Busy
        job = self._threads.submit(make)
        self._jobs.append(job)
        try:
            async with asyncio.timeout(self._limit_s):
                return await asyncio.wrap_future(job)
        except TimeoutError:
            raise Busy from None
