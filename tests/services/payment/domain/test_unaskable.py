"""Partners that cannot be asked what became of an order."""

from datetime import timedelta

from services.payment.domain.draft import Pace
from shared.events.payment import Expired, Settled
from tests.services.payment.domain.told import types


def test_a_partner_that_cannot_be_asked_is_waited_for_until_expiry_and_a_grace_once(an_office, a):
    """A transfer comes or does not: nobody is asked 48 times what nobody can answer."""
    office = an_office(pace=Pace(grace_s=600))
    office.hear(a.routed())
    (asked,) = office.ring()
    unaskable = a.answer(key=asked.key, reference=asked.reference, finding="unaskable")
    assert office.hear(unaskable) == []

    assert types(office.ring()) == [Expired]
    assert office.now == a.now + timedelta(days=1, seconds=600)
    assert not office.timers


def test_money_within_the_grace_settles(an_office, a):
    office = an_office()
    office.hear(a.routed())
    (asked,) = office.ring()
    office.hear(a.answer(key=asked.key, reference=asked.reference, finding="unaskable"))
    office.now = a.now + timedelta(days=1, seconds=60)

    assert Settled in types(office.hear(a.paid(reference=asked.reference)))
    assert office.ring() == []
