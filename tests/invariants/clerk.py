"""The operator on duty: whatever is parked is released, each release asked for twice or more."""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Any

import httpx

from tests.invariants.town import Town

LOOK_EVERY_S = 1.0
AGAIN_S = 4.0  # a release that changed nothing is repeated so late
RELEASES_LIMIT = 30  # of one application by one service
NOBODYS_LIMIT = 2  # of what is held for ever, since nobody can read it


class Clerk:
    """Releases what operations shows as parked."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._released: Counter[tuple[str, str]] = Counter()
        self._next_s: dict[tuple[str, str], float] = {}
        self._after = ""  # up to this place of the list everything is released

    async def work(self) -> None:
        """Release until cancelled."""
        async with self._town.client("operations", "operator") as operations:
            while True:
                with suppress(httpx.HTTPError, ValueError, LookupError):  # down: look again
                    await self._look(operations)
                await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self, operations: httpx.AsyncClient) -> None:
        after, is_all_released = self._after, True
        while True:
            answer = await operations.get("/v1/parked", params={"after": after, "limit": 200})
            page = answer.raise_for_status().json()
            for item in page["items"]:
                if item["released_at"] is None:
                    is_all_released = False
                    await self._release(operations, item)
            if page["next"] is None:
                return
            after = page["next"]
            if is_all_released:
                self._after = after

    async def _release(self, operations: httpx.AsyncClient, item: dict[str, Any]) -> None:
        held = item["application"], item["service"]
        now = asyncio.get_running_loop().time()
        is_known = item["application"] in self._town.portal.acknowledged
        limit = RELEASES_LIMIT if is_known else NOBODYS_LIMIT
        if self._released[held] >= limit or now < self._next_s.get(held, 0.0):
            return
        self._next_s[held] = now + AGAIN_S
        self._released[held] += 1
        asked = {"application": held[0], "service": held[1], "reason": "the mistake is mended"}
        key = f"release-{held[1]}-{self._released[held]:03d}"
        await operations.post("/v1/releases", json=asked, headers={"idempotency-key": key})
