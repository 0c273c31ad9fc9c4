"""How providers fare: who is out of reach, and whose receipts are slow.  The facts of decisions."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from services.notify.domain import Dossier
from services.notify.domain.providers import Unhealthy
from services.notify.domain.slots import slot_of
from services.notify.providers import Row
from shared.events.kernel import TimerFired
from shared.events.notify import ReceiptArrived
from shared.lanes.table import Arrival

WINDOW_S = 300.0
KEPT = 1_000  # receipts of a provider, at most
ENOUGH = 20  # fewer say nothing
SLOW_SHARE = 0.5
_RECEIPT = "notice.receipt/"
UNTOLD = frozenset({"requested", "in_doubt", "asking", "sent"})  # a receipt is the first


class Pulse:
    """Measures receipts as they are decided on; looked at only where another provider stands by.

    A batch that is decided again counts again: a share changes little by that.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        refuses: Callable[[str], bool],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rows: dict[str, list[Row]] = {}
        for row in rows:
            self._rows.setdefault(row.channel, []).append(row)
        self._watched = [r for some in self._rows.values() if len(some) > 1 for r in some]
        self._refuses, self._monotonic = refuses, monotonic
        self._seen: dict[str, deque[tuple[float, bool]]] = {
            row.name: deque(maxlen=KEPT) for row in self._watched if row.receipt_slow_s
        }

    async def prepare(
        self, arrivals: Sequence[Arrival], states: Mapping[str, Dossier | None]
    ) -> Unhealthy:
        """Return who is not to be chosen now.  See `LaneTable`."""
        if not self._watched:
            return frozenset()
        if self._seen:
            for arrival in arrivals:
                self._look(arrival, states.get(arrival.application))
        return frozenset(
            row.name for row in self._watched if self._refuses(row.name) or self._is_slow(row.name)
        )

    def slow_share(self, name: str) -> float:
        """Return which share of a provider's receipts was slow lately; 0 where few came."""
        seen, since = self._seen.get(name, deque()), self._monotonic() - WINDOW_S
        while seen and seen[0][0] < since:
            seen.popleft()
        return sum(slow for _, slow in seen) / len(seen) if len(seen) >= ENOUGH else 0.0

    def _is_slow(self, name: str) -> bool:
        return self.slow_share(name) > SLOW_SHARE

    def _look(self, arrival: Arrival, dossier: Dossier | None) -> None:
        """Count a receipt, or one that did not come in its time."""
        data = arrival.data
        if isinstance(data, ReceiptArrived):
            text = data.key.removeprefix(f"{arrival.application}/")
        elif isinstance(data, TimerFired) and data.name.startswith(_RECEIPT):
            text = data.name.removeprefix(_RECEIPT)
        else:
            return
        slot, _, attempt = text.rpartition("/")
        notice = dossier.notices.get(slot) if dossier else None
        is_missing = isinstance(data, TimerFired)
        expected = frozenset({"sent"}) if is_missing else UNTOLD
        if notice is None or attempt != str(notice.attempt) or notice.status not in expected:
            return
        rows = self._rows.get(slot_of(slot).channel, [])
        row = next((r for r in rows if r.name == notice.provider), rows[0] if rows else None)
        if row and row.name in self._seen:
            took_s = (arrival.event.time - notice.since).total_seconds()
            # before the answer of its call is known it was not slow
            is_slow = is_missing or (took_s > row.receipt_slow_s and notice.status != "requested")
            self._seen[row.name].append((self._monotonic(), is_slow))
