"""The loop that looks every ten seconds; any number of processes may run it.

What fires and what ends is worked out from rows and what is seen, and written under ids that are
the same whoever writes them: two that look at the same time find the same alarms.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.operations.alarms.rows import Alarms, Look, Past
from services.operations.alarms.sightings import Seen
from services.operations.domain.alarm_life import ITSELF, Act, Alarm, fired
from services.operations.domain.alarms import RULES, Mark, Sight, judged, worst
from services.operations.turns import SomeFailed
from shared.clock import Clock

LOOK_S = 10.0
SHARE = 20  # of the time at most one part is spent on looking: `Turns` rests


class Looking(Protocol):
    """`services.operations.alarms.sightings.Sightings`."""

    async def look(self, now: datetime, before: Sequence[Past]) -> Seen:
        """Return what is seen now."""


class Runner:
    """Looks, and says what fires and what ends."""

    every_s = LOOK_S

    def __init__(self, rows: Alarms, looking: Looking, clock: Clock) -> None:
        self._rows, self._looking, self._clock = rows, looking, clock

    async def turn(self) -> bool:
        """Look once; False: somebody else does in this turn.  Raises `SomeFailed` once all else is
        done, `Unknown`.
        """
        now = self._clock()
        if not await self._rows.takes(int(now.timestamp() / LOOK_S)):
            return False
        seen = await self._looking.look(now, await self._rows.past())
        sights = await self._bring(seen, now)
        await self._rows.remember(seen.past)
        await self._rows.looked(Look(seen.past.at_ms, sights, seen.unseen))
        if seen.errors:
            raise SomeFailed(seen.errors)
        return True

    async def _bring(self, seen: Seen, now: datetime) -> list[Sight]:
        """Bring alarms to what was seen; return as much of it as was looked at."""
        ids = await self._rows.open_ids()  # before the marks, which who fires writes first
        marks = await self._rows.marks()
        alarms = await self._rows.every({*ids, *(mark.id for mark in marks.values() if mark.id)})
        looked_at = worst(seen.sights, marks)
        sights = {sight.key: sight for sight in looked_at}
        after = turned(marks, sights, seen.unseen, now)
        for key, mark in after.items():
            if mark and mark.id and mark.id not in alarms and key in sights:
                await self._rows.fire(fired(mark.id, sights[key], now))
        stays = {mark.id for mark in (marks | after).values() if mark}
        for alarm in alarms.values():
            if alarm.ended_at is None and alarm.id not in stays:
                await self._end(alarm, now)
        for id_ in set(ids) - alarms.keys() - stays:  # who was about to fire it has ended
            await self._rows.close(id_)
        # of one that has ended nothing may stay, or nothing would fire again
        over = {a.key for a in alarms.values() if a.ended_at and _is_of(marks.get(a.key), a)}
        await self._rows.put(marks, after | dict.fromkeys(over))
        return looked_at

    async def _end(self, alarm: Alarm, now: datetime) -> None:
        while alarm.ended_at is None:
            if await self._rows.act(alarm.after(Act(what="ended", by=ITSELF, at=now))):
                return
            alarm = await self._rows.get(alarm.id) or alarm  # somebody may own it since


def turned(
    marks: Mapping[str, Mark], sights: Mapping[str, Sight], unseen: Sequence[str], now: datetime
) -> dict[str, Mark | None]:
    """Return where keys stand after a look; what nobody could look at stays where it is."""
    now_ms = int(now.timestamp() * 1_000)
    found: dict[str, Mark | None] = {}
    for key in marks.keys() | sights.keys():
        rule = key.partition("/")[0]
        if rule not in RULES:
            found[key] = None
        elif rule not in unseen:
            sight = sights.get(key)
            found[key] = judged(key, marks.get(key), sight.value if sight else None, now_ms)
    return found


def _is_of(mark: Mark | None, alarm: Alarm) -> bool:
    return mark is not None and mark.id == alarm.id
