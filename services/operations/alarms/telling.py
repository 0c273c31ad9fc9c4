"""The loop that tells targets of alarms; any number of processes may run it.

An attempt is claimed by a row before it is made, so two processes do not both make it; one of which
nobody knows what came of it is made again.  Rows of `alarm_deliveries`:

    <alarm>/<what>/<target>/<n>     the n-th attempt was begun
    <alarm>/<what>/<target>/<n>!    what came of it
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

import msgspec
import structlog

from services.operations.alarms.rows import Alarms
from services.operations.delivery import Mail, Webhook
from services.operations.domain.alarm_life import Alarm, is_silenced
from services.operations.domain.alarm_telling import Attempt, Due, What, due
from shared.clock import Clock
from shared.errors import Unknown
from shared.store import Row, Table, prefix

LOOK_EVERY_S = 2.0
SLOTS = 8  # attempts of a process at the same time
ALARMS_LIMIT = 500  # looked at in a turn, the oldest first

_log = structlog.get_logger("alarms")


class Deliveries:
    """What was told to whom.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def of(self, alarms: Sequence[str]) -> dict[str, dict[str, list[Attempt]]]:
        """Return the attempts by alarm and target."""
        found: dict[str, dict[str, list[Attempt]]] = {id_: {} for id_ in alarms}
        rows = await self._table.ranges([prefix(f"{id_}/") for id_ in alarms]) if alarms else []
        latest = {str(row["_id"]).removesuffix("!"): row for row in rows}  # `!` sorts after it
        for id_, row in latest.items():
            alarm, _, target, _ = id_.split("/")
            attempt = msgspec.json.decode(row["said"], type=Attempt)
            found[alarm].setdefault(target, []).append(attempt)
        return found

    async def begin(self, alarm: str, target: str, attempt: Attempt) -> bool:
        """Claim an attempt; False: somebody else has."""
        return not await self._table.insert_missing([_row(alarm, target, attempt, "")])

    async def end(self, alarm: str, target: str, attempt: Attempt) -> None:
        """Say what came of an attempt."""
        await self._table.insert_missing([_row(alarm, target, attempt, "!")])


class Sends(Protocol):
    """`services.operations.alarms.sending.Sending`."""

    async def send(self, target: Webhook | Mail, alarm: Alarm, what: What, at: datetime) -> str:
        """Tell a target once; return what was wrong, nothing if it has it."""


class Teller:
    """Tells whoever is to know, until they do or it was tried often enough."""

    every_s = LOOK_EVERY_S

    def __init__(
        self,
        rows: Alarms,
        deliveries: Deliveries,
        targets: Sequence[Webhook | Mail],
        sends: Sends,
        clock: Clock,
    ) -> None:
        self._rows, self._deliveries, self._targets = rows, deliveries, targets
        self._sends, self._clock = sends, clock
        self._slots = asyncio.Semaphore(SLOTS)

    async def turn(self) -> None:
        """Tell what is due, and be done with what is over and told.  Raises `Unknown`."""
        ids = (await self._rows.open_ids())[:ALARMS_LIMIT]
        alarms = await self._rows.every(ids)
        if not alarms:
            return
        now = self._clock()
        now_ms = int(now.timestamp() * 1_000)
        silences = await self._rows.silences(now_ms)
        told = await self._deliveries.of(list(alarms))
        doing: list[tuple[Alarm, Webhook | Mail, Due]] = []
        for alarm in alarms.values():
            has_ended, is_quiet = alarm.ended_at is not None, is_silenced(alarm, silences, now)
            known = told[alarm.id]  # who was told that it fired is told that it ended, too
            targets = [t for t in self._targets if t.wants(alarm.severity) or t.name in known]
            dues = [
                due(
                    known.get(target.name, ()),
                    has_ended=has_ended,
                    is_silenced=is_quiet,
                    now_ms=now_ms,
                )
                for target in targets
            ]
            if has_ended and all(each == "settled" for each in dues):
                await self._rows.close(alarm.id)
            doing += [
                (alarm, target, each)
                for target, each in zip(targets, dues, strict=True)
                if isinstance(each, Due)
            ]
        await asyncio.gather(*(self._attempt(*each) for each in doing))

    async def _attempt(self, alarm: Alarm, target: Webhook | Mail, each: Due) -> None:
        with suppress(Unknown):  # what came of it is then unknown: it is made again
            await self._tell(alarm, target, each)

    async def _tell(self, alarm: Alarm, target: Webhook | Mail, each: Due) -> None:
        async with self._slots:
            at = self._clock()
            attempt = Attempt(
                what=each.what,
                number=each.number,
                at_ms=int(at.timestamp() * 1_000),
                finding="begun",
            )
            if not await self._deliveries.begin(alarm.id, target.name, attempt):
                return
            problem = await self._sends.send(target, alarm, each.what, at)
            finding = "failed" if problem else "done"
            if problem:
                _log.warning("an alarm was not told", id=alarm.id, to=target.name, because=problem)
            ended = msgspec.structs.replace(attempt, finding=finding, problem=problem)
            await self._deliveries.end(alarm.id, target.name, ended)


def _row(alarm: str, target: str, attempt: Attempt, mark: str) -> Row:
    id_ = f"{alarm}/{attempt.what}/{target}/{attempt.number:02}{mark}"
    return {"_id": id_, "said": msgspec.json.encode(attempt).decode()}
