"""A whole life is proven; what must not be in one is found, and nothing else is."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.entries import Entry
from services.operations.domain.proof.checks import proof_of
from services.operations.domain.proof.equations import equations, holds
from services.operations.domain.proof.tally import TIMED_MS, Moment, Proof
from shared.events import notify, routing
from tests.services.operations.domain.proof.plant import (
    LOST,
    PLANTED,
    lost,
    money_that_nobody_has,
    requested,
)
from tests.services.operations.scenes import SCENES, begun
from tests.services.operations.story import Log, Story

LIVES = {name: scene for name, scene in SCENES.items() if name != "payment_due"}
FAR = 1 << 50


def life(of: Callable[[Any], object]) -> Story:
    story = Story(Log())
    of(story)
    return story


def entries_of(story: Story) -> list[Entry]:
    return story.log.entries(story.application)


def proven(story: Story, entries: list[Entry] | None = None, later_ms: int = TIMED_MS) -> Proof:
    """What is found when the log was read so much later."""
    as_of_ms = int(story.log.now.timestamp() * 1_000) + later_ms
    found = entries_of(story) if entries is None else entries
    return proof_of(story.application, found, [], Moment(as_of_ms, FAR))


@pytest.mark.parametrize("name", LIVES)
def test_an_application_at_any_point_of_its_life_is_proven(name: str) -> None:
    proof = proven(begun(LIVES[name]))

    assert (proof.excepted, proof.waiting) == ({}, {})
    assert holds(proof)


def test_a_notice_that_failed_may_be_tried_again_and_be_sent() -> None:
    story = life(Story.returned)
    lost_ = {"milestone": "accepted", "channel": "sms"}
    story.decide(
        "notify",
        story.registered(),
        requested(story, "accepted"),
        notify.NoticeFailed(**lost_, reason="blocked"),
        notify.NoticeReopened(**lost_, by="o-1"),
        requested(story, "accepted"),
        notify.NoticeSent(**lost_, gateway_id="g", sent_at=story.log.now),
    )

    assert "notice_twice" not in proven(story).excepted
    assert "notice_without_end" not in proven(story).excepted


def test_a_whole_life_is_counted_once_in_each_place() -> None:
    proof = proven(life(Story.returned))

    assert proof.applications == 1
    assert proof.counts["submissions"] == {"acknowledged": 1, "registered": 1}
    assert proof.counts["notices"] == {"requested": 3, "sent": 3}
    assert proof.counts["now"] == {"received": 1, "settled": 1}
    assert proof.vnd == {"sandbox": dict.fromkeys(("received", "settled", "receipts"), 50_000)}


def test_a_life_that_is_under_way_is_proven_at_any_moment_of_it() -> None:
    story = life(Story.returned)
    entries = entries_of(story)
    for n in range(1, len(entries) + 1):
        moment = Moment(entries[n - 1].logged_ms, FAR)

        proof = proof_of(story.application, entries[:n], [], moment)

        assert (n, proof.excepted) == (n, {})
        assert all(e.holds for e in equations(proof))


@given(data=st.data())
def test_in_whatever_order_rows_come_the_same_is_found(data: st.DataObject) -> None:
    story = life(data.draw(st.sampled_from([*PLANTED])))
    shuffled = data.draw(st.permutations(entries_of(story)))

    assert proven(story, list(shuffled)) == proven(story)


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_what_must_not_be_is_found_and_nothing_else(plant: Callable[[Any], None]) -> None:
    proof = proven(life(plant))

    assert set(proof.excepted) == PLANTED[plant]
    assert {item.kind for item in proof.exceptions} == PLANTED[plant]
    assert not holds(proof)


@pytest.mark.parametrize("type_", LOST)
def test_what_was_lost_is_missed_and_nothing_else(type_: str) -> None:
    story = life(Story.returned)

    proof = proven(story, lost(type_)(entries_of(story)))

    assert set(proof.excepted) == LOST[type_]


def test_any_lost_message_but_the_last_of_all_is_missed() -> None:
    story = life(Story.returned)
    entries = entries_of(story)
    for n in range(len(entries) - 2):  # the last answer of a gateway, and what came of it
        found = proven(story, [*entries[:n], *entries[n + 1 :]])

        assert not holds(found), entries[n].type


def test_exceptions_are_told_by_reference() -> None:
    story = life(money_that_nobody_has)

    [found] = proven(story).exceptions

    assert (found.application, found.name) == (story.application, story.reference)
    assert found.detail == "50,000 đồng by T2 of sandbox was told of, and nobody has it"


def test_an_event_that_came_again_with_other_content_is_found() -> None:
    story = life(Story.returned)
    entries = entries_of(story)
    fork = next(e for e in entries if e.sequence)

    proof = proof_of(story.application, entries, [fork], Moment(FAR, FAR))

    assert proof.excepted == {"fork": 1}


def test_of_a_life_with_more_messages_than_are_looked_at_nothing_is_proven() -> None:
    story = life(Story.returned)

    proof = proof_of(story.application, entries_of(story), [], Moment(FAR, FAR), is_truncated=True)

    assert proof.excepted == {"truncated": 1}


def test_at_the_end_of_the_period_it_counts_where_it_stood_then() -> None:
    story = life(Story.returned)
    accepted = next(e for e in entries_of(story) if e.type == "application.accepted")

    proof = proof_of(story.application, entries_of(story), [], Moment(FAR, accepted.logged_ms + 1))

    assert proof.counts["at_the_end"] == {"received": 1, "in_process": 1}
    assert proof.counts["now"] == {"received": 1, "settled": 1}


def test_what_came_in_after_the_end_of_the_period_was_not_received_at_it() -> None:
    story = life(Story.returned)

    proof = proof_of(story.application, entries_of(story), [], Moment(FAR, 0))

    assert "at_the_end" not in proof.counts
    assert proof.counts["submissions"]["acknowledged"] == 1


def test_what_was_dropped_may_be_told_when_its_milestone_is_reached_again() -> None:
    story = life(Story.returned)
    end = story.submitted()
    dropped = notify.NoticeDropped(milestone="resumed", channel="sms", reason="stale")
    story.decide("notify", end, requested(story, "resumed"), dropped)
    story.told(end, "resumed")

    proof = proven(story)

    assert (proof.excepted, proof.counts["notices"]) == ({}, {"requested": 4, "sent": 4})


def test_what_comes_from_outside_may_name_a_cause_that_never_came() -> None:
    """The answer of a gateway was lost, and its receipt names it."""
    story = life(Story.returned)
    receipt = notify.ReceiptArrived(key=f"{story.application}/returned/sms", delivered=True)
    story.external("notify.inbox", "/services/notify/edge", receipt, cause="never-came")

    assert holds(proven(story))


def an_action_too_early(story: Any) -> None:
    """An officer acts on a dossier that nobody knows yet: routing turns it down."""
    acted = story.external("routing.inbox", "/officers/o1", routing.OfficerSettled(officer="o1"))
    no = routing.ActionRejected(national_code=0, action="settle", reason="no such dossier")
    story.decide("routing", acted, no)


@pytest.mark.parametrize("then", [False, True])
def test_an_action_that_came_before_its_dossier_gives_it_no_state(then: bool) -> None:
    story = Story(Log())
    an_action_too_early(story)
    if then:
        story.routed()
    kinds = {exception.kind for exception in proven(story).exceptions}
    assert kinds.isdisjoint({"never_received", "nowhere", "never_routed"})
