"""The bank gives money back: VNPAY's refund."""

from deploy.sandbox.bank.signing import (
    ANSWER_FIELDS,
    REFUND_ANSWER_FIELDS,
    REFUND_FIELDS,
    REQUEST_FIELDS,
    check_body,
    sign_body,
)
from tests.deploy.sandbox.bank_side import MERCHANT, Merchants, pay, told


async def refund(http, request, **changes):
    asked = {
        "vnp_RequestId": request,
        "vnp_Version": "2.1.0",
        "vnp_Command": "refund",
        "vnp_TmnCode": MERCHANT.code,
        "vnp_TransactionType": "03",
        "vnp_TxnRef": "DVC1",
        "vnp_Amount": "1000000",
        "vnp_CreateBy": "ketoan01",
    } | changes
    body = sign_body(MERCHANT.secret, asked, REFUND_FIELDS)
    answer = (await http.post("/merchant_webapi/api/transaction", json=body)).json()
    check_body(MERCHANT.secret, answer, REFUND_ANSWER_FIELDS)
    return answer["vnp_ResponseCode"], answer.get("vnp_TransactionStatus")


async def standing(http, request):
    """What a question about the order is told of its last refund."""
    asked = {
        "vnp_RequestId": request,
        "vnp_Command": "querydr",
        "vnp_TmnCode": MERCHANT.code,
        "vnp_TxnRef": "DVC1",
    }
    body = sign_body(MERCHANT.secret, asked, REQUEST_FIELDS)
    answer = (await http.post("/merchant_webapi/api/transaction", json=body)).json()
    check_body(MERCHANT.secret, answer, ANSWER_FIELDS)
    return answer["vnp_TransactionStatus"]


async def test_money_goes_back_by_parts_and_never_more_than_came(bank_of):
    http = bank_of(Merchants())
    [number] = await pay(http, "pay")

    assert await refund(http, "R1", vnp_TransactionNo=number) == ("00", "00")
    assert await refund(http, "R1", vnp_TransactionNo=number) == ("94", None)
    assert await refund(http, "R2", vnp_TransactionNo=number) == ("02", None)
    rest = {"vnp_TransactionNo": number, "vnp_Amount": "600000"}
    assert await refund(http, "R3", **rest, vnp_TransactionType="02") == ("03", None)
    assert await refund(http, "R4", **rest) == ("00", "00")
    assert await refund(http, "R5", vnp_TransactionNo="1") == ("95", None)
    assert await refund(http, "R6", vnp_TransactionNo=number, vnp_Amount="150") == ("93", None)
    assert await refund(http, "R7", vnp_TxnRef="DVC404") == ("91", None)
    back = (await told(http))["refunds"]
    assert [(r["of"], r["amount_vnd"]) for r in back] == [(number, 10_000), (number, 6_000)]
    assert len({number, *(r["transaction"] for r in back)}) == 3


async def test_what_the_payers_bank_refuses_moves_nothing_and_may_be_asked_for_again(bank_of):
    http = bank_of(Merchants())
    [number] = await pay(http, "pay")
    whole = {
        "vnp_TransactionNo": number,
        "vnp_TransactionType": "02",
        "vnp_Amount": "1600000",
    }

    await http.post("/sandbox/refunds/refused")
    assert await refund(http, "R1", **whole) == ("00", "09")
    assert await standing(http, "Q1") == "09"
    assert (await told(http))["refunds"] == []
    await http.post("/sandbox/refunds/given")
    assert await refund(http, "R2", **whole) == ("00", "00")
    assert await standing(http, "Q2") == "00"
    assert [r["amount_vnd"] for r in (await told(http))["refunds"]] == [16_000]
