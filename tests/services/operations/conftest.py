"""What every test of operations may ask for."""

from types import SimpleNamespace

import pytest

from tests.services.operations import forms, lives, scenes
from tests.services.operations.memory import (
    Group,
    MemoryAssignment,
    MemoryTable,
    Over,
    Store,
    Trouble,
)
from tests.services.operations.story import BEGAN, LANES, Log, Story, application


@pytest.fixture(scope="session")
def world() -> SimpleNamespace:
    """What `story` and `memory` have; session-wide, so that property tests may ask for it."""
    return SimpleNamespace(
        Log=Log,
        Story=Story,
        Store=Store,
        Group=Group,
        Trouble=Trouble,
        MemoryTable=MemoryTable,
        Over=Over,
        MemoryAssignment=MemoryAssignment,
        LANES=LANES,
        BEGAN=BEGAN,
        application=application,
    )


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def story(log: Log) -> Story:
    return Story(log)


@pytest.fixture(scope="session")
def lived() -> SimpleNamespace:
    """What `lives` and `forms` have, and a family."""
    return SimpleNamespace(**vars(forms) | vars(lives), family=lambda: scenes.begun(scenes.family))
