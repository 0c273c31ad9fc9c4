"""Subscriptions over tables in memory, with targets that take what they are told to take."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from services.operations.delivery import Mail, Webhook
from services.operations.domain.facts import View
from services.operations.domain.statistics import Period, added
from services.operations.domain.subscriptions import Subscription
from services.operations.form_files import Line, Statistics
from services.operations.subscriptions.desk import SubscriptionDesk, Wanted
from services.operations.subscriptions.rows import Subscriptions
from services.operations.subscriptions.runner import Runner
from shared.catalogue import Catalogue
from shared.papers.press import Press
from tests.services.operations.memory import MemoryTable, Trouble

BEGAN = datetime(2026, 11, 20, 2, tzinfo=UTC)  # a Friday
MAIL = Mail(
    name="office",
    to="office@example.invalid",
    sender="motcua@example.invalid",
    server="smtp://127.0.0.1:1",
)
WANTED = Wanted(unit="01", target="office", every="daily", kind="csv")
PRESS = Press()


async def form_of(unit: str, period: Period, view: View) -> Statistics:
    nothing = added(())
    line = Line(unit="00004", name="Phường Ba Đình", form=nothing)
    return Statistics(
        unit=unit,
        name="Thành phố Hà Nội",
        view=view,
        first=period.first,
        last=period.last,
        lines=[line],
        total=nothing,
    )


class Sent:
    """Takes forms, or says what is wrong."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.wrong: Callable[[], str] = str

    async def send(
        self,
        target: Webhook | Mail,
        subscription: Subscription,
        form: Statistics,
        content: bytes,
        at: datetime,
    ) -> str:
        problem = self.wrong()
        if not problem:
            assert content
            self.taken.append((subscription.id, form.last.isoformat()))
        return problem


class Office:
    """The desk, and as many loops as a test wants."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.now, self.trouble, self.sent = BEGAN, Trouble(), Sent()
        self.table = MemoryTable(self.trouble)
        self.rows = Subscriptions(self.table)
        self.undrawn: dict[str, Exception] = {}
        self.targets: dict[str, Any] = {"office": MAIL}
        ids = (f"{n:08}" for n in count(1))
        self.desk = SubscriptionDesk(
            self.rows, self.targets, catalogue, lambda: self.now, lambda: next(ids)
        )

    def loop(self) -> Runner:
        """Another process."""
        return Runner(self.rows, self.targets, self.form_of, self.sent, PRESS, lambda: self.now)

    async def form_of(self, unit: str, period: Period, view: View) -> Statistics:
        if unit in self.undrawn:
            raise self.undrawn[unit]
        return await form_of(unit, period, view)

    async def pass_by(self, span: timedelta, every: timedelta = timedelta(hours=1)) -> None:
        """Let time go by with a turn now and then."""
        until = self.now + span
        while self.now < until:
            self.now += every
            await self.loop().turn()

    async def findings(self) -> list[tuple[str, str, int]]:
        """Of the newest subscription: period, finding and number of the last attempt of each."""
        [one, *_] = await self.desk.listed()
        return [(a.period, a.finding, a.number) for a in one.attempts]
