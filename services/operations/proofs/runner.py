"""The loop that proves what somebody wants proven; any number of processes may run it.

It works half of each second at most, so that whatever else the process does goes on.  Before the
first step it waits for operations to have read what stood on the log when work began.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec
import structlog

from services.operations.counts import Counts, Ends, read_by
from services.operations.domain.proof.period import Period
from services.operations.domain.proof.tally import Proof
from services.operations.proofs.report import report_of, signed
from services.operations.proofs.rows import Ended, LogEnd, Part, Proofs, Wanted
from services.operations.proving import Proving
from services.operations.turns import because
from shared.bus import unread
from shared.clock import Clock
from shared.errors import Unknown

TURN_S = 1.0
WORK_S = 0.5  # of a turn
AT_ONCE = 100  # applications
READING_LIMIT = timedelta(seconds=30)  # for operations to read what is on the log

_log = structlog.get_logger("proofs")


class Grounds(NamedTuple):
    """What a proof stands on: the read side, how far it has read, and where the log ends.

    `system` is the name of the database, `jwk` the key that signs.
    """

    proving: Proving
    counts: tuple[Counts, ...]
    ends: Ends
    system: str
    jwk: Mapping[str, Any]


class Runner:
    """Proves one period after another."""

    every_s = TURN_S

    def __init__(
        self,
        rows: Proofs,
        grounds: Grounds,
        clock: Clock,
        monotonic: Callable[[], float],
        at_once: int = AT_ONCE,
    ) -> None:
        self._rows, self._grounds, self._clock = rows, grounds, clock
        self._monotonic, self._at_once = monotonic, at_once

    async def turn(self) -> bool:
        """Do a second's work; False: another process does.  Raises `Unknown`."""
        ids = await self._rows.open_ids()
        if not ids:
            return True
        if not await self._rows.takes(int(self._clock().timestamp() / TURN_S)):
            return False
        try:
            await self._work(ids[0])
        except Unknown:
            raise
        except Exception as error:  # those that wait have nothing to do with it
            _log.exception("not proven", id=ids[0])
            failed = Ended(what="failed", at=self._clock(), because=because(error))
            await self._rows.end(ids[0], failed)
        return True

    async def _work(self, id_: str) -> None:
        wanted, until_s = await self._rows.wanted([id_]), self._monotonic() + WORK_S
        for one in wanted.values():
            while self._monotonic() < until_s and await self._step(one):
                pass

    async def _step(self, wanted: Wanted) -> bool:
        """Do a step of a proof; False: nothing more can be done of it now."""
        log = await self._rows.log_end(wanted.id)
        if log is None:
            now = self._clock()
            ended = LogEnd.of(await self._grounds.ends(), now)
            log = await self._rows.log_end(wanted.id, ended)
            assert log
        last = await self._rows.part(wanted.id)
        if last is None:
            left = await self._unread(log)
            if left and self._clock() - log.as_of < READING_LIMIT:
                return False
            first = Part(n=0, unread=left, after="", proof=Proof())
            await self._rows.add_part(wanted.id, first)
            return True
        if last.n and not last.after:
            await self._end(wanted, log, last)
            return False
        period = Period(wanted.since, wanted.until)
        found, after = await self._grounds.proving.some(
            period, log.as_of, last.after, self._at_once
        )
        found.add(last.proof)
        part = Part(n=last.n + 1, unread=last.unread, after=after, proof=found)
        await self._rows.add_part(wanted.id, part)
        return True

    async def _unread(self, log: LogEnd) -> int:
        """Return how many of the messages that stood on the log are not read."""
        return unread(log.places, await read_by(self._grounds.counts))

    async def _end(self, wanted: Wanted, log: LogEnd, last: Part) -> None:
        now, proof = self._clock(), last.proof
        period, system = Period(wanted.since, wanted.until), self._grounds.system
        report = report_of(proof, period, log.as_of, now, system, last.unread)
        made = await asyncio.to_thread(signed, report, self._grounds.jwk)
        text = msgspec.json.encode(made)
        ended = Ended(
            what="done",
            at=now,
            holds=report.holds,
            applications=proof.applications,
            excepted=sum(proof.excepted.values()),
        )
        if await self._rows.end(wanted.id, ended, text):
            _log.info("proven", id=wanted.id, by=wanted.by, holds=report.holds)
