"""How partners fare: what the live table has of them, and the orders that stand with them now."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from services.operations.domain.partner_flow import Live, Standing, Window, window
from services.operations.money.readings import Readings, folded
from shared.clock import Clock
from shared.store import Row

Orders = Literal["open", "asked", "silent", "let_alone"]

KEPT_S = 30.0
SHARE = 20  # of the time at most one part is spent on counting orders
CAUSES: Mapping[str, Orders] = {  # on the stuck board, all at the stage of payment
    "awaiting_payment": "open",
    "partner_asked": "asked",
    "partner_silent": "silent",
    "partner_down": "let_alone",
}


class Standings(msgspec.Struct, frozen=True, kw_only=True):
    """Orders that stand with a partner: `open` wait for the citizen, `asked` for an answer that is
    under way, `silent` were asked and not answered, `let_alone` could not be asked.
    """

    open: int = 0
    asked: int = 0
    silent: int = 0
    let_alone: int = 0
    vnd: int = 0  # of those that are open
    silent_since_ms: int | None = None


class PartnerView(msgspec.Struct, frozen=True, kw_only=True):
    """A partner: how it answers, when it last said anything, what the last hour and day brought,
    and the orders that stand with it.
    """

    partner: str
    standing: Standing
    sign_at: datetime | None
    orders: Standings
    hour: Window
    day: Window


class PartnersView(msgspec.Struct, frozen=True, kw_only=True):
    """All partners, of all processes.  The numbers of hour and day are live and approximate:
    `newest_second` is the last that was counted, `behind_s` how long ago that was; orders were
    counted at `orders_as_of_ms`.
    """

    as_of_ms: int
    newest_second: datetime | None
    behind_s: float | None
    orders_as_of_ms: int
    partners: list[PartnerView]


class Rows(Protocol):
    """`shared.mongo.MongoTable`."""

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Return what the database makes of the rows.  Raises `Unknown`."""


class Counted(NamedTuple):
    """Orders by partner, as of then."""

    as_of_ms: int
    orders: Mapping[str, Standings]


class Health:
    """Answers from the live tables of all processes, and from the rows of the stuck board."""

    def __init__(
        self, rows: Rows, readings: Readings, clock: Clock, monotonic: Callable[[], float]
    ) -> None:
        self._rows, self._readings = rows, readings
        self._clock, self._monotonic = clock, monotonic
        self._kept, self._kept_until_s = Counted(0, {}), float("-inf")
        self._looking = asyncio.Lock()

    async def partners(self) -> PartnersView:
        """Return how all partners fare.  Raises `Unknown`."""
        now, counted, readings = self._clock(), await self._orders(), await self._readings.all()
        live, newest = folded(readings)
        return PartnersView(
            as_of_ms=int(now.timestamp() * 1_000),
            newest_second=newest,
            behind_s=max(0.0, (now - newest).total_seconds()) if newest else None,
            orders_as_of_ms=counted.as_of_ms,
            partners=fared(live, counted.orders),
        )

    async def _orders(self) -> Counted:
        """Return the orders that stand: among a million they take the database seconds, so what was
        found is told for a while.
        """
        async with self._looking:
            began_s = self._monotonic()
            if began_s >= self._kept_until_s:
                as_of_ms = int(self._clock().timestamp() * 1_000)
                self._kept = Counted(as_of_ms, standings(await self._rows.aggregate(_stages())))
                ended_s = self._monotonic()
                self._kept_until_s = ended_s + max(KEPT_S, SHARE * (ended_s - began_s))
        return self._kept


def _stages() -> list[Mapping[str, Any]]:
    return [
        {"$match": {"stage": "payment", "cause": {"$in": [*CAUSES]}}},
        {
            "$group": {
                "_id": {"cause": "$cause", "partner": "$partner"},
                "matters": {"$sum": 1},
                "since_ms": {"$min": "$since_ms"},
                "vnd": {"$sum": "$vnd"},
            }
        },
    ]


def standings(found: Iterable[Row]) -> dict[str, Standings]:
    """Return the orders of each partner, from what the database counted."""
    out: dict[str, dict[str, int]] = {}
    for row in found:
        partner, what = row["_id"]["partner"], CAUSES[row["_id"]["cause"]]
        if not partner:
            continue
        of = out.setdefault(partner, {})
        of[what] = int(row["matters"])
        if what == "open":
            of["vnd"] = int(row["vnd"])
        elif what == "silent":
            of["silent_since_ms"] = int(row["since_ms"])
    return {partner: Standings(**of) for partner, of in out.items()}


def fared(live: Iterable[Live], orders: Mapping[str, Standings]) -> list[PartnerView]:
    """Return all that either knows: who is let alone first, then who is silent, then by name."""
    known = {each.partner: each for each in live}
    found = [_fared(p, known.get(p), orders.get(p, Standings())) for p in {*known, *orders}]
    urgency: Sequence[Standing] = ("let_alone", "silent", "answers", "not_known")
    return sorted(found, key=lambda each: (urgency.index(each.standing), each.partner))


def _fared(partner: str, live: Live | None, orders: Standings) -> PartnerView:
    nothing = window((), 0)
    return PartnerView(
        partner=partner,
        standing=live.standing if live else _by_orders(orders),
        sign_at=datetime.fromtimestamp(live.sign_s, UTC) if live and live.sign_s else None,
        orders=orders,
        hour=live.hour if live else nothing,
        day=live.day if live else nothing,
    )


def _by_orders(orders: Standings) -> Standing:
    if orders.let_alone:
        return "let_alone"
    return "silent" if orders.silent else "not_known"


# ---- an example, made up

_WINDOW = Window(
    opened=120,
    paid=96,
    failed=3,
    expired=1,
    answered=130,
    unanswered=2,
    let_alone=0,
    success=0.96,
    median_s=41,
    p95_s=304,
)
PARTNERS = PartnersView(
    as_of_ms=1_795_226_400_000,
    newest_second=datetime(2026, 11, 21, 1, 59, 58, tzinfo=UTC),
    behind_s=2.0,
    orders_as_of_ms=1_795_226_390_000,
    partners=[
        PartnerView(
            partner="sen-vang",
            standing="answers",
            sign_at=datetime(2026, 11, 21, 1, 59, 31, tzinfo=UTC),
            orders=Standings(open=23, vnd=368_000),
            hour=_WINDOW,
            day=_WINDOW,
        )
    ],
)
