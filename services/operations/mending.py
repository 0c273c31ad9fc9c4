"""Looks again at what applications wait for, some each second, round and round.

A process that others took for dead may write late what they have turned since.  What stands has to
follow from the messages that are kept: where it does not, twice in a row, it is put right.
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby

import structlog

from services.operations.domain.causes import APART, HELD
from services.operations.domain.entries import Entry
from services.operations.domain.packing import unpacked
from services.operations.domain.patience import Patience
from services.operations.domain.situations import PLAIN, all_rows_of
from services.operations.journeys import Journeys
from services.operations.turns import SomeFailed
from shared.clock import Clock
from shared.errors import Unknown
from shared.store import Row, Table, prefix

TURN_S = 1.0
ROWS = 100  # of journeys, looked at in a turn
AGAIN_S = 10.0  # a reader keeps a message first, and turns what it changes then, or a window later
LEFT = 10  # places before the last that somebody may not have taken away
TRIES = 5
WRONG_LIMIT = 1_000

_log = structlog.get_logger("mending")


class Mending:
    """Any number of processes may have one: who notes the next place does what is up to it."""

    every_s = TURN_S

    def __init__(
        self,
        journeys: Journeys,
        kept: Table,
        situations: Table,
        places: Table,
        clock: Clock,
        again_s: float = AGAIN_S,
        patience: Patience = PLAIN,
    ) -> None:
        self._patience = patience
        self._journeys, self._kept, self._situations = journeys, kept, situations
        self._places, self._clock, self._again_s = places, clock, again_s
        self._wrong: dict[str, Exception] = {}  # until they are looked at again

    async def turn(self) -> int:
        """Look at the next applications; return how many were put right, False where another
        process looks.  Raises `SomeFailed` as long as there are some whose messages say nothing,
        `Unknown`.
        """
        mended = await self._look()
        if self._wrong:
            raise SomeFailed(self._wrong)
        return mended

    async def _look(self) -> int:
        turn = int(self._clock().timestamp() / TURN_S)
        before = await self._places.last(("", "~"), 1)
        if before and int(before[0]["_id"]) >= turn:
            return False
        found, after = await self._from(before[0]["after"] if before else "")
        note: Row = {"_id": f"{turn:012d}", "after": after}
        if await self._places.insert_missing([note]):
            return False
        if before:
            await self._places.delete([f"{int(before[0]['_id']) - n:012d}" for n in range(LEFT)])
        unlike = await self._unlike(found)
        if not unlike:
            return 0
        await asyncio.sleep(self._again_s)
        return await self.put_right(unlike)

    async def put_right(self, applications: Collection[str]) -> int:
        """Make what stands of these follow from their messages; return of how many it did not.

        Raises `Unknown`.
        """
        mended = set[str]()
        for _ in range(TRIES):
            standing = await self._journeys.standing(applications)
            wrong = await self._unlike(standing)
            if not wrong:
                return len(mended)
            for application, (gone, come) in wrong.items():
                _log.warning("put right", application=application, gone=gone, come=sorted(come))
                await self._situations.delete([*gone, *come])
                await self._situations.insert_missing(list(come.values()))
            mended |= wrong.keys()
            applications = wrong.keys()
        raise Unknown("what applications wait for changes while it is put right")

    async def _from(self, after: str) -> tuple[dict[str, list[Entry]], str]:
        """Return the next applications with their messages, and behind which one to go on."""
        rows = await self._kept.ranges([(after, "~")], ROWS)
        groups = [(a, list(some)) for a, some in groupby(rows, _application)]
        is_cut = len(rows) == ROWS
        whole = groups[:-1] if is_cut and len(groups) > 1 else groups
        found: dict[str, list[Entry]] = {}
        for application, some in whole:
            self._wrong.pop(application, None)
            with self._noting(application):
                found[application] = _entries(application, some)
        return found, f"{whole[-1][0]}0" if is_cut else ""

    @contextmanager
    def _noting(self, application: str) -> Iterator[None]:
        """Note what is wrong with one application: the others have nothing to do with it."""
        try:
            yield
        except Exception as error:
            if len(self._wrong) < WRONG_LIMIT:
                self._wrong[application] = error

    async def _unlike(
        self, found: Mapping[str, Sequence[Entry]]
    ) -> dict[str, tuple[list[str], dict[str, Row]]]:
        """Return of which applications other rows stand than follow from these messages: the ids
        of those too many, and the rows that are missing or other.
        """
        have: dict[str, dict[str, Row]] = {application: {} for application in found}
        bounds = [prefix(f"{application}/") for application in found]
        for row in await self._situations.ranges(bounds) if bounds else ():
            if row["cause"] in APART - {HELD}:
                continue
            have[row["application"]][row["_id"]] = row
        unlike = {}
        for application, entries in found.items():
            due, has = None, have[application]
            with self._noting(application):
                due = all_rows_of(application, entries, self._patience)
            if due is None:
                continue
            come = {i: row for i, row in due.items() if has.get(i) != row}
            gone = [i for i in has if i not in due]
            if come or gone:
                unlike[application] = gone, come
        return unlike


def _application(row: Row) -> str:
    return str(row["_id"]).partition("/")[0]


def _entries(application: str, rows: Iterable[Row]) -> list[Entry]:
    entries = {e.place: e for row in rows for e in unpacked(application, row["entries"])}
    return list(entries.values())
