from datetime import date, timedelta
from itertools import product
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.rules import UnknownProcedure, explain, load_rules
from shared.catalogue import in_force
from shared.catalogue.rows import Level, NonBoundary
from shared.errors import Misconfigured

DAY = date(2026, 11, 16)
CUA_NAM, BA_DINH = "00082", "00004"  # two wards of Ha Noi
THU_DUC = "26824"  # a ward of Ho Chi Minh City
BIRTH, CERTIFICATION, REAL_ESTATE = "1.001193", "2.000815", "2.001035"
LAND, INSURANCE = "1.012783", "1.001613"
SPLIT, MERGED, NOWHERE = "00007", "00001", "99999"  # codes of before July 2025


@pytest.fixture
def route(catalogue, rules):
    def ask(procedure=BIRTH, residence=CUA_NAM, receiving=CUA_NAM, on=DAY):
        return explain(catalogue, rules, procedure, residence, receiving, on)

    return ask


def test_it_is_decided_where_the_applicant_lives_and_returned_where_it_was_received(route):
    found = route(receiving=BA_DINH)
    assert (found.receiving_unit, found.competent_unit, found.returning_unit) == (
        BA_DINH,
        CUA_NAM,
        BA_DINH,
    )
    assert found.rule == "commune-of-residence"
    assert found.facts["residence_unit"] == CUA_NAM
    assert found.rule_version
    assert found.catalogue_version


def test_without_a_residence_it_is_decided_where_it_was_received(route):
    assert route(residence="").competent_unit == CUA_NAM


def test_a_certification_is_made_anywhere(route):
    found = route(CERTIFICATION, residence=THU_DUC)
    assert (found.competent_unit, found.rule) == (CUA_NAM, "commune-where-received")


def test_a_provinces_centre_certifies_nothing_and_sends_it_where_the_applicant_lives(route):
    assert route(CERTIFICATION, residence=BA_DINH, receiving="01").competent_unit == BA_DINH


def test_a_commune_procedure_received_at_a_centre_without_a_residence_goes_to_a_person(route):
    found = route(residence="", receiving="01")
    assert not found.competent_unit
    assert "names no residence" in found.reason


def test_what_is_bound_to_a_place_stays_where_it_was_filed(route):
    assert route(REAL_ESTATE, residence=THU_DUC).competent_unit == CUA_NAM


@pytest.mark.parametrize(
    ("procedure", "rule"), [(LAND, "province-of-receipt"), (INSURANCE, "vertical-agency")]
)
def test_higher_levels_are_reached_through_the_provinces_centre(procedure, rule, route):
    found = route(procedure)
    assert (found.competent_unit, found.returning_unit, found.rule) == ("01", CUA_NAM, rule)


def test_an_old_code_with_one_successor_is_converted(route):
    found = route(residence=MERGED)
    assert found.competent_unit == found.facts["residence_unit_now"] == "00097"


def test_a_split_unit_goes_to_a_person_with_the_candidates(route):
    found = route(residence=SPLIT)
    assert not found.competent_unit
    assert found.candidates == ("00008", "00025")
    assert "split" in found.reason


def test_a_split_receiving_unit_goes_to_a_person_even_if_the_residence_is_known(route):
    assert route(receiving=SPLIT).candidates == ("00008", "00025")


def test_an_unknown_unit_goes_to_a_person(route):
    found = route(residence=NOWHERE)
    assert (found.competent_unit, found.candidates) == ("", ())
    assert NOWHERE in found.reason


def test_a_residence_in_another_province_goes_to_a_person(route):
    found = route(residence=THU_DUC)
    assert (found.competent_unit, found.candidates) == ("", (CUA_NAM,))
    assert "another province" in found.reason


def test_before_the_two_tiers_no_rule_is_in_force(route):
    with pytest.raises(UnknownProcedure):
        route(on=date(2025, 6, 30))


def test_exactly_one_rule_is_in_force_for_each_kind_of_procedure_on_each_day(rules):
    kinds = list(product(get_args(Level), get_args(NonBoundary)))
    edges = {r.valid_from for r in rules.rules} | {r.valid_to for r in rules.rules}
    for day in edges - {None}:
        for level, boundary in kinds:
            matching = [
                r
                for r in rules.rules
                if level in r.levels and boundary in r.non_boundary and in_force([r], day)
            ]
            assert len(matching) == 1, (day, level, boundary, [r.id for r in matching])


def test_a_new_rule_changes_nothing_before_its_day(catalogue, rules):
    def retire(rule):
        return msgspec.structs.replace(rule, valid_to=DAY)

    def renew(rule):
        return msgspec.structs.replace(rule, id=f"{rule.id}-2", valid_from=DAY)

    both = [f(r) for r in rules.rules for f in (retire, renew)]
    changed = msgspec.structs.replace(rules, rules=tuple(both))
    day_before = DAY - timedelta(days=1)
    old, new = (explain(catalogue, changed, BIRTH, "", CUA_NAM, d) for d in (day_before, DAY))
    assert (old.rule, new.rule) == ("commune-of-residence", "commune-of-residence-2")


def test_rules_with_a_mistake_are_refused_with_its_place(tmp_path):
    broken = tmp_path / "rules.json"
    broken.write_text('{"version": "1", "source": "", "rules": [{"id": 5}]}')
    with pytest.raises(Misconfigured, match=r"rules\[0\]"):
        load_rules(broken)


@given(st.data())
def test_whatever_is_asked_a_unit_of_the_catalogue_decides_or_a_person_does(catalogue, rules, data):
    codes = st.sampled_from([*catalogue.units, *catalogue.successors, "", NOWHERE, "x"])
    procedure = data.draw(st.sampled_from(sorted(catalogue.procedures)))
    found = explain(catalogue, rules, procedure, data.draw(codes), data.draw(codes), DAY)
    if found.competent_unit:
        unit = catalogue.unit(found.competent_unit, DAY)
        level = catalogue.procedure(procedure, DAY).competent_level
        assert unit.is_province == (level != "commune")
        assert catalogue.unit(found.receiving_unit, DAY)
        assert catalogue.unit(found.returning_unit, DAY)
        assert not found.reason
    else:
        assert found.reason
        assert all(catalogue.unit(c, DAY) for c in found.candidates)
