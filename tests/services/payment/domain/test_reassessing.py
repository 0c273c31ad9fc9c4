"""A fee assessed again: never silently, and never so that money is lost or asked for twice."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.payment.domain.draft import Pace
from services.payment.domain.fees import total_vnd
from services.payment.domain.reassessing import REJECTIONS
from shared.events.data import FeeFacts
from shared.events.payment import (
    FeeAssessed,
    FeeWaived,
    Overpaid,
    ReceiptAdjusted,
    ReceiptInvalidated,
    ReceiptIssued,
    ReceiptReplaced,
    Requested,
    Settled,
)
from shared.events.reassessments import (
    FeeOverpaid,
    FeeReassessed,
    ReassessmentAsked,
    ReassessmentRejected,
)
from shared.events.routing import Closed
from tests.services.payment.domain.told import types

PAGES = "2.000815"  # per page of a copy, due with the result


def asked(**facts):
    return ReassessmentAsked(by="counter", reason="counted at the counter", **facts)


def pay(office, a, transaction="14700001"):
    order = office.state.attempts[-1]
    said = a.paid(reference=order.reference, amount_vnd=order.amount_vnd, transaction=transaction)
    return office.hear(said)


def test_an_open_order_of_another_amount_is_closed_and_another_opened(office, a):
    first = office.state.attempts[0]

    said = office.hear(asked(copies=3))

    assert types(said) == [FeeReassessed, FeeAssessed, Requested]
    assert (said[0].before_vnd, said[0].total_vnd, said[0].further_vnd) == (16_000, 24_000, 24_000)
    assert (said[0].by, said[0].reason) == ("counter", "counted at the counter")
    assert [li.amount_vnd for li in said[0].before + said[0].lines] == [16_000, 24_000]
    assert [(x.status, x.amount_vnd) for x in office.state.attempts] == [
        ("closed", 16_000),
        ("open", 24_000),
    ]
    assert types(pay(office, a)) == [Settled, ReceiptIssued]
    late = office.hear(a.paid(reference=first.reference, transaction="T2"))
    assert types(late) == [Overpaid], "the closed order was paid all the same"
    assert office.state.to_refund_vnd == 16_000


def test_what_is_not_due_yet_waits_for_its_moment_with_the_new_amount(an_office, a):
    office = an_office()
    office.hear(a.routed(procedure=PAGES, copies=1))

    assert types(office.hear(asked(pages=10))) == [FeeReassessed, FeeAssessed]
    (requested,) = office.hear(a.settled())
    assert requested.amount_vnd == 12_000


def test_more_than_was_paid_is_a_further_obligation_with_a_receipt_of_its_own(office, a):
    pay(office, a)

    said = office.hear(asked(copies=5))

    assert types(said) == [FeeReassessed, FeeAssessed, Requested]
    assert (said[0].further_vnd, said[0].overpaid_vnd, said[2].amount_vnd) == (24_000, 0, 24_000)
    assert types(pay(office, a, "T2")) == [Settled, ReceiptIssued]
    assert [(r.number, r.amount_vnd, r.status) for r in office.state.receipts] == [
        ("00000001", 16_000, "valid"),
        ("00000002", 24_000, "valid"),
    ]


def test_less_than_was_paid_is_to_be_refunded_and_the_receipt_is_adjusted(office, a):
    pay(office, a)

    said = office.hear(asked(copies=1))

    assert types(said) == [FeeReassessed, ReceiptAdjusted, FeeOverpaid]
    assert (said[2].transaction, said[2].amount_vnd) == ("14700001", 8_000)
    assert (said[1].adjusts, said[1].before_vnd, said[1].amount_vnd) == ("00000001", 16_000, 8_000)
    assert office.state.to_refund_vnd == 8_000
    assert [(r.number, r.status, r.by, r.of) for r in office.state.receipts] == [
        ("00000001", "adjusted", "00000002", ""),
        ("00000002", "valid", "", "00000001"),
    ]
    assert types(office.hear(a.paid(reference=office.reference))) == [], "the callback again"
    assert office.state.to_refund_vnd == 8_000


def test_who_is_spared_after_paying_gets_all_back_and_the_receipt_is_invalid(office, a):
    pay(office, a)

    said = office.hear(asked(exemption="poor_household"))

    assert types(said) == [FeeReassessed, ReceiptInvalidated, FeeOverpaid]
    assert said[0].exemption.off_vnd == 16_000
    assert office.state.to_refund_vnd == 16_000


def test_who_is_spared_before_paying_pays_nothing(office, a):
    said = office.hear(asked(exemption="poor_household"))

    assert types(said) == [FeeReassessed, FeeWaived]
    assert office.state.status == "waived"
    assert office.state.attempts[0].status == "closed"


def test_a_fee_whose_order_is_over_without_money_is_asked_for_again(an_office, a):
    office = an_office(pace=Pace(attempt_limit=1))
    office.hear(a.routed())
    office.hear(a.declined(reference=office.state.attempts[0].reference))
    assert office.state.status == "expired"

    assert types(office.hear(asked())) == [FeeReassessed, FeeAssessed, Requested]
    assert types(pay(office, a)) == [Settled, ReceiptIssued]


def test_an_exemption_that_does_not_hold_is_taken_back(an_office, a):
    office = an_office()
    office.hear(a.routed(fee_facts=FeeFacts(exemption="disabled")))

    assert types(office.hear(asked(exemption=""))) == [FeeReassessed, FeeAssessed, Requested]


def test_the_same_amount_for_something_else_replaces_the_receipt(an_office, a):
    office = an_office()
    office.hear(a.routed(procedure=PAGES, copies=4, fee_facts=FeeFacts(pages=1)))
    office.hear(a.settled())
    pay(office, a)

    said = office.hear(asked(copies=2, pages=2))

    assert types(said) == [FeeReassessed, ReceiptReplaced]
    assert (said[1].replaces, said[1].number, said[1].amount_vnd) == ("00000001", "00000002", 8_000)
    assert office.state.to_refund_vnd == 0


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"copies": 2}, "same"),
        ({"case": "no such case"}, "same"),  # this fee has no cases at all
        ({"copies": 1, "for_units": ("00004", "01")}, "not_yours"),
    ],
)
def test_what_cannot_be_is_rejected_with_what_to_do_instead(office, facts, code):
    before = office.state

    (said,) = office.hear(asked(**facts))

    assert said == ReassessmentRejected(
        by="counter", code=code, reason=REJECTIONS[code][0], reason_vi=REJECTIONS[code][1]
    )
    assert office.state == before


@pytest.mark.parametrize("units", [("25747",), ("79",), ()])
def test_the_unit_and_its_province_may_ask(office, units):
    assert FeeReassessed in types(office.hear(asked(copies=1, for_units=units)))


def test_an_unknown_case_is_rejected(an_office, a):
    office = an_office()
    office.hear(a.routed(procedure="1.001456"))

    assert [e.code for e in office.hear(asked(case="eaten"))] == ["unknown_case"]
    assert FeeReassessed in types(office.hear(asked(case="lost_or_damaged")))


def test_nothing_more_is_asked_for_what_has_ended(office):
    office.hear(Closed(national_code=7, reason="x"))

    assert [e.code for e in office.hear(asked(copies=9))] == ["ended"]


def test_an_application_that_nobody_assessed_is_rejected(an_office):
    assert [e.code for e in an_office().hear(asked(copies=9))] == ["no_basis"]


def test_what_an_officer_demanded_is_left_as_it_is(office, a):
    office.hear(a.payment_due())

    office.hear(asked(copies=1))

    demanded = [o for o in office.state.obligations if o.moment == "on_demand"]
    assert [(o.status, o.total_vnd) for o in demanded] == [("open", 500_000)]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("copies"), st.integers(1, 9)),
        st.tuples(st.just("exemption"), st.sampled_from(["", "disabled"])),
        st.tuples(st.just("pay"), st.just(0)),
        st.tuples(st.just("pay the first"), st.just(0)),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(STEPS)
def test_whatever_is_assessed_and_paid_the_books_agree(an_office, a, steps):
    office = an_office()
    office.hear(a.routed())
    for n, (what, value) in enumerate(steps):
        office.now += timedelta(seconds=1)
        if what == "copies":
            office.hear(asked(copies=value))
        elif what == "exemption":
            office.hear(asked(exemption=value))
        else:
            order = office.state.attempts[0 if what == "pay the first" else -1]
            office.hear(
                a.paid(reference=order.reference, amount_vnd=order.amount_vnd, transaction=f"T{n}")
            )
        state = office.state
        received = sum(m.amount_vnd for m in state.money)
        valid = sum(r.amount_vnd for r in state.receipts if r.status == "valid")
        still = [o for o in state.obligations if o.status in ("assessed", "open")]
        due = sum(o.total_vnd for o in still)
        reassessed = office.of(FeeReassessed)
        assert received == valid + state.to_refund_vnd
        assert valid + due == (reassessed[-1].total_vnd if reassessed else 16_000)
        assert all(o.total_vnd == total_vnd(o.lines) >= 0 for o in state.obligations)
        assert sum(x.status == "open" for x in state.attempts) == len(still) <= 1
        numbers = [(r.series, r.number) for r in state.receipts]
        assert len(set(numbers)) == len(numbers)
        assert sorted(n for _, n in numbers) == [f"{k:08d}" for k in range(1, len(numbers) + 1)]
