"""What flows now: the live table, how far who reads the log is behind, and how old what waits is,
each with when it was seen.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal, NamedTuple, Protocol

import msgspec

from services.operations.board import Ages
from services.operations.domain.flows import Rate
from services.operations.tables import APP_ID, Flowing, Minute, Passed
from services.operations.trends import Trends
from shared.bus import Reached
from shared.clock import Clock
from shared.errors import Unknown

Standing = Literal["live", "quiet", "still", "unseen"]

LIVE_S = 15.0  # what was counted less long ago is live
KEPT_S = 5.0  # a look at Kafka's groups is told for so long
SHARE = 20  # of the time at most one part is spent on it


class ReaderLag(msgspec.Struct, frozen=True):
    """How many messages a group that reads the log has not done with."""

    reader: str
    behind: int


class FlowView(Flowing, frozen=True, kw_only=True):
    """What flows, with how fresh each number is.

    `standing`: of the live table.  `live`: it has counted what was logged some seconds ago;
    `quiet`: nothing was logged since; `still`: something was, and it stands still; `unseen`:
    nobody can say which.  In the last two, rates are null.
    """

    as_of_ms: int
    standing: Standing
    lags_as_of_ms: int | None
    lags: list[ReaderLag]
    ages_as_of_ms: int | None
    ages: list[Ages]


class Looking(Protocol):
    """`shared.kafka.KafkaLags`."""

    async def look(self) -> Mapping[str, tuple[Reached, Reached]]:
        """Return by group, and by lane of each topic, what is done, and what there is.

        Raises `Unknown`.
        """


class Tables(Protocol):
    """`services.operations.tables.LiveTables`."""

    def flowing(self) -> Flowing:
        """Return what the table holds."""

    def is_ready(self) -> bool:
        """Tell whether it holds all that was counted."""


class Lags(NamedTuple):
    """A look at Kafka's groups; no instant: there was none."""

    as_of_ms: int | None = None
    lags: tuple[ReaderLag, ...] = ()


class FlowDesk:
    """Answers what flows; `reader`: the group that counts what is logged."""

    def __init__(
        self,
        tables: Tables,
        groups: Looking,
        trends: Trends,
        reader: str,
        clock: Clock,
        monotonic: Callable[[], float],
    ) -> None:
        self._tables, self._groups, self._trends = tables, groups, trends
        self._counting = frozenset({reader, APP_ID})
        self._clock, self._monotonic = clock, monotonic
        self._kept, self._kept_until_s = Lags(), float("-inf")
        self._looking = asyncio.Lock()

    async def look(self) -> FlowView:
        """Return what flows.  What nobody answers is left out."""
        seen, count = await self._lags(), None
        with suppress(Unknown):
            count = await self._trends.last()
        flowing, now = self._tables.flowing(), self._clock()
        standing = self._standing(flowing, seen)
        view = FlowView(
            **{name: getattr(flowing, name) for name in Flowing.__struct_fields__},
            as_of_ms=int(now.timestamp() * 1_000),
            standing=standing,
            lags_as_of_ms=seen.as_of_ms,
            lags=list(seen.lags),
            ages_as_of_ms=count.at_ms if count else None,
            ages=count.ages if count else [],
        )
        if standing in ("live", "quiet"):
            return view
        unknown = [Rate(rate.stage, None, None) for rate in flowing.rates]
        return msgspec.structs.replace(view, rates=unknown)

    def _standing(self, flowing: Flowing, seen: Lags) -> Standing:
        if not self._tables.is_ready():
            return "still"
        if flowing.behind_s is not None and flowing.behind_s <= LIVE_S:
            return "live"
        if seen.as_of_ms is None:
            return "unseen"
        left = any(lag.behind for lag in seen.lags if lag.reader in self._counting)
        return "still" if left else "quiet"

    async def _lags(self) -> Lags:
        """Return how far groups are, as of a moment ago; nothing if nobody can say."""
        async with self._looking:
            began_s = self._monotonic()
            if began_s >= self._kept_until_s:
                self._kept = Lags()
                with suppress(Unknown):
                    self._kept = _told(await self._groups.look(), self._clock())
                ended_s = self._monotonic()
                self._kept_until_s = ended_s + max(KEPT_S, SHARE * (ended_s - began_s))
        return self._kept


def _told(found: Mapping[str, tuple[Reached, Reached]], now: datetime) -> Lags:
    return Lags(
        int(now.timestamp() * 1_000),
        tuple(
            ReaderLag(group, sum(ends.values()) - sum(done.values()))
            for group, (done, ends) in sorted(found.items())
        ),
    )


# ---- an example, made up

_MINUTE = datetime(2026, 11, 21, 1, 59, tzinfo=UTC)
FLOW = FlowView(
    as_of_ms=1_795_226_400_000,
    standing="live",
    newest_second=datetime(2026, 11, 21, 1, 59, 57, tzinfo=UTC),
    behind_s=3.0,
    unreadable=0,
    rates=[Rate("payment", 41.5, 18.2)],
    minutes=[Minute("payment", _MINUTE, 3_582, {"payment.settled": 1_092})],
    passed=[Passed("payment", _MINUTE, 2_490, 1_092)],
    lags_as_of_ms=1_795_226_398_000,
    lags=[ReaderLag("operations", 17)],
    ages_as_of_ms=1_795_226_370_000,
    ages=[Ages(stage="payment", matters=312, oldest_s=90_061, median_s=1_448, p95_s=52_012)],
)
