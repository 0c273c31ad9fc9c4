"""A fee assessed again after it was settled: the difference goes back, and receipts say so."""

import pytest

from services.payment.domain.state import Released
from shared.events.payment import ReceiptAdjusted, ReceiptInvalidated, Requested
from shared.events.reassessments import FeeOverpaid, FeeReassessed
from shared.events.refunds import RefundDone, RefundProposed, RefundRequested
from tests.services.payment.domain.going_back import (
    NOT_ACCEPTED,
    WITHDRAWN,
    answer,
    ask,
    assess_again,
    kinds,
    receipts,
)


def test_what_was_paid_above_a_lower_fee_is_given_back(paid):
    said = assess_again(paid, copies=1)

    assert kinds(said) == [
        *(FeeReassessed, ReceiptAdjusted, FeeOverpaid),
        *(RefundProposed, RefundRequested),
    ]
    assert (said[3].amount_vnd, said[3].transaction) == (8_000, "14700001")
    assert (said[3].reason, said[3].by) == ("reassessed", "")
    assert (said[4].amount_vnd, said[4].paid_vnd) == (8_000, 16_000)
    assert kinds(answer(paid, "done")) == [RefundDone], "the adjusted receipt still counts"
    assert (paid.state.to_refund_vnd, paid.state.refunded_vnd) == (0, 8_000)
    assert paid.state.status == "settled"
    assert receipts(paid) == [("00000001", 16_000, "adjusted"), ("00000002", 8_000, "valid")]


def test_lower_and_lower_again_gives_back_each_difference(paid):
    assess_again(paid, copies=1)
    assess_again(paid, exemption="poor_household")

    assert [(p.amount_vnd, p.reason) for p in paid.of(RefundProposed)] == [
        (8_000, "reassessed"),
        (8_000, "reassessed"),
    ]
    assert [status for _, _, status in receipts(paid)] == ["adjusted", "invalid"]


def test_a_fee_that_nobody_owes_any_more_is_given_back_and_its_receipt_is_invalid_once(paid):
    assess_again(paid, exemption="poor_household")

    assert kinds(answer(paid, "done")) == [RefundDone]
    assert len(paid.of(ReceiptInvalidated)) == 1
    assert paid.state.status == "refunded"


def test_of_what_is_given_back_after_it_was_lowered_the_receipt_that_counts_is_invalid(paid):
    assess_again(paid, copies=1)
    answer(paid, "done")
    paid.hear(WITHDRAWN)

    assert kinds(answer(paid, "done")) == [RefundDone, ReceiptInvalidated]
    assert paid.of(ReceiptInvalidated)[0].number == "00000002"
    assert receipts(paid) == [("00000001", 16_000, "adjusted"), ("00000002", 8_000, "invalid")]


def test_what_an_operator_gave_back_before_is_not_given_back_again(paid):
    ask(paid, 10_000)
    answer(paid, "done")

    said = assess_again(paid, copies=1)

    assert kinds(said) == [FeeReassessed], "and nobody is asked for it again"
    lowered = Released(attempt=1, amount_vnd=10_000, reason="asked", kind="fee")
    assert paid.state.released == (lowered,)
    assert receipts(paid)[1:] == [("00000002", 6_000, "valid")]
    assert (paid.state.to_refund_vnd, paid.state.refunded_vnd) == (0, 10_000)


def test_only_what_is_missing_beside_an_operators_refund_is_given_back(paid):
    ask(paid, 6_000)

    said = assess_again(paid, copies=1)

    assert [e.amount_vnd for e in said if isinstance(e, FeeOverpaid)] == [2_000]
    assert [p.amount_vnd for p in paid.of(RefundProposed)] == [6_000, 2_000]
    assert receipts(paid)[2:] == [("00000003", 8_000, "valid")]


def test_a_higher_fee_asks_for_no_more_than_the_difference_to_what_was_once_paid(paid):
    ask(paid, 6_000)

    assert [
        e.further_vnd for e in assess_again(paid, copies=3) if isinstance(e, FeeReassessed)
    ] == [8_000]


@pytest.mark.parametrize("end", [NOT_ACCEPTED, WITHDRAWN])
def test_what_was_paid_on_top_of_a_fee_goes_back_with_it(paid, a, end):
    assess_again(paid, copies=5)
    order = paid.of(Requested)[-1]
    paid.hear(a.paid(reference=order.reference, amount_vnd=24_000, transaction="T2"))

    said = paid.hear(end)

    back = [(e.transaction, e.amount_vnd) for e in said if isinstance(e, RefundProposed)]
    assert back == [("14700001", 16_000), ("T2", 24_000)]


def test_on_top_of_a_results_fee_nothing_goes_back_after_a_withdrawal(an_office, a):
    office = an_office()
    office.hear(a.routed(procedure="2.000815", copies=1))
    office.hear(a.settled())
    for n in range(2):
        order = office.of(Requested)[-1]
        said = a.paid(reference=order.reference, amount_vnd=order.amount_vnd, transaction=f"T{n}")
        office.hear(said)
        assess_again(office, copies=9)

    assert [o.moment for o in office.state.obligations] == ["with_result", "reassessed"]
    assert office.hear(WITHDRAWN) == []
