"""A partner that says nothing is asked, and an order that nobody paid ends in time."""

from datetime import timedelta

from services.payment.domain.draft import Pace
from shared.events.kernel import TimerFired
from shared.events.payment import (
    Expired,
    Failed,
    Mismatched,
    Overpaid,
    QueryRequested,
    ReceiptIssued,
    Requested,
    Settled,
)
from tests.services.payment.domain.told import types


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
    assert [expired.moment for expired in office.of(Expired)] == ["at_submission"]
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


def test_a_partner_is_asked_about_money_that_its_statement_does_not_name(office, a):
    office.hear(a.paid(reference=office.reference))
    said = a.unstated(reference=office.reference)

    (asked,) = office.hear(said)
    (again,) = office.hear(said)
    assert asked.reference == office.reference
    assert (asked.key, again.key) == (f"{a.application}/query/1", f"{a.application}/query/2")
    assert office.state.obligations[0].status == "settled"
    answer = a.answer(key=asked.key, reference=office.reference, finding="not_found")
    assert office.hear(answer) == []
    assert office.state.obligations[0].status == "settled"


def test_nobody_is_asked_about_money_that_we_do_not_hold_or_of_an_open_order(office, a):
    assert office.hear(a.unstated(reference=office.reference)) == []
    office.hear(a.paid(reference=office.reference, amount_vnd=5))
    assert office.hear(a.unstated(reference=office.reference, amount_vnd=5)) == []
    assert office.hear(a.unstated(reference="DVC0")) == []


def test_a_partner_that_cannot_be_asked_is_not(office, a):
    (asked,) = office.ring()
    unaskable = a.answer(key=asked.key, reference=office.reference, finding="unaskable")
    office.hear(unaskable)
    office.hear(a.paid(reference=office.reference))
    assert office.hear(a.unstated(reference=office.reference)) == []


def asked_until_it_ends(office, a, **said):
    """Let the partner answer the same to every question, until nothing rings any more."""
    events = []
    while office.timers:
        for event in office.ring():
            events.append(event)
            if isinstance(event, QueryRequested):
                told = {"key": event.key, "reference": office.reference, **said}
                events += office.hear(a.answer(**told))
    return events


def test_another_amount_found_by_asking_goes_back_once_the_order_is_over(office, a):
    wrong = {"finding": "paid", "transaction": "T", "amount_vnd": 1}

    said = types(asked_until_it_ends(office, a, **wrong))

    assert said.count(Mismatched) == 1
    assert said[-1] == Expired
    (refund,) = office.state.refunds
    assert (refund.amount_vnd, refund.reason) == (1, "amount_differs")
    assert (office.state.status, office.now) == ("expired", a.now + timedelta(days=1))


def test_the_right_amount_that_is_paid_after_another_is_found_by_the_next_question(office, a):
    (asked,) = office.ring()
    told = {"reference": office.reference, "finding": "paid"}
    wrong = a.answer(key=asked.key, transaction="T", amount_vnd=1, **told)
    assert types(office.hear(wrong)) == [Mismatched]

    (asked,) = office.ring()
    right = a.answer(key=asked.key, transaction="T2", amount_vnd=16_000, **told)
    assert Settled in types(office.hear(right))
