"""The log of an application is whole, or it is found not to be."""

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.entries import Entry
from services.operations.domain.findings import contiguity, tracing
from shared.kinship import child_id


def journey(world: SimpleNamespace) -> tuple[str, list[Entry]]:
    story = world.Story(world.Log())
    story.returned()
    return story.application, story.log.entries(story.application)


@pytest.fixture(scope="session")
def whole(world: SimpleNamespace) -> tuple[str, list[Entry]]:
    return journey(world)


def decided(entries: list[Entry]) -> list[int]:
    return [n for n, e in enumerate(entries) if e.is_decided]


def last_of_service(entries: list[Entry], entry: Entry) -> bool:
    same = [e.sequence for e in entries if e.is_decided and e.service == entry.service]
    return entry.sequence == max(same)


def test_a_whole_journey_has_no_findings(whole: tuple[str, list[Entry]]) -> None:
    application, entries = whole
    assert contiguity(entries) == []
    assert tracing(application, entries) == []


@given(data=st.data())
def test_in_whatever_order_rows_come_a_whole_journey_has_no_findings(
    whole: tuple[str, list[Entry]], data: st.DataObject
) -> None:
    application, entries = whole
    shuffled = data.draw(st.permutations(entries))
    assert contiguity(shuffled) == []
    assert tracing(application, shuffled) == []


@given(data=st.data())
def test_any_missing_event_but_a_last_one_is_found(
    whole: tuple[str, list[Entry]], data: st.DataObject
) -> None:
    _, entries = whole
    inner = [n for n in decided(entries) if not last_of_service(entries, entries[n])]
    n = data.draw(st.sampled_from(inner))

    found = contiguity([e for i, e in enumerate(entries) if i != n])

    assert [(f.kind, f.service) for f in found] == [("gap", entries[n].service)]


@given(data=st.data())
def test_any_two_events_of_a_service_that_changed_places_are_found(
    whole: tuple[str, list[Entry]], data: st.DataObject
) -> None:
    _, entries = whole
    n = data.draw(st.sampled_from(decided(entries)))
    others = [i for i in decided(entries) if i != n and entries[i].service == entries[n].service]
    if not others:
        return
    m = data.draw(st.sampled_from(others))
    swapped = list(entries)
    swapped[n] = msgspec.structs.replace(entries[n], offset=entries[m].offset)
    swapped[m] = msgspec.structs.replace(entries[m], offset=entries[n].offset)

    found = contiguity(swapped)

    assert {f.kind for f in found} == {"misorder"}
    assert {f.service for f in found} == {entries[n].service}


def test_an_event_in_another_lane_is_found(whole: tuple[str, list[Entry]]) -> None:
    _, entries = whole
    n = decided(entries)[-1]
    moved = [
        msgspec.structs.replace(e, partition=e.partition + 1) if i == n else e
        for i, e in enumerate(entries)
    ]

    assert [f.kind for f in contiguity(moved)] == ["misorder"]


def test_an_event_that_came_again_with_other_content_is_found(
    whole: tuple[str, list[Entry]],
) -> None:
    _, entries = whole
    forked = entries[decided(entries)[0]]

    assert [(f.kind, f.id) for f in contiguity(entries, [forked])] == [("fork", forked.id)]


def test_an_application_in_flight_has_no_findings_at_any_moment(
    whole: tuple[str, list[Entry]],
) -> None:
    application, entries = whole
    for n in range(len(entries) + 1):
        assert contiguity(entries[:n]) == []
        assert tracing(application, entries[:n]) == []


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"causationid": ""}, "orphan"),
        ({"causationid": "never-logged"}, "orphan"),
        ({"traceparent": ""}, "trace"),
        ({"traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01"}, "trace"),
    ],
)
def test_an_event_out_of_the_trace_is_found(
    whole: tuple[str, list[Entry]], changed: dict[str, Any], kind: str
) -> None:
    application, entries = whole
    for n in decided(entries):
        broken = [
            msgspec.structs.replace(e, **changed) if i == n else e for i, e in enumerate(entries)
        ]

        found = tracing(application, broken)

        assert [(f.kind, f.id) for f in found] == [(kind, entries[n].id)]


def test_a_portal_may_have_a_trace_of_its_own(world: SimpleNamespace) -> None:
    story = world.Story(world.Log())
    story.registered(story.submitted(trace="00-" + "1" * 32 + "-" + "2" * 16 + "-01"))

    assert tracing(story.application, story.log.entries(story.application)) == []


LETTER = {
    "topic": "intake.inbox",
    "type": "child.told",
    "source": "/services/intake",
    "sequence": 0,
}


def with_a_letter(whole: tuple[str, list[Entry]], sender: str) -> list[Entry]:
    """A journey, and what a child told, which something in the child's own log led to."""
    _, entries = whole
    told = msgspec.structs.replace(
        next(e for e in entries if e.topic == "routing.events"),
        id=f"{sender}/intake/letter/000002-1",
        causationid=f"{sender}/routing/000099",
        **LETTER,
    )
    return [*entries, told]


def test_what_led_to_a_letter_stands_in_the_log_of_who_sent_it(
    whole: tuple[str, list[Entry]],
) -> None:
    entries = with_a_letter(whole, child_id(whole[0], 1))
    assert tracing(whole[0], entries) == []


@pytest.mark.parametrize("sender", ["itself", "0198c0de-0000-8000-8000-00000000000c"])
def test_a_letter_of_nobody_s_kin_is_an_orphan(whole: tuple[str, list[Entry]], sender: str) -> None:
    entries = with_a_letter(whole, whole[0] if sender == "itself" else sender)
    assert [f.kind for f in tracing(whole[0], entries)] == ["orphan"]
