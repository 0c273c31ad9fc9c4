"""One submission for several agencies, from the door to the parent's end, on memory fakes."""

import json
from dataclasses import replace
from datetime import date
from random import Random

import msgspec
import pytest

from services.intake.domain.children import OF_CHILDREN, STANDINGS
from services.intake.domain.dossier import Application
from services.intake.domain.splitting import parts_of
from services.intake.domain.standing import standing
from shared import events
from shared.catalogue.rows import Succession
from shared.events import routing
from shared.events.intake import (
    ChildOpened,
    ChildTakenBack,
    ChildTold,
    FollowUpRejected,
    InterlinkedEnded,
    InterlinkedMoved,
    InterlinkedRegistered,
    Refused,
    Registered,
    Withdrawn,
)
from shared.events.portal import Personal, Submitted, SupplementSubmitted, WithdrawalRequested
from shared.kinship import child_id
from shared.lanes.table import Arrival
from shared.vault import Sealed

BEFORE = "2025-06-30"  # the last day of the old units
DOCUMENTS = [{"name": "Birth paper", "sha256": "a" * 64}]
ANSWERS = {
    "child_name": "Nguyễn Thử Nghiệm Bé",
    "child_sex": "female",
    "child_birth_date": "2026-11-01",
    "child_birth_place": "Bệnh viện Thử Nghiệm",
    "relation": "mother",
    "residence_address": "Số 9 đường Bí Mật",
    "relation_to_household_head": "child",
    "household_head_name": "Nguyễn Văn Thử Nghiệm",
}


def birth(make, **changed):
    """A birth for three agencies, handed in at one unit, the family living in another."""
    answers = changed.pop("answers", ANSWERS)
    return make.form(
        procedure="local.interlinked-birth",
        residence_unit="00008",
        documents=DOCUMENTS,
        copies=1,
        personal=make.personal(answers=answers),
    ) | dict(changed)


class Town:
    """A lane of intake's whose letters are delivered; routing says what a test says."""

    def __init__(self, make, seed: int | None = None) -> None:
        self.make, self.lane, self.chance = make, make.Lane(), Random(seed)
        self.parent = make.uuid7()
        self.letters: list[Arrival] = []
        self.said: dict[str, list[events.Data]] = {}
        self.routed: dict[str, int] = {}
        self.is_unruly = seed is not None

    async def submit(self, **changed) -> None:
        await self.take(self.make.arrival(birth(self.make, **changed)))
        await self.deliver()

    async def take(self, arrival: Arrival) -> None:
        (outcome,) = await self.lane.take(arrival)
        self.said.setdefault(arrival.application, []).extend(outcome.events)
        for letter in outcome.letters:
            number = len(self.letters) + self.chance.randrange(1 << 40)
            event = self.make.message(
                letter.data.TYPE,
                letter.data,
                id=f"{arrival.application}/intake/letter/{number}",
                source="/services/intake",
                subject=letter.to,
            )
            self.letters.append(Arrival(letter.to, event, letter.data))

    async def deliver(self) -> None:
        """Let all letters arrive: each once, or in any order of applications and more than once."""
        handled = set()
        while self.letters:
            places = {a.application: n for n, a in reversed([*enumerate(self.letters)])}
            place = self.chance.choice([*places.values()]) if self.is_unruly else 0
            letter = self.letters.pop(place)
            if self.is_unruly and self.chance.random() < 0.3:
                self.letters.append(letter)
            if letter.event.id not in handled:  # as the kernel does
                handled.add(letter.event.id)
                await self.take(letter)

    async def route(self, name: str, moved: routing.Moved) -> None:
        child = self.child(name).application
        self.routed[child] = self.routed.get(child, 0) + 1
        await self.take(self.make.moved(moved, child, self.routed[child]))
        await self.deliver()

    async def settle(self, name: str) -> None:
        await self.route(name, routing.Settled(national_code=9, officer="o", on_time=True))

    async def return_(self, name: str) -> None:
        await self.route(name, routing.Returned(national_code=10, officer="o"))

    async def refuse(self, name: str) -> None:
        await self.route(name, routing.NotAccepted(national_code=3, officer="o", reason="x"))

    @property
    def state(self) -> Application:
        return self.lane.states[self.parent]

    def child(self, name: str):
        family = self.state.family
        assert family
        return next(c for c in family.children if c.name == name)

    def of(self, name: str) -> Application:
        return self.lane.states[self.child(name).application]

    def heard(self, name: str) -> list[type]:
        return [type(e) for e in self.said.get(self.child(name).application, [])]

    @property
    def end(self) -> InterlinkedEnded:
        (end,) = (e for e in self.said[self.parent] if isinstance(e, InterlinkedEnded))
        return end


@pytest.fixture
async def town(make) -> Town:
    found = Town(make)
    await found.submit()
    return found


async def test_a_parent_has_a_code_of_its_own_and_its_first_child_is_registered(make, town) -> None:
    (said,) = (e for e in town.said[town.parent] if isinstance(e, InterlinkedRegistered))
    assert said.dossier_code == town.state.dossier_code == "H26.1-20261120-0000001"
    assert (said.catalogue_version, said.forms_version) == (
        make.CATALOGUE.version,
        make.FORMS.version,
    )
    assert [(c.name, c.standing) for c in said.children] == [
        ("birth", "open"),
        ("residence", "waiting"),
        ("health_card", "waiting"),
    ]
    (registered,) = town.said[child_id(town.parent, 0)]
    assert isinstance(registered, Registered)
    assert (registered.procedure, registered.parent) == ("1.001193", town.parent)
    assert registered.dossier_code == "H26.1-20261120-0000002"
    assert not any(isinstance(e, Registered) for e in town.said[town.parent])
    assert child_id(town.parent, 1) not in town.lane.states


async def test_children_go_to_the_units_of_their_own_agencies(town) -> None:
    await town.settle("birth")
    units = [town.of(n).receiving_unit for n in ("birth", "residence", "health_card")]
    assert units == ["00004", "00008", "01"]
    assert [town.of(n).procedure for n in ("residence", "health_card")] == [
        "1.004222",
        "local.child-health-card",
    ]


async def test_each_child_has_the_copies_and_the_place_that_were_submitted(make) -> None:
    town = Town(make)
    await town.submit(copies=3, object_unit="00097")
    await town.settle("birth")
    for name in ("birth", "residence", "health_card"):
        registered = town.said[town.child(name).application][0]
        assert (registered.copies, registered.object_unit) == (3, "00097")


async def test_a_child_of_which_no_more_is_said_is_opened_in_the_words_of_before(town) -> None:
    waiting = town.child("residence").opening
    younger = {"copies", "object_unit", "residence_unit_on", "object_unit_on"}
    assert younger.isdisjoint(json.loads(events.encode(waiting)))


async def test_all_that_is_returned_is_done(town) -> None:
    await town.settle("birth")
    for name in ("residence", "health_card", "birth"):
        await town.settle(name)
        await town.return_(name)
        is_last = name == "birth"
        assert standing(town.state) == ("over" if is_last else "moving"), "archived by nobody else"
    assert town.end.outcome == "done"
    assert not town.end.needs_person
    assert (town.state.end, town.state.national_code) == ("returned", 10)
    assert town.lane.marks.rows == {}, "the next one is like none that is open"


@pytest.mark.parametrize("seed", [None, *range(12)])
async def test_one_child_is_refused_and_the_rest_follows_by_rule(make, seed) -> None:
    town = Town(make, seed)
    await town.submit()
    await town.settle("birth")
    await town.refuse("residence")
    assert town.heard("health_card") == [Registered, Withdrawn]
    (withdrawn,) = town.said[town.child("health_card").application][1:]
    assert withdrawn.reason == "residence/not_accepted"
    assert town.state.end == ""
    await town.route("health_card", routing.Closed(national_code=7, reason=""))
    assert town.state.end == "", "the birth is not returned yet"
    await town.return_("birth")
    assert (town.end.outcome, town.end.needs_person) == ("partly_done", True)
    children = {c.name: c for c in town.end.children}
    assert [(n, c.standing, c.national_code) for n, c in children.items()] == [
        ("birth", "returned", 10),
        ("residence", "not_accepted", 3),
        ("health_card", "withdrawn", 7),
    ]
    assert children["health_card"].by_rule == {"residence/not_accepted": "withdraws"}
    assert children["birth"].by_rule["residence/not_accepted"] == "stands"
    assert children["residence"].needs_person == ("fee",), "a fee may be paid: refunds are not ours"
    assert all(c.dossier_code for c in children.values())
    moves = [e for e in town.said[town.parent] if isinstance(e, InterlinkedMoved)]
    assert moves, "failure is seen while the others go on"


async def test_a_child_that_cannot_be_withdrawn_any_more_is_a_persons(town) -> None:
    await town.settle("birth")
    await town.settle("health_card")
    await town.refuse("residence")
    no = routing.ActionRejected(national_code=9, action="withdraw", reason="settled")
    await town.route("health_card", no)
    await town.return_("health_card")
    await town.return_("birth")
    assert {c.name: c.needs_person for c in town.end.children} == {
        "birth": (),
        "residence": ("fee",),
        "health_card": ("too-late",),
    }


async def test_a_first_child_that_is_refused_ends_it_and_nothing_else_is_registered(town) -> None:
    await town.refuse("birth")
    assert town.end.outcome == "failed"
    assert (town.state.end, town.state.national_code) == ("not-accepted", 3)
    assert child_id(town.parent, 1) not in town.lane.states


async def received_at(town, unit: str, heirs: tuple[str, ...] = ()):
    """Let the residence's turn come when its unit is `unit`, which has become `heirs`."""
    catalogue = town.make.CATALOGUE
    if heirs:
        row = Succession(unit, heirs, date(2026, 1, 1), None)
        catalogue = replace(catalogue, successors={**catalogue.successors, unit: (row,)})
    lane, waiting = town.make.Lane(catalogue=catalogue), town.state
    children = tuple(
        msgspec.structs.replace(c, opening=msgspec.structs.replace(c.opening, receiving_unit=unit))
        if c.name == "residence"
        else c
        for c in waiting.family.children
    )
    family = msgspec.structs.replace(waiting.family, children=children)
    town.lane.states[town.parent] = msgspec.structs.replace(waiting, family=family)
    lane.states, town.lane = town.lane.states, lane
    await town.settle("birth")
    return town.said[town.child("residence").application][0]


async def test_a_child_whose_unit_is_no_more_is_refused_when_its_turn_comes(make, town) -> None:
    refused = await received_at(town, "99999")
    assert town.heard("residence") == [Refused]
    assert refused.catalogue_version == make.CATALOGUE.version
    assert refused.forms_version == make.FORMS.version
    assert town.child("residence").standing == "refused"
    assert town.heard("health_card") == [Registered, Withdrawn]


async def test_a_child_whose_unit_was_merged_meanwhile_is_registered_at_its_heir(town) -> None:
    registered = await received_at(town, "99999", ("00008",))
    assert registered.receiving_unit == town.of("residence").receiving_unit == "00008"
    assert registered.dossier_code == town.of("residence").dossier_code


async def test_a_child_whose_unit_was_split_meanwhile_is_left_to_a_person(town) -> None:
    registered = await received_at(town, "99999", ("00008", "00004"))
    assert registered.receiving_unit == "99999", "routing asks which of them"
    assert registered.dossier_code


async def test_taking_the_parent_back_takes_back_every_child(make, town) -> None:
    await town.settle("birth")
    await town.take(make.follow_up(WithdrawalRequested(reason="x")))
    assert town.state.withdrawal == "asked"
    await town.take(make.follow_up(WithdrawalRequested(reason="x"), id="message 3"))
    await town.deliver()
    for name in ("birth", "residence", "health_card"):
        assert town.heard(name) == [Registered, Withdrawn]
        await town.route(name, routing.Closed(national_code=7, reason=""))
    assert town.end.outcome == "failed"
    assert (town.state.status, town.state.end) == ("withdrawn", "withdrawn")
    assert not any(isinstance(e, Withdrawn) for e in town.said[town.parent]), "no agency has it"


async def test_a_child_that_was_stopped_is_asked_again_when_it_goes_on(make, town) -> None:
    await town.route("birth", routing.Suspended(national_code=8, officer="o", reason="x"))
    await town.take(make.follow_up(WithdrawalRequested(reason="x")))
    await town.deliver()
    no = routing.ActionRejected(national_code=8, action="withdraw", reason="it is stopped")
    await town.route("birth", no)
    assert not town.state.family.needs_person
    (said,) = (e for e in town.said[town.child("birth").application] if type(e) is FollowUpRejected)
    assert [p.code for p in said.problems] == ["withdraw-later"]
    again = routing.Processing(national_code=4, officer="o", due=make.NOW)
    await town.route("birth", again)
    assert town.heard("birth") == [Registered, Withdrawn, FollowUpRejected, Withdrawn]
    await town.route("birth", routing.Closed(national_code=7, reason=""))
    assert (town.state.withdrawal, town.state.end) == ("", "withdrawn")


async def test_a_child_that_its_signer_sent_back_is_asked_again(make, town) -> None:
    await town.settle("birth")
    await town.take(make.follow_up(WithdrawalRequested(reason="x")))
    await town.deliver()
    no = routing.ActionRejected(national_code=9, action="withdraw", reason="settled")
    await town.route("birth", no)
    assert town.child("birth").too_late
    await town.route("birth", routing.Processing(national_code=4, officer="o", due=make.NOW))
    assert not town.child("birth").too_late
    assert town.heard("birth")[-1] is Withdrawn


async def test_a_parents_withdrawal_is_answered_as_soon_as_every_child_has(make, town) -> None:
    await town.settle("birth")
    await town.take(make.follow_up(WithdrawalRequested(reason="x")))
    await town.deliver()
    no = routing.ActionRejected(national_code=9, action="withdraw", reason="settled")
    await town.route("birth", no)
    await town.route("residence", routing.Closed(national_code=7, reason=""))
    assert town.state.withdrawal == "asked", "the health card may still be taken back"
    await town.route("health_card", routing.Closed(national_code=7, reason=""))
    assert town.state.withdrawal == "rejected"
    (told,) = (e for e in town.said[town.parent] if isinstance(e, FollowUpRejected))
    assert told.message_id == "message 2"
    assert [p.code for p in told.problems] == ["too-late-to-withdraw"]
    await town.take(make.follow_up(WithdrawalRequested(reason="x"), id="message 4"))
    assert town.said[town.parent][-1].message_id == "message 4", "asked again: the same answer"
    await town.return_("birth")
    assert town.end.outcome == "partly_done"
    assert town.state.withdrawal == ""


async def test_a_supplement_that_is_not_taken_says_nothing_to_the_parent(make, town) -> None:
    document = {"name": "Birth paper", "sha256": "b" * 64}
    brought = msgspec.convert({"documents": [document]}, SupplementSubmitted)
    child = town.child("birth").application
    await town.take(make.follow_up(brought, subject=child))
    no = routing.ActionRejected(national_code=2, action="supplement", reason="x")
    await town.route("birth", no)
    assert town.heard("birth")[-1] is FollowUpRejected
    assert not town.child("birth").too_late


async def test_a_supplement_is_brought_to_the_child_that_asked_for_it(make, town) -> None:
    document = {"name": "Birth paper", "sha256": "b" * 64}
    brought = msgspec.convert({"documents": [document]}, SupplementSubmitted)
    await town.take(make.follow_up(brought))
    (said,) = (e for e in town.said[town.parent] if isinstance(e, FollowUpRejected))
    assert [p.code for p in said.problems] == ["has-children"]
    asked = routing.SupplementRequested(national_code=5, officer="o", content="x")
    await town.route("birth", asked)
    child = town.child("birth").application
    await town.take(make.follow_up(brought, id="message 3", subject=child))
    assert town.of("birth").supplement == "brought"


async def test_a_correction_of_the_parent_is_refused_for_its_children_alone(make, town) -> None:
    await town.take(make.correction({"phone": "0912345679"}))
    (said,) = (e for e in town.said[town.parent] if isinstance(e, FollowUpRejected))
    assert [p.code for p in said.problems] == ["has-children"]
    await town.take(make.correction({"phone": "no number"}, id="message 3"))
    *_, said = (e for e in town.said[town.parent] if isinstance(e, FollowUpRejected))
    assert [p.code for p in said.problems] == ["has-children", "invalid-phone"]


async def test_what_was_submitted_under_the_id_of_a_child_does_not_stand_in_its_way(make) -> None:
    town = Town(make)
    squatter = make.arrival(subject=child_id(town.parent, 0), source="/portals/other")
    await town.take(squatter)
    assert town.lane.states[child_id(town.parent, 0)].status == "refused"
    await town.submit()
    assert town.of("birth").dossier_code
    assert town.heard("birth") == [Refused, Registered]


@pytest.mark.parametrize("data", ["opened", "taken_back", "told"])
async def test_only_intake_speaks_for_parents_and_children(make, town, data: str) -> None:
    birth_id, other = child_id(town.parent, 0), child_id(town.parent, 1)
    opening = town.child("residence").opening
    told = ChildTold(name="birth", number=9, standing="done", national_code=9, dossier_code="")
    forged = {
        "opened": (other, opening),
        "taken_back": (birth_id, ChildTakenBack(because="x")),
        "told": (town.parent, told),
    }
    to, said = forged[data]
    before = town.lane.states.get(to)
    event = make.message(said.TYPE, said, id="forged", subject=to)
    (outcome,) = await town.lane.take(Arrival(to, event, said))
    assert (outcome.state, outcome.events, outcome.letters) == (before, (), ())


async def test_every_problem_of_every_child_is_told_at_once_where_the_portal_sent_it(make) -> None:
    wrong = {**ANSWERS, "child_sex": "x", "child_birth_date": "2026-12-01", "unasked": "y"}
    del wrong["residence_address"]
    town = Town(make)
    await town.submit(answers=wrong, residence_unit="99999", documents=[])
    (refused,) = town.said[town.parent]
    assert isinstance(refused, Refused)
    found = {(p.field, p.code) for p in refused.problems}
    assert found == {
        ("/residence_unit", "unknown-unit"),
        ("/documents", "missing-documents"),
        ("/personal/answers", "unknown-answer"),
        ("/personal/answers/child_sex", "answer-not-listed"),
        ("/personal/answers/child_birth_date", "date-in-future"),
        ("/personal/answers/residence_address", "missing-answer"),
    }
    assert len(refused.problems) == len(found), "each once, though several children see it"
    assert town.letters == []


async def test_an_old_residence_is_refused_since_an_agency_has_to_receive_there(make) -> None:
    town = Town(make)
    await town.submit(residence_unit="26734")
    (refused,) = town.said[town.parent]
    assert {(p.field, p.code) for p in refused.problems} == {("/residence_unit", "unknown-unit")}


async def test_the_residence_of_a_day_receives_as_the_unit_that_it_became(make) -> None:
    town = Town(make)
    await town.submit(residence_unit="00006", residence_unit_on=BEFORE, object_unit="00004")
    await town.settle("birth")
    for name, unit in (("birth", "00004"), ("residence", "00008"), ("health_card", "01")):
        registered = town.said[town.child(name).application][0]
        assert (registered.receiving_unit, registered.residence_unit) == (unit, "00006")
        assert registered.residence_unit_on == date.fromisoformat(BEFORE)
        assert registered.object_unit_on is msgspec.UNSET


async def test_the_day_of_an_object_goes_with_each_child(make) -> None:
    town = Town(make)
    await town.submit(object_unit="00006", object_unit_on=BEFORE)
    (registered,) = town.said[town.child("birth").application]
    assert registered.object_unit_on == date.fromisoformat(BEFORE)
    assert registered.residence_unit_on is msgspec.UNSET


@pytest.mark.parametrize(
    ("residence", "day", "found"),
    [
        # it was split; a unit of today has its code, and is one part
        ("00025", BEFORE, {("/residence_unit", "unknown-unit")}),
        ("00008", "2026-12-01", {("/residence_unit_on", "date-in-future")}),
        ("", BEFORE, {("/residence_unit_on", "day-without-unit")}),
    ],
)
async def test_a_residence_of_a_day_at_which_nobody_receives_is_refused(
    make, residence, day, found
) -> None:
    town = Town(make)
    await town.submit(residence_unit=residence, residence_unit_on=day)
    (refused,) = town.said[town.parent]
    assert {(p.field, p.code) for p in refused.problems} == found
    assert len(refused.problems) == 1


async def test_a_form_on_paper_stands_for_the_answers_of_all(make) -> None:
    paper = {"name": "interlinked e-form", "sha256": "c" * 64}
    town = Town(make)
    await town.submit(answers={}, documents=[paper, *DOCUMENTS])
    await town.settle("birth")
    (registered,) = town.said[town.child("residence").application]
    assert [d.name for d in registered.documents] == ["Form CT01"]
    assert registered.documents[0].sha256 == "c" * 64


async def test_without_a_residence_unit_all_is_where_it_was_handed_in(make) -> None:
    town = Town(make)
    await town.submit(residence_unit="")
    await town.settle("birth")
    assert town.of("residence").receiving_unit == "00004"


async def test_each_child_is_sealed_for_itself_with_its_own_answers(make, town) -> None:
    await town.settle("birth")
    for name in ("birth", "residence", "health_card"):
        child = town.child(name).application
        (registered,) = town.said[child]
        (text,) = await town.lane.vault.open(
            [Sealed(child, registered.sealed)], who="test", purpose="test"
        )
        fields = json.loads(text)
        assert fields["name"] == make.personal()["name"]
        assert registered.subject_hash == ""
        assert town.of(name).subject_hash == town.state.subject_hash
        if name == "residence":
            assert fields["answers"]["new_address"] == ANSWERS["residence_address"]
            assert fields["answers"]["request"] == "join_household"
            assert "child_sex" not in fields["answers"], "an agency gets what it asks for"


async def test_nothing_personal_stands_in_the_clear(make, town) -> None:
    await town.settle("birth")
    await town.refuse("residence")
    kept = events.encode([*town.lane.states.values(), *town.said.values()]).decode()
    for value in (*(v for v in ANSWERS.values() if " " in v), "2026-11-01", "0912345678"):
        assert value not in kept


async def test_the_same_again_is_no_second_family_and_other_content_conflicts(make, town) -> None:
    before, count = town.state, len(town.lane.keys.rows)
    again = make.arrival(birth(make), id="message 9")
    (outcome,) = await town.lane.take(again)
    assert (outcome.state, outcome.events, outcome.letters) == (before, (), ())
    assert len(town.lane.keys.rows) == count == 4


async def test_a_repeated_batch_gives_the_same_children(make) -> None:
    town, arrival = Town(make), make.arrival(birth(make))
    (first,) = await town.lane.take(arrival)
    town.lane.forget()
    (second,) = await town.lane.take(arrival)
    assert [letter.to for letter in first.letters] == [letter.to for letter in second.letters]
    assert first.state.dossier_code == second.state.dossier_code


async def test_the_state_of_a_parent_reads_back(town) -> None:
    for state in town.lane.states.values():
        assert msgspec.json.decode(events.encode(state), type=Application) == state


def test_an_ordinary_application_has_no_children_and_its_state_says_nothing_of_them(make) -> None:
    submitted = msgspec.convert(make.form(personal=""), Submitted)
    person = msgspec.convert(make.personal(), Personal)
    assert parts_of(submitted, person, make.CATALOGUE, make.NOW.date()) == ()
    plain = Application(status="registered", portal="p", content_hash="x", decided_at=make.NOW)
    assert set(json.loads(events.encode(plain))) == {
        "status",
        "portal",
        "content_hash",
        "decided_at",
    }


async def test_of_ordinary_applications_intake_follows_no_more_than_before(make) -> None:
    lane = make.Lane()
    for moved in OF_CHILDREN:
        concerns = lane.table.concerns[moved.TYPE]
        assert not concerns(make.uuid7())
        assert concerns(child_id(make.uuid7(), 0))


def test_every_standing_a_dossier_can_have_is_told(make) -> None:
    assert set(STANDINGS.values()) == {
        "open",
        "stopped",
        "done",
        "returned",
        "not_accepted",
        "withdrawn",
    }
    assert ChildOpened.TYPE in make.Lane().table.opens
