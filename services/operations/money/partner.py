"""What a bank partner asks of itself: by the API and by its page alike.

All of it is asked by the partner's name alone, which stands as the one of `units` with the caller's
key or account, and is nothing that a caller sends or is called.
"""

from datetime import UTC, date, datetime

from services.operations.domain.breaks import by_day, by_kind
from services.operations.domain.naming import folded
from services.operations.domain.partner_calls import Line, lines
from services.operations.journeys import Journeys
from services.operations.letters import Letters, Refused
from services.operations.money import partner_views as own
from services.operations.money import views
from services.operations.money.desk import DAYS, DAYS_LIMIT, MoneyDesk
from services.operations.money.health import Standings, fared
from shared.access import Caller
from shared.events.reconciliation import BreakKind
from shared.problems import Refusal

MOVED_LIMIT = 20  # applications that one transaction's number may be of
REFUSED_LOOKED = 200  # calls that were refused, among which one number is looked for


def partner_of(caller: Caller) -> str:
    """Return for which partner somebody asks.  Raises `Refusal` 403."""
    if len(caller.units) != 1:
        detail = "`units` of this key or account has to be the name of one bank: ask who gave it."
        raise Refusal(403, "not-a-partner", detail)
    return caller.units[0]


class PartnerDesk:
    """Answers a partner.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, money: MoneyDesk, journeys: Journeys, letters: Letters) -> None:
        self.money, self._journeys, self._letters = money, journeys, letters

    async def overview(self, partner: str) -> own.OwnView:
        """Return what is open, how the partner fares, and its last days."""
        now_ms = int(self.money.clock().timestamp() * 1_000)
        found, is_whole = await self.money.ledger.every_open(partner)
        last = await self.money.ledger.last_statements(partner, DAYS)
        health = await self.money.health.partners()
        fares = next((p for p in health.partners if p.partner == partner), None)
        [nothing] = fared((), {partner: Standings()})
        return own.OwnView(
            partner=partner,
            as_of_ms=now_ms,
            breaks=len(found),
            vnd=sum(one.vnd for one in found),
            is_whole=is_whole,
            kinds=by_kind(found, now_ms),
            fares=fares or nothing,
            newest_second=health.newest_second,
            behind_s=health.behind_s,
            orders_as_of_ms=health.orders_as_of_ms,
            days=own.own_days(views.days(by_day(found), last, DAYS_LIMIT)),
        )

    async def breaks(
        self,
        partner: str,
        day: date | None,
        kind: BreakKind | None,
        *,
        is_open: bool,
        after: str,
        limit: int,
    ) -> own.OwnBreakPage:
        """Return a page of its breaks."""
        page = await self.money.breaks(
            partner, day, kind, is_open=is_open, after=after, limit=limit
        )
        return own.OwnBreakPage(items=[own.own_break(one) for one in page.items], next=page.next)

    async def day(self, partner: str, day: date) -> own.DayOfOneView:
        """Return the statements of a day."""
        found = await self.money.statements(partner, day)
        return own.DayOfOneView(day=day, statements=found.items)

    async def calls(self, partner: str, asked: str) -> own.CallsView:
        """Return what was said of an order, named by our reference or the partner's transaction."""
        typed = folded(asked)
        moved = await self._journeys.moved_by(asked, MOVED_LIMIT, partner)
        applications = {application for *_, application in moved}
        spelled = {asked.strip(), asked.strip().upper(), typed} - {""}
        applications |= set((await self._journeys.named(sorted(spelled))).values())
        said: list[Line] = []
        for application in sorted(applications):
            entries, _ = await self._journeys.of(application)
            said += lines(entries, partner, asked)
        refused, _ = await self._letters.refused(partner, "", REFUSED_LOOKED)
        named = [(one, over) for one, over in refused if typed and typed in folded(one.reason)]
        return own.CallsView(
            asked=asked, lines=said, refused=[_refused(one, is_over=over) for one, over in named]
        )

    async def refused(self, partner: str, after: str, limit: int) -> own.RefusedPage:
        """Return a page of its calls that were refused, the newest first."""
        found, following = await self._letters.refused(partner, after, limit)
        return own.RefusedPage(
            items=[_refused(one, is_over=over) for one, over in found], next=following or None
        )


def _refused(one: Refused, *, is_over: bool) -> own.RefusedView:
    at = datetime.fromtimestamp(one.at_ms / 1_000, UTC)
    return own.RefusedView(at=at, field=one.field, reason=one.reason, is_over=is_over)
