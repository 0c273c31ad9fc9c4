"""A partner's slots and its circuit breaker, so that a slow one delays nobody else's citizens."""

import asyncio
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

    def failed(self, now_s: float) -> None:
        """Count a failure."""
        self.failures += 1
        self.opened_s = now_s
