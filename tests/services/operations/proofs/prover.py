"""Proofs over tables in memory, and the loop that makes them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count
from typing import Any

from deploy.local.secrets import generate
from services.operations.proofs.desk import ProofDesk
from services.operations.proofs.rows import Proofs
from services.operations.proofs.runner import Grounds, Runner
from services.operations.proving import Proving
from shared.bus import Partition
from tests.services.operations.memory import MemoryTable, Store

OURS, THEIRS = (side["proof_jwk"] for side in generate())


class Prover:
    """The desk, and as many loops as a test wants; `ends`: what the log is said to have."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], jwk: Mapping[str, Any] = OURS
    ) -> None:
        self.ends: dict[Partition, int] = {}
        self.table = MemoryTable(store.trouble)
        self.rows = Proofs(self.table)
        ids = (f"{n:08}" for n in count(1))
        self.desk = ProofDesk(self.rows, jwk, clock, lambda: next(ids))
        self._store, self._clock, self._jwk = store, clock, jwk

    def loop(self, jwk: Mapping[str, Any] | None = None) -> Runner:
        """Another process, which may have another key."""
        tables = self._store.tables
        names = ("journeys", "names", "aside", "letter_answers")
        proving = Proving(*(tables[name] for name in names), page_rows=3)
        counts = (self._store.counts(), self._store.counts("operations-aside"))
        grounds = Grounds(proving, counts, self._ends, "motcua", self._jwk if jwk is None else jwk)
        ticks = count()  # there is time for a step of two applications in a turn
        return Runner(self.rows, grounds, self._clock, lambda: next(ticks) / 4, 2)

    async def _ends(self) -> Mapping[Partition, int]:
        return self.ends
