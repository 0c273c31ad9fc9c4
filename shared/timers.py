"""Timers: a row due at an instant; when it is due it becomes `timer.fired` in the service's inbox.

The row's id is `<lane>/<due>/<application>/<name>/<version>`, so that what is due in a lane is a
range.  A timer may fire twice: its message has the same id both times.  The state names its live
timers: a stale firing changes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from shared import events
from shared.bus import Message, Partition, Producer
from shared.events import Event
from shared.events.kernel import TimerFired
from shared.journal import Decision
from shared.placement import home
from shared.store import Row, Table

SWEEP_LIMIT = 500  # rows at a time


class Timers:
    """The timers of one service, on a table."""

    def __init__(self, table: Table, service: str, lane_count: int) -> None:
        self._table, self._service, self._lane_count = table, service, lane_count

    async def set(self, decisions: Iterable[Decision[Any]]) -> None:
        """Set what these decisions ask for; again is harmless.  Raises `Unknown`."""
        rows = [
            self._row(decision, name, due)
            for decision in decisions
            for name, due in decision.timers
        ]
        if rows:
            await self._table.insert_missing(rows)

    async def sweep(self, lanes: Iterable[int], now: datetime, producer: Producer) -> int:
        """Append what is due in these lanes to the inbox, then delete it; return how many.

        Raises `Unknown`: what was not deleted fires again.
        """
        until = now.isoformat(timespec="milliseconds")
        bounds = [(f"{lane:04d}/", f"{lane:04d}/{until}~") for lane in sorted(lanes)]
        rows = await self._table.ranges(bounds, SWEEP_LIMIT) if bounds else []
        if rows:
            await producer.append(self._firings(rows, now))
            await self._table.delete([row["_id"] for row in rows])
        return len(rows)

    def _row(self, decision: Decision[Any], name: str, due: datetime) -> Row:
        lane = home(decision.application, self._lane_count)
        moment = due.isoformat(timespec="milliseconds")
        return {
            "_id": f"{lane:04d}/{moment}/{decision.application}/{name}/{decision.version:06d}",
            "application": decision.application,
            "name": name,
            "version": decision.version,
            "traceparent": decision.traceparent,
        }

    def _firings(self, rows: Sequence[Row], now: datetime) -> dict[Partition, list[Message]]:
        batches: dict[Partition, list[Message]] = {}
        for row in rows:
            application = row["application"]
            fired = TimerFired(name=row["name"], version=row["version"])
            event = Event(
                id=f"{application}/{row['name']}/{row['version']:06d}",
                source=f"/services/{self._service}/timers",
                type=TimerFired.TYPE,
                subject=application,
                time=now,
                data=msgspec.Raw(events.encode(fired)),
                traceparent=row["traceparent"],
            )
            place = f"{self._service}.inbox", home(application, self._lane_count)
            batches.setdefault(place, []).append(
                Message(application.encode(), events.encode(event))
            )
        return batches
