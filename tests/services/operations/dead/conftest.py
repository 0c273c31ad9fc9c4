"""An office, and an operator at its edge."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.services.operations.dead.office import Office


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
async def client(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(office.app())
    headers = {"authorization": "Bearer op-key"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://operations", headers=headers
    ) as client:
        yield client
