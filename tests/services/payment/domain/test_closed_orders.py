"""An order that is offered no more may have been paid: its partner is asked, a few times."""

import pytest

from services.payment.domain.draft import Pace
from services.payment.domain.terms import Terms
from shared.events.payment import (
    Chosen,
    Failed,
    Overpaid,
    QueryRequested,
    Requested,
    Settled,
)
from shared.events.queries import QueryAsked
from shared.events.routing import Closed
from tests.services.payment.domain.told import types


@pytest.fixture
def two(an_office, a):
    """Two orders of one obligation are open; the second is paid, which closes the first."""
    whole = {"lifetime_s": 86_400, "min_vnd": 1, "max_vnd": 10**6, "active_from": a.now}
    partners = [Terms(partner=name, **whole) for name in ("first", "second")]
    office = an_office(partners=partners, pace=Pace(ask_limit=4))
    office.hear(a.routed())
    office.hear(Chosen(obligation=0, partner="second"))
    office.closed, paid = office.of(Requested)
    office.hear(a.paid(partner="second", reference=paid.reference))
    office.asked = lambda: [q for q in office.of(QueryRequested) if q.partner == "first"]
    return office


def answered(office, a, finding, **changes):
    asked = office.asked()[-1]
    said = {"key": asked.key, "partner": "first", "reference": asked.reference, "finding": finding}
    return office.hear(a.answer(**(said | changes)))


def ring(office):
    """Let the timers fire until one of them does something."""
    while office.timers:
        if said := office.ring():
            return said
    return []


def test_money_whose_call_was_lost_is_found_though_another_order_was_paid(two, a):
    assert types(ring(two)) == [QueryRequested]

    said = answered(two, a, "paid", transaction="T9", amount_vnd=two.closed.amount_vnd)

    assert types(said)[0] == Overpaid
    assert two.state.to_refund_vnd == two.closed.amount_vnd
    assert (ring(two), two.state.attempts[0].status) == ([], "expired")


def test_money_that_was_told_of_meanwhile_ends_the_questions_with_the_first_answer(two, a):
    amount_vnd, names = two.closed.amount_vnd, {"partner": "first", "transaction": "T9"}
    told = {"reference": two.closed.reference, "amount_vnd": amount_vnd, **names}
    assert types(two.hear(a.paid(**told)))[0] == Overpaid
    assert types(ring(two)) == [QueryRequested]

    assert answered(two, a, "paid", **told) == []
    assert (ring(two), two.state.attempts[0].status) == ([], "expired")


def test_who_has_not_paid_by_then_is_asked_of_once_more_at_the_end_of_the_order_and_not_again(
    two, a
):
    assert types(ring(two)) == [QueryRequested]
    assert answered(two, a, "not_found") == []
    assert types(ring(two)) == [QueryRequested]
    assert two.now == two.closed.expires_at
    assert answered(two, a, "not_found") == []

    assert (ring(two), two.state.attempts[0].status) == ([], "expired")


def test_a_partner_that_cannot_be_reached_is_asked_until_the_limit(two, a):
    times = 0
    while types(ring(two)) == [QueryRequested]:
        times += 1
        answered(two, a, "unknown")

    assert (times, two.state.attempts[0].status) == (4, "expired")
    assert two.of(Failed) == [], "nobody was told of an order that is not needed"


@pytest.mark.parametrize("finding", ["failed", "unaskable"])
def test_a_partner_that_is_sure_or_answers_nobody_is_asked_no_more(two, a, finding):
    ring(two)

    assert answered(two, a, finding) == []
    assert (ring(two), two.state.attempts[0].status) == ([], "expired")


def test_a_callback_that_is_not_sure_has_its_partner_asked_at_once(two, a):
    hint = a.paid(partner="first", reference=two.closed.reference, finding="unknown")

    assert types(two.hear(hint)) == [QueryRequested]


def test_an_operator_may_have_its_partner_asked_at_once(two):
    wish = QueryAsked(reference=two.closed.reference, by="o-1", reason="the bank is back")

    assert types(two.hear(wish)) == [QueryRequested]


def test_an_answer_under_way_when_another_order_is_paid_still_counts(an_office, a):
    whole = {"lifetime_s": 86_400, "min_vnd": 1, "max_vnd": 10**6, "active_from": a.now}
    partners = [Terms(partner=name, **whole) for name in ("first", "second")]
    office = an_office(partners=partners)
    office.hear(a.routed())
    assert types(office.ring()) == [QueryRequested]
    office.hear(Chosen(obligation=0, partner="second"))
    office.hear(a.paid(partner="second", reference=office.of(Requested)[1].reference))
    asked = office.of(QueryRequested)[0]
    said = {"key": asked.key, "partner": "first", "reference": asked.reference}

    assert office.hear(a.answer(finding="not_found", **said)) == []

    assert types(ring(office)) == [QueryRequested], "once more, at its end"


def test_what_was_paid_before_an_application_was_withdrawn_is_found(office, a):
    office.hear(Closed(national_code=7, reason="withdrawn"))

    assert types(ring(office)) == [QueryRequested]
    asked = office.of(QueryRequested)[-1]
    said = {"key": asked.key, "partner": "vnpay", "reference": asked.reference}
    assert Overpaid in types(office.hear(a.answer(finding="paid", transaction="T", **said)))
    assert office.of(Settled) == []
