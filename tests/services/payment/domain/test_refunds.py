"""What came in and is not needed is given back, once, and never more than came."""

from datetime import timedelta
from typing import get_args

import pytest

from services.payment.domain.draft import Pace
from services.payment.domain.leaving import ANSWERS, MOVES, Deed, Trigger
from services.payment.domain.orders import DUE_ON
from services.payment.domain.refunds import DEEDS, REFUND_ON
from services.payment.domain.standing import standing
from services.payment.domain.state import Leaving
from shared.events.payment import (
    Mismatched,
    Overpaid,
    ReceiptInvalidated,
    ReceiptIssued,
    Requested,
    Settled,
)
from shared.events.refunds import (
    RefundAnswered,
    RefundDone,
    RefundFailed,
    RefundProposed,
    RefundQueryRequested,
    RefundRecorded,
    RefundRequested,
    RefundWaiting,
)
from tests.services.payment.domain.going_back import (
    NOT_ACCEPTED,
    WITHDRAWN,
    answer,
    kinds,
    refund_timers,
    ring_refund,
    statuses,
)
from tests.services.payment.office import HCMC


def test_every_state_and_trigger_is_covered():
    assert set(MOVES) == set(get_args(Leaving))
    assert all(set(row) == set(get_args(Trigger)) for row in MOVES.values())
    assert set(DEEDS) == set(get_args(Deed))
    findings = get_args(RefundAnswered.__annotations__["finding"])
    assert set(ANSWERS) == set(findings)


def test_every_end_says_of_every_moment_whether_money_goes_back():
    assert {end: set(row) for end, row in REFUND_ON.items()} == {
        "not_accepted": set(DUE_ON),
        "cancelled": set(DUE_ON),
        "withdrawn": set(DUE_ON),
    }


# ---- what is given back by rule


def test_a_second_payment_is_given_back_by_the_partner_that_took_it(paid, a):
    decided = paid.hear(a.paid(reference=paid.reference, transaction="T2"))

    assert kinds(decided) == [Overpaid, RefundProposed, RefundRequested]
    proposed, requested = decided[1:]
    assert (proposed.reason, proposed.by, proposed.amount_vnd) == ("overpaid", "", 16_000)
    assert proposed.refund == f"{a.application}.refund.1"
    assert requested.key == f"{a.application}/refund/1/1"
    assert (requested.transaction, requested.paid_vnd) == ("T2", 16_000)
    assert requested.opened_at == a.now
    assert paid.state.to_refund_vnd == 16_000


def test_what_was_given_back_is_not_owed_any_more(twice):
    assert kinds(answer(twice, "done", transaction="R1")) == [RefundDone]

    assert (twice.state.to_refund_vnd, twice.state.refunded_vnd) == (0, 16_000)
    assert (twice.of(RefundDone)[0].told, twice.of(RefundDone)[0].unit) == ("R1", HCMC)
    assert answer(twice, "done", transaction="R1") == []
    assert twice.state.status == "settled", "the first payment stays"


def test_another_amount_is_given_back_once_its_order_is_settled_otherwise(office, a):
    office.hear(a.paid(reference=office.reference, transaction="T1", amount_vnd=9_000))
    assert (office.state.to_refund_vnd, statuses(office)) == (9_000, []), "it may be told right yet"

    decided = office.hear(a.paid(reference=office.reference, transaction="T2"))

    assert kinds(decided) == [Settled, ReceiptIssued, RefundProposed, RefundRequested]
    assert (decided[2].transaction, decided[2].amount_vnd) == ("T1", 9_000)
    assert decided[2].reason == "amount_differs"


def test_too_much_in_one_transfer_settles_nothing_and_goes_back_whole_when_the_time_is_over(
    an_office, a
):
    office = an_office(pace=Pace(ask_limit=1))
    office.hear(a.routed())
    order = office.of(Requested)[0]

    told = office.hear(a.paid(reference=order.reference, transaction="T1", amount_vnd=20_000))
    assert (kinds(told), office.state.status) == ([Mismatched], "open")
    assert office.state.to_refund_vnd == 20_000

    (asked,) = office.ring()
    office.hear(a.answer(key=asked.key, reference=order.reference, finding="not_found"))
    assert (office.state.status, office.of(RefundRequested)[0].amount_vnd) == ("expired", 20_000)


def test_another_amount_is_given_back_when_its_order_is_over(office, a):
    office.hear(a.paid(reference=office.reference, transaction="T1", amount_vnd=17_000))

    decided = office.hear(WITHDRAWN)

    assert [e.amount_vnd for e in decided if isinstance(e, RefundRequested)] == [17_000]


def test_what_is_told_otherwise_of_money_on_its_way_back_is_for_a_person(office, a):
    office.hear(a.paid(reference=office.reference, transaction="T1", amount_vnd=9_000))
    office.hear(WITHDRAWN)

    late = office.hear(a.paid(reference=office.reference, transaction="T1"))

    assert kinds(late) == [Mismatched]
    assert (statuses(office), office.state.to_refund_vnd) == (["requested"], 9_000)


@pytest.mark.parametrize(("end", "why"), [(NOT_ACCEPTED, "not_accepted"), (WITHDRAWN, "withdrawn")])
def test_a_fee_paid_for_what_goes_no_further_is_given_back_whole(paid, end, why):
    proposed, _ = paid.hear(end)

    assert (proposed.amount_vnd, proposed.reason) == (16_000, why)
    assert paid.hear(end) == []
    assert kinds(answer(paid, "done")) == [RefundDone, ReceiptInvalidated]
    assert [r.number for r in paid.of(ReceiptInvalidated)] == [
        r.number for r in paid.of(ReceiptIssued)
    ]
    assert (paid.state.status, paid.state.to_refund_vnd) == ("refunded", 0)


def test_a_tax_that_was_demanded_is_not_given_back_by_rule(an_office, a):
    office = an_office()
    office.hear(a.routed(procedure="1.013831"))
    office.hear(a.payment_due(amount_vnd=500_000))
    office.hear(a.paid(reference=office.of(Requested)[0].reference, amount_vnd=500_000))

    assert office.hear(WITHDRAWN) == []


def test_money_that_no_order_of_ours_explains_goes_back_by_hand(an_office, a):
    office = an_office()
    office.hear(a.paid(reference="DVC404"))

    decided = office.ring()

    assert kinds(decided) == [Overpaid, RefundProposed, RefundWaiting]
    assert decided[-1].waits_for == "person"


# ---- what the partner says


def test_a_partner_that_cannot_leaves_it_to_a_person_who_records_it(twice, a):
    (waiting,) = answer(twice, "by_hand")
    assert (waiting.waits_for, waiting.transaction) == ("person", "T2")
    assert standing(twice.state) == "moving"

    deed = RefundRecorded(refund=waiting.refund, transaction="FT1", by="cashier", reason="by slip")
    (done,) = twice.hear(deed)

    assert (done.told, done.by, done.amount_vnd) == ("FT1", "cashier", 16_000)
    assert twice.hear(deed) == []
    assert standing(twice.state) == "resting"


def test_a_refund_that_surely_failed_is_looked_at_by_a_person(twice):
    (failed,) = answer(twice, "failed", code="93")

    assert (failed.code, statuses(twice)) == ("93", ["failed"])
    assert twice.state.to_refund_vnd == 16_000
    deed = RefundRecorded(refund=failed.refund, transaction="FT1", by="c", reason="by slip")
    assert kinds(twice.hear(deed)) == [RefundDone]


@pytest.mark.parametrize("finding", ["pending", "unknown"])
def test_where_nobody_knows_the_partner_is_asked_and_not_told_again(twice, finding):
    assert answer(twice, finding) == []
    began, (asked,) = twice.now, refund_timers(twice)

    assert kinds(ring_refund(twice)) == [RefundQueryRequested]
    assert twice.now - began == timedelta(minutes=15)
    assert len(twice.of(RefundRequested)) == 1
    assert asked == "refund.1.1"
    assert kinds(answer(twice, "done")) == [RefundDone]


def test_the_number_that_a_partner_gave_it_is_used_to_ask_and_kept(twice, a):
    answer(twice, "pending", transaction="R1")

    (asked,) = ring_refund(twice)

    assert (asked.told, asked.asked_at) == ("R1", a.now)
    (done,) = answer(twice, "done")
    assert done.told == "R1"


def test_the_number_of_a_refund_of_another_payment_is_not_this_ones(twice):
    answer(twice, "done", transaction="R1")
    twice.hear(WITHDRAWN)

    assert answer(twice, "done", transaction="R1") == []
    assert statuses(twice) == ["done", "unknown"]


def test_what_was_not_sent_is_sent_later_under_a_new_key(twice):
    assert answer(twice, "deferred") == []

    (again,) = ring_refund(twice)

    first = twice.of(RefundRequested)[0]
    assert (again.refund, again.amount_vnd) == (first.refund, first.amount_vnd)
    assert again.key != first.key


def test_a_partner_is_not_asked_for_ever(an_office, a):
    office = an_office(pace=Pace(ask_limit=3))
    office.hear(a.routed())
    reference = office.of(Requested)[0].reference
    for transaction in ("T1", "T2"):
        office.hear(a.paid(reference=reference, transaction=transaction))
    answer(office, "unknown")
    for _ in range(2):
        ring_refund(office)
        answer(office, "unknown")

    assert statuses(office) == ["by_hand"]


def test_a_late_answer_that_it_is_done_is_good_and_any_other_is_not(twice):
    first = twice.of(RefundRequested)[0].key
    answer(twice, "unknown")
    ring_refund(twice)

    assert answer(twice, "failed", key=first) == []
    assert kinds(answer(twice, "done", key=first)) == [RefundDone]


def test_a_failed_refund_is_told(twice):
    answer(twice, "failed")
    assert len(twice.of(RefundFailed)) == 1
