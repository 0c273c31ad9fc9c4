"""Partners call our orders in their own ways; a statement is read under our references."""

import pytest

from deploy.audit.books import read, reference_in
from deploy.audit.evidence import Payment

OURS = "DVC078044306548608"


@pytest.mark.parametrize(
    "told",
    [
        OURS,
        f"261123_{OURS}",
        f"NOP LE PHI {OURS}-CT",
        "MBVCB.3278907687.DVC07 80443 06548 608-CT tu 0011000000001 NGUYEN VAN A toi",
        OURS.lower(),
    ],
)
def test_our_reference_is_found_in_what_a_partner_says(told: str) -> None:
    assert reference_in(told) == OURS


def test_what_names_no_order_of_ours_stays_as_it_is() -> None:
    assert reference_in("NGUYEN VAN A chuyen tien") == "NGUYEN VAN A chuyen tien"


def test_a_statement_is_read_with_its_partners() -> None:
    entry = {"partner": "a", "reference": f"261123_{OURS}", "amount_vnd": 5}
    found = read(
        {
            "payments": [{**entry, "transaction": "T1"}],
            "refunds": [{**entry, "transaction": "T2", "of": "T1"}],
            "disbursements": [{**entry, "reference": "D1", "transaction": "T3"}],
            "befell": [{"partner": "a", "what": "late", "times": 2}],
        }
    )
    assert found.paid == found.given_back == [Payment(OURS, "T1", 5, "a")]
    assert found.paid_out == [Payment("D1", "T3", 5, "a")]
    assert found.befell == {("a", "late"): 2}
