"""What waits is named for as long as its kind may, and then it is excepted."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from services.operations.domain.proof.equations import holds
from services.operations.domain.proof.tally import LIMITS_MS, Proof
from services.operations.journeys import OPENING, UNREADABLE
from shared.events import kernel
from tests.services.operations.api.edge import park
from tests.services.operations.domain.proof.plant import (
    PLANTED,
    a_notice_without_an_end,
    money_that_nobody_has,
    never_answered,
    never_routed,
)
from tests.services.operations.domain.proof.test_planted import entries_of, life, proven
from tests.services.operations.story import Log, Story


@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (never_answered, "being_read"),
        (never_routed, "unrouted"),
        (money_that_nobody_has, "money"),
        (a_notice_without_an_end, "notice"),
    ],
    ids=lambda x: getattr(x, "__name__", x),
)
def test_what_may_still_come_is_named_and_not_excepted(
    plant: Callable[[Any], None], kind: str
) -> None:
    proof = proven(life(plant), later_ms=60_000)

    assert (proof.excepted, set(proof.waiting)) == ({}, {kind})
    assert holds(proof)


HELD = [
    (never_answered, "intake", "held"),
    (never_routed, "routing", "unrouted_held"),
    (money_that_nobody_has, "payment", "money_held"),
    (a_notice_without_an_end, "notify", "notice_held"),
]


@pytest.mark.parametrize(("plant", "service", "kind"), HELD)
def test_what_a_service_holds_is_named_and_not_excepted_for_a_while(
    plant: Callable[[Any], None], service: str, kind: str
) -> None:
    story = life(plant)
    park(story, service, "portal.submissions")

    proof = proven(story)

    assert (proof.excepted, set(proof.waiting)) == ({}, {kind})
    assert holds(proof)


@pytest.mark.parametrize(("plant", "service", "kind"), HELD)
def test_what_a_service_holds_for_too_long_is_excepted(
    plant: Callable[[Any], None], service: str, kind: str
) -> None:
    story = life(plant)
    park(story, service, "portal.submissions")

    proof = proven(story, later_ms=LIMITS_MS[kind])

    assert (set(proof.excepted), proof.waiting) == (PLANTED[plant], {})
    assert not holds(proof)
    assert f"{service} holds it" in proof.exceptions[0].detail


def set_aside(story: Story, *did: str) -> None:
    """A submission that intake cannot read, and what an operator did about it, thing by thing."""
    submitted = story.submitted()
    [asked] = [e for e in entries_of(story) if e.id == submitted.id]
    place = {"service": "intake", "topic": asked.topic}
    place |= {"partition": asked.partition, "offset": asked.offset}
    dead = kernel.RecordDead(**place, reason="no JSON", field="", sealed="")
    story.external("portal.submissions.dead", "/services/intake", dead)
    for what in did:
        answer = kernel.RecordAnswered(**place, did=what, operator="o-1", reason="looked at it")
        story.external("portal.submissions.dead", "/operators/o-1", answer)


@pytest.mark.parametrize("did", [(), ("redriven",)])
def test_a_submission_that_was_set_aside_waits_and_is_excepted_in_the_end(
    did: tuple[str, ...],
) -> None:
    story = Story(Log())
    set_aside(story, *did)

    soon, late = proven(story), proven(story, later_ms=LIMITS_MS["set_aside"])

    assert (soon.waiting, soon.excepted) == ({"set_aside": 1}, {})
    assert soon.counts["submissions"] == {"acknowledged": 1, "waiting": 1}
    assert (late.waiting, late.excepted) == ({}, {"unanswered": 1})
    assert late.counts["submissions"] == {"acknowledged": 1}
    assert (holds(soon), holds(late)) == (True, False)


def test_a_submission_that_somebody_dismissed_is_counted_as_that() -> None:
    story = Story(Log())
    set_aside(story, "dismissed")

    proof = proven(story, later_ms=LIMITS_MS["set_aside"])

    assert (proof.waiting, proof.excepted) == ({}, {})
    assert proof.counts["submissions"] == {"acknowledged": 1, "dismissed": 1}
    assert holds(proof)


def test_a_submission_whose_envelope_nobody_can_read_was_acknowledged_as_well() -> None:
    story = Story(Log())
    set_aside(story)
    entries = [
        msgspec.structs.replace(e, type=UNREADABLE, id="") if e.topic == OPENING else e
        for e in entries_of(story)
    ]

    soon = proven(story, entries)
    late = proven(story, entries, later_ms=LIMITS_MS["set_aside"])

    assert soon.counts["submissions"] == {"acknowledged": 1, "waiting": 1}
    assert late.excepted == {"unanswered": 1}
    assert [i.name for i in late.exceptions] == [f"{OPENING}[{story.lane}]@0"]


def test_since_when_the_oldest_waits_is_told_of_each_kind() -> None:
    whole, log = Proof(), Log()
    stories = [Story(log, n) for n in range(3)]
    for story in stories:
        never_answered(story)
    for story in reversed(stories):
        whole.add(proven(story, later_ms=60_000))

    submitted_ms = [entries_of(story)[0].logged_ms for story in stories]
    assert whole.waiting == {"being_read": 3}
    assert whole.oldest_ms == {"being_read": min(submitted_ms)}
