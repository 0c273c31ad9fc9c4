"""Incidents on a real database, and on one in memory."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from services.operations.incidents.rows import Tables
from services.operations.situations import INDEX
from shared.mongo import MongoTable, connect
from tests.services.operations.incidents.house import OPERATOR, Office
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.memory_whom import MemoryWhom


@pytest.fixture
async def office(mongo_url: str) -> AsyncIterator[Office]:
    database = connect(mongo_url, f"test_incidents_{uuid4().hex[:8]}")
    situations, *own = (MongoTable(database[n]) for n in ("situations", *Tables._fields))
    await situations.index(INDEX)
    yield Office(situations, situations, own)
    await database.client.drop_database(database.name)
    database.client.close()


@pytest.fixture(params=["mongo", "memory"])
def either(request: pytest.FixtureRequest) -> Office:
    """The same on a real database, and in memory."""
    if request.param == "mongo":
        real: Office = request.getfixturevalue("office")
        return real
    situations, *own = (MemoryTable(Trouble()) for _ in ("situations", *Tables._fields))
    return Office(situations, MemoryWhom(situations.rows), own)


@pytest.fixture
async def client(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(office.app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://operations", headers=OPERATOR
    ) as client:
        yield client
