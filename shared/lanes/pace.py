"""How the lane's loop spends its time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How the loop spends its time; see `docs/performance.md`."""

    batch_limit: int = 2_000  # records
    window_s: float = 0.05  # when quiet
    window_limit_s: float = 0.15  # under load: a larger batch costs less per record
    window_full_records: int = 50  # a batch of this size calls for the longest window
    fetch_wait_s: float = 1.0
    commit_every_s: float = 1.0  # a crash redelivers as much, which the lane makes harmless
    sweep_every_s: float = 0.5  # timers
    retry_s: float = 0.1
    retry_limit_s: float = 5.0
    cache_limit: int = 50_000  # applications


PACE = Pace()
