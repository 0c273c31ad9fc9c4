"""The story is drawn once and for all by its seed."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from deploy.local.demo.story import FAMILIES, LOTS, SUPPLEMENT, WAYS, Story, draw
from deploy.sandbox.officers.habits import Fate, Habits
from deploy.sandbox.payers import LATER
from deploy.sandbox.portal import personal_values
from services.routing.domain.rules import explain, load_rules
from shared.catalogue import load
from shared.kinship import parent_of

CATALOGUE, ON, HABITS = load(), date(2026, 11, 20), Habits()


OTHERS = [f"partner-{n}" for n in range(18)]


def story(count: int = 300, seed: int = 1) -> Story:
    return draw(CATALOGUE, ON, count, seed, HABITS, OTHERS)


def without_ids(drawn: Story) -> list[Any]:
    return [replace(part, application=replace(part.application, id="")) for part in drawn.parts]


def moment(part: Any) -> str:
    procedure = CATALOGUE.procedure(part.application.fields.procedure, ON)
    assert procedure
    return procedure.payment_moment


def test_the_same_seed_tells_the_same_story_and_another_another() -> None:
    assert without_ids(story(40)) == without_ids(story(40))
    assert without_ids(story(40)) != without_ids(story(40, seed=2))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [30, 300])
def test_half_comes_by_each_way_and_every_unusual_citizen_is_in_it(count: int, seed: int) -> None:
    parts = story(count, seed).parts
    paying = Counter(part.paying for part in parts)

    assert Counter(part.way for part in parts) == {"http": count // 2, "kafka": count // 2}
    assert paying["wrong_amount_first"] == 1
    assert all(paying[name] for name in ("twice", "early", "decline", "silent"))
    assert sum(part.is_withdrawn for part in parts) == max(1, count // 100)


@pytest.mark.parametrize("seed", range(5))
def test_whoever_pays_in_an_unusual_way_has_something_to_pay(seed: int) -> None:
    for part in story(seed=seed).parts:
        if part.paying != "pay":
            assert moment(part) in ("at_submission", *LATER)
            assert not part.is_withdrawn
            assert not Fate(HABITS, part.application.id, part.lot).is_refused
            assert not part.children
        if part.paying == "early":
            assert moment(part) in LATER


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [30, 300])
def test_every_path_is_in_it_and_nobody_has_two_lots(count: int, seed: int) -> None:
    drawn = story(count, seed)
    dealt = Counter(part.lot for part in drawn.parts if part.lot)
    families = Counter(part.children for part in drawn.parts if part.children)

    for of_all, lot in LOTS:
        assert dealt[lot] == max(1, of_all * count // 300)
    for of_all, lots in FAMILIES:
        assert families[lots] == max(1, of_all * count // 300)
    assert not any(part.lot and (part.children or part.is_withdrawn) for part in drawn.parts)
    assert {parent_of(a) for a in drawn.lots} <= {part.application.id for part in drawn.parts}


@pytest.mark.parametrize("seed", range(5))
def test_whoever_tells_the_code_of_a_split_unit_is_for_a_person_to_place(seed: int) -> None:
    rules, chosen = load_rules(), []
    for part in story(seed=seed).parts:
        fields = part.application.fields
        if not part.children:
            units = fields.residence_unit, fields.receiving_unit
            route = explain(CATALOGUE, rules, fields.procedure, *units, ON)
            chosen += [part] if route.outcome == "human_choice" and route.candidates else []
    assert len(chosen) >= 4


@pytest.mark.parametrize("seed", range(5))
def test_what_waits_for_an_officer_is_never_accepted_without_one(seed: int) -> None:
    for part in story(seed=seed).parts:
        if part.lot and (part.lot.is_corrected or part.lot.is_refused):
            procedure = CATALOGUE.procedure(part.application.fields.procedure, ON)
            assert procedure
            assert not CATALOGUE.accepted_automatically(procedure, "online", ON)


def test_what_is_wrong_on_purpose_is_apart_from_the_story_but_for_two_sent_again() -> None:
    drawn = story(30)
    own = {part.application.id for part in drawn.parts}

    assert drawn.wrongs.unknown_procedure.id not in own
    assert drawn.wrongs.unknown_unit.id not in own
    assert drawn.wrongs.not_json not in own
    assert drawn.wrongs.repeated in [part.application for part in drawn.parts]
    assert drawn.wrongs.conflicting.id in own
    assert drawn.wrongs.conflicting not in [part.application for part in drawn.parts]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [30, 300])
def test_some_agree_to_more_ways_and_one_of_them_has_somebody_who_acts(
    count: int, seed: int
) -> None:
    parts = story(count, seed).parts
    told = Counter(p.application.fields.notices for p in parts if p.application.fields.notices)
    [acting] = [p for p in parts if p.application.personal.representative]

    assert told == {ways: max(1, round(of_all * count / 300)) for of_all, ways in WAYS}
    assert acting.application.fields.notices == WAYS[0][1]
    assert acting.lot == SUPPLEMENT
    assert moment(acting)
    assert not any(p.children for p in parts if p.application.fields.notices)
    person = acting.application.personal
    reached = {person.representative.phone, person.representative.email, person.representative.name}
    assert reached <= set(personal_values(acting.application))
    assert len({p.application.personal.phone for p in parts} | reached) == count + 3


@pytest.mark.parametrize("seed", range(5))
def test_every_partner_is_chosen_by_somebody_who_pays_as_usual(seed: int) -> None:
    choosing = [part for part in story(seed=seed).parts if part.partner]

    assert {part.partner for part in choosing} == set(OTHERS)
    for part in choosing:
        assert part.paying == "pay"
        assert not part.is_withdrawn
        assert moment(part)
