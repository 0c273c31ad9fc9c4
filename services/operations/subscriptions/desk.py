"""What operators ask of subscriptions: begin, look, end."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import msgspec

from services.operations.domain.facts import View
from services.operations.domain.subscriptions import (
    AFTER_S,
    Attempt,
    Every,
    SentKind,
    Subscription,
    periods,
)
from services.operations.form_lines import no_unit
from services.operations.subscriptions.rows import Ended, Subscriptions, latest
from shared.catalogue import Catalogue
from shared.clock import Clock

OPEN_LIMIT = 500
SHOWN = 12  # periods of each
ENDED_KEPT = 100  # the others are forgotten


class TooManyOpen(Exception):
    """As many are open as may be."""


class Unfit(ValueError):
    """There is no such unit, or no such target."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A form that is to be sent for each period that is over; `target`: one of those there are."""

    unit: str
    target: str
    every: Every = "monthly"
    view: View = "receiving"
    kind: SentKind = "xlsx"


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription, who ended it, and the last attempt for each of its newest periods."""

    subscription: Subscription
    ended: Ended | None
    attempts: list[Attempt]
    tries: int = len(AFTER_S)


@dataclass(frozen=True, slots=True)
class SubscriptionDesk:
    """What is asked of them.  All of it raises `Unknown`."""

    rows: Subscriptions
    targets: Collection[str]
    catalogue: Catalogue
    clock: Clock
    new_id: Callable[[], str]

    async def begin(self, wanted: Wanted, by: str) -> Subscription:
        """Begin one; the same that is open is that one.  Raises `Unfit`, `TooManyOpen`."""
        if wrong := no_unit(wanted.unit, self.catalogue.edition()):
            raise Unfit(wrong.remedy_en)
        if wanted.target not in self.targets:
            known = ", ".join(sorted(self.targets)) or "none yet"
            raise Unfit(f"No target is called {wanted.target!r}: there are {known}.")
        ended = await self.rows.ended()
        open_ = [s for s in await self.rows.every() if s.id not in ended]
        told = msgspec.structs.asdict(wanted)
        for other in open_:
            if {name: getattr(other, name) for name in told} == told:
                return other
        if len(open_) >= OPEN_LIMIT:
            raise TooManyOpen
        at = self.clock()
        id_ = f"{at:%Y%m%d%H%M%S}-{self.new_id()[:8]}"
        made = Subscription(id=id_, by=by, at=at, **told)
        await self.rows.add(made)
        return made

    async def listed(self) -> list[Listed]:
        """Return all, the newest first."""
        every, ended = await self.rows.every(), await self.rows.ended()
        now, since = self.clock(), {}
        for one in every:
            until = ended[one.id].at if one.id in ended else now
            shown = periods(one, until)[-SHOWN:]
            since[one.id] = shown[0].last.isoformat() if shown else ""
        made = await self.rows.attempts(since)
        return [
            Listed(subscription=s, ended=ended.get(s.id), attempts=latest(made[s.id])[:SHOWN])
            for s in reversed(every)
        ]

    async def end(self, id_: str, by: str) -> Listed | None:
        """End one, unless it is ended; None: there is no such."""
        if id_ not in {s.id for s in await self.rows.every()}:
            return None
        await self.rows.end(id_, Ended(by, self.clock()))
        ended = await self.rows.ended()
        newest = sorted((i for i in ended if i != id_), key=lambda i: ended[i].at, reverse=True)
        await self.rows.forget(newest[ENDED_KEPT - 1 :])
        return next(one for one in await self.listed() if one.subscription.id == id_)
