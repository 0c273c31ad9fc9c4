import pytest

from services.notify.domain import Policy
from tests.services.notify.broadcasts.door import Edge
from tests.services.notify.broadcasts.office import Office


@pytest.fixture(scope="session")
def new_office(whole):
    return lambda *policy, **more: Office(whole, Policy(*policy, **more))


@pytest.fixture
def office(new_office) -> Office:
    return new_office()


@pytest.fixture
def edge(office: Office) -> Edge:
    return Edge(office)
