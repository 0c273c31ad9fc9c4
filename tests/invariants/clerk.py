"""The operators on duty.  Whatever is parked is released, each release asked for twice or more: one
time each by itself, one time together, by a round.  What was planted to be mended is mended, and
agreed to two times at once.  What officers leave at work is cancelled, and refunds that failed are
tried again, by two rounds for the same that a second one agrees to.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from itertools import count
from typing import Any

import httpx

from tests.invariants.echo import MENDED
from tests.invariants.town import Town

REASON = "the mistake is mended"
LOOK_EVERY_S = 1.0
AGAIN_S = 4.0  # a release that changed nothing is repeated so late
RELEASES_LIMIT = 30  # of one application by one service
ROUND_LIMIT = 1_000  # applications that one may name
NOBODYS_LIMIT = 2  # of what is held for ever, since nobody can read it
PAGE = 200
BY_TWO_EVERY = 5  # looks: so many rounds may be under way at a time, and each is for a while
AT_ONCE = 2  # rounds for the same

Item = dict[str, Any]

CANCEL: Item = {"stage": "processing", "cause": "in_processing", "action": "cancel",
                "reason": "it was handed in twice", "which": "all"}  # fmt: skip
RETRY: Item = {"stage": "payment", "cause": "refund_failed", "action": "retry_refund",
               "reason": "the bank takes them again", "which": "all"}  # fmt: skip


class Clerk:
    """Releases what operations shows as parked, and answers what it shows as dead."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._released: Counter[tuple[str, str]] = Counter()
        self._mended: set[str] = set()
        self._next_s: dict[tuple[str, str], float] = {}
        self._turns, self._keys, self._looks = count(), count(), count()
        self._after = ""  # up to this place of the list everything is released
        self._dead_after = ""  # and of the dead

    async def work(self) -> None:
        """Release until cancelled."""
        async with (
            self._town.client("operations", "operator") as one,
            self._town.client("clerk", "operator:second", "operations") as other,
        ):
            while True:
                for look in (
                    self._look_at_parked(one),
                    self._look_at_dead(one, other),
                    self._look_at_groups(one, other),
                ):
                    with suppress(httpx.HTTPError, ValueError, LookupError):  # down: look again
                        await look
                await asyncio.sleep(LOOK_EVERY_S)

    async def _look_at_parked(self, operations: httpx.AsyncClient) -> None:
        is_all_released, due = True, list[Item]()
        async for items, next_ in _pages(operations, "/v1/parked", self._after):
            held = [item for item in items if item["released_at"] is None]
            is_all_released = is_all_released and not held
            due += [item for item in held if self._is_due(item)]
            if next_ and is_all_released:
                self._after = next_
        if due:
            is_round = next(self._turns) % 2
            await (self._release_together if is_round else self._release_each)(operations, due)

    def _is_due(self, item: Item) -> bool:
        held = item["application"], item["service"]
        now_s = asyncio.get_running_loop().time()
        is_known = item["application"] in self._town.portal.acknowledged
        limit = RELEASES_LIMIT if is_known else NOBODYS_LIMIT
        return self._released[held] < limit and now_s >= self._next_s.get(held, 0.0)

    def _count(self, *released: tuple[str, str]) -> None:
        for held in released:
            self._next_s[held] = asyncio.get_running_loop().time() + AGAIN_S
            self._released[held] += 1

    async def _release_each(self, operations: httpx.AsyncClient, items: list[Item]) -> None:
        for item in items:
            held = item["application"], item["service"]
            asked = {"application": held[0], "service": held[1], "reason": REASON}
            key = f"release-{held[1]}-{self._released[held]:03d}"
            said = {"idempotency-key": key}
            (await operations.post("/v1/releases", json=asked, headers=said)).raise_for_status()
            self._count(held)

    async def _release_together(self, operations: httpx.AsyncClient, items: list[Item]) -> None:
        for service in sorted({item["service"] for item in items}):
            own = sorted({i["application"] for i in items if i["service"] == service})
            chosen = own[:ROUND_LIMIT]
            asked = {"stage": service, "cause": "held", "action": "release", "reason": REASON,
                     "applications": chosen}  # fmt: skip
            await self._start(operations, asked)
            self._count(*((application, service) for application in chosen))

    async def _start(self, operations: httpx.AsyncClient, asked: Mapping[str, Any]) -> str:
        """Start a round, or ask for it where that takes a second person; return where it is."""
        said = {"idempotency-key": f"round-{asked['stage']}-{next(self._keys):05d}"}
        made = await operations.post("/v1/rounds", json=asked, headers=said)
        where = made.raise_for_status().headers["location"]
        (await operations.post(f"{where}/start", json={})).raise_for_status()
        return where

    async def _look_at_groups(self, one: httpx.AsyncClient, other: httpx.AsyncClient) -> None:
        """Have done what takes two, until it is: of two rounds for the same one does something."""
        if next(self._looks) % BY_TWO_EVERY:
            return
        for asked in (CANCEL, RETRY):
            where, due = f"/v1/stuck/{asked['stage']}/{asked['cause']}", list[str]()
            async for items, _ in _pages(one, where, "", which="all"):
                due += [item["application"] for item in items]
            if asked is CANCEL:
                due = [application for application in due if application in self._town.left]
            if due:
                await self._have_done(asked | {"applications": due[:ROUND_LIMIT]}, one, other)

    async def _have_done(
        self, asked: Item, one: httpx.AsyncClient, other: httpx.AsyncClient
    ) -> None:
        rounds = [await self._start(one, asked) for _ in range(AT_ONCE)]
        for where in rounds:  # 409: it was agreed to already
            await other.post(f"{where}/approve", json={"reason": REASON})

    async def _look_at_dead(self, one: httpx.AsyncClient, other: httpx.AsyncClient) -> None:
        async for items, next_ in _pages(one, "/v1/dead", self._dead_after):
            for item in items:
                await self._answer(item, one, other)
            self._dead_after = next_ or self._dead_after

    async def _answer(self, item: Item, one: httpx.AsyncClient, other: httpx.AsyncClient) -> None:
        where = f"/v1/dead/{item['topic']}/{item['partition']}/{item['offset']}"
        planted = MENDED.get(item["topic"])
        if planted is None or where in self._mended:
            return
        dead = (await one.get(where)).raise_for_status().json()
        if dead["type"] == planted.type and dead["why"] in ("still_wrong", "unreadable"):
            await _mend(where, planted.change, one, other)
        self._mended.add(where)


async def _mend(
    where: str, change: Mapping[str, Any], one: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    """Propose a copy, and have it accepted by the second person, two times at once."""
    asked = {"set": change, "reason": REASON}
    await one.post(f"{where}/edits", json=asked)  # 409: it waits already
    accept = f"{where}/edits/1/accept"
    both = [other.post(accept, json={"reason": REASON}) for _ in range(2)]
    for answer in await asyncio.gather(*both):
        answer.raise_for_status()


async def _pages(
    operations: httpx.AsyncClient, path: str, after: str, **only: str
) -> AsyncIterator[tuple[list[Item], str | None]]:
    """Yield the pages of a list, each with where the next begins; None: it is the last."""
    while True:
        answer = await operations.get(path, params={"after": after, "limit": PAGE, **only})
        page = answer.raise_for_status().json()
        yield page["items"], page["next"]
        if page["next"] is None:
            return
        after = page["next"]
