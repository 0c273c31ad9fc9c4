"""How fast messages go out: as agreed with the provider, slower for a while when it says so."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from hashlib import blake2b

PAUSE_S = 0.5  # after "throttled" nobody sends for so long
BURST_S = 0.05  # what was not used may be caught up with
SLOWEST_PER_S = 1.0
BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # before binding again, each up to half as long again
CLIMB = 0.02  # of the agreed rate, for each message taken


class Pace:
    """A rate that halves when the provider is full and climbs back with what it takes."""

    def __init__(
        self,
        rate_per_s: float,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.rate_per_s = self._agreed_per_s = rate_per_s
        self._monotonic, self._sleep = monotonic, sleep
        self._next_s = self._slowed_s = float("-inf")

    async def turn(self, until_s: float) -> bool:
        """Wait for a turn; False at once: there is none until then."""
        now_s = self._monotonic()
        turn_s = max(self._next_s, now_s - BURST_S)
        if turn_s > until_s:
            return False
        self._next_s = turn_s + 1 / self.rate_per_s
        if turn_s > now_s:
            await self._sleep(turn_s - now_s)
        return True

    def slower(self) -> None:
        """Halve the rate, once for all that were on their way, and pause."""
        now_s = self._monotonic()
        if now_s - self._slowed_s >= PAUSE_S:
            self.rate_per_s = max(self.rate_per_s / 2, SLOWEST_PER_S)
            self._slowed_s = now_s
        self._next_s = max(self._next_s, now_s + PAUSE_S)

    def faster(self) -> None:
        """Climb back a little."""
        climbed_per_s = self.rate_per_s + CLIMB * self._agreed_per_s
        self.rate_per_s = min(climbed_per_s, self._agreed_per_s)


def back_off_s(failures: int, whose: str) -> float:
    """Return how long to wait after so many binds that failed; it differs with `whose`."""
    drawn = int.from_bytes(blake2b(whose.encode(), digest_size=2).digest()) / (1 << 16)
    return BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)] * (1 + drawn / 2)
