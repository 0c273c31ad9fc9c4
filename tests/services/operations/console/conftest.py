"""What tests of the console may ask for."""

from collections.abc import AsyncIterator

import httpx
import pytest

from shared.catalogue import Catalogue, load
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.releasing import held_one
from tests.services.operations.console.visits import sign_in
from tests.services.operations.story import Story


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def edge(catalogue: Catalogue) -> ConsoleEdge:
    return ConsoleEdge(catalogue)


@pytest.fixture
async def browser(edge: ConsoleEdge) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the door."""
    async with edge.browser() as browser:
        yield browser


@pytest.fixture
async def seated(edge: ConsoleEdge) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of somebody who is signed in as an operator."""
    async with edge.browser() as browser:
        await sign_in(browser, "operator")
        yield browser


@pytest.fixture
async def held(edge: ConsoleEdge) -> list[Story]:
    """Two applications that payment holds."""
    return [await edge.read(held_one(n)) for n in (1, 2)]


@pytest.fixture
async def checker(edge: ConsoleEdge) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of a checker."""
    async with edge.browser() as browser:
        await sign_in(browser, "checker")
        yield browser
