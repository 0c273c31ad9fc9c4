"""Loops beside the edge: each takes turns for ever, and outlives whatever a turn raises.

What is unknown now is done in another turn.  Anything else is a fault, and so is what stays unknown
for long: the loop goes on, less and less often, and the fault stands where all can see it, in the
health of the process and as a row of `loops`, which alarms look at, until a turn goes through:

    <loop>/<process>/<n>    the n-th time in a row that it failed there
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
import structlog

from shared.clock import Clock
from shared.errors import Unknown
from shared.lanes.health import Health
from shared.service import Loop
from shared.store import Row, Table, prefix

RETRY_LIMIT_S = 60.0
UNKNOWN_LIMIT_S = 300.0  # longer is no outage of a moment
FAILURES_LIMIT = 10  # more of them make no difference to how long is waited
STANDS = timedelta(minutes=5)  # a process that lives says it again by then
ROWS_LIMIT = 1_000  # read at once
TURNS_KEPT = 10  # before the last: a process may be late
BECAUSE_LIMIT = 300

_log = structlog.get_logger("turns")


async def takes(table: Table, turn: int) -> bool:
    """Tell whether a turn is this process's, by a row `turn/<n>`: who inserts it has it, and the
    others do nothing.  Raises `Unknown`.
    """
    if await table.insert_missing([{"_id": f"turn/{turn:012d}"}]):
        return False
    old = await table.ranges([("turn/", f"turn/{turn - TURNS_KEPT:012d}")], ROWS_LIMIT)
    await table.delete([str(row["_id"]) for row in old])
    return True


class SomeFailed(Exception):
    """Some items of a turn failed, by their names; the others went through."""

    def __init__(self, errors: Mapping[str, Exception]) -> None:
        (item, first), *others = errors.items()
        more = f", and {len(others)} more" if others else ""
        super().__init__(f"{item}: {because(first)}{more}")
        self.errors = errors


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """How often in a row a loop failed in a process, the last time when, and why."""

    loop: str
    process: str
    times: int
    at: datetime
    because: str


class Faults:
    """What loops fail at, of all processes.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table, self._clock = table, clock

    async def note(self, loop: str, process: str, times: int, error: Exception) -> None:
        """Say that a loop failed once more."""
        fault = Fault(
            loop=loop, process=process, times=times, at=self._clock(), because=because(error)
        )
        id_ = f"{loop}/{process}/{times:09d}"
        if not await self._table.insert_missing([_row(id_, fault)]):
            await self._clear([(f"{loop}/{process}/", id_)])

    async def clear(self, loop: str, process: str) -> None:
        """Say that it went through."""
        await self._clear([prefix(f"{loop}/{process}/")])

    async def standing(self) -> list[Fault]:
        """Return the last of each, and forget those of processes that are gone."""
        rows, now = await self._table.ranges([("", "~")], ROWS_LIMIT), self._clock()
        faults = {str(row["_id"]): _read(row) for row in rows}
        gone = [id_ for id_, fault in faults.items() if now - fault.at > STANDS]
        await self._table.delete(gone)
        return list({(f.loop, f.process): f for i, f in faults.items() if i not in gone}.values())

    async def _clear(self, bounds: list[tuple[str, str]]) -> None:
        rows = await self._table.ranges(bounds, ROWS_LIMIT)
        await self._table.delete([str(row["_id"]) for row in rows])


class Taking(Protocol):
    """What takes turns; `every_s`: how often."""

    every_s: float

    async def turn(self) -> object:
        """Take one."""


class Turns:
    """One loop of this process.  A turn answers False where another process had it: that says
    nothing.  Between two, `rests` times as long as one took is waited, but `every_s` at least.
    """

    def __init__(
        self,
        name: str,
        taking: Taking,
        faults: Faults,
        process: str,
        monotonic: Callable[[], float],
        rests: int = 0,
    ) -> None:
        self.name, self.health = name, Health(monotonic)
        self.health.idle()
        self._taking, self._rests = taking, rests
        self._faults, self._process, self._monotonic = faults, process, monotonic
        self._failures = 0
        self._unknown_since_s: float | None = None

    async def run(self) -> None:
        """Take turns for ever."""
        while True:
            wait_s = await self.once()
            await asyncio.sleep(wait_s)

    async def once(self) -> float:
        """Take a turn; return how long to wait for the next, in seconds."""
        began_s, backs_off = self._monotonic(), True
        try:
            if await self._taking.turn() is not False:
                await self._went_through()
        except Unknown as doubt:
            await self._doubted(doubt, began_s)
        except SomeFailed as some:  # the other items are not to wait for these
            backs_off = False
            await self._failed(some)
        except Exception as error:  # the process has more to do than this
            await self._failed(error)
        wait_s = max(self._taking.every_s, self._rests * (self._monotonic() - began_s))
        if not backs_off:
            return wait_s
        backed_off_s: float = wait_s * 2 ** min(self._failures, FAILURES_LIMIT)
        return max(wait_s, min(backed_off_s, RETRY_LIMIT_S))

    async def _went_through(self) -> None:
        if self._failures:
            await self._faults.clear(self.name, self._process)
        self._failures, self._unknown_since_s = 0, None
        self.health.idle()

    async def _doubted(self, doubt: Unknown, now_s: float) -> None:
        if self._unknown_since_s is None:
            self._unknown_since_s = now_s
        if now_s - self._unknown_since_s >= UNKNOWN_LIMIT_S:
            await self._failed(doubt)
        elif not self._failures:
            self.health.waiting(doubt)

    async def _failed(self, error: Exception) -> None:
        self._failures += 1
        self.health.failing(because(error))
        _log.error("a loop fails", loop=self.name, times=self._failures, exc_info=error)
        with suppress(Unknown):  # it is said again the next time
            await self._faults.note(self.name, self._process, self._failures, error)


class Watched:
    """Makes the loops of a process."""

    def __init__(
        self, table: Table, clock: Clock, monotonic: Callable[[], float], process: str
    ) -> None:
        self.faults = Faults(table, clock)
        self._monotonic, self._process = monotonic, process

    def loop(self, name: str, taking: Taking, rests: int = 0) -> Loop:
        """Return a loop by name, with its health, and how to run it."""
        turns = Turns(name, taking, self.faults, self._process, self._monotonic, rests)
        return name, turns.health, turns.run


def because(error: Exception) -> str:
    """Return what is said of an error."""
    return f"{type(error).__name__}: {error}"[:BECAUSE_LIMIT]


def _row(id_: str, fault: Fault) -> Row:
    return {"_id": id_, "said": msgspec.json.encode(fault).decode()}


def _read(row: Row) -> Fault:
    fault: Fault = msgspec.json.decode(row["said"], type=Fault)
    return fault
