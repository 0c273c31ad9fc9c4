"""What is decided where its object lies, and what a province takes at any of its points."""

from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest

from services.routing.domain.explanation import explanation
from services.routing.domain.rule_table import ProvinceList
from services.routing.domain.rules import Filing, explain, route
from services.routing.domain.states import Stage
from shared.catalogue.rows import Listing
from shared.events import routing as contracts

DAY = date(2026, 11, 16)
CUA_NAM, BA_DINH = "00082", "00004"  # two wards of Ha Noi
NINH_KIEU, CAI_RANG = "31135", "31186"  # two wards of Can Tho
THU_DUC = "26824"  # a ward of Ho Chi Minh City
HA_NOI, HO_CHI_MINH_CITY, CAN_THO = "01", "79", "92"
LAND_TRANSFER, LAND_USE, BUILDING = "1.013831", "1.013992", "1.013225"
BIRTH, MARRIAGE, SCHOOL = "1.001193", "1.000894", "3.000182"
SPLIT, MERGED, NOWHERE = "00007", "00001", "99999"  # codes of before July 2025


@pytest.fixture
def of_object(catalogue, rules):
    """Ask where something goes that is received in Ha Noi by a person who lives elsewhere."""

    def ask(procedure, object_unit, receiving=CUA_NAM):
        return explain(catalogue, rules, procedure, THU_DUC, receiving, DAY, object_unit)

    return ask


@pytest.mark.parametrize(
    ("object_unit", "rule", "competent"),
    [
        (CUA_NAM, "commune-where-the-object-is", CUA_NAM),
        (BA_DINH, "forwarded-to-the-object", BA_DINH),
        (MERGED, "forwarded-to-the-object", "00097"),
        ("", "commune-where-filed-without-an-object", CUA_NAM),
        (HA_NOI, "commune-where-filed-without-an-object", CUA_NAM),
        (THU_DUC, "another-province", ""),
        (HO_CHI_MINH_CITY, "another-province", ""),
        (SPLIT, "place-unclear", ""),
        (NOWHERE, "place-unclear", ""),
    ],
)
@pytest.mark.parametrize("procedure", [LAND_USE, BUILDING])
def test_a_commune_decides_of_what_lies_in_it(procedure, object_unit, rule, competent, of_object):
    found = of_object(procedure, object_unit)
    assert (found.rule, found.competent_unit) == (rule, competent)
    assert found.facts["place_of"] == "object"
    assert found.facts["object_unit"] == object_unit


@pytest.mark.parametrize(
    ("object_unit", "rule", "competent"),
    [
        (CUA_NAM, "province-of-the-object", HA_NOI),
        (BA_DINH, "province-of-the-object", HA_NOI),
        (HA_NOI, "province-of-the-object", HA_NOI),
        (SPLIT, "province-of-the-object", HA_NOI),  # whatever it became lies in Ha Noi
        ("", "province-of-the-object", HA_NOI),
        (THU_DUC, "object-in-another-province", ""),
        (HO_CHI_MINH_CITY, "object-in-another-province", ""),
        (NOWHERE, "province-of-the-object-unclear", ""),
    ],
)
@pytest.mark.parametrize("receiving", [CUA_NAM, HA_NOI])
def test_a_province_decides_of_what_lies_in_it(receiving, object_unit, rule, competent, of_object):
    found = of_object(LAND_TRANSFER, object_unit, receiving)
    assert (found.rule, found.competent_unit) == (rule, competent)


def test_land_that_went_to_several_provinces_is_for_a_person_who_chooses_among_them(
    catalogue, rules
):
    heirs = {CUA_NAM: f"{BA_DINH} {THU_DUC}"}
    on = date(2027, 1, 1)
    ended = tuple(msgspec.structs.replace(u, valid_to=on) for u in catalogue.units[CUA_NAM])
    catalogue = replace(catalogue, units={**catalogue.units, CUA_NAM: ended})
    filing = Filing(LAND_TRANSFER, "", BA_DINH, DAY, CUA_NAM)
    found = route(catalogue, rules, filing, on, heirs)
    assert found.rule == "province-of-the-object-unclear"
    assert found.candidates == (HA_NOI, HO_CHI_MINH_CITY)


def test_an_object_does_not_move_what_goes_by_residence(catalogue, rules):
    found = explain(catalogue, rules, BIRTH, CUA_NAM, BA_DINH, DAY, THU_DUC)
    assert (found.rule, found.competent_unit) == ("forwarded-within-province", CUA_NAM)
    assert found.facts["object_unit"] == THU_DUC
    assert "place_of" not in found.facts


def test_can_tho_takes_what_it_lists_at_any_point_and_the_rest_where_one_lives(catalogue, rules):
    def ask(procedure, on=DAY, residence=NINH_KIEU):
        return explain(catalogue, rules, procedure, residence, CAI_RANG, on)

    listed, unlisted = ask(MARRIAGE), ask(SCHOOL)
    assert (listed.outcome, listed.competent_unit) == ("forward", NINH_KIEU)
    assert listed.facts["listed"] == "listed"
    assert (unlisted.rule, unlisted.facts["listed"]) == ("not-on-the-provinces-list", "unlisted")
    assert unlisted.candidates == (NINH_KIEU, CAI_RANG)
    assert ask(SCHOOL, residence=CAI_RANG).outcome == "settle_here"
    before = ask(SCHOOL, date(2025, 9, 30))
    assert (before.outcome, "listed" in before.facts) == ("forward", False)


def test_a_province_without_a_list_takes_all_at_any_point(catalogue, rules):
    found = explain(catalogue, rules, SCHOOL, CUA_NAM, BA_DINH, DAY)
    assert (found.outcome, "listed" in found.facts) == ("forward", False)


def test_what_is_not_listed_and_lies_elsewhere_in_the_province_is_for_a_person(catalogue, rules):
    others = {k: v for k, v in catalogue.non_boundary.items() if not k.startswith(LAND_USE)}
    without = replace(catalogue, non_boundary=others)
    found = explain(without, rules, LAND_USE, "", CAI_RANG, DAY, NINH_KIEU)
    assert found.rule == "object-not-on-the-provinces-list"
    assert found.candidates == (NINH_KIEU, CAI_RANG)
    assert explain(catalogue, rules, LAND_USE, "", CAI_RANG, DAY, NINH_KIEU).competent_unit == (
        NINH_KIEU
    )


def test_a_proposed_list_goes_before_the_one_in_force(catalogue, rules):
    row = ProvinceList(
        province=CAN_THO, procedures=frozenset({SCHOOL}), source="test", valid_from=DAY
    )
    proposed = msgspec.structs.replace(rules, lists=(row,))
    assert proposed.listed(catalogue, CAN_THO, SCHOOL, DAY) == "listed"
    assert proposed.listed(catalogue, CAN_THO, MARRIAGE, DAY) == "unlisted"
    day_before = DAY - timedelta(days=1)
    assert proposed.listed(catalogue, CAN_THO, MARRIAGE, day_before) == "listed"


def test_what_was_registered_with_an_object_goes_there_and_says_so(
    decide, registered, rules, catalogue
):
    data = registered(
        procedure=LAND_USE, residence_unit=THU_DUC, receiving_unit=CUA_NAM, object_unit=BA_DINH
    )
    outcome = decide(None, data)
    [routed] = [e for e in outcome.events if isinstance(e, contracts.Routed)]
    assert routed.competent_unit == BA_DINH
    assert routed.facts["object_unit"] == BA_DINH
    told = explanation(outcome.state, rules, catalogue)
    assert (
        "It goes by where the land, the house, the business or the property is, and not by the"
        " residence: Phường Ba Đình (00004)."
    ) in told.en
    assert any("không theo nơi cư trú: Phường Ba Đình (00004)." in said for said in told.vi)


def test_land_in_another_province_is_refused_with_what_to_do(decide, registered):
    data = registered(
        procedure=LAND_TRANSFER, receiving_unit=CUA_NAM, object_unit=THU_DUC, language="en"
    )
    outcome = decide(None, data)
    assert outcome.state.stage is Stage.NOT_ACCEPTED
    assert "file it at a point of that province" in outcome.events[-1].reason


def test_a_list_is_told_in_the_explanation(decide, registered, rules, catalogue):
    data = registered(procedure=SCHOOL, residence_unit=NINH_KIEU, receiving_unit=CAI_RANG)
    state = decide(None, data).state
    assert state.stage is Stage.UNROUTED
    told = explanation(state, rules, catalogue)
    assert "The province does not list it as taken at any of its points." in told.en
    assert "Thủ tục không có trong danh mục phi địa giới của tỉnh." in told.vi


def test_a_list_ends_and_another_begins(catalogue):
    rows = (
        Listing(HA_NOI, MARRIAGE, date(2026, 1, 1), date(2026, 7, 1)),
        Listing(HA_NOI, BIRTH, date(2026, 2, 1), date(2027, 1, 1)),
    )
    listing = replace(catalogue, non_boundary={r.subject: (r,) for r in rows})

    def taken(procedure, *days):
        return [listing.takes_anywhere(HA_NOI, procedure, date(*day)) for day in days]

    days = (2025, 12, 31), (2026, 1, 1), (2026, 2, 1), (2026, 7, 1), (2027, 1, 1)
    assert taken(MARRIAGE, *days) == [None, True, True, False, None]
    assert taken(BIRTH, *days) == [None, False, True, True, None]
    assert taken(BIRTH, (2026, 3, 1)) == [True]
    assert listing.takes_anywhere(CAN_THO, MARRIAGE, DAY) is None
