from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.domain.fees import RULES, Asked, UnknownCase, assess, spared, total_vnd
from shared.catalogue.fees import (
    Case,
    Fee,
    FeeExemption,
    Flat,
    Item,
    Itemised,
    PerCopy,
    PerPage,
    Tier,
    cases,
)

ON = date(2026, 11, 20)


def test_every_rule_of_the_catalogue_is_covered():
    assert set(RULES) == set(get_args(Fee))


def test_every_procedure_of_the_catalogue_can_be_assessed(catalogue):
    for rows in catalogue.procedures.values():
        for procedure in rows:
            for asked in (Asked("online", 1), Asked("direct", 3)):
                lines = assess(procedure.fee, asked)
                assert all(li.amount_vnd == li.quantity * li.unit_amount_vnd > 0 for li in lines)
                assert not lines or procedure.payment_moment != "none"


@pytest.mark.parametrize(
    ("procedure", "asked", "amounts_vnd"),
    [
        ("1.000894", Asked("online", 1), []),  # marriage: free
        ("1.001193", Asked("online", 1), []),  # birth: free on time
        ("2.000635", Asked("direct", 3), [24_000]),  # 8,000 a copy
        ("2.000815", Asked("direct", 5), [10_000]),  # 2,000 a page, nobody has counted them
        ("1.004222", Asked("direct", 1), [20_000]),  # residence
        ("1.004222", Asked("online", 1), [10_000]),
        ("1.004222", Asked("post", 1), [20_000]),
        ("3.000333", Asked("online", 3), [200_000, 10_000]),  # extra copies
        ("1.001456", Asked("online", 1), [200_000]),  # passport, the usual case
        ("2.001583", Asked("online", 1), [100_000]),  # only the publication
        ("1.012783", Asked("direct", 1), [50_000, 838_000]),  # a charge and a fee
        ("1.013831", Asked("direct", 1), []),  # taxes come in a notice
        ("1.004873", Asked("direct", 1), [9_000]),  # stands in for a resolution
        ("1.001193", Asked("direct", 1, case="late"), [7_000]),
        ("2.000815", Asked("direct", 2, pages=2), [8_000]),
        ("2.000815", Asked("direct", 2, pages=10), [24_000]),  # 2 × (2 × 2,000 + 8 × 1,000)
        ("2.000815", Asked("direct", 3, pages=1_000), [600_000]),  # capped, each copy
        ("1.001456", Asked("online", 1, case="lost_or_damaged"), [400_000]),
        ("1.004194", Asked("online", 1, case="person_on_a_list"), [5_000]),
        ("2.000200", Asked("direct", 1, case="first_issue"), []),
    ],
)
def test_an_amount_follows_from_the_rule(catalogue, procedure, asked, amounts_vnd):
    fee = catalogue.procedure(procedure, ON).fee

    assert [line.amount_vnd for line in assess(fee, asked)] == amounts_vnd


def test_a_copy_is_capped():
    fee = PerPage(
        kind="fee",
        name_vi="Phí",
        confidence="high",
        tiers=(Tier(pages_from=1, pages_to=None, amount_vnd=300_000),),
        cap_vnd=200_000,
    )

    assert total_vnd(assess(fee, Asked("direct", 2))) == 400_000


def test_no_copies_cost_nothing():
    fee = PerCopy(kind="fee", name_vi="x", confidence="high", amount_vnd=8_000)

    assert assess(fee, Asked("online", 0)) == ()


def test_every_case_of_the_catalogue_can_be_asked_for_and_no_other(catalogue):
    for procedure in catalogue.procedures_in_force(ON):
        for case in cases(procedure.fee):
            assess(procedure.fee, Asked("direct", 1, case=case))
        if cases(procedure.fee):
            with pytest.raises(UnknownCase):
                assess(procedure.fee, Asked("direct", 1, case="no such case"))


def exemption(**changes):
    whole = {
        "procedure": "x",
        "category": "elderly",
        "name_vi": "x",
        "name_en": "x",
        "source": "x",
        "confidence": "high",
        "valid_from": ON,
        "valid_to": None,
    }
    return FeeExemption(**(whole | changes))


VND = st.integers(0, 10**9)
ITEMS = st.builds(
    Item, kind=st.sampled_from(["fee", "charge", "tax"]), name_vi=st.just("x"),
    name_en=st.just("x"), amount_vnd=VND,
)  # fmt: skip
NAMED = {"kind": st.sampled_from(["fee", "charge"]), "name_vi": st.just("x"),
         "confidence": st.just("high")}  # fmt: skip
CASES = st.builds(Case, case=st.just("c"), amount_vnd=VND, online_amount_vnd=st.none() | VND)
FEES = st.one_of(
    st.builds(
        Flat, amount_vnd=VND, online_amount_vnd=st.none() | VND, reduced_vnd=st.none() | VND,
        extra_copy_vnd=VND, variants=st.tuples(CASES), items=st.lists(ITEMS).map(tuple), **NAMED,
    ),
    st.builds(PerCopy, amount_vnd=VND, **NAMED),
    st.builds(
        PerPage,
        tiers=st.tuples(
            st.builds(Tier, pages_from=st.just(1), pages_to=st.just(2), amount_vnd=VND),
            st.builds(Tier, pages_from=st.just(3), pages_to=st.none(), amount_vnd=VND),
        ),
        cap_vnd=VND,
        **NAMED,
    ),
    st.builds(Itemised, items=st.lists(ITEMS).map(tuple), **NAMED),
)  # fmt: skip
ASKED = st.builds(
    Asked, channel=st.sampled_from(["online", "direct", "post"]), copies=st.integers(1, 100),
    case=st.just(""), pages=st.integers(1, 2_000), own=st.none(),
)  # fmt: skip


@given(FEES, ASKED, st.integers(1, 100), st.booleans())
def test_nothing_is_negative_and_no_exemption_takes_off_more_than_there_is(
    fee, asked, percent, is_reduced
):
    whole = assess(fee, asked)

    left = spared(fee, whole, exemption(percent=percent, is_reduced=is_reduced))

    assert all(line.amount_vnd > 0 and isinstance(line.amount_vnd, int) for line in whole + left)
    assert all(li.quantity * li.unit_amount_vnd == li.amount_vnd for li in whole)
    assert all(li.quantity * li.unit_amount_vnd == li.amount_vnd + li.exempted_vnd for li in left)
    assert 0 <= total_vnd(left) <= total_vnd(whole)
    taxes = [total_vnd([li for li in lines if li.kind == "tax"]) for lines in (whole, left)]
    if not is_reduced:
        assert taxes[0] == taxes[1]


@given(ASKED, st.integers(0, 300_000))
def test_a_copy_never_costs_more_than_the_cap(asked, cap_vnd):
    fee = PerPage(
        kind="fee",
        name_vi="x",
        confidence="high",
        tiers=(Tier(pages_from=1, pages_to=None, amount_vnd=2_000),),
        cap_vnd=cap_vnd,
    )

    assert total_vnd(assess(fee, asked)) == asked.copies * min(cap_vnd, 2_000 * asked.pages)
