"""How many messages go out in a second, and who goes first when there are too many.

In no second are there more than a provider's `rate_per_s`, nor of a sender more than what all rows
of a channel that write in its name may have together.  Each process counts for itself.  Of a second
the bulk may fill one half, what is not urgent nine tenths: whatever waits, the next urgent message
finds room.  What finds none is put off, not failed: it comes again when it will be its turn.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from services.notify.channels.smpp.account import options
from services.notify.providers import Row
from shared.errors import Misconfigured

Rank = Literal["urgent", "usual", "bulk"]

# The first goes first; how much of a second's messages may have gone out before one of these.
SHARES: Mapping[Rank, float] = {"urgent": 1.0, "usual": 0.9, "bulk": 0.5}
UNTOLD_PER_S = 100.0  # of which the bulk has its share where a row says nothing
LATEST_S = 3_600.0  # so long is nothing put off at once: by then much may have changed


class Window:
    """Counts what went out in the last second; of a slow rate, in the time that two take."""

    def __init__(self, rate_per_s: float) -> None:
        self.rate_per_s = rate_per_s
        self.within_s = max(1.0, 2 / rate_per_s)
        self._room = int(rate_per_s * self.within_s + 1e-9)
        self._taken: deque[tuple[float, int]] = deque()
        self._used = 0

    def left(self, rank: Rank, now_s: float) -> int:
        """Return how many of a rank may go out now."""
        while self._taken and self._taken[0][0] <= now_s - self.within_s:
            self._used -= self._taken.popleft()[1]
        return max(0, max(1, int(self._room * SHARES[rank])) - self._used)

    def take(self, count: int, now_s: float) -> None:
        """Count what goes out now."""
        self._taken.append((now_s, count))
        self._used += count


class Rates:
    """The rates of the providers of one process.  Raises `Misconfigured`."""

    def __init__(
        self, rows: Iterable[Row] = (), monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._windows: dict[str, list[Window]] = {}
        self._promised_s: dict[tuple[str, Rank], float] = {}
        senders: dict[tuple[str, str], Window] = {}
        for row in rows:
            found = self._windows[row.name] = []
            if rate_per_s := row.rate_per_s or _of_bind(row):
                found.append(Window(rate_per_s))
            if row.sender_rate_per_s:
                sender = row.channel, row.sender
                shared = senders.setdefault(sender, Window(row.sender_rate_per_s))
                if shared.rate_per_s != row.sender_rate_per_s:
                    raise Misconfigured(
                        f"provider {row.name}: another row gives its sender another "
                        "sender_rate_per_s; write the same in both"
                    )
                found.append(shared)
        self._untold: dict[str, list[Window]] = {}

    def put_off(self, provider: str, ranks: Sequence[Rank]) -> dict[int, float]:
        """Count what goes out now; return what does not, by its place, and when it is to come
        again, in seconds.
        """
        later: dict[int, float] = {}
        for rank in SHARES:
            if places := [n for n, each in enumerate(ranks) if each == rank]:
                later |= self._put_off(provider, rank, places)
        return later

    def _put_off(self, provider: str, rank: Rank, places: Sequence[int]) -> dict[int, float]:
        windows = self._windows.get(provider)
        if not windows:
            if rank != "bulk":
                return {}
            windows = self._untold.setdefault(provider, [Window(UNTOLD_PER_S)])
        now_s = self._monotonic()
        count = min(len(places), *(window.left(rank, now_s) for window in windows))
        for window in windows:
            window.take(count, now_s)
        slowest = min(windows, key=lambda window: window.rate_per_s)
        step_s = 1 / (slowest.rate_per_s * SHARES[rank])
        promised_s = max(self._promised_s.get((provider, rank), now_s), now_s + slowest.within_s)
        later = {}
        for place in places[count:]:
            later[place] = min(promised_s - now_s, LATEST_S)
            promised_s = min(promised_s + step_s, now_s + LATEST_S)
        if later:
            self._promised_s[provider, rank] = promised_s
        return later


def _of_bind(row: Row) -> float:
    """Return the rate of an SMPP bind: who waited for more would only come too late."""
    return options(row.url).rate_per_s if row.kind == "sms_smpp" else 0.0
