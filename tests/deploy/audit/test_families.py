"""Of what several agencies have a sound log is found sound, and every planted fault wrong."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from deploy.audit.evidence import Evidence, Heard
from deploy.audit.families import families_are_whole
from deploy.audit.handled import repeats_are_the_same
from deploy.audit.invariants import submissions_answered_once
from shared import events, topics
from shared.bus import Record
from shared.events import Event
from shared.kinship import child_id

PARENT = "0198c0de-0000-7000-8000-00000000000c"
FIRST, SECOND, THIRD = (child_id(PARENT, n) for n in range(3))
Said = tuple[str, str, str, dict[str, Any]]  # topic, application, type, data


def children(*standings: str) -> list[dict[str, str]]:
    names = ("birth", "residence", "health_card")
    each = zip(names, (FIRST, SECOND, THIRD), standings, strict=True)
    return [{"name": n, "application": a, "standing": s} for n, a, s in each]


# the first is done, the second refused by an officer, the third never begins
STORY: tuple[Said, ...] = (
    ("portal.submissions", PARENT, "application.submitted", {}),
    ("intake.events", PARENT, "interlinked.registered",
     {"dossier_code": "P", "children": children("open", "waiting", "waiting")}),
    ("intake.inbox", FIRST, "child.opened", {}),
    ("intake.events", FIRST, "application.registered", {"dossier_code": "1", "parent": PARENT}),
    ("routing.events", FIRST, "application.returned", {"national_code": 10}),
    ("intake.inbox", SECOND, "child.opened", {}),
    ("intake.events", SECOND, "application.registered", {"dossier_code": "2", "parent": PARENT}),
    ("routing.events", SECOND, "application.not_accepted", {"national_code": 3}),
    ("intake.events", PARENT, "interlinked.ended",
     {"outcome": "partly_done", "children": children("returned", "not_accepted", "withdrawn")}),
)  # fmt: skip
REGISTERED_1, RETURNED_1, OPENED_2, REGISTERED_2, ENDED = 3, 4, 5, 6, 8


def logged(*story: Said) -> Evidence:
    log: dict[str, list[Heard]] = {name: [] for name in topics.all_names()}
    for n, (topic, application, type_, data) in enumerate(story):
        event = Event(
            id=f"{application}/{n}",
            source="/services/intake",
            type=type_,
            subject=application,
            time=datetime(2026, 11, 20, tzinfo=UTC),
            data=msgspec.Raw(msgspec.json.encode(data)),
            sequence=f"{n:06d}",
        )
        record = Record(topic, 0, n, 0, application.encode(), events.encode(event))
        log[topic].append(Heard(record, event))
    return Evidence(log, {s: [] for s in ("intake", "routing", "payment", "notify")})


def without(*places: int) -> tuple[Said, ...]:
    return tuple(said for n, said in enumerate(STORY) if n not in places)


def changed(place: int, **changes: Any) -> tuple[Said, ...]:
    topic, application, type_, data = STORY[place]
    new = topic, application, type_, data | changes
    return (*STORY[:place], new, *STORY[place + 1 :])


def test_a_birth_that_was_done_in_part_is_found_sound() -> None:
    assert families_are_whole(logged(*STORY)) == []
    counted, wrong = submissions_answered_once(replace(logged(*STORY), acknowledged={PARENT}))
    assert (counted, list(wrong)) == (1, [])


FAULTS: dict[str, tuple[str, tuple[Said, ...]]] = {
    "a child is registered twice": ("begun 2 times", (*STORY, STORY[REGISTERED_1])),
    "a child that was never named": (
        "no parent has it", (*STORY, ("intake.events", child_id(PARENT, 5),
         "application.registered", {"parent": PARENT, "dossier_code": "5"}))),
    "a child is opened and gets lost": ("never begun", without(REGISTERED_2)),
    "a child that does not say whose": ("child of nobody", changed(REGISTERED_1, parent="")),
    "one that is no child says it is": (
        "a child of x", (*STORY, ("intake.events", PARENT[:-1] + "d", "application.registered",
         {"parent": "x", "dossier_code": "6"}))),
    "a parent ends twice": ("ended 2 times", (*STORY, STORY[ENDED])),
    "a parent that nobody registered ends": ("never registered", without(1)),
    "a parent that nobody registered goes on": (
        "goes on, never registered",
        (("intake.events", PARENT, "interlinked.moved", STORY[1][3]), *without(1))),
    "a parent ends before its child does": ("which is open", without(RETURNED_1)),
    "a parent tells another end": (
        "with birth withdrawn",
        changed(ENDED, children=children("withdrawn", "not_accepted", "withdrawn"))),
    "a parent tells another outcome": ("ended as done", changed(ENDED, outcome="done")),
    "a parent never ends": ("never ended", without(ENDED)),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name: str) -> None:
    says, story = FAULTS[name]
    assert any(says in wrong for wrong in families_are_whole(logged(*story)))
    _, wrong = submissions_answered_once(logged(*story))
    assert any(says in each for each in wrong)


def test_two_of_a_family_with_one_dossier_code_are_found() -> None:
    _, wrong = submissions_answered_once(logged(*changed(REGISTERED_1, dossier_code="P")))
    assert "P: given to 2 applications" in list(wrong)


def test_a_parent_whose_child_is_held_or_goes_on_is_not_yet_to_end() -> None:
    assert families_are_whole(logged(*without(ENDED, RETURNED_1))) == []
    stuck = logged(*without(ENDED))
    rows: list[dict[str, Any]] = [{"application": PARENT, "held": ["x"]}]
    assert families_are_whole(replace(stuck, journals={**stuck.journals, "intake": rows})) == []


@pytest.mark.parametrize(("source", "number"), [("/services/intake", 1), ("/portals/somebody", 0)])
def test_a_letter_that_came_again_with_other_words_is_found(source: str, number: int) -> None:
    evidence = logged(*STORY)
    letter = evidence.log["intake.inbox"][0]
    assert letter.event
    of = replace_event(letter, source=source)
    other = Heard(of.record._replace(value=b"other words"), of.event)
    log = {**evidence.log, "intake.inbox": [of, of, other]}
    _, wrong = repeats_are_the_same(replace(evidence, log=log))
    assert len(wrong) == number


def replace_event(heard: Heard, **changes: Any) -> Heard:
    assert heard.event
    return Heard(heard.record, msgspec.structs.replace(heard.event, **changes))
