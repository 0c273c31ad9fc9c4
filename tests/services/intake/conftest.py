"""What every test of intake may ask for."""

from types import SimpleNamespace

import pytest

from tests.services.intake import edge as edges
from tests.services.intake import memory, sent
from tests.services.intake.edge import Edge
from tests.services.intake.memory import Lane
from tests.services.intake.town import Town


class Make(SimpleNamespace):
    """The names of the modules beside this one, for tests."""

    def __repr__(self) -> str:
        return "make"


@pytest.fixture(scope="session")
def make() -> Make:
    return Make(**{**vars(sent), **vars(memory), **vars(edges)})


@pytest.fixture
def lane() -> Lane:
    return Lane()


@pytest.fixture
def edge() -> Edge:
    return Edge()


@pytest.fixture
async def town(make: Make) -> Town:
    found = Town(make)
    await found.submit()
    return found
