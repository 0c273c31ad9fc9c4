"""Sightings on a database of their own."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from services.operations.situations import INDEX
from shared.catalogue import Catalogue, load
from shared.mongo import connect
from tests.services.operations.alarms.office import Office


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
async def office(mongo_url: str, catalogue: Catalogue) -> AsyncIterator[Office]:
    database = connect(mongo_url, f"test_alarms_{uuid4().hex[:8]}")
    office = Office(database, catalogue)
    await office.situations.index(INDEX)
    await office.facts.clustered()
    yield office
    await database.client.drop_database(database.name)
    database.client.close()
