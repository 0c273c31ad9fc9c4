"""Receipts at the edge: printed for who may see them, checked by anybody."""

import pytest

from tests.services.payment.office import HCMC, KEYS

CHECK = "/v1/receipts/check"


@pytest.fixture
async def paid(ordered, a):
    """A receipt is issued; its code is known to the portal."""
    await ordered.call()
    await ordered.decide()
    seen = (await ordered.http.get(f"/v1/payments/{a.application}")).json()
    (ordered.receipt,) = seen["obligations"][0]["receipts"]
    ordered.code = ordered.receipt["code"]
    return ordered


async def check(counter, code):
    return await counter.http.get(CHECK, params={"code": code}, headers={"authorization": ""})


async def test_anybody_may_check_a_code_and_learns_nothing_personal(paid, a):
    answer = await check(paid, paid.code)

    assert answer.status_code == 200
    for word in ("có giá trị", "is valid", "P26 · 00000001", "16.000 đồng", "20/11/2026"):
        assert word in answer.text
    assert a.catalogue.unit(HCMC, a.now.date()).name in answer.text
    for hidden in (a.application, "H29.1-20261120-0000001", "portal", "<script"):
        assert hidden not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_the_page_asks_for_a_code_where_none_is_given(paid):
    answer = await paid.http.get(CHECK)

    assert answer.status_code == 200
    assert 'name="code"' in answer.text
    assert "Không có biên lai" not in answer.text


@pytest.mark.parametrize(
    "code",
    ["x", "P26-25747-2-0000000000A", "L26-25747-1", "<b>", "P26-25747-1"],
)
async def test_a_wrong_code_one_without_a_proof_and_no_receipt_at_all_are_told_alike(paid, code):
    answer = await check(paid, code)

    assert "Không có biên lai nào khớp" in answer.text
    assert answer.text == (await check(paid, "y")).text
    assert "<b>" not in answer.text


async def test_a_proof_of_another_receipt_proves_nothing(paid):
    wrong = paid.code[:-3] + ("2" if paid.code[-3] != "2" else "3") + paid.code[-2:]

    assert "Không có biên lai nào khớp" in (await check(paid, wrong)).text
    assert (await check(paid, "x" * 65)).status_code == 422


async def test_after_a_reassessment_the_old_code_tells_which_receipt_counts(paid, a):
    await paid.http.post(
        f"/v1/payments/{a.application}/reassessments",
        json={"reason": "one copy", "copies": 1},
        headers=KEYS["officer"] | {"idempotency-key": "1"},
    )
    await paid.decide()

    assert "đã được điều chỉnh: biên lai số 00000002" in (await check(paid, paid.code)).text
    seen = (await paid.http.get(f"/v1/payments/{a.application}")).json()
    old, new = seen["obligations"][0]["receipts"]
    assert (old["status"], old["by"], new["status"]) == ("adjusted", "00000002", "valid")
    assert seen["to_refund_vnd"] == 8_000
    assert "8.000 đồng" in (await check(paid, new["code"])).text


@pytest.mark.parametrize("role", ["portal", "operator"])
async def test_a_receipt_is_printed_by_its_code_or_its_number(paid, role):
    for name in (paid.code, "P26-25747-1"):
        answer = await paid.http.get(f"/v1/receipts/{name}.pdf", headers=KEYS[role])

        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("name", "headers", "status"),
    [
        ("P26-25747-2", KEYS["portal"], 404),
        ("x", KEYS["portal"], 404),
        ("P26-25747-1", KEYS["officer"], 403),
        ("P26-25747-1", {"authorization": ""}, 401),
    ],
)
async def test_what_is_not_there_or_not_theirs_is_not_printed(paid, name, headers, status):
    answer = await paid.http.get(f"/v1/receipts/{name}.pdf", headers=headers)

    assert answer.status_code == status


async def test_another_portals_receipt_is_as_unknown_as_none(counter, a):
    await counter.bring(a.routed(portal="another"))
    await counter.call()
    await counter.decide()

    answer = await counter.http.get("/v1/receipts/P26-25747-1.pdf")

    assert (answer.status_code, answer.json()["type"]) == (
        404,
        "urn:motcua:problem:unknown-receipt",
    )
