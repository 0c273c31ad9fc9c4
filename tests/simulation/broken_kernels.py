"""Five kernels, each without one rule of the real one.  The simulation has to catch every one."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.bus import Assignment
from shared.effects import Effects
from shared.errors import Refused
from shared.journal import Decision
from shared.lanes.loop import Lanes
from shared.lanes.reading import Reading
from shared.lanes.step import Step


class CommitsBeforeItInserts(Lanes[Any, Any]):
    async def serve(self, assignment: Assignment) -> None:
        self.assignment = assignment
        await super().serve(assignment)

    async def _decide_all(self, mine: Sequence[Reading], applications: Sequence[str]) -> None:
        self._note_done([r.record for r in mine])
        await self._commit(self.assignment)
        await super()._decide_all(mine, applications)


class _Forgetful(Step[Any, Any]):
    def _is_known(self, latest: Decision[Any] | None, reading: Reading) -> bool:
        return False


class DoesNotLookWhatWasSeen(Lanes[Any, Any]):
    def __init__(self, table: Any, **wiring: Any) -> None:
        super().__init__(table, **wiring)
        self._step = _Forgetful(table, self._reader.again, wiring["sampled"])


class InsertsInNoOrder(Lanes[Any, Any]):
    async def _insert(self, decided: Sequence[Decision[Any]]) -> None:
        rows = [self._journal.row(d) for d in decided]
        if await self._journal._table.insert_missing(rows):
            raise Refused


class LeavesTheTailUnpublished(Lanes[Any, Any]):
    async def _load(
        self, mine: Sequence[Reading], applications: Sequence[str]
    ) -> tuple[dict[str, Decision[Any] | None], list[Decision[Any]]]:
        states, _ = await super()._load(mine, applications)
        return states, []


class CallsWithoutAClaim(Effects):
    async def _claim(self, keys: Sequence[str]) -> set[str]:
        return set()


BROKEN_LANES: Mapping[str, type[Lanes[Any, Any]]] = {
    "commit before insert": CommitsBeforeItInserts,
    "no seen-check": DoesNotLookWhatWasSeen,
    "unordered insert": InsertsInNoOrder,
    "unpublished tail not published": LeavesTheTailUnpublished,
}
BROKEN_EFFECTS: Mapping[str, type[Effects]] = {"call without a claim": CallsWithoutAClaim}
CAUGHT_AS: Mapping[str, str] = {  # what the simulation says of it
    "commit before insert": r"lost",
    "no seen-check": r"handled twice",
    "unordered insert": r"version \d+ (counts|emits)",
    "unpublished tail not published": r"(published before|unpublished)",
    "call without a claim": r"called twice",
}
