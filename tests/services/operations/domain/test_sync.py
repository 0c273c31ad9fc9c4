"""The sync ledger: each difference is found, and what is as it should be has none."""

from collections.abc import Callable, Sequence

import msgspec
import pytest

from services.operations.domain.entries import Entry
from services.operations.domain.proof.tally import GRACE_MS, Moment
from services.operations.domain.sync import KINDS, Compared, Ledger, add, compared
from shared.events.portal import Submitted
from shared.events.routing import Routed
from tests.services.operations import scenes
from tests.services.operations.scenes import SCENES, begun
from tests.services.operations.story import Story

Entries = Sequence[Entry]


def of(story: Story, entries: Entries, later_ms: int = GRACE_MS + 1) -> Compared:
    now_ms = int(story.log.now.timestamp() * 1_000) + later_ms
    found = compared(story.application, entries, Moment(now_ms, now_ms))
    assert found
    return found


def without(entries: Entries, *types: str) -> Entries:
    return [e for e in entries if e.type not in types]


def saying(entries: Entries, type_: str, field: str, value: str) -> Entries:
    """The same, but one says another thing."""

    def said(e: Entry) -> Entry:
        data = msgspec.json.decode(e.data) | {field: value}
        return msgspec.structs.replace(e, data=msgspec.json.encode(data))

    return [said(e) if e.type == type_ else e for e in entries]


PLANTED: dict[str, tuple[Callable[[Entries], Entries], str, str]] = {
    "unanswered": (lambda e: [x for x in e if x.type == Submitted.TYPE], "", ""),
    "never_sent": (lambda e: without(e, Submitted.TYPE), "", ""),
    "unrouted": (lambda e: [x for x in e if x.topic != "routing.events"], "", ""),
    "unit_differs": (
        lambda e: saying(e, Submitted.TYPE, "receiving_unit", "26737"),
        "26737",
        "00004",
    ),
    "procedure_differs": (
        lambda e: saying(e, Submitted.TYPE, "procedure", "2.000815"),
        "2.000815",
        "1.001193",
    ),
    "code_differs": (
        lambda e: saying(e, Routed.TYPE, "dossier_code", "H26.1-20260609-0000009"),
        "G09.20-20260609-0000001",
        "H26.1-20260609-0000009",
    ),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_difference_is_found_and_no_other(kind: str) -> None:
    story = begun(scenes.submitted)
    plant, theirs, ours = PLANTED[kind]
    found = of(story, plant(story.log.entries(story.application))).differences
    assert [(d.kind, d.theirs, d.ours) for d in found] == [(kind, theirs, ours)]


def test_what_was_taken_and_refused_is_named() -> None:
    story = begun(scenes.submitted)
    refused = begun(scenes.refused)
    more = [e for e in refused.log.entries(refused.application) if e.type != Submitted.TYPE]
    found = of(story, [*story.log.entries(story.application), *more]).differences
    assert [d.kind for d in found] == ["taken_and_refused"]


def test_every_kind_is_planted_here() -> None:
    assert {*PLANTED, "taken_and_refused"} == set(KINDS)


# the submission of a made-up family names another unit and procedure than its registration
@pytest.mark.parametrize("scene", [scene for scene in SCENES if not scene.startswith("family")])
def test_whatever_state_a_whole_application_is_in_nothing_differs(scene: str) -> None:
    story = begun(SCENES[scene])
    found = of(story, story.log.entries(story.application))
    assert found.differences == []
    assert found.ledger.sent == 1
    assert found.ledger.taken + found.ledger.refused == 1


@pytest.mark.parametrize("kind", ["unanswered", "unrouted"])
def test_what_is_young_is_waited_for(kind: str) -> None:
    story = begun(scenes.submitted)
    plant = PLANTED[kind][0]
    assert of(story, plant(story.log.entries(story.application)), later_ms=0).differences == []


def test_a_submission_on_another_topic_was_not_sent() -> None:
    story = begun(scenes.submitted)
    entries = [
        msgspec.structs.replace(e, topic="routing.inbox") if e.type == Submitted.TYPE else e
        for e in story.log.entries(story.application)
    ]
    assert [d.kind for d in of(story, entries).differences] == ["never_sent"]


def test_what_is_no_application_is_not_compared() -> None:
    story = begun(scenes.submitted)
    entries = [e for e in story.log.entries(story.application) if e.topic == "routing.events"]
    assert compared(story.application, entries, Moment(0, 0)) is None


def test_ledgers_add_up() -> None:
    story = begun(scenes.returned)
    one, two = of(story, story.log.entries(story.application)).ledger, Ledger()
    add(two, one)
    add(two, one)
    assert (two.sent, two.taken, two.refused, two.routed, two.decided) == (2, 2, 0, 2, 2)
