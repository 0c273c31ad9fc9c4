"""One submission for several agencies, from the door to the parent's end, on memory fakes."""

import json

import msgspec
import pytest

from services.intake.domain.dossier import Application
from services.intake.domain.splitting import parts_of
from services.intake.domain.standing import standing
from shared import events
from shared.events import routing
from shared.events.intake import (
    FollowUpRejected,
    InterlinkedMoved,
    InterlinkedRegistered,
    Refused,
    Registered,
    Withdrawn,
)
from shared.events.portal import Personal, Submitted, WithdrawalRequested
from shared.kinship import child_id
from tests.services.intake.town import ANSWERS, Town, birth

BEFORE = "2025-06-30"  # the last day of the old units


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


async def test_a_parents_withdrawal_is_answered_as_soon_as_every_child_has(make, town) -> None:
    await town.take_back_too_late("birth")
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


async def test_a_correction_of_the_parent_is_refused_for_its_children_alone(make, town) -> None:
    await town.take(make.correction({"phone": "0912345679"}))
    (said,) = (e for e in town.said[town.parent] if isinstance(e, FollowUpRejected))
    assert [p.code for p in said.problems] == ["has-children"]
    await town.take(make.correction({"phone": "no number"}, id="message 3"))
    *_, said = (e for e in town.said[town.parent] if isinstance(e, FollowUpRejected))
    assert [p.code for p in said.problems] == ["has-children", "invalid-phone"]


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
