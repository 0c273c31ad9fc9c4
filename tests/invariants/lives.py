"""Whoever watches over the services: what dies is started again, armed to die at its next step."""

import asyncio
import re
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from shared.failpoints import LAST_WORDS
from tests.invariants.target import LOOK_S, SERVICES, Target

AGAIN_S = 0.5  # a service that ends at once, because the broker is away, is started again so late
_DEATHS = re.compile(rf"^{LAST_WORDS} (\S+)$", re.M)


class Lives:
    """Keeps every service alive, but those that somebody else has in hand."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._chains: dict[str, deque[str]] = {}  # failpoints to come, by service
        self._armed: dict[str, tuple[str, int]] = {}  # failpoint, deaths there before
        self._in_hand: set[str] = set()
        self.restarts: Counter[str] = Counter()

    async def keep(self) -> None:
        """Start again what has died, until cancelled."""
        while True:
            for name in SERVICES:
                if name not in self._in_hand and not self._target.runs(name):
                    self.restarts[name] += 1
                    await asyncio.to_thread(self._target.start, name, self._next(name))
                    await asyncio.sleep(AGAIN_S / len(SERVICES))
            await asyncio.sleep(LOOK_S)

    def arm(self, chains: Mapping[str, Iterable[str]]) -> None:
        """Let each life of a service end at the next of its failpoints, from the next life on."""
        self._chains = {name: deque(chain) for name, chain in chains.items()}

    @property
    def to_come(self) -> list[str]:
        """Return the failpoints that nobody has died at yet."""
        armed = [f"{n} at {step}" for n, (step, _) in self._armed.items() if not self._is_dead(n)]
        return armed + [f"{n} at {step}" for n, chain in self._chains.items() for step in chain]

    @asynccontextmanager
    async def in_hand(self, *names: str) -> AsyncIterator[None]:
        """Leave these services to the caller while the block runs."""
        self._in_hand |= set(names)
        try:
            yield
        finally:
            self._in_hand -= set(names)

    def deaths(self, name: str) -> Counter[str]:
        """Return how often a service died at each failpoint, by its own last words."""
        text = self._target.system.children.log(name).read_text(errors="replace")
        return Counter(_DEATHS.findall(text))

    def _next(self, name: str) -> dict[str, str]:
        """Return what the next life is told: the same failpoint again, if nobody died there."""
        if name in self._armed and not self._is_dead(name):
            return {"MOTCUA_FAILPOINT": self._armed[name][0]}
        self._armed.pop(name, None)
        if not self._chains.get(name):
            return {}
        armed = self._chains[name].popleft()
        self._armed[name] = armed, self.deaths(name)[armed.partition(":")[0]]
        return {"MOTCUA_FAILPOINT": armed}

    def _is_dead(self, name: str) -> bool:
        armed, before = self._armed[name]
        return self.deaths(name)[armed.partition(":")[0]] > before
