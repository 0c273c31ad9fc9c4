"""A report of a period in which one of everything happened, and a key."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.local.secrets import generate
from services.operations.domain.proof.checks import proof_of
from services.operations.domain.proof.period import Period
from services.operations.domain.proof.tally import Moment, Proof
from services.operations.proofs.report import Report, report_of
from tests.services.operations.domain.proof.plant import PLANTED
from tests.services.operations.story import BEGAN, Log, Story

PERIOD = Period(datetime(2026, 5, 28, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
LATER = BEGAN + timedelta(days=9)


def lived(log: Log) -> list[Story]:
    """A whole life, and one with each fault."""
    stories = [Story(log, n) for n in range(1 + len(PLANTED))]
    for story, happens in zip(stories, [Story.returned, *PLANTED], strict=True):
        happens(story)
    return stories


def found() -> Proof:
    log, whole = Log(), Proof()
    moment = Moment(*(int(at.timestamp() * 1_000) for at in (LATER, PERIOD.until)))
    for story in lived(log):
        whole.add(proof_of(story.application, log.entries(story.application), [], moment))
    return whole


@pytest.fixture
def report() -> Report:
    return report_of(found(), PERIOD, LATER, LATER, "motcua", unread=3)


@pytest.fixture(scope="session")
def keys() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Files of secrets: the services', the clients'."""
    return generate()
