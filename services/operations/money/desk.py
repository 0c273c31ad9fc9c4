"""What is asked of money, by the API, the console and the command alike."""

from datetime import date

from services.operations.domain.breaks import asked, by_day, by_kind
from services.operations.money import views
from services.operations.money.health import Health
from services.operations.money.rows import Ledger
from services.operations.money.saying import Saying
from shared.clock import Clock
from shared.events.reconciliation import BreakKind

DAYS = 14  # of each partner, the last ones with a statement
DAYS_LIMIT = 500


class MoneyDesk:
    """Answers from the ledger, and of partners from `health`.  Whatever is asked of it raises
    `Unknown`.
    """

    def __init__(self, ledger: Ledger, health: Health, saying: Saying, clock: Clock) -> None:
        self.ledger, self.health, self.saying, self.clock = ledger, health, saying, clock

    async def overview(self) -> views.MoneyView:
        """Return what is open, and the last days of all partners."""
        now_ms = int(self.clock().timestamp() * 1_000)
        found, is_whole = await self.ledger.every_open()
        partners = await self.ledger.partners()
        last = [s for p in partners for s in await self.ledger.last_statements(p, DAYS)]
        return views.MoneyView(
            as_of_ms=now_ms,
            breaks=len(found),
            vnd=sum(one.vnd for one in found),
            is_whole=is_whole,
            kinds=by_kind(found, now_ms),
            days=views.days(by_day(found), last, DAYS_LIMIT),
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
    ) -> views.BreakPage:
        """Return a page of breaks that are open, or that are not any more."""
        within = f"{partner}.{day}." if partner and day else f"{partner}." if partner else ""
        found, following = await self.ledger.listed(
            within, kind or "", is_open=is_open, after=after, limit=limit
        )
        now = self.clock()
        return views.BreakPage(
            items=[views.one(standing, now) for standing in found],
            next=following or None,
        )

    async def one(self, break_id: str) -> views.OneBreakView | None:
        """Return a break with its history."""
        standing, turns = await self.ledger.one(break_id)
        if standing is None:
            return None
        return views.OneBreakView(
            found=views.one(standing, self.clock()),
            steps=[views.step(turn) for turn in turns],
            asked=views.asked(asked(turns, standing)),
        )

    async def statements(self, partner: str, day: date) -> views.StatementsView:
        """Return the statements of a partner's day."""
        found = await self.ledger.statements(partner, f"{day}")
        return views.StatementsView(items=[views.statement(each) for each in found])
