"""The catalogue, and a look at an application as its citizen has it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.operations.domain.citizen.view import CitizenStatus, view
from shared.catalogue import Catalogue, load
from tests.services.operations.story import Story


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def seen(catalogue: Catalogue) -> Callable[..., CitizenStatus]:
    def look(story: Story, later: timedelta = timedelta()) -> CitizenStatus:
        found = view(story.log.entries(story.application), catalogue, story.log.now + later)
        assert found is not None
        return found

    return look
