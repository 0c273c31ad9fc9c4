"""The merchants of the sandbox wallet: what they send, and how they answer."""

import json
from datetime import UTC, datetime

import httpx

from deploy.sandbox.wallets import signing
from deploy.sandbox.wallets.books import Merchant

MOMO = Merchant("momo", "momo", "MOMO01", "momo-key", "momo-key", "AK")
ZALOPAY = Merchant("zalopay", "zalopay", "2600", "key1", "key2")
START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


class Clock:
    now = START

    def __call__(self):
        return self.now


class Merchants:
    """The merchants' side: answers as told, the last answer for ever."""

    def __init__(self, *answers):
        self.answers, self.heard = list(answers) or [(204, None)], []

    def __call__(self, request):
        self.heard.append(json.loads(request.content))
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return httpx.Response(status, json=body) if body else httpx.Response(status)


async def momo(http, what, key=MOMO.theirs, **fields):
    asked = {"partnerCode": MOMO.code, "requestId": "r1", "orderId": "DVC1"} | fields
    asked["signature"] = signing.momo(key, MOMO.access_key, what, asked)
    return (await http.post(f"/v2/gateway/api/{what}", json=asked)).json()


async def zalopay(http, what, key=ZALOPAY.theirs, **fields):
    asked = {"app_id": 2600} | fields
    asked["mac"] = signing.zalopay(key, what, asked)
    return (await http.post(f"/v2/{what}", json=asked)).json()


MOMO_ORDER = {
    "amount": 16_000,
    "extraData": "",
    "ipnUrl": "http://payment/v1/callbacks/momo",
    "orderInfo": "Thanh toán <b>",
    "redirectUrl": "http://payment/v1/return/momo",
    "requestType": "captureWallet",
}
ZALOPAY_ORDER = {
    "app_trans_id": "261120_DVC1",
    "app_user": "u",
    "amount": 16_000,
    "app_time": int(START.timestamp() * 1_000),
    "embed_data": '{"redirecturl":"http://payment/v1/return/zalopay"}',
    "item": "[]",
    "description": "Thanh toán",
    "callback_url": "http://payment/v1/callbacks/zalopay",
}
HEARD = {"momo": (204, None), "zalopay": (200, {"return_code": 1, "return_message": ""})}


async def ordered(http, form, **fields):
    if form == "momo":
        return (await momo(http, "create", **MOMO_ORDER | fields))["payUrl"]
    return (await zalopay(http, "create", **ZALOPAY_ORDER | fields))["order_url"]


async def paid(http, form, behaviour):
    link = await ordered(http, form)
    answer = await http.post("/sandbox/pay", json={"pay_url": link, "behaviour": behaviour})
    assert answer.status_code == 202
    await http.wallet.rest()
    return (await http.get("/sandbox/statement")).json()
