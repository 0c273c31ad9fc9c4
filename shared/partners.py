"""A partner's slots and its circuit breaker, so that a slow one delays nobody else's citizens."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """Per partner, but for the first two."""

    batch_limit: int = 4_000
    in_flight_limit: int = 16_000  # requests, then reading waits
    slots: int = 4  # calls at the same time
    waiting_limit: int = 8_000  # requests waiting for a slot, then they are deferred at once
    failures: int = 5  # in a row, then the circuit opens
    open_s: float = 15.0
    commit_every_s: float = 1.0
    retry_s: float = 0.2
    fetch_wait_s: float = 1.0
    window_s: float = 0.1
    begin_limit_s: float = float("inf")  # a claim that took longer is not called for any more


LIMITS = Limits()
PATIENT = Limits(window_s=0.3)  # as in `shared.lanes.pace`


@dataclass(slots=True)
class Partner:
    """A partner's slots and circuit breaker."""

    slots: asyncio.Semaphore
    waiting: int = 0
    failures: int = 0
    opened_s: float = field(default=float("-inf"))

    def is_open(self, now_s: float, limits: Limits) -> bool:
        """Tell whether calls are refused; after `open_s` one more is let through to find out."""
        if self.failures < limits.failures:
            return False
        if now_s - self.opened_s >= limits.open_s:
            self.opened_s = now_s
            return False
        return True

    def refuses(self, now_s: float, limits: Limits) -> bool:
        """Tell whether calls are refused now, and let none through."""
        return self.failures >= limits.failures and now_s - self.opened_s < limits.open_s

    def failed(self, now_s: float) -> None:
        """Count a failure."""
        self.failures += 1
        self.opened_s = now_s


class Partners:
    """The partners that a process calls, by name; whoever shows them only reads."""

    def __init__(
        self, limits: Limits = LIMITS, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits, self._monotonic = limits, monotonic
        self._called: dict[str, Partner] = {}

    def __getitem__(self, name: str) -> Partner:
        """Return a partner, also one that was never called."""
        if name not in self._called:
            self._called[name] = Partner(asyncio.Semaphore(self._limits.slots))
        return self._called[name]

    def refuses(self, name: str) -> bool:
        """Tell whether a partner's circuit is open: it comes back by itself."""
        called = self._called.get(name)
        return called is not None and called.refuses(self._monotonic(), self._limits)
