"""What a bank partner is told of itself: no more of a break than stands between it and us."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

import msgspec

from services.operations.domain.breaks import OfKind
from services.operations.domain.partner_calls import Line
from services.operations.money.health import PartnerView
from services.operations.money.views import BreakView, DayView, StatementView
from shared.events.reconciliation import BreakCause, BreakKind


class OwnBreakView(msgspec.Struct, frozen=True, kw_only=True):
    """A break between a partner and us.  `amount_vnd` is the statement's, `expected_vnd` ours, null
    where that is another's business; `line` is its place in the file, 0 where no line names it.
    """

    id: str
    day: date
    kind: BreakKind
    cause: BreakCause
    movement: Literal["paid", "refunded", "disbursed"]
    reference: str
    transaction: str
    amount_vnd: int
    expected_vnd: int | None
    line: int
    booked_at: datetime
    age_s: int
    opened_at: datetime
    is_open: bool
    closed_at: datetime | None
    closed_because: str


class OwnBreakPage(msgspec.Struct, frozen=True, kw_only=True):
    """Breaks, by day and kind; `next` is the `after` of the page that follows, null at the end."""

    items: list[OwnBreakView]
    next: str | None


class OwnDayView(msgspec.Struct, frozen=True, kw_only=True):
    """A day: what is open of it, and its last statement; null: none was read."""

    day: date
    breaks: int
    vnd: int
    kinds: dict[str, int]
    statement: StatementView | None


class OwnView(msgspec.Struct, frozen=True, kw_only=True):
    """A partner by itself: what is open, the oldest kind first; how it fares, as we see it; its
    last days, the newest first.  The numbers of hour and day are live and approximate:
    `newest_second` is the last that was counted, `behind_s` how long ago that was; orders were
    counted at `orders_as_of_ms`.
    """

    partner: str
    as_of_ms: int
    breaks: int
    vnd: int
    is_whole: bool
    kinds: list[OfKind]
    fares: PartnerView
    newest_second: datetime | None
    behind_s: float | None
    orders_as_of_ms: int
    days: list[OwnDayView]


class DayOfOneView(msgspec.Struct, frozen=True, kw_only=True):
    """A day and its statements; each corrects the one before."""

    day: date
    statements: list[StatementView]


class RefusedView(msgspec.Struct, frozen=True, kw_only=True):
    """A call of the partner's that could not be taken: `field` is what was wrong (`signature`,
    `merchant`, `currency`, `window`, `form`, `reference`), `reason` says it in words; `is_over`: an
    operator has dealt with it.
    """

    at: datetime
    field: str
    reason: str
    is_over: bool


class CallsView(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of the orders that are meant, in the order of the log; and the calls that were
    refused and name the same, the newest first.
    """

    asked: str
    lines: list[Line]
    refused: list[RefusedView]


class RefusedPage(msgspec.Struct, frozen=True, kw_only=True):
    """Calls that were refused, the newest first; `next` is the `after` of the page that follows,
    null at the end.
    """

    items: list[RefusedView]
    next: str | None


def own_break(found: BreakView) -> OwnBreakView:
    """Return what its partner is told of a break: not which application, nor who closed it."""
    said = {name: getattr(found, name) for name in OwnBreakView.__struct_fields__}
    if found.cause == "other_partner":
        said["expected_vnd"] = None
    return OwnBreakView(**said)


def own_days(found: Iterable[DayView]) -> list[OwnDayView]:
    """Return days without the name that they all have."""
    return [
        OwnDayView(day=d.day, breaks=d.breaks, vnd=d.vnd, kinds=d.kinds, statement=d.statement)
        for d in found
    ]
