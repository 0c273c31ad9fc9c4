"""A child of an interlinked application: how it is registered, taken back, and told of."""

import json
from dataclasses import replace
from datetime import date

import msgspec
import pytest

from services.intake.domain.children import OF_CHILDREN, STANDINGS
from shared import events
from shared.catalogue.rows import Succession
from shared.events import routing
from shared.events.intake import (
    ChildOpened,
    ChildTakenBack,
    ChildTold,
    FollowUpRejected,
    Refused,
    Registered,
    Withdrawn,
)
from shared.events.portal import SupplementSubmitted, WithdrawalRequested
from shared.kinship import child_id
from shared.lanes.table import Arrival
from shared.vault import Sealed
from tests.services.intake.town import ANSWERS, DOCUMENTS, Town

BEFORE = "2025-06-30"  # the last day of the old units


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
    younger = {"copies", "fee_facts", "object_unit", "residence_unit_on", "object_unit_on"}
    assert younger.isdisjoint(json.loads(events.encode(waiting)))


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
    await town.take_back_too_late("birth")
    assert town.child("birth").too_late
    await town.route("birth", routing.Processing(national_code=4, officer="o", due=make.NOW))
    assert not town.child("birth").too_late
    assert town.heard("birth")[-1] is Withdrawn


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
