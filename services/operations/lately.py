"""What takes the database long to find: told for a while, and while it is found anew."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE_S = 0.25  # who asks waits so long for what is new
OLD_S = 60.0  # what is older than it should be by that much is not told any more


class Lately(Generic[T]):
    """What `find` found last.  What is found within the patience of who asks is always new, but for
    `least_s`; what takes longer is found anew when `share` times as long has passed.
    """

    def __init__(
        self,
        find: Callable[[int], Awaitable[T]],
        monotonic: Callable[[], float],
        *,
        least_s: float,
        share: float,
    ) -> None:
        self._find, self._monotonic = find, monotonic
        self._least_s, self._share = least_s, share
        self._found: T | None = None
        self._until_s = 0.0
        self._finding: asyncio.Task[None] | None = None

    async def at(self, now_ms: int) -> T:
        """Return what is found for this instant, or was for one before.  Raises `Unknown`."""
        at_s = self._monotonic()
        if self._found is not None and at_s < self._until_s:
            return self._found
        finding = self._finding = self._finding or asyncio.create_task(self._renew(now_ms))
        may_be_told = self._found is not None and at_s < self._until_s + OLD_S
        await asyncio.wait([finding], timeout=PATIENCE_S if may_be_told else None)
        if finding.done():
            finding.result()
        assert self._found is not None
        return self._found

    async def _renew(self, now_ms: int) -> None:
        began_s = self._monotonic()
        try:
            self._found = await self._find(now_ms)
            ended_s = self._monotonic()
            took_s = ended_s - began_s
            rest_s = self._share * took_s if took_s > PATIENCE_S else 0.0
            self._until_s = ended_s + max(self._least_s, rest_s)
        finally:
            self._finding = None
