"""A petition has a journey of its own, found by its code; what becomes of it is counted."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from services.operations.domain.findings import contiguity, tracing
from services.operations.domain.status import status
from services.operations.domain.timeline import timeline
from services.operations.domain.waits import waiting_for, waits
from shared.events import petitions

CODE = "PA-20261120-3RE8JK2K962"
SEALED = "v1.c3ludGhldGlj"
NAMED = {"code": CODE, "kind": "delay", "unit": "26737"}


def live(story: Any, *, on_time: bool = True, score: int = 4) -> None:
    """File it, answer it, take the answer."""
    due = story.log.now + timedelta(days=14)
    filed = petitions.PetitionFiled(
        code=CODE, portal="sandbox", kind="delay", text=SEALED, content="x", unit="26737"
    )
    cause = story.external("notify.inbox", "/portals/sandbox", filed)
    _, assigned = story.decide(
        "notify",
        cause,
        petitions.PetitionReceived(**NAMED, portal="sandbox", due=due),
        petitions.PetitionAssigned(**NAMED, due=due),
    )
    story.log.pass_time(days=3)
    said = petitions.PetitionAnsweredByOfficer(officer="o1", answer=SEALED)
    cause = story.external("notify.inbox", "/officers/o1", said, assigned.id)
    answered = petitions.PetitionAnswered(
        **NAMED, officer="o1", answer=SEALED, on_time=on_time, closes_at=due
    )
    [event] = story.decide("notify", cause, answered)
    story.log.pass_time(days=1)
    told = petitions.PetitionAcceptanceTold(score=score)
    cause = story.external("notify.inbox", "/portals/sandbox", told, event.id)
    story.decide("notify", cause, petitions.PetitionAccepted(**NAMED, score=score))


@pytest.mark.parametrize("name", [CODE, CODE.lower(), "pa 20261120 3RE8 JK2K 962"])
async def test_it_is_found_by_its_code_as_people_type_it(world: SimpleNamespace, name) -> None:
    log, store = world.Log(), world.Store()
    story = world.Story(log)
    live(story)
    await store.read(world.Group(log.records))

    assert await store.journeys.find(name) == story.application
    entries, forks = await store.journeys.of(story.application)
    assert (len(entries), forks) == (7, [])


def test_its_journey_is_whole_though_nobody_submitted_an_application(story: Any, log: Any) -> None:
    live(story)
    entries = log.entries(story.application)

    assert contiguity(entries) == []
    assert tracing(story.application, entries) == []
    stands = status(entries)
    assert (stands.petition, stands.dossier_code, stands.state) == (CODE, "", None)
    assert [wait.who for wait in waits(entries)] == ["officer", "citizen"]
    assert waiting_for(entries) is None


def test_its_lines_say_what_happened_and_nothing_of_what_it_says(story: Any, log: Any) -> None:
    live(story)
    texts = {line.type: line.text for line in timeline(log.entries(story.application))}

    assert texts["petition.filed"] == f"{CODE} · delay · unit 26737"
    assert texts["petition.answered"] == "o1 · on time"
    assert texts["petition.accepted"] == "4 of 5"
    assert not any(SEALED in text for text in texts.values())


async def test_answers_on_time_and_what_citizens_think_of_them_are_counted(
    world: SimpleNamespace,
) -> None:
    log, store = world.Log(), world.Store()
    live(world.Story(log, 1))
    live(world.Story(log, 2), on_time=False, score=2)
    live(world.Story(log, 3))
    await store.read(world.Group(log.records))

    assert (await store.counts().total()).scores == {
        "petition.answered/on_time": 2,
        "petition.answered/late": 1,
        "petition.accepted/4": 2,
        "petition.accepted/2": 1,
    }
