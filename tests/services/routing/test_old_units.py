"""Every code known to be of before the change of 2025, and what a filing with it comes to."""

from collections import Counter
from datetime import date

from services.routing.domain.rules import Filing, route

DAY = date(2026, 11, 16)
BEFORE = date(2025, 6, 30)  # the last day of the old units
BIRTH = "1.001193"


def test_all_10_040_codes_known_to_be_of_before_the_change_land_or_if_split_go_to_a_person(
    catalogue, rules
):
    """As of the last day of the old units, which is the day of no filing that comes in now."""
    landed, chosen = [], []
    for old in catalogue.successors:
        successors = catalogue.current_units(old)
        filing = Filing(BIRTH, old, old, BEFORE)
        found = route(catalogue, rules, filing, DAY)
        if successors.kind == "exact":
            assert (found.competent_unit, found.outcome) == (successors.units[0], "settle_here")
            assert catalogue.unit(found.competent_unit, DAY)
            assert found.returning_unit == found.receiving_unit == found.competent_unit
            landed.append(old)
        else:
            assert (found.competent_unit, found.outcome) == ("", "human_choice")
            assert found.candidates == successors.units
            assert all(catalogue.unit(code, DAY) for code in found.candidates)
            chosen.append(old)
    assert (len(landed), len(chosen)) == (9_597, 443)


def test_an_old_code_in_a_filing_of_today_is_followed_if_no_unit_has_it_now(catalogue, rules):
    """A code in force names the unit that has it: of 140 that is one part of an old one's split."""
    outcomes = Counter(
        _came_to(catalogue, old, route(catalogue, rules, Filing(BIRTH, old, old, DAY), DAY))
        for old in catalogue.successors
    )
    assert outcomes == {
        "followed": 6_421,
        "split, a person chooses": 303,
        "the unit of today, which the old one became": 3_176,
        "the unit of today, a part of what the old one was": 140,
    }
    assert outcomes.total() == 10_040


def _came_to(catalogue, old, found):
    became = catalogue.current_units(old).units
    if catalogue.unit(old, DAY):
        assert found.competent_unit == old
        assert old in became
        if became == (old,):
            return "the unit of today, which the old one became"
        return "the unit of today, a part of what the old one was"
    if len(became) > 1:
        assert (found.competent_unit, found.candidates) == ("", became)
        return "split, a person chooses"
    assert (found.competent_unit,) == became
    return "followed"


def test_a_code_that_was_given_again_is_read_as_of_the_day_it_was_given(catalogue, rules):
    given_again = next(
        old
        for old in catalogue.successors
        if catalogue.unit(old, DAY) and len(catalogue.current_units(old).units) > 1
    )
    old = route(catalogue, rules, Filing(BIRTH, "", given_again, BEFORE), DAY)
    new = route(catalogue, rules, Filing(BIRTH, "", given_again, DAY), DAY)
    assert (new.competent_unit, old.competent_unit) == (given_again, "")
    assert old.candidates == catalogue.current_units(given_again).units
