"""The table is complete; each of its rows does what it says; money is settled once, lost never."""

from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.payment.domain.draft import Pace
from services.payment.domain.orders import DUE_ON, MOVES, Trigger
from services.payment.domain.state import Status
from services.payment.domain.terms import NoPartner, Terms
from shared.catalogue.rows import PaymentMoment
from shared.events.kernel import TimerFired
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


def types(events):
    return [type(e) for e in events]


def test_every_state_and_trigger_is_covered():
    assert set(MOVES) == set(get_args(Status))
    assert all(set(row) == set(get_args(Trigger)) for row in MOVES.values())


def test_every_moment_of_the_catalogue_is_known():
    without_order = {"none", "at_submission_if_late", "after_tax_notice"}

    assert set(get_args(PaymentMoment)) - without_order == set(DUE_ON) - {"on_demand"}


@pytest.fixture
def office(an_office, a):
    """An order of 16,000 VND is open."""
    office = an_office()
    office.hear(a.routed())
    office.reference = office.of(Requested)[-1].reference
    return office


# ---- which moment opens the order


def test_a_fee_at_submission_is_asked_for_when_routed(an_office, a):
    office = an_office()

    assessed, requested = office.hear(a.routed(copies=2))

    assert (assessed.total_vnd, assessed.moment) == (16_000, "at_submission")
    assert (requested.amount_vnd, requested.attempt) == (16_000, 1)
    assert requested.expires_at == a.now + timedelta(days=1)
    assert types(office.hear(a.accepted())) == types(office.hear(a.settled())) == []


def test_a_fee_after_acceptance_is_said_first_and_asked_for_later(an_office, a):
    office = an_office()

    assert types(office.hear(a.routed(procedure="1.004222"))) == [FeeAssessed]
    assert types(office.hear(a.accepted())) == [Requested]
    assert types(office.hear(a.accepted())) == []


def test_a_fee_with_the_result_is_asked_for_when_that_is_ready(an_office, a):
    office = an_office()

    assert types(office.hear(a.routed(procedure="2.000815"))) == [FeeAssessed]
    assert types(office.hear(a.accepted())) == []
    assert types(office.hear(a.settled())) == [Requested]


def test_a_tax_is_asked_for_by_its_notice(an_office, a):
    office = an_office()

    assert office.hear(a.routed(procedure="1.013831")) == []
    assessed, requested = office.hear(a.payment_due(amount_vnd=500_000))

    assert (assessed.moment, assessed.lines[0].kind) == ("on_demand", "tax")
    assert requested.amount_vnd == 500_000


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"procedure": "1.000894"}, "no_fee"),
        ({"procedure": "1.001193"}, "on_time"),
        ({"procedure": "2.000200"}, "no_fee"),
        ({"receiving_unit": "00004"}, "waived: Hanoi: all listed fees waived online, 2026"),
    ],
)
def test_what_costs_nothing_is_waived_with_the_reason(an_office, a, changes, reason):
    (waived,) = an_office().hear(a.routed(**changes))

    assert isinstance(waived, FeeWaived)
    assert waived.reason == reason


def test_hanoi_waives_online_only(an_office, a):
    at_the_desk = an_office().hear(a.routed(receiving_unit=a.hanoi, channel="direct"))

    assert types(at_the_desk) == [FeeAssessed, Requested]


def test_a_further_obligation_is_opened_beside_the_first(office, a):
    office.hear(a.payment_due())
    second = office.of(Requested)[-1].reference

    paid = office.hear(a.paid(reference=second, transaction="T2", amount_vnd=500_000))
    paid += office.hear(a.paid(reference=office.reference, transaction="T1"))

    assert [(e.reference, e.amount_vnd) for e in paid if isinstance(e, Settled)] == [
        (second, 500_000),
        (office.reference, 16_000),
    ]


def test_a_second_routing_changes_nothing(office, a):
    assert office.hear(a.routed()) == []


def test_an_amount_that_no_partner_takes_waits_for_an_operator(an_office, a):
    none = Terms(partner="x", lifetime_s=1, min_vnd=1, max_vnd=15_999, active_from=a.now)

    with pytest.raises(NoPartner, match="add one"):
        an_office(partners=[none]).hear(a.routed())


def test_the_first_partner_that_takes_it_now_is_chosen(an_office, a):
    def terms(partner: str, **changes: object) -> Terms:
        whole = {"lifetime_s": 60, "min_vnd": 1, "max_vnd": 10**6, "active_from": a.now}
        return Terms(partner=partner, **(whole | changes))

    partners = [
        terms("small", max_vnd=1_000),
        terms("gone", active_to=a.now),
        terms("to_come", active_from=a.now + timedelta(seconds=1)),
        terms("takes_it"),
        terms("second"),
    ]
    office = an_office(partners=partners)
    office.hear(a.routed())

    assert office.of(Requested)[0].partner == "takes_it"


# ---- money


def test_a_payment_settles_and_issues_receipts(office, a):
    settled, receipt = office.hear(a.paid(reference=office.reference))

    assert (settled.transaction, settled.amount_vnd) == ("14700001", 16_000)
    assert receipt == ReceiptIssued(
        number=f"{office.reference}-P",
        kind="fee",
        amount_vnd=16_000,
        lines=office.of(FeeAssessed)[0].lines,
    )


def test_the_same_transaction_counts_once(office, a):
    office.hear(a.paid(reference=office.reference))

    assert office.hear(a.paid(reference=office.reference, code="00/00 again")) == []


def test_a_second_transaction_is_kept_to_be_refunded(office, a):
    office.hear(a.paid(reference=office.reference))

    assert types(office.hear(a.paid(reference=office.reference, transaction="T2"))) == [Overpaid]


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
    assert office.hear(a.declined(reference=office.reference, finding="pending")) == []


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
    while office.timers:
        assert office.ring() == [], "nobody asks after the order that is not needed"
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


# ---- silence


def test_a_silent_partner_is_asked_after_15_15_30_60_minutes(office, a):
    gaps, last = [], office.now
    for n in range(1, 7):
        (asked,) = office.ring()
        assert asked == QueryRequested(
            key=f"{a.application}/query/{n}",
            partner="vnpay",
            reference=office.reference,
            opened_at=a.now,
        )
        gaps.append((office.now - last).total_seconds() // 60)
        last = office.now
        office.hear(a.answer(key=asked.key, reference=office.reference, finding="pending"))

    assert gaps == [15, 15, 30, 60, 60, 60]


def test_an_answer_settles(office, a):
    (asked,) = office.ring()
    answer = a.answer(
        key=asked.key,
        reference=office.reference,
        finding="paid",
        transaction="T1",
        amount_vnd=16_000,
    )

    assert types(office.hear(answer)) == [Settled, ReceiptIssued]
    assert office.hear(a.paid(reference=office.reference, transaction="T1")) == []


def test_an_answer_declines(office, a):
    (asked,) = office.ring()
    answer = a.answer(key=asked.key, reference=office.reference, finding="failed")

    assert types(office.hear(answer)) == [Failed, Requested]
    assert office.hear(answer) == []


def test_an_unknown_outcome_is_superseded_by_the_answer(office, a):
    (asked,) = office.ring()
    office.hear(a.answer(key=asked.key, reference=office.reference, finding="unknown"))
    timers = len(office.timers)

    late = a.answer(key=asked.key, reference=office.reference, finding="not_found")
    assert office.hear(late) == []
    assert len(office.timers) == timers, "a stale answer sets no second timer"
    found = a.answer(
        key=asked.key,
        reference=office.reference,
        finding="paid",
        transaction="T",
        amount_vnd=16_000,
    )
    assert Settled in types(office.hear(found))


def test_at_the_end_of_its_time_an_order_nobody_paid_expires(office, a):
    while not office.of(Expired):
        (asked,) = office.ring()
        office.hear(a.answer(key=asked.key, reference=office.reference, finding="not_found"))

    assert office.now == a.now + timedelta(days=1)
    assert not office.timers
    assert types(office.hear(a.paid(reference=office.reference))) == [Overpaid]


def test_an_order_does_not_expire_on_a_guess_but_not_for_ever(an_office, a):
    office = an_office(pace=Pace(ask_limit=40))
    office.hear(a.routed())
    reference = office.of(Requested)[0].reference
    while not office.of(Expired):
        (asked,) = office.ring()
        office.hear(a.answer(key=asked.key, reference=reference, finding="deferred"))

    assert len(office.of(QueryRequested)) == 40
    assert office.now > a.now + timedelta(days=1)


def test_a_stale_timer_asks_nothing(office, a):
    stale = office.timers[0]
    office.hear(a.declined(reference=office.reference))

    assert office.hear(TimerFired(name=stale.name, version=1)) == []
    assert office.hear(TimerFired(name="order.query.9.9", version=1)) == []


# ---- in any order


heard = st.lists(
    st.one_of(
        st.tuples(
            st.just("callback"),
            st.sampled_from(["paid", "paid", "failed", "pending"]),
            st.integers(0, 3),  # of which order so far; one that is not there: an unknown one
            st.integers(1, 4),  # transaction
            st.sampled_from([0, 0, 0, -1]),  # off the amount asked for
        ),
        st.tuples(
            st.just("answer"),
            st.sampled_from(["paid", "failed", "pending", "not_found", "unknown", "deferred"]),
            st.integers(0, 3),
            st.integers(1, 4),
            st.sampled_from([0, 0, 0, -1]),
        ),
        st.tuples(st.just("timer"), st.integers(0, 3)),
        st.tuples(st.just("stale timer"), st.integers(0, 3)),
        st.tuples(st.sampled_from(["routed", "accepted", "payment_due", "closed", "again"])),
    ),
    max_size=25,
)


def next_data(office, a, what, heard_before):
    kind, *rest = what
    if kind == "again":
        return heard_before[-1] if heard_before else a.accepted()
    if kind in ("routed", "accepted", "payment_due"):
        return getattr(a, kind)()
    if kind == "closed":
        return Closed(national_code=7, reason="r")
    if kind in ("timer", "stale timer"):
        at = office.timers[rest[0] % len(office.timers)] if office.timers else None
        if at and kind == "timer":
            office.timers.remove(at)
            office.now = max(office.now, at.due)
        return TimerFired(name=at.name if at else "order.query.1.1", version=1)
    finding, place, transaction, off_vnd = rest
    orders = office.of(Requested)
    order = orders[place] if place < len(orders) else None
    amount_vnd = (order.amount_vnd if order else a.amount_vnd) + off_vnd
    said = {
        "reference": order.reference if order else f"DVC{place}",
        "transaction": f"T{transaction}" if finding == "paid" else "0",
        "amount_vnd": amount_vnd,
        "finding": finding,
    }
    if kind == "callback":
        return a.paid(**said)
    queries = office.of(QueryRequested)
    return a.answer(**said, key=queries[-1].key if queries else "a/query/1")


@settings(max_examples=300, deadline=None)
@given(st.booleans(), heard)
def test_in_any_order_money_is_settled_once_and_never_lost(an_office, a, routed_first, story):
    office, before, received = an_office(), [], {}
    for what in ([("routed",)] if routed_first else []) + story:
        data = next_data(office, a, what, before)
        before.append(data)
        if getattr(data, "finding", "") == "paid":
            received.setdefault(data.transaction, data.amount_vnd)
        office.hear(data)
    while any(t.name.startswith("money.early") for t in office.timers):
        office.ring()

    settled = office.of(Settled)
    kept = [*settled, *office.of(Overpaid), *office.of(Mismatched)]
    assert {e.transaction: e.amount_vnd for e in kept} == received
    assert len(kept) == len(received)
    obligations = office.state.obligations if office.state else ()
    assert len(settled) == sum(o.status == "settled" for o in obligations)
    assert sum(r.amount_vnd for r in office.of(ReceiptIssued)) == sum(e.amount_vnd for e in settled)
    attempts = office.state.attempts if office.state else ()
    for place, obligation in enumerate(obligations):
        open_ones = [t for t in attempts if t.obligation == place and t.status == "open"]
        assert len(open_ones) == (obligation.status == "open"), "one order is open, or none"
        for attempt in open_ones:
            live = [t for t in office.timers if t.name == attempt.timer]
            assert attempt.query_key or live, "an open order is watched"
    over = office.of(Expired)
    assert len(over) == sum(o.status == "expired" for o in obligations)
