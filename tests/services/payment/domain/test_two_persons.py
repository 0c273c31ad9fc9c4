"""Above the limit money leaves by two persons: who asked neither agrees nor records alone."""

from datetime import timedelta

import pytest

from services.payment.domain.draft import Pace
from shared.events.disbursements import (
    DisbursementDone,
    DisbursementFailed,
    DisbursementProposed,
    DisbursementRequested,
    DisbursementWaiting,
)
from shared.events.payment import Requested
from shared.events.refunds import RefundDone, RefundProposed, RefundRecorded
from tests.services.payment.domain import going_back
from tests.services.payment.domain.paid_out import (
    PACE,
    PARTNERS,
    answer,
    ask,
    check,
    granted,
    kinds,
    record,
)

# ---- refunds


@pytest.fixture
def settled(an_office, a):
    """An office where every refund over 10,000 VND is checked, paid."""
    office = an_office(pace=Pace(check_over_vnd=10_000))
    office.hear(a.routed())
    office.hear(a.paid(reference=office.of(Requested)[0].reference))
    return office


def back_by_hand(office, by):
    going_back.answer(office, "by_hand")
    key = office.of(RefundProposed)[-1].refund
    deed = RefundRecorded(refund=key, transaction="FT1", by=by, reason="by slip")
    return RefundDone in kinds(office.hear(deed))


def test_above_the_limit_who_asked_does_not_record_that_it_is_done(settled):
    going_back.ask(settled)
    going_back.check(settled)

    assert not back_by_hand(settled, by="maker")
    assert back_by_hand(settled, by="cashier")


def test_nor_of_a_part_by_which_the_limit_is_passed(settled):
    going_back.ask(settled, 8_000)
    assert back_by_hand(settled, by="maker"), "below it he may"

    going_back.ask(settled, 8_000)
    going_back.check(settled)
    assert not back_by_hand(settled, by="maker")


# ---- allowances


@pytest.fixture
def office(an_office, a):
    """A social pension was granted: 500,000 VND a month, no more than the limit of the check."""
    return granted(an_office(partners=PARTNERS, pace=PACE), a)


@pytest.fixture
def asked(office):
    """The allowance of a month is with the bank."""
    ask(office)
    return office


def test_an_allowance_above_the_limit_is_not_recorded_as_paid_by_who_asked(an_office, a):
    office = granted(an_office(pace=Pace(check_over_vnd=0)), a)
    ask(office)
    check(office)  # no bank pays it: a person does

    assert record(office, by="maker") == []
    assert kinds(record(office, by="treasurer")) == [DisbursementDone]
    assert kinds(record(office, "not_paid", by="maker")) == [DisbursementFailed]


def test_several_months_asked_for_together_are_looked_at_as_one_sum(asked, a):
    asked.now += timedelta(days=11)  # it is December
    answer(asked, "done")
    assert kinds(ask(asked, period="2026-12")) == [DisbursementProposed, DisbursementWaiting]

    check(asked, approved=False)
    asked.now += timedelta(days=20)  # a month after the first one: as it should be
    assert kinds(ask(asked, period="2026-12")) == [DisbursementProposed, DisbursementRequested]
