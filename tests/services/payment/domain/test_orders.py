"""The table is complete, and the moment of a fee opens its order at a partner that takes it."""

from datetime import timedelta
from typing import get_args

import pytest

from services.payment.domain.orders import DUE_ON, MOVES, Trigger
from services.payment.domain.state import Status
from services.payment.domain.terms import NoPartner, Terms
from shared.catalogue.rows import PaymentMoment
from shared.events.payment import (
    FeeAssessed,
    FeeWaived,
    Requested,
    Settled,
)
from tests.services.payment.domain.told import types


def test_every_state_and_trigger_is_covered():
    assert set(MOVES) == set(get_args(Status))
    assert all(set(row) == set(get_args(Trigger)) for row in MOVES.values())


def test_every_moment_of_the_catalogue_is_known():
    without_order = {"none", "at_submission_if_late", "after_tax_notice"}

    assert set(get_args(PaymentMoment)) - without_order == set(DUE_ON) - {"on_demand"}


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
