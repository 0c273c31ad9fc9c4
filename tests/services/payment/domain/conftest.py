"""An office with an order that waits for its money."""

import pytest

from shared.events.payment import Requested


@pytest.fixture
def office(an_office, a):
    """An order of 16,000 VND is open."""
    office = an_office()
    office.hear(a.routed())
    office.reference = office.of(Requested)[-1].reference
    return office


@pytest.fixture
def paid(office, a):
    """The obligation of 16,000 VND is settled."""
    office.hear(a.paid(reference=office.reference))
    return office


@pytest.fixture
def twice(paid, a):
    """It was paid twice: the refund of T2 is with the partner."""
    paid.hear(a.paid(reference=paid.reference, transaction="T2"))
    return paid
