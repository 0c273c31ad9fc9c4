"""The edge, with the kernel's own reader, step and journal behind it, over a log kept in a list."""

from urllib.parse import parse_qsl, urlencode

import pytest

from services.payment.gateways.vnpay.signing import verified
from shared.events.data import FeeFacts

KEYS = {role: {"authorization": f"Bearer {role}-key"} for role in ("portal", "officer")}
DECLINE = {"vnp_ResponseCode": "24", "vnp_TransactionStatus": "02", "vnp_TransactionNo": "0"}


async def test_a_portal_sees_what_is_to_be_paid_and_where(ordered, a):
    answer = await ordered.http.get(
        f"/v1/payments/{a.application.upper()}?payer_ip=203.0.113.10&language=en"
    )

    assert answer.status_code == 200
    seen = answer.json()
    (obligation,) = seen["obligations"]
    assert (seen["status"], obligation["total_vnd"]) == ("open", 16_000)
    link = obligation["order"]["pay_url"].partition("?")[2]
    said = verified(link.encode(), ordered.partner.outgoing)
    assert said["vnp_TxnRef"] == obligation["order"]["reference"]
    assert (said["vnp_Amount"], said["vnp_Locale"]) == ("1600000", "en")
    assert dict(parse_qsl(link))["vnp_IpAddr"] == "203.0.113.10"


async def test_a_portal_sees_receipts_and_what_is_to_be_refunded(ordered, a):
    for transaction in ("1", "2"):
        await ordered.call(vnp_TransactionNo=transaction)
    await ordered.decide()

    seen = (await ordered.http.get(f"/v1/payments/{a.application}")).json()

    (obligation,) = seen["obligations"]
    assert (seen["status"], obligation["order"], seen["to_refund_vnd"]) == ("settled", None, 16_000)
    assert [r["number"] for r in obligation["receipts"]] == ["00000001"]


async def test_a_portal_sees_what_a_person_is_spared_and_by_which_text(counter, a):
    await counter.bring(a.routed(fee_facts=FeeFacts(exemption="poor_household")))

    seen = (await counter.http.get(f"/v1/payments/{a.application}")).json()

    (obligation,) = seen["obligations"]
    assert (obligation["status"], obligation["total_vnd"]) == ("waived", 0)
    assert obligation["exemption"] == {
        "rule": "exemption",
        "category": "poor_household",
        "name_vi": "Người thuộc hộ nghèo",
        "source": "Law on Civil Status 60/2014/QH13, art. 11",
        "off_vnd": 16_000,
    }


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("019aa0a5-b1c0-7d3e-8f4a-000000000404", KEYS["portal"], 404, "unknown-application"),
        ("x", KEYS["portal"], 422, "not-an-id"),
        ("{id}?payer_ip=x", KEYS["portal"], 422, "not-an-address"),
        ("{id}?language=fr", KEYS["portal"], 422, "invalid-request"),
        ("{id}", KEYS["officer"], 403, "wrong-role"),
        ("{id}", {"authorization": "Bearer x"}, 401, "unknown-key"),
    ],
)
async def test_what_a_portal_gets_wrong_is_said(ordered, a, path, headers, status, code):
    url = f"/v1/payments/{path.format(id=a.application)}"

    answer = await ordered.http.get(url, headers=headers)

    assert answer.status_code == status
    assert answer.json()["type"] == f"urn:motcua:problem:{code}"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("address", ["::1", "fe80::1%eth0", "2001:db8::1", "1.1.1.1"])
async def test_every_address_a_payer_may_have_fits_the_banks_format(ordered, a, address):
    path = f"/v1/payments/{a.application}?{urlencode({'payer_ip': address})}"

    seen = (await ordered.http.get(path)).json()

    link = seen["obligations"][0]["order"]["pay_url"]
    assert 7 <= len(dict(parse_qsl(link.partition("?")[2]))["vnp_IpAddr"]) <= 45


@pytest.mark.parametrize(("portal", "status"), [("portal", 200), ("", 200), ("another", 404)])
async def test_payments_are_shown_to_the_portal_whose_they_are(counter, a, portal, status):
    await counter.bring(a.routed(portal=portal))

    answer = await counter.http.get(f"/v1/payments/{a.application}")

    assert answer.status_code == status
    if status == 404:
        assert "pay_url" not in answer.text


# ---- the payer's browser


@pytest.mark.parametrize(
    ("changes", "words"),
    [({}, "has your payment"), (DECLINE, "nothing was paid"), ({"vnp_TmnCode": "X"}, "verified")],
)
async def test_a_returning_browser_is_told_and_decides_nothing(ordered, changes, words):
    page = await ordered.http.get(f"/v1/return/vnpay?{ordered.query(**changes)}")

    assert page.status_code == 200
    assert words in page.text
    assert not ordered.inbox()
