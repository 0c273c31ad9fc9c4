"""A second person agrees to what is dear; operators ask for more, and never for more than came."""

import pytest

from services.payment.domain.draft import Pace
from shared.events.payment import (
    Mismatched,
    ReceiptAdjusted,
    ReceiptInvalidated,
    Requested,
    Settled,
)
from shared.events.refunds import (
    RefundChecked,
    RefundDone,
    RefundProposed,
    RefundRecorded,
    RefundRefused,
    RefundRejected,
    RefundRequested,
    RefundWaiting,
)
from tests.services.payment.domain.going_back import (
    WITHDRAWN,
    answer,
    ask,
    check,
    kinds,
    receipts,
)

# ---- a second person


@pytest.fixture
def dear(an_office, a):
    """An office where every refund over 10,000 VND is checked, paid."""
    office = an_office(pace=Pace(check_over_vnd=10_000))
    office.hear(a.routed())
    office.reference = office.of(Requested)[0].reference
    office.hear(a.paid(reference=office.reference))
    return office


def test_above_the_limit_a_second_person_has_to_agree(dear, a):
    decided = dear.hear(WITHDRAWN)
    assert kinds(decided) == [RefundProposed, RefundWaiting]
    assert decided[-1].waits_for == "check"

    assert kinds(check(dear)) == [RefundRequested]
    assert check(dear) == []


def test_at_the_limit_nobody_has_to(an_office, a):
    office = an_office(pace=Pace(check_over_vnd=16_000))
    office.hear(a.routed())
    office.hear(a.paid(reference=office.of(Requested)[0].reference))

    assert RefundRequested in kinds(office.hear(WITHDRAWN))


def test_nobody_agrees_to_what_he_asked_for_himself(dear):
    assert kinds(ask(dear)) == [RefundProposed, RefundWaiting]

    assert check(dear, by="maker") == []
    assert check(dear, by="maker", approved=False) == []
    assert kinds(check(dear, by="checker")) == [RefundRequested]


def test_what_is_asked_for_in_parts_is_looked_at_as_if_it_were_asked_for_at_once(dear):
    assert kinds(ask(dear, 8_000)) == [RefundProposed, ReceiptAdjusted, RefundRequested]

    assert kinds(ask(dear, 8_000)) == [RefundProposed, RefundWaiting]
    assert check(dear, by="maker") == []
    assert kinds(check(dear)) == [RefundRequested]


def test_parts_of_several_payments_are_one_wish_of_operators(dear, a):
    dear.hear(a.payment_due(amount_vnd=9_000))
    order = dear.of(Requested)[-1].reference
    dear.hear(a.paid(reference=order, amount_vnd=9_000, transaction="T2"))
    ask(dear, 8_000)

    assert kinds(ask(dear, 8_000, transaction="T2")) == [RefundProposed, RefundWaiting]


def test_what_was_turned_down_counts_for_nothing(dear):
    ask(dear, 16_000)
    check(dear, approved=False)

    assert RefundRequested in kinds(ask(dear, 8_000))


def test_what_was_turned_down_is_not_proposed_again_by_rule(dear, a):
    dear.hear(WITHDRAWN)
    (rejected,) = check(dear, approved=False)

    assert isinstance(rejected, RefundRejected)
    assert (rejected.by, rejected.reason) == ("checker", "looked at")
    assert dear.hear(a.accepted()) == []
    assert dear.state.to_refund_vnd == 16_000, "it is still not needed, and an operator may ask"
    assert kinds(ask(dear, by="another")) == [RefundProposed, RefundWaiting]


def test_what_an_operator_asked_for_in_vain_stays_paid(dear):
    ask(dear)
    assert dear.state.to_refund_vnd == 0, "nothing is free before it is agreed to"
    check(dear, approved=False)

    assert dear.state.to_refund_vnd == 0
    assert kinds(dear.hear(WITHDRAWN)) == [RefundProposed, RefundWaiting]


# ---- what operators ask for


def test_an_operator_may_have_part_of_a_payment_given_back(paid):
    decided = ask(paid, 6_000)
    assert kinds(decided) == [RefundProposed, ReceiptAdjusted, RefundRequested]
    assert receipts(paid) == [("00000001", 16_000, "adjusted"), ("00000002", 10_000, "valid")]
    assert (decided[0].by, decided[0].reason) == ("maker", "asked")
    assert paid.state.to_refund_vnd == 6_000

    assert kinds(answer(paid, "done")) == [RefundDone]
    assert (paid.state.status, paid.state.to_refund_vnd) == ("settled", 0)
    assert kinds(paid.hear(WITHDRAWN)) == [RefundProposed, RefundRequested]
    assert paid.of(RefundProposed)[-1].amount_vnd == 10_000, "the rest, and no more"
    assert ReceiptInvalidated in kinds(answer(paid, "done"))
    assert [status for _, _, status in receipts(paid)] == ["adjusted", "invalid"]


def test_a_receipt_is_lowered_when_a_second_person_agrees_and_not_before(dear):
    ask(dear, 12_000)
    assert receipts(dear) == [("00000001", 16_000, "valid")]

    assert kinds(check(dear)) == [ReceiptAdjusted, RefundRequested]
    assert receipts(dear)[1:] == [("00000002", 4_000, "valid")]


def test_each_part_lowers_what_counts_and_the_last_one_ends_it_when_it_is_back(paid):
    for amount_vnd in (6_000, 4_000, 6_000):
        ask(paid, amount_vnd)
        answer(paid, "done")

    assert [r[1:] for r in receipts(paid)] == [
        (16_000, "adjusted"),
        (10_000, "adjusted"),
        (6_000, "invalid"),
    ]
    assert paid.state.status == "refunded"


@pytest.mark.parametrize(("amount_vnd", "transaction"), [(16_001, "14700001"), (1, "T9"), (0, "")])
def test_no_more_is_asked_for_than_came(paid, amount_vnd, transaction):
    (refused,) = ask(paid, amount_vnd, transaction=transaction or "14700001")

    assert isinstance(refused, RefundRefused)
    because = "unknown_transaction" if transaction == "T9" else "more_than_is_left"
    assert (refused.because, refused.by, refused.amount_vnd) == (because, "maker", amount_vnd)
    assert paid.state.refunds == ()


def test_what_is_under_way_is_not_asked_for_twice(paid):
    ask(paid, 10_000)

    assert kinds(ask(paid, 10_000)) == [RefundRefused]
    assert RefundRequested in kinds(ask(paid, 6_000))


def test_an_operator_may_have_another_amount_given_back_while_the_order_is_open(office, a):
    office.hear(a.paid(reference=office.reference, transaction="T1", amount_vnd=9_000))
    ask(office, 9_000, transaction="T1")

    told_right = office.hear(a.paid(reference=office.reference, transaction="T1"))

    assert kinds(told_right) == [Mismatched], "what goes back settles nothing"
    assert Settled in kinds(office.hear(a.paid(reference=office.reference, transaction="T2")))
    assert office.state.to_refund_vnd == 9_000


def test_another_amount_that_is_asked_back_twice_goes_back_once(office, a):
    office.hear(a.paid(reference=office.reference, transaction="T1", amount_vnd=9_000))

    assert kinds(ask(office, 9_000, transaction="T1")) == [RefundProposed, RefundRequested]
    assert kinds(ask(office, 9_000, transaction="T1")) == [RefundRefused]
    answer(office, "done")
    assert kinds(ask(office, 9_000, transaction="T1")) == [RefundRefused]


def test_what_was_asked_back_as_another_amount_stays_once_it_settled_what_was_due(office, a):
    office.hear(a.paid(reference=office.reference, transaction="T1", amount_vnd=15_999))
    office.hear(a.paid(reference=office.reference, transaction="T1"))

    (refused,) = ask(office, 15_999, transaction="T1", if_mismatched=True)

    assert (refused.because, office.state.refunds) == ("more_than_is_left", ())
    assert office.state.status == "settled"


def test_what_a_settled_transaction_was_told_as_afterwards_is_no_money_to_give_back(office, a):
    office.hear(a.paid(reference=office.reference, transaction="T1"))
    assert kinds(
        office.hear(a.paid(reference=office.reference, transaction="T1", amount_vnd=9))
    ) == [Mismatched]

    assert kinds(ask(office, 9, transaction="T1", if_mismatched=True)) == [RefundRefused]
    assert RefundRequested in kinds(ask(office, 9, transaction="T1")), "asked for by itself it goes"


def test_what_is_overpaid_goes_back_by_rule_and_not_as_another_amount(twice):
    (money,) = [m for m in twice.state.money if m.kept_as == "overpaid"]
    wish = {"transaction": money.transaction, "if_mismatched": True}

    assert kinds(ask(twice, 1, **wish)) == [RefundRefused]


def test_a_refund_of_another_application_is_unknown_here(twice):
    key = "019aa0a5-b1c0-7d3e-8f4a-000000000404.refund.1"
    assert twice.hear(RefundRecorded(refund=key, transaction="F", by="c", reason="r")) == []
    assert twice.hear(RefundChecked(refund="x", approved=True, by="c", reason="r")) == []
