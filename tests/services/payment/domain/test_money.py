"""What a partner says of money: it is settled once, kept aside where it does not fit."""

from datetime import date

import pytest

from shared.events.payment import (
    Expired,
    Failed,
    FeeAssessed,
    FeeWaived,
    Mismatched,
    Overpaid,
    QueryRequested,
    ReceiptIssued,
    Requested,
    Settled,
)
from shared.events.routing import Closed, NotAccepted
from tests.services.payment.domain.told import types
from tests.services.payment.office import HCMC


def test_a_payment_settles_and_issues_receipts(office, a):
    settled, receipt = office.hear(a.paid(reference=office.reference))

    assert (settled.transaction, settled.amount_vnd) == ("14700001", 16_000)
    assert receipt == ReceiptIssued(
        number="00000001",
        kind="fee",
        amount_vnd=16_000,
        lines=office.of(FeeAssessed)[0].lines,
        series="P26",
        unit=HCMC,
        year=2026,
        issued_on=date(2026, 11, 20),
    )


def test_the_same_transaction_counts_once(office, a):
    office.hear(a.paid(reference=office.reference))

    assert office.hear(a.paid(reference=office.reference, code="00/00 again")) == []


def test_a_second_transaction_is_kept_to_be_refunded(office, a):
    office.hear(a.paid(reference=office.reference))

    assert types(office.hear(a.paid(reference=office.reference, transaction="T2"))) == [Overpaid]


def test_the_right_amount_settles_though_the_same_transaction_was_told_wrong_before(office, a):
    told_wrong = a.paid(reference=office.reference, amount_vnd=1)
    assert types(office.hear(told_wrong)) == [Mismatched]
    assert office.state.to_refund_vnd == 1

    assert types(office.hear(a.paid(reference=office.reference))) == [Settled, ReceiptIssued]
    assert office.state.to_refund_vnd == 0, "it moved once, and the order needed it"
    assert office.hear(told_wrong) == []


def test_a_transaction_that_settled_and_is_told_with_another_amount_is_for_a_person(office, a):
    office.hear(a.paid(reference=office.reference))

    (kept,) = office.hear(a.paid(reference=office.reference, amount_vnd=1_600_000))
    assert isinstance(kept, Mismatched)
    assert (kept.expected_vnd, kept.amount_vnd) == (16_000, 1_600_000)
    assert office.state.to_refund_vnd == 0, "nothing shows that more came in"


def test_one_transaction_does_not_settle_two_orders(office, a):
    office.hear(a.payment_due(amount_vnd=16_000))
    first, second = (r.reference for r in office.of(Requested))
    office.hear(a.paid(reference=first))

    assert types(office.hear(a.paid(reference=second))) == [Mismatched]
    assert types(office.hear(a.paid(reference=second, transaction="T2")))[0] == Settled


def test_a_transaction_to_be_refunded_is_refunded_once_whatever_else_is_told_of_it(office, a):
    office.hear(a.paid(reference=office.reference))
    for amount_vnd in (16_000, 1, 2):
        office.hear(a.paid(reference=office.reference, transaction="T2", amount_vnd=amount_vnd))

    assert types(office.events)[-3:] == [Overpaid, Mismatched, Mismatched]
    assert office.state.to_refund_vnd == 16_000


@pytest.mark.parametrize("changes", [{"amount_vnd": 15_999}, {"partner": "another"}])
def test_another_amount_settles_nothing_and_the_order_stays_open(office, a, changes):
    (kept,) = office.hear(a.paid(reference=office.reference, **changes))

    assert isinstance(kept, Mismatched)
    assert kept.expected_vnd == 16_000
    right = a.paid(reference=office.reference, transaction="T2")
    assert types(office.hear(right)) == [Settled, ReceiptIssued]


def test_a_declined_payment_opens_a_second_attempt(office, a):
    failed, requested = office.hear(a.declined(reference=office.reference))

    assert (failed.code, failed.reason) == ("24/02", "declined")
    assert (requested.attempt, requested.amount_vnd) == (2, 16_000)
    assert requested.reference != office.reference
    assert office.hear(a.declined(reference=office.reference)) == []


def test_a_pending_callback_opens_no_second_attempt(office, a):
    pending = a.declined(reference=office.reference, finding="pending")
    assert types(office.hear(pending)) == [QueryRequested]


def test_the_fifth_decline_is_the_last(office, a):
    for _ in range(4):
        reference = office.of(Requested)[-1].reference
        assert types(office.hear(a.declined(reference=reference))) == [Failed, Requested]
    reference = office.of(Requested)[-1].reference

    assert types(office.hear(a.declined(reference=reference))) == [Failed, Expired]
    assert types(office.hear(a.paid(reference=reference))) == [Overpaid]


def test_money_for_a_failed_attempt_meets_the_obligation_while_it_is_open(office, a):
    office.hear(a.declined(reference=office.reference))
    second = office.of(Requested)[-1].reference

    assert Settled in types(office.hear(a.paid(reference=office.reference)))
    assert types(office.hear(a.paid(reference=second, transaction="T2"))) == [Overpaid]


def test_money_before_its_order_waits_for_it(an_office, a):
    rows = a.rows()
    first = an_office(rows=rows)
    first.hear(a.routed())
    reference = first.of(Requested)[0].reference
    office = an_office(rows=rows)

    assert office.hear(a.paid(reference=reference)) == []
    opened = office.hear(a.routed())

    assert types(opened) == [FeeAssessed, Requested, Settled, ReceiptIssued]
    while office.timers:
        assert office.ring() == []


def test_money_whose_order_never_comes_is_kept_to_be_refunded(an_office, a):
    office = an_office()
    office.hear(a.paid(reference="DVC404"))

    assert types(office.ring()) == [Overpaid]


def test_of_two_amounts_whose_order_never_comes_one_is_to_be_refunded(an_office, a):
    office = an_office()
    office.hear(a.paid(reference="DVC404"))
    office.hear(a.paid(reference="DVC404", amount_vnd=1))

    assert types(office.ring()) == [Overpaid, Mismatched]
    assert office.state.to_refund_vnd == 16_000
    assert office.ring() == []


@pytest.mark.parametrize(
    "end",
    [NotAccepted(national_code=3, officer="o", reason="r"), Closed(national_code=7, reason="r")],
)
def test_what_ends_asks_for_nothing_more_and_keeps_late_money(an_office, office, a, end):
    later = an_office()
    later.hear(a.routed(procedure="1.004222"))

    assert types(office.hear(end)) == [Expired]
    assert types(office.hear(a.paid(reference=office.reference))) == [Overpaid]
    assert types(later.hear(end)) == [FeeWaived]
    assert types(later.hear(a.accepted())) == []
