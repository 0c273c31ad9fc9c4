"""What a bank partner is answered about itself, as examples: all of it made up."""

from datetime import UTC, datetime

from services.operations.domain.partner_calls import Line
from services.operations.money import examples, health
from services.operations.money import partner_views as own

_FARES = health.PARTNERS.partners[0]
_AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
_OWN = own.own_break(examples.BREAK)
OVERVIEW = own.OwnView(
    partner=_FARES.partner,
    as_of_ms=examples.MONEY.as_of_ms,
    breaks=examples.MONEY.breaks,
    vnd=examples.MONEY.vnd,
    is_whole=True,
    kinds=examples.MONEY.kinds,
    fares=_FARES,
    newest_second=health.PARTNERS.newest_second,
    behind_s=health.PARTNERS.behind_s,
    orders_as_of_ms=health.PARTNERS.orders_as_of_ms,
    days=own.own_days(examples.MONEY.days),
)
BREAKS = own.OwnBreakPage(items=[_OWN], next=None)
DAY = own.DayOfOneView(day=examples.STATEMENT.day, statements=[examples.STATEMENT])
_REFUSED = own.RefusedView(
    at=_AT, field="signature", reason="the signature does not verify", is_over=False
)
REFUSED = own.RefusedPage(items=[_REFUSED], next=None)
CALLS = own.CallsView(
    asked="14700001",
    lines=[
        Line(
            at=_AT,
            what="called",
            reference="DVC027819000000",
            transaction="14700001",
            amount_vnd=15_000,
            finding="paid",
            code="00",
            answer="amount_differs",
        )
    ],
    refused=[],
)
