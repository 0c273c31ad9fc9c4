"""Which unit decides a filing, under the rules in force."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.explanation import failed
from services.routing.domain.rule_table import ProvinceList
from services.routing.domain.rules import Filing, UnknownProcedure, explain
from services.routing.domain.rules import route as route_of

DAY = date(2026, 11, 16)
CUA_NAM, BA_DINH = "00082", "00004"  # two wards of Ha Noi
THU_DUC, THU_DUC_TOO = "26824", "26737"  # two wards of Ho Chi Minh City
MARRIAGE, BUSINESS = "1.000894", "1.001612"
BIRTH, CERTIFICATION, REAL_ESTATE = "1.001193", "2.000815", "2.001035"
LAND, INSURANCE, DRIVING_LICENCE = "1.012783", "1.001613", "3.000347"
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
    assert (found.rule, found.outcome) == ("forwarded-within-province", "forward")
    assert found.facts["residence_unit"] == CUA_NAM
    assert found.rule_version
    assert found.catalogue_version


def test_filed_where_the_applicant_lives_it_is_settled_there(route):
    found = route()
    assert (found.rule, found.outcome) == ("commune-of-residence", "settle_here")
    assert found.competent_unit == CUA_NAM


def test_without_a_residence_it_is_decided_where_it_was_received(route):
    found = route(residence="")
    assert (found.rule, found.competent_unit) == ("commune-where-filed", CUA_NAM)


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
    ("procedure", "rule", "outcome"),
    [
        (DRIVING_LICENCE, "province-of-receipt", "forward"),
        (LAND, "province-of-the-object", "forward"),
        (INSURANCE, "vertical-agency", "vertical_agency"),
    ],
)
def test_higher_levels_are_reached_through_the_provinces_centre(procedure, rule, outcome, route):
    found = route(procedure)
    assert (found.competent_unit, found.returning_unit) == ("01", CUA_NAM)
    assert (found.rule, found.outcome) == (rule, outcome)


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


def test_a_residence_in_another_province_is_refused_with_what_to_do(route):
    found = route(residence=THU_DUC)
    assert (found.competent_unit, found.outcome) == ("", "refuse")
    assert (found.rule, found.candidates) == ("another-province", ())
    assert "file it at a point of that province" in found.why
    assert "nộp tại một điểm tiếp nhận của tỉnh đó" in found.why_vi


def test_a_business_is_decided_where_it_is_and_not_where_its_owner_lives(route):
    found = route(BUSINESS, residence=THU_DUC)
    assert (found.competent_unit, found.facts["object_unit"]) == (CUA_NAM, "")


@pytest.mark.parametrize("procedure", [BUSINESS, REAL_ESTATE])
@pytest.mark.parametrize(
    ("place", "unit", "outcome"),
    [
        (CUA_NAM, CUA_NAM, "settle_here"),
        (BA_DINH, BA_DINH, "forward"),
        (THU_DUC, "", "refuse"),
        (SPLIT, "", "human_choice"),
        (NOWHERE, "", "human_choice"),
    ],
)
def test_an_object_that_is_named_decides(procedure, place, unit, outcome, catalogue, rules):
    filing = Filing(procedure, THU_DUC, CUA_NAM, DAY, place)
    found = route_of(catalogue, rules, filing, DAY)
    assert (found.competent_unit, found.outcome) == (unit, outcome)


def test_the_rules_that_failed_are_told_with_the_first_condition_they_failed_at(route):
    tried = dict(reversed(f) for f in map(tuple, failed(route().tried)))
    assert set(tried) == {"level", "non_boundary", "received_at", "place_of", "place"}
    by_rule = {f.rule: f.condition for f in failed(route().tried)}
    assert by_rule["vertical-agency"] == "level"
    assert by_rule["commune-where-received"] == "non_boundary"
    assert by_rule["another-province"] == "place"
    assert "commune-of-residence" not in by_rule


def listing(rules, procedures):
    row = ProvinceList(
        province="01", procedures=frozenset(procedures), source="test", valid_from=DAY
    )
    return msgspec.structs.replace(rules, lists=(row,))


def test_what_a_province_does_not_list_is_not_forwarded_unasked(catalogue, rules):
    others = listing(rules, [MARRIAGE])
    found = explain(catalogue, others, BIRTH, CUA_NAM, BA_DINH, DAY)
    assert (found.rule, found.candidates) == ("not-on-the-provinces-list", (CUA_NAM, BA_DINH))
    assert explain(catalogue, others, BIRTH, CUA_NAM, CUA_NAM, DAY).competent_unit == CUA_NAM
    assert explain(catalogue, others, MARRIAGE, CUA_NAM, BA_DINH, DAY).outcome == "forward"


def test_a_list_counts_from_its_day_on_and_in_its_province_alone(catalogue, rules):
    others = listing(rules, [MARRIAGE])
    before = DAY - timedelta(days=1)
    assert explain(catalogue, others, BIRTH, CUA_NAM, BA_DINH, before).outcome == "forward"
    assert explain(catalogue, others, BIRTH, THU_DUC, THU_DUC_TOO, DAY).outcome == "forward"


def test_before_the_two_tiers_no_rule_is_in_force(route):
    with pytest.raises(UnknownProcedure):
        route(on=date(2025, 6, 30))


def test_a_new_rule_changes_nothing_before_its_day(catalogue, rules):
    def retire(rule):
        return msgspec.structs.replace(rule, valid_to=DAY)

    def renew(rule):
        return msgspec.structs.replace(rule, id=f"{rule.id}-2", valid_from=DAY)

    both = [f(r) for r in rules.rules for f in (retire, renew)]
    changed = msgspec.structs.replace(rules, rules=tuple(both))
    day_before = DAY - timedelta(days=1)
    old, new = (explain(catalogue, changed, BIRTH, "", CUA_NAM, d) for d in (day_before, DAY))
    assert (old.rule, new.rule) == ("commune-where-filed", "commune-where-filed-2")


@given(st.data())
def test_whatever_is_asked_a_unit_of_the_catalogue_decides_or_a_person_does(catalogue, rules, data):
    codes = st.sampled_from([*catalogue.units, *catalogue.successors, "", NOWHERE, "x"])
    procedure = data.draw(st.sampled_from(sorted(catalogue.procedures)))
    filing = Filing(procedure, data.draw(codes), data.draw(codes), DAY, data.draw(codes))
    found = route_of(catalogue, rules, filing, DAY)
    assert found.rule in {r.id for r in rules.rules}
    if found.competent_unit:
        unit = catalogue.unit(found.competent_unit, DAY)
        level = catalogue.procedure(procedure, DAY).competent_level
        assert unit.is_province == (level != "commune")
        assert catalogue.unit(found.receiving_unit, DAY)
        assert catalogue.unit(found.returning_unit, DAY)
        assert not found.reason
        assert found.outcome in ("settle_here", "forward", "vertical_agency")
    else:
        assert found.outcome in ("refuse", "human_choice")
        assert found.reason
        assert all(catalogue.unit(c, DAY) for c in found.candidates)
