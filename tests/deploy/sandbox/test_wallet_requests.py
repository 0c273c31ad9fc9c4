"""What the wallet answers to merchants: orders, questions, refunds."""

from datetime import timedelta

import pytest

from deploy.sandbox.wallets import signing
from tests.deploy.sandbox.wallet_side import (
    HEARD,
    MOMO,
    MOMO_ORDER,
    ZALOPAY,
    ZALOPAY_ORDER,
    Merchants,
    momo,
    ordered,
    paid,
    zalopay,
)


async def test_momo_makes_an_order_once(wallet_of):
    http = wallet_of(Merchants())
    first = await momo(http, "create", **MOMO_ORDER)

    assert first["signature"] == signing.momo(MOMO.ours, "AK", "created", first)
    assert await momo(http, "create", **MOMO_ORDER) == first
    other = await momo(http, "create", **MOMO_ORDER | {"amount": 17_000})
    assert other["resultCode"] == 40
    assert (await momo(http, "create", **MOMO_ORDER, requestId="r2"))["resultCode"] == 41
    assert (await momo(http, "create", "x", **MOMO_ORDER, requestId="r3"))["resultCode"] == 13
    small = MOMO_ORDER | {"amount": 999, "requestId": "r4", "orderId": "DVC2"}
    assert (await momo(http, "create", **small))["resultCode"] == 22


async def test_zalopay_makes_an_order_once_with_the_day_of_today(wallet_of):
    http = wallet_of(Merchants())
    await ordered(http, "zalopay")

    async def sub(key=ZALOPAY.theirs, **fields):
        return (await zalopay(http, "create", key, **ZALOPAY_ORDER | fields))["sub_return_code"]

    assert await sub() == -68
    assert await sub("x") == -402
    assert await sub(app_trans_id="261119_DVC2") == -401
    assert await sub(app_trans_id="261120_DVC2", app_time=1) == -401
    assert await sub(app_trans_id="261120_DVC2", amount="16000") == -401
    assert await sub(app_trans_id="261120_DVC2") == 1


@pytest.mark.parametrize(
    ("behaviour", "code", "codes"),
    [("silent", 0, (1, 1)), ("decline", 1006, (2, -217)), (None, 1000, (3, -49))],
)
async def test_a_question_finds_out(wallet_of, behaviour, code, codes):
    http = wallet_of(Merchants((204, None)))
    for form in ("momo", "zalopay"):
        await (paid(http, form, behaviour) if behaviour else ordered(http, form))

    momos = await momo(http, "query", requestId="q1")
    zalos = await zalopay(http, "query", app_trans_id="261120_DVC1")

    assert momos["resultCode"] == code
    assert (zalos["return_code"], zalos["sub_return_code"]) == codes
    assert (momos["transId"] > 0) == (zalos["zp_trans_id"] > 0) == (code == 0)
    assert (await momo(http, "query", requestId="q2", orderId="X"))["resultCode"] == 42
    assert (await zalopay(http, "query", app_trans_id="X"))["sub_return_code"] == -101


async def test_an_order_that_nobody_paid_ends(wallet_of):
    http = wallet_of(Merchants())
    for form in ("momo", "zalopay"):
        await ordered(http, form)
    http.clock.now += timedelta(days=1)

    assert (await momo(http, "query", requestId="q1"))["resultCode"] == 1005
    assert (await zalopay(http, "query", app_trans_id="261120_DVC1"))["return_code"] == 2


async def test_momo_gives_back_at_once_and_never_more_than_came(wallet_of):
    http = wallet_of(Merchants())
    transaction = int((await paid(http, "momo", "pay"))["payments"][0]["transaction"])

    async def back(number, amount_vnd, request):
        fields = {"orderId": number, "requestId": request, "amount": amount_vnd}
        said = await momo(http, "refund", **fields, transId=transaction, description="")
        return said["resultCode"]

    assert await back("RF1", 10_000, "b1") == 0
    assert await back("RF1", 10_000, "b1") == 0, "the same request"
    assert await back("RF1", 6_000, "b2") == 41
    assert await back("RF2", 10_000, "b3") == 1081
    assert await back("RF3", 6_000, "b4") == 0
    assert await back("RF4", 999, "b5") == 22
    assert (await momo(http, "query", requestId="q", orderId="RF1"))["amount"] == 10_000
    statement = (await http.get("/sandbox/statement")).json()
    assert [r["amount_vnd"] for r in statement["refunds"]] == [10_000, 6_000]


async def test_zalopay_gives_back_after_a_while(wallet_of):
    http = wallet_of(Merchants(HEARD["zalopay"]))
    transaction = (await paid(http, "zalopay", "pay"))["payments"][0]["transaction"]

    async def back(number, amount_vnd):
        fields = {"zp_trans_id": transaction, "amount": amount_vnd, "description": "d"}
        said = await zalopay(http, "refund", m_refund_id=number, timestamp=1, **fields)
        return said["return_code"], said["sub_return_code"]

    async def asked(number):
        said = await zalopay(http, "query_refund", m_refund_id=number, timestamp=2)
        return said["return_code"], said["sub_return_code"]

    assert await back("261120_2600_1", 10_000) == (3, 3)
    assert await back("261120_2600_1", 10_000) == (2, -68)
    assert await back("261120_2600_2", 10_000) == (2, -13)
    assert await back("refund", 1_000) == (2, -401)
    assert await asked("261120_2600_1") == (3, 3)
    http.clock.now += timedelta(minutes=1)
    assert await asked("261120_2600_1") == (1, 1)
    assert await asked("261120_2600_2") == (2, -101)


async def test_who_is_no_merchant_is_told_nothing(wallet_of):
    http = wallet_of(Merchants())
    for path in ("/v2/create", "/v2/gateway/api/create", "/v2/steal"):
        assert (await http.post(path, json={"app_id": 1})).status_code == 409
        assert (await http.post(path, content=b"[]")).status_code == 422
        assert (await http.post(path, content=b"x" * 20_000)).status_code == 422
