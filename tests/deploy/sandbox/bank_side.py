"""The merchant of the sandbox bank: what it sends, and how it answers."""

from datetime import UTC, datetime

import httpx

from deploy.sandbox.bank.bank import Merchant
from deploy.sandbox.bank.signing import read_query, signed_query

MERCHANT = Merchant("DVCQG001", "THUNGHIEMVNPAYSECRETKEY0000001AB")
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def link(**changes):
    fields = {
        "vnp_TmnCode": MERCHANT.code,
        "vnp_Amount": "1600000",
        "vnp_TxnRef": "DVC1",
        "vnp_OrderInfo": "Thanh toan ho so DVC1",
        "vnp_ReturnUrl": "http://payment.example/v1/return/vnpay",
        "vnp_ExpireDate": "20261121090000",
    }
    return f"http://bank/paymentv2/vpcpay.html?{signed_query(MERCHANT.secret, fields | changes)}"


class Merchants:
    """The merchant's side: answers as told, the last answer for ever."""

    def __init__(self, *answers):
        self.answers, self.heard = list(answers) or ["00"], []

    def __call__(self, request):
        self.heard.append(read_query(MERCHANT.secret, request.url.query.decode()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return httpx.Response(answer)
        return httpx.Response(200, json={"RspCode": answer, "Message": ""})


async def told(http):
    """Return the statement once all callbacks are through."""
    await http.bank.till.rest()
    return (await http.get("/sandbox/statement")).json()


async def pay(http, behaviour, **changes):
    answer = await http.post("/sandbox/pay", json={"pay_url": link(), "behaviour": behaviour})
    assert answer.status_code == 202
    return answer.json()["transactions"]
