"""The decisions that this process published last: its lanes go on from them, its edge reads."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Generic, TypeVar

from shared.journal import Decision, Journal

S = TypeVar("S")

LIMIT = 20_000  # applications: five minutes of the national peak; 10 to 15 KiB each


class Known(Generic[S]):
    """The latest decision of applications; only such as were acknowledged, forgotten at any doubt.

    For an edge it may be behind what another process decided since, as any read may.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._latest: OrderedDict[str, Decision[S]] = OrderedDict()

    def get(self, application: str) -> Decision[S] | None:
        """Return the latest decision, None if it is not known here."""
        return self._latest.get(application)

    def put(self, decisions: Iterable[Decision[S]]) -> None:
        """Remember; what was used longest ago gives way."""
        for decision in decisions:
            self._latest[decision.application] = decision
            self._latest.move_to_end(decision.application)
        while len(self._latest) > self._limit:
            self._latest.popitem(last=False)

    def forget(self, applications: Iterable[str]) -> None:
        """Forget these."""
        for application in applications:
            self._latest.pop(application, None)

    def clear(self) -> None:
        """Forget all."""
        self._latest.clear()


class LatestDecisions(Generic[S]):
    """How applications stand, for an edge: what its process knows, else what the journal says."""

    def __init__(self, known: Known[S], journal: Journal[S]) -> None:
        self._known, self._journal = known, journal

    async def latest(self, application: str) -> Decision[S] | None:
        """Return the latest decision, None for an unknown application.  Raises `Unknown`."""
        return self._known.get(application) or await self._journal.latest(application)
