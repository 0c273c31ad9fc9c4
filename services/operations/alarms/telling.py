"""The loop that tells targets of alarms; any number of processes may run it.

An attempt is claimed by a row before it is made, so two processes do not both make it; one of which
nobody knows what came of it is made again.  Rows of `alarm_deliveries`:

    <alarm>/<what>/<target>/<n>     the n-th attempt was begun
    <alarm>/<what>/<target>/<n>!    what came of it
"""

import asyncio
from collections.abc import Mapping, Sequence
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
READ_AT_ONCE = 500  # alarms
ATTEMPTS_LIMIT = 32  # in a turn, the most urgent: what fires meanwhile goes before the others

_log = structlog.get_logger("alarms")
Known = Mapping[str, Sequence[Attempt]]  # by target
_Doing = tuple[Alarm, Webhook | Mail, Due]


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
        ids, now = await self._rows.open_ids(), self._clock()
        silences = await self._rows.silences(_ms(now)) if ids else []
        doing: list[_Doing] = []
        for at in range(0, len(ids), READ_AT_ONCE):
            alarms = await self._rows.every(ids[at : at + READ_AT_ONCE])
            told = await self._deliveries.of(list(alarms))
            for alarm in alarms.values():
                is_quiet = is_silenced(alarm, silences, now)
                doing += await self._due(alarm, told[alarm.id], now, is_quiet=is_quiet)
        doing.sort(key=_urgency)
        await asyncio.gather(*(self._attempt(*each) for each in doing[:ATTEMPTS_LIMIT]))

    async def _due(
        self, alarm: Alarm, known: Known, now: datetime, *, is_quiet: bool
    ) -> list[_Doing]:
        """Return whom to tell of an alarm now; be done with it where nobody is to be told again."""
        has_ended = alarm.ended_at is not None
        # who was told that it fired is told that it ended, too
        targets = [t for t in self._targets if t.wants(alarm.severity) or t.name in known]
        dues = [
            due(
                known.get(target.name, ()),
                has_ended=has_ended,
                is_silenced=is_quiet,
                now_ms=_ms(now),
            )
            for target in targets
        ]
        if has_ended and all(each == "settled" for each in dues):
            await self._rows.close(alarm.id)
        return [
            (alarm, target, each)
            for target, each in zip(targets, dues, strict=True)
            if isinstance(each, Due)
        ]

    async def _attempt(self, alarm: Alarm, target: Webhook | Mail, each: Due) -> None:
        with suppress(Unknown):  # what came of it is then unknown: it is made again
            await self._tell(alarm, target, each)

    async def _tell(self, alarm: Alarm, target: Webhook | Mail, each: Due) -> None:
        async with self._slots:
            at = self._clock()
            attempt = Attempt(
                what=each.what,
                number=each.number,
                at_ms=_ms(at),
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


def _urgency(doing: _Doing) -> tuple[bool, int, str]:
    """Return what sorts the critical ones first, of these what was tried least, then by age."""
    alarm, _, each = doing
    return alarm.severity != "critical", each.number, alarm.id


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
