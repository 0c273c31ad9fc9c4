"""How the lane's loop spends its time."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How the loop spends its time; see `docs/performance.md`."""

    batch_limit: int = 4_000  # records
    window_s: float = 0.05  # when quiet
    window_limit_s: float = 0.3  # under load: a larger batch costs less per record
    window_full_records: int = 800  # a batch of this size calls for the longest window
    fetch_wait_s: float = 1.0
    commit_every_s: float = 1.0  # a crash redelivers as much, which the lane makes harmless
    sweep_every_s: float = 0.5  # timers
    retry_s: float = 0.1
    retry_limit_s: float = 5.0
    slept_limit_s: float = 900.0  # see `Awake`; far below what the archive calls quiet


PACE = Pace()
# where nobody waits for a tenth of a second: fewer and larger batches
PATIENT = Pace(batch_limit=24_000, window_s=0.2, window_limit_s=2.0, window_full_records=4_000)


class Awake:
    """Tells whether a process was stopped for so long that what it knows may be archived.

    Where old versions are removed their ids are free, and an insert of one is no longer refused.
    """

    def __init__(self, monotonic: Callable[[], float], limit_s: float) -> None:
        self._monotonic, self._limit_s = monotonic, limit_s
        self._at = monotonic()

    def has_slept(self) -> bool:
        """Tell whether the last call is longer ago than the limit."""
        before, self._at = self._at, self._monotonic()
        return self._at - before > self._limit_s
