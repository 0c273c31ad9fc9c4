"""Each case has one rule, the most specific that fits it, or a conflict that is named."""

from datetime import date
from itertools import product
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.explanation import failed
from services.routing.domain.rule_table import (
    OUTRANKED,
    Case,
    Listed,
    PlaceIs,
    PlaceOf,
    ReceivedAt,
    Rule,
)
from services.routing.domain.rules import explain
from shared.catalogue import in_force
from shared.catalogue.rows import Level, NonBoundary

DAY = date(2026, 11, 16)
CUA_NAM, BA_DINH = "00082", "00004"  # two wards of Ha Noi
MARRIAGE, BIRTH = "1.000894", "1.001193"


def special(**changes):
    whole = Rule(id="special", decides="receiving_commune", why_vi="v", why_en="e", valid_from=DAY)
    return msgspec.structs.replace(whole, **changes)


def with_rules(rules, *more):
    return msgspec.structs.replace(rules, rules=(*rules.rules, *more))


def test_the_more_specific_rule_decides(catalogue, rules):
    province = special(id="of-hanoi", province=frozenset({"01"}))
    procedure = special(id="of-birth", procedure=frozenset({BIRTH}), decides="commune_of_place")
    more = with_rules(rules, province, procedure)
    assert explain(catalogue, more, MARRIAGE, CUA_NAM, BA_DINH, DAY).competent_unit == BA_DINH
    found = explain(catalogue, more, BIRTH, CUA_NAM, BA_DINH, DAY)
    assert (found.rule, found.competent_unit) == ("of-birth", CUA_NAM)
    outranked = [f.rule for f in failed(found.tried) if f.condition == OUTRANKED]
    assert sorted(outranked) == ["forwarded-within-province", "of-hanoi"]


def test_rules_that_conflict_are_named_and_a_person_chooses(catalogue, rules):
    more = with_rules(rules, special())
    found = explain(catalogue, more, BIRTH, CUA_NAM, BA_DINH, DAY)
    assert found.rule == "conflicting-rules:forwarded-within-province+special"
    assert (found.outcome, found.candidates) == ("human_choice", (CUA_NAM, BA_DINH))
    assert "forwarded-within-province, special conflict" in found.reason


def turns(rules):
    return sorted({d for r in rules.rules for d in (r.valid_from, r.valid_to) if d})


def cases(rules):
    """Every combination of the conditions' values; procedures and provinces that rules name."""
    procedures = {"", *(p for r in rules.rules for p in r.procedure)}
    provinces = {"", *(p for r in rules.rules for p in r.province)}
    values = (get_args(kind) for kind in (Level, NonBoundary, ReceivedAt, PlaceOf, PlaceIs, Listed))
    return [Case(*values) for values in product(procedures, provinces, *values)]


def test_exactly_one_rule_decides_every_case_on_each_day(rules):
    assert len(cases(rules)) == 3 * 6 * 4 * 2 * 6 * 3
    for day in turns(rules):
        for case in cases(rules):
            met = [r.id for r in rules.rules if in_force([r], day) and not r.unmet(case)]
            assert len(met) == 1, (day, case, met)
            assert rules.verdict(case, day).rule.id == met[0]
        assert list(rules.gaps(day)) == []


def test_every_rule_decides_some_case_and_is_worded_in_both_languages(rules):
    on = max(turns(rules))
    assert {rules.verdict(c, on).rule.id for c in cases(rules)} == {r.id for r in rules.rules}
    assert all(r.why_vi and r.why_en and r.why_vi != r.why_en for r in rules.rules)


@pytest.mark.parametrize("missing", range(22))
def test_a_rule_that_is_taken_away_leaves_a_gap(missing, rules):
    fewer = rules.rules[:missing] + rules.rules[missing + 1 :]
    gaps = list(msgspec.structs.replace(rules, rules=fewer).gaps(DAY))
    assert gaps
    assert all(not rules.rules[missing].unmet(case) for case, _ in gaps)


def test_a_rule_too_many_is_a_named_conflict_and_nothing_else(rules):
    gaps = list(with_rules(rules, special(level=frozenset({"province"}))).gaps(DAY))
    assert gaps
    for case, verdict in gaps:
        assert case.level == "province"
        assert verdict.conflicting[-1].id == "special"


@given(st.data())
def test_whatever_rules_are_made_each_case_has_one_outcome_or_a_named_conflict(rules, data):
    def some(kind):
        return st.frozensets(st.sampled_from(get_args(kind)), max_size=2)

    made = [
        special(
            id=f"r{n}",
            province=data.draw(st.frozensets(st.just("01"))),
            level=data.draw(some(Level)),
            place=data.draw(some(PlaceIs)),
            received_at=data.draw(some(ReceivedAt)),
        )
        for n in range(data.draw(st.integers(0, 5)))
    ]
    more = msgspec.structs.replace(rules, rules=tuple(made))
    case = data.draw(st.sampled_from(cases(more)))
    verdict = more.verdict(case, DAY)
    met = [r for r in made if not r.unmet(case)]
    best = [r for r in met if r.rank == max(m.rank for m in met)]
    assert (verdict.rule,) == tuple(best) if len(best) == 1 else verdict.rule is None
    assert verdict.conflicting == (() if len(best) == 1 else tuple(best))
    told = [f.rule for f in failed(verdict.tried)]
    assert sorted(told) == sorted(r.id for r in made if r not in best)
