"""Operations' edge on a real database, two operators and a checker at it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.operations.situations import INDEX
from shared.events import Event
from shared.mongo import connect
from tests.services.operations.api.edge import OPERATOR, park
from tests.services.operations.rounds.edge import Door


@pytest.fixture
async def door(mongo_url: str, world: Any) -> AsyncIterator[Door]:
    database = connect(mongo_url, f"test_rounds_{uuid4().hex[:8]}")
    door = Door(database, world)
    await door.situations.index(INDEX)
    yield door
    await database.client.drop_database(database.name)
    database.client.close()


@pytest.fixture
async def client(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(door.app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://operations", headers=OPERATOR
    ) as client:
        yield client


@pytest.fixture
async def held(door: Door, story: Any, log: Any, world: Any) -> list[Event]:
    """Two applications that payment holds."""
    other = world.Story(log, 2)
    for one in (story, other):
        one.routed()
    notices = [park(story), park(other)]
    await door.read(log)
    return notices
