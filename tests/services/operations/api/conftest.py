"""Operations' edge, and an operator at it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.services.operations.api.edge import OPERATOR, Edge


@pytest.fixture
def edge(world: Any) -> Edge:
    return Edge(world)


@pytest.fixture
async def client(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(edge.app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://operations", headers=OPERATOR
    ) as client:
        yield client
