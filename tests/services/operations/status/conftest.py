"""The citizens' edge, on the catalogue that is shipped."""

import pytest

from shared.catalogue import Catalogue, load
from tests.services.operations.status.edge import StatusEdge


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def edge(catalogue: Catalogue) -> StatusEdge:
    return StatusEdge(catalogue)
