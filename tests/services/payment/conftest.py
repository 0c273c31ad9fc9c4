"""What every test of payment may ask for; a test changes what matters."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from services.payment.domain.draft import Pace
from services.payment.domain.state import Payment
from services.payment.domain.terms import Terms
from services.payment.lane import table
from services.payment.receipt_numbers import ReceiptNumbers
from services.payment.references import References
from shared import catalogue as catalogues
from shared.events.payment import Notified, Queried, Unstated
from shared.events.routing import Accepted, PaymentDue, Settled
from shared.lanes.table import LaneTable
from tests.services.payment.counter import Counter
from tests.services.payment.office import (
    AMOUNT_VND,
    APPLICATION,
    HANOI,
    HCMC,
    NOW,
    PARTNER,
    ROUTED,
    Office,
    Rows,
    run,
)


@pytest.fixture(scope="session")
def catalogue() -> catalogues.Catalogue:
    return catalogues.load()


@pytest.fixture(scope="session")
def lane_table(catalogue) -> Callable[..., LaneTable[Payment, Any]]:
    def make(
        partners: Sequence[Terms] = (PARTNER.terms,),
        pace: Pace | None = None,
        rows: Rows | None = None,
    ) -> LaneTable[Payment, Any]:
        numbers = ReceiptNumbers(rows or Rows(), lambda: NOW)
        return table(catalogue, References(rows or Rows()), partners, pace or Pace(), numbers)

    return make


@pytest.fixture(scope="session")
def an_office(lane_table) -> Callable[..., Office]:
    def make(**choices: Any) -> Office:
        return Office(lane_table(**choices))

    return make


@pytest.fixture(scope="session")
def a(catalogue) -> SimpleNamespace:
    """Make whole valid things: `a.routed(copies=1)`."""

    def of(whole: Any) -> Callable[..., Any]:
        return lambda **changes: msgspec.structs.replace(whole, **changes)

    paid = Notified(
        partner="vnpay",
        reference="",
        transaction="14700001",
        amount_vnd=AMOUNT_VND,
        finding="paid",
        code="00/00",
    )
    return SimpleNamespace(
        partner=of(PARTNER),
        routed=of(ROUTED),
        accepted=of(Accepted(national_code=2, officer="o", due=NOW)),
        settled=of(Settled(national_code=9, officer="o", on_time=True)),
        payment_due=of(PaymentDue(national_code=6, officer="o", amount_vnd=500_000)),
        paid=of(paid),
        declined=of(msgspec.structs.replace(paid, finding="failed", transaction="0", code="24/02")),
        answer=of(Queried(key="", partner="vnpay", reference="", finding="unknown")),
        unstated=of(
            Unstated(
                partner="vnpay",
                reference="",
                transaction="14700001",
                amount_vnd=AMOUNT_VND,
                day="2026-11-20",
            )
        ),
        rows=Rows,
        run=run,
        catalogue=catalogue,
        now=NOW,
        application=APPLICATION,
        hanoi=HANOI,
        hcmc=HCMC,
        amount_vnd=AMOUNT_VND,
    )


@pytest.fixture
async def counter(lane_table, a):
    """Nothing is known yet."""
    rows = a.rows()
    made = Counter(lane_table(rows=rows), rows, a)
    async with made.http:
        yield made


@pytest.fixture
async def ordered(counter, a):
    """An order of 16,000 VND is open."""
    await counter.bring(a.routed())
    return counter
