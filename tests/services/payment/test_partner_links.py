"""Which links of a partner's are handed on, and which families give receipts at all."""

import pytest

from services.payment.gateways import Refused
from services.payment.gateways.asked import Receipts, TheirReceipt
from services.payment.gateways.families import FAMILIES
from services.payment.partner_receipts_api import checked
from tests.services.payment.asked import bank

LINK = "https://bienlai.example.vn/1"
SANDBOX_PAGE = "http://127.0.0.1:8201/bac-ha"


@pytest.mark.parametrize(
    ("url", "page_url", "may_be"),
    [
        (LINK, "https://bank.example.vn", True),
        ("https://bienlai.example.vn:8443/1", "https://bank.example.vn", True),
        ("http://127.0.0.1:8201/bac-ha/receipt/1", SANDBOX_PAGE, True),
        ("http://localhost:8201/bac-ha/receipt/1", SANDBOX_PAGE, True),
        ("http://[::1]:8201/1", SANDBOX_PAGE, True),
        ("http://127.0.0.1:8201/1", "https://bank.example.vn", False),
        ("http://10.0.0.1/1", SANDBOX_PAGE, False),
        ("http://bienlai.example.vn/1", SANDBOX_PAGE, False),
        ("http://127.0.0.1:8201@bienlai.example.vn/1", SANDBOX_PAGE, False),
        ("https://bank.example.vn@bienlai.example.vn/1", "https://bank.example.vn", False),
        ("https://bienlai.example.vn\\@bank.example.vn", "https://bank.example.vn", False),
        ("https:///1", "https://bank.example.vn", False),
        ("https://[1", "https://bank.example.vn", False),
        ("https://a.vn:99999/1", "https://bank.example.vn", False),
        ("javascript:alert(1)", SANDBOX_PAGE, False),
        ("", SANDBOX_PAGE, False),
    ],
)
def test_a_link_leads_over_https_or_to_the_sandbox_on_this_machine(a, url, page_url, may_be):
    found, partner = TheirReceipt(url=url), bank(a, page_url=page_url)
    if may_be:
        assert checked(found, partner) == found
    else:
        with pytest.raises(Refused):
            checked(found, partner)


def test_only_two_families_give_receipts():
    given = {name for name, family in FAMILIES.items() if issubclass(family, Receipts)}

    assert given == {"platform", "neutral"}
