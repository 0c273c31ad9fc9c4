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
