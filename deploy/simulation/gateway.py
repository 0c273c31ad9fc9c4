"""A partner without idempotency keys: what comes twice goes out twice."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from deploy.simulation.loop import WORLDS, Loop
from shared.effects import NotCalled

CALL_LIMIT_S = 3.0  # a call that takes longer is given up by its caller
TRANSIT_LIMIT_S = 2.5  # and has reached us by then, or never will


class Gateway:
    """What arrived, by key.  `trouble()`: how often a call is refused, slow or lost."""

    def __init__(self, loop: Loop, rng: Random, trouble: Callable[[], float]) -> None:
        self._loop, self._rng, self._trouble = loop, rng, trouble
        self.arrived: Counter[str] = Counter()
        self.under_way = 0

    async def hand(self, keys: Sequence[str]) -> list[str]:
        """Take messages; return what became of each.  Raises `NotCalled`."""
        rng = self._rng
        if rng.random() < self._trouble():
            await asyncio.sleep(rng.random())
            raise NotCalled("connection refused")
        answer = self._loop.create_future()
        lost, silent = rng.random() < self._trouble(), rng.random() < self._trouble()

        def arrive() -> None:
            self.under_way -= 1
            if lost:
                return
            self._loop.note("the gateway takes", list(keys))
            self.arrived.update(keys)
            if not silent and not answer.done():
                answer.set_result(["handed"] * len(keys))

        self.under_way += 1
        self._loop.call_later(self._transit_s(), arrive, context=WORLDS)
        found: list[str] = await answer
        return found

    async def ask(self, keys: Sequence[str]) -> list[str]:
        """Tell what arrived.  Raises `NotCalled`."""
        await asyncio.sleep(self._transit_s())
        if self._rng.random() < self._trouble():
            raise NotCalled("connection refused")
        return ["handed" if self.arrived[key] else "absent" for key in keys]

    def _transit_s(self) -> float:
        slow = self._rng.random() < self._trouble()
        return self._rng.random() * (TRANSIT_LIMIT_S if slow else 0.02)
