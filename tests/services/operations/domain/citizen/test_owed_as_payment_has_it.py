"""Whatever happens to the payments of an application, what the page says can be paid is what
payment would take, and nothing else: its own lane decides here, and its state is asked.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain.citizen.decided import Decided
from services.operations.domain.citizen.money import Money, money
from services.payment.domain.draft import Pace
from services.payment.domain.state import Obligation
from services.payment.domain.terms import Terms
from services.payment.lane import table
from services.payment.receipt_numbers import ReceiptNumbers
from services.payment.references import References
from shared.catalogue import Catalogue, load
from shared.events import Data, payment, reassessments, routing
from tests.services.payment.office import HCMC, LONG_AGO, NOW, ROUTED, Office, Rows

FEE_VND = 16_000  # of two copies; the demand is of the same amount, on purpose
WHOLE: dict[str, Any] = {
    "min_vnd": 1,
    "max_vnd": 10**9,
    "active_from": LONG_AGO,
}
PARTNERS = (
    Terms(partner="signs", lifetime_s=3_600, **WHOLE),
    Terms(partner="again", lifetime_s=7_200, asks_first=True, creates_again=True, **WHOLE),
)

numbers = st.integers(0, 5)
heard = st.lists(
    st.one_of(
        st.tuples(st.just("demanded"), st.sampled_from([FEE_VND, 9_000])),
        st.tuples(st.just("chosen"), st.integers(0, 3), st.sampled_from(["signs", "again"])),
        st.tuples(st.just("made"), numbers, st.sampled_from(["created", "declined", "unknown"])),
        st.tuples(st.just("told"), numbers, st.sampled_from(["paid", "failed"])),
        st.tuples(st.just("reassessed"), st.integers(1, 3)),
        st.tuples(st.just("spared")),
        st.tuples(st.just("ring")),
        st.tuples(st.just("closed")),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def opened(catalogue: Catalogue) -> Any:
    def make() -> SimpleNamespace:
        rows = Rows()
        numbers = ReceiptNumbers(rows, lambda: NOW)
        lane = table(catalogue, References(rows), PARTNERS, Pace(attempt_limit=3), numbers)
        return SimpleNamespace(office=Office(lane), logged=list[Data](), made=set[str]())

    return make


def hear(at: Any, data: Data) -> None:
    """Let payment decide on a message, and operations read both."""
    if isinstance(data, routing.PaymentDue):
        at.logged.append(data)
    if isinstance(data, payment.Created) and data.finding == "created":
        at.made.add(data.reference)
    at.logged += at.office.hear(data)


def seen(at: Any) -> Money:
    decided = [Decided(NOW, data) for data in at.logged]
    return money(decided, at.office.now, frozenset(at.made))


def payable(at: Any) -> list[tuple[int, Any]]:
    """What payment takes: by the rules of its own till, of each obligation the latest order."""
    state, found = at.office.state, []
    for place, obligation in enumerate(state.obligations):
        good = [
            a.expires_at
            for a in state.attempts_of(place)
            if a.status == "open" and at.office.now < a.expires_at and not a.is_unmade
        ]
        if good:
            found.append((obligation.total_vnd, max(good)))
    return found


def at(items: list[Any], place: int) -> Any:
    return items[place % len(items)] if items else None


def next_data(office: Office, what: tuple[Any, ...]) -> Data | None:
    kind, *rest = what
    match kind:
        case "demanded":
            return routing.PaymentDue(national_code=6, officer="o", amount_vnd=rest[0])
        case "chosen":
            return payment.Chosen(obligation=rest[0], partner=rest[1])
        case "reassessed":
            return reassessments.ReassessmentAsked(by="o", reason="r", copies=rest[0])
        case "spared":
            return reassessments.ReassessmentAsked(by="o", reason="r", exemption="poor_household")
        case "closed":
            return routing.Closed(national_code=7, reason="r")
        case "made" if wanted := at(office.of(payment.CreateRequested), rest[0]):
            said = {"key": wanted.key, "partner": wanted.partner, "reference": wanted.reference}
            return payment.Created(**said, finding=rest[1])
        case "told" if order := at(office.of(payment.Requested), rest[0]):
            told = {"partner": order.partner, "reference": order.reference, "finding": rest[1]}
            amount, transaction = order.amount_vnd, f"T{order.reference}"
            return payment.Notified(**told, transaction=transaction, amount_vnd=amount, code="00")
    return None


def told(opened: Any, story: list[tuple[Any, ...]]) -> Any:
    now = opened()
    hear(now, ROUTED)
    for what in story:
        if what[0] == "ring":
            if now.office.timers:
                before = len(now.office.events)
                now.office.ring()
                now.logged += now.office.events[before:]
        elif data := next_data(now.office, what):
            hear(now, data)
        is_as_payment_has_it(now)
    return now


def is_as_payment_has_it(now: Any) -> None:
    found, taken = seen(now), payable(now)
    assert [(o.amount_vnd, o.pay_by) for o in found.owed if o.standing == "payable"] == taken
    assert found.to_pay_vnd == sum(amount for amount, _ in taken)
    assert found.pay_by == min((by for _, by in taken), default=None)
    waits = amounts(o for o in now.office.state.obligations if o.status in ("assessed", "open"))
    assert waits <= Counter(each.amount_vnd for each in found.owed)
    in_time = Counter(each.amount_vnd for each in found.owed if each.standing != "expired")
    assert in_time <= waits


def amounts(obligations: Iterable[Obligation]) -> Counter[int]:
    return Counter(each.total_vnd for each in obligations)


@settings(max_examples=300, deadline=None)
@given(heard)
def test_what_can_be_paid_is_what_payment_would_take(opened, story) -> None:
    told(opened, story)


def test_an_open_order_stays_when_another_of_the_same_amount_is_paid(opened) -> None:
    now = told(opened, [("demanded", FEE_VND), ("told", 0, "paid")])
    (left,) = seen(now).owed
    assert (left.amount_vnd, left.standing) == (FEE_VND, "payable")
    assert left.pay_by == NOW + timedelta(hours=1)


def test_an_order_that_was_chosen_stays_with_the_fee_it_is_for(opened) -> None:
    chosen = [("demanded", FEE_VND), ("chosen", 0, "again"), ("made", 0, "created")]
    (left,) = seen(told(opened, [*chosen, ("told", 1, "paid")])).owed
    assert left.pay_by == NOW + timedelta(hours=2)


def test_a_fee_that_is_spared_after_its_order_cannot_be_paid(opened) -> None:
    found = seen(told(opened, [("spared",)]))
    assert (found.is_waived, found.owed, found.pay_by, found.to_pay_vnd) == (True, (), None, 0)


def test_an_order_that_its_partner_has_yet_to_make_cannot_be_paid(opened) -> None:
    begun = [("chosen", 0, "again"), ("told", 0, "failed")]
    assert [o.standing for o in seen(told(opened, begun)).owed] == ["opening"]
    assert [o.standing for o in seen(told(opened, [*begun, ("made", 0, "created")])).owed] == [
        "payable"
    ]


def test_the_fee_of_these_tests_is_of_the_amount_that_is_demanded(opened) -> None:
    assert ROUTED.receiving_unit == HCMC
    assert [o.amount_vnd for o in seen(told(opened, [])).owed] == [FEE_VND]
