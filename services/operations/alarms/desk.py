"""What operators do about alarms: each act is a row more, with who and why."""

from datetime import datetime

from services.operations.alarms.rows import Alarms
from services.operations.alarms.telling import Deliveries
from services.operations.domain.alarm_life import (
    ACTS_LIMIT,
    SILENCE_LIMIT,
    Act,
    Alarm,
    Doing,
    Of,
    Silence,
    silence_of,
)
from services.operations.turns import Faults
from shared.clock import Clock


class NotPossible(Exception):
    """It cannot be done; `code` and the sentence say why."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class Desk:
    """Looks at and acts on alarms.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, rows: Alarms, deliveries: Deliveries, clock: Clock, faults: Faults) -> None:
        self.rows, self.deliveries, self._clock = rows, deliveries, clock
        self.faults = faults

    async def own(self, alarm: Alarm, by: str, reason: str) -> Alarm:
        """Take an alarm over; who has it already has it still.  Raises `NotPossible`."""
        if alarm.owner == by:
            return alarm
        return await self._act(alarm, "own", by, reason)

    async def silence(self, alarm: Alarm, of: Of, by: str, until: datetime, reason: str) -> Alarm:
        """Keep what is like an alarm from being delivered until then.  Raises `NotPossible`."""
        now = self._clock()
        if not now < until <= now + SILENCE_LIMIT:
            days = SILENCE_LIMIT.days
            raise NotPossible("no-such-time", f"Name a time that comes, within {days} days.")
        try:
            silence = silence_of(alarm, of, by, now, until, reason)
        except ValueError as error:
            raise NotPossible("nothing-to-silence", f"{error}: silence the alarm.") from None
        if any(silence.says_again(one) for one in await self.silences()):
            return alarm
        await self.rows.silence(silence)
        return await self._act(alarm, "silence", by, reason)

    async def unsilence(self, alarm: Alarm, by: str, reason: str) -> Alarm:
        """End every silence that holds for an alarm, whomever else it holds for."""
        now = self._clock()
        holding = [s for s in await self.silences() if s.covers(alarm, now)]
        for silence in holding:
            act = Act(what="unsilence", by=by, at=now, reason=reason)
            await self.rows.lift(silence, act)
        return await self._act(alarm, "unsilence", by, reason) if holding else alarm

    async def silences(self) -> list[Silence]:
        """Return those that hold now."""
        return await self.rows.silences(int(self._clock().timestamp() * 1_000))

    async def _act(self, alarm: Alarm, what: Doing, by: str, reason: str) -> Alarm:
        while True:
            if len(alarm.acts) >= ACTS_LIMIT:
                raise NotPossible(
                    "acted-on-too-often", "Too much was done about this alarm already."
                )
            after = alarm.after(Act(what=what, by=by, at=self._clock(), reason=reason))
            if await self.rows.act(after):
                return after
            alarm = await self.rows.get(alarm.id) or alarm  # the loop may have been first
