from datetime import date
from typing import get_args

import pytest

from services.payment.domain.fees import RULES, Asked, assess, total_vnd
from services.payment.domain.moves import RECEIPT_SUFFIX, receipts
from shared.catalogue.fees import Fee, Item, Itemised, Kind, PerCopy, PerPage, Tier

ON = date(2026, 11, 20)


def test_every_rule_of_the_catalogue_is_covered():
    assert set(RULES) == set(get_args(Fee))


def test_every_kind_has_a_receipt_of_its_own():
    assert set(RECEIPT_SUFFIX) == set(get_args(Kind))
    assert len(set(RECEIPT_SUFFIX.values())) == len(RECEIPT_SUFFIX)


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
        ("2.000815", Asked("direct", 5), [10_000]),  # 2,000 a page, one page a copy
        ("1.004222", Asked("direct", 1), [20_000]),  # residence
        ("1.004222", Asked("online", 1), [10_000]),
        ("1.004222", Asked("post", 1), [20_000]),
        ("3.000333", Asked("online", 3), [200_000, 10_000]),  # extra copies
        ("1.001456", Asked("online", 1), [200_000]),  # passport, the usual case
        ("2.001583", Asked("online", 1), [100_000]),  # only the publication
        ("1.012783", Asked("direct", 1), [50_000, 838_000]),  # a charge and a fee
        ("1.013831", Asked("direct", 1), []),  # taxes come in a notice
        ("1.004873", Asked("direct", 1), [9_000]),  # stands in for a resolution
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


def test_receipts_tell_fee_from_charge_and_sum_up():
    items = [
        Item(kind=kind, name_vi="x", name_en="x", amount_vnd=amount)
        for kind, amount in (("fee", 5), ("charge", 7), ("fee", 11))
    ]
    fee = Itemised(kind="fee", name_vi="x", confidence="high", items=tuple(items))
    lines = assess(fee, Asked("direct", 1))

    issued = receipts("DVC1", lines)

    assert [(r.number, r.kind, r.amount_vnd) for r in issued] == [
        ("DVC1-P", "fee", 16),
        ("DVC1-L", "charge", 7),
    ]
    assert sum(r.amount_vnd for r in issued) == total_vnd(lines)


def test_no_copies_cost_nothing():
    fee = PerCopy(kind="fee", name_vi="x", confidence="high", amount_vnd=8_000)

    assert assess(fee, Asked("online", 0)) == ()
