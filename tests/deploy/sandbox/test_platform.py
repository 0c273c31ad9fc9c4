"""The Payment Platform and KeyPay by themselves, before the gateways that they are for."""

import json

import pytest

from deploy.sandbox.platform import signing
from deploy.sandbox.posts import CALLS_LIMIT
from services.payment.gateways import Declined, Refund
from tests.deploy.sandbox.platform_house import GATEWAYS, NAMES, PAYER, SANDBOX, House, Merchant
from tests.services.payment.gateways.platform.piped_vectors import (
    KEYPAY,
    NOW,
    ORDER,
    PLATFORM,
)


@pytest.fixture
def merchant() -> Merchant:
    return Merchant()


@pytest.fixture
def house(merchant) -> House:
    return House(merchant)


FIELDS = {
    "init_request": signing.INIT,
    "query_request": signing.ASKED,
    "get_bill_request": signing.ASKED,
    "confirm_callback": signing.CONFIRM,
    "keypay_create_checksum": signing.CREATE,
    "keypay_callback_checksum": signing.CREATE,
    "keypay_detail_checksum": signing.DETAIL,
}


@pytest.mark.parametrize("vector", [*PLATFORM.values(), *KEYPAY.values()], ids=lambda v: v["id"])
def test_its_checksums_are_those_of_the_vectors(vector):
    if vector["kind"] not in FIELDS:
        return
    compute = signing.check_sum if "check_sum" in vector["expected"] else signing.ma_xac_thuc
    secret, fields = vector["key"]["secret"], vector["input"]["fields"]

    assert [compute(secret, fields, FIELDS[vector["kind"]])] == list(vector["expected"].values())


# ---- an order


@pytest.mark.parametrize("name", NAMES)
async def test_an_order_is_begun_and_its_page_is_there(house, name):
    page = await house.http.get(await house.begin(name))

    assert page.status_code == 200
    assert "150,000" in page.text
    assert (await house.ask(name)).finding == "pending"


@pytest.mark.parametrize("last", range(4))
async def test_the_platform_answers_bare_and_in_the_envelope(house, last):
    order = ORDER._replace(reference=f"DVC04121234567890{last}")

    assert (await house.begin("platform", order)).endswith(order.reference)


@pytest.mark.parametrize("name", NAMES)
async def test_another_amount_for_the_same_order_is_declined(house, name):
    await house.begin(name)

    with pytest.raises(Declined):
        await house.begin(name, ORDER._replace(amount_vnd=1_000))


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_not_signed_by_us_is_refused(house, name):
    sent = GATEWAYS[name].create("k", ORDER, PAYER, NOW)
    forged = json.loads(sent.body) | {"SoTien": "1", "trans_amount": "1"}

    answer = await house.http.post(sent.url, json=forged)

    assert answer.status_code == 401
    assert (await house.http.post(sent.url, content=b"x")).status_code == 422


# ---- paying


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("behaviour", "amounts_vnd", "told_vnd"),
    [
        ("pay", [150_000], [150_000]),
        ("twice", [150_000, 150_000], [150_000, 150_000, 150_000]),
        ("decline", [], [150_000]),
        ("wrong_amount_first", [151_000, 150_000], [151_000, 150_000]),
        ("silent", [150_000], []),
    ],
)
async def test_a_behaviour_moves_and_tells(house, merchant, name, behaviour, amounts_vnd, told_vnd):
    await house.pay(name, behaviour)
    statement = await house.statement(name)

    assert [p["amount_vnd"] for p in statement["payments"]] == amounts_vnd
    assert [n.amount_vnd for n in merchant.heard] == told_vnd
    findings = {"platform": "failed" if behaviour == "decline" else "paid", "keypay": "pending"}
    assert {n.finding for n in merchant.heard} <= {findings[name]}


@pytest.mark.parametrize("name", NAMES)
async def test_asked_it_names_the_transaction_of_its_statement(house, name):
    await house.pay(name, "silent")
    [payment] = (await house.statement(name))["payments"]

    said = await house.ask(name)

    assert (said.finding, said.amount_vnd) == ("paid", 150_000)
    assert said.transaction == payment["transaction"]


async def test_a_decline_is_known_of_the_platform_and_only_guessed_of_keypay(house):
    for name, finding in (("platform", "failed"), ("keypay", "pending")):
        await house.pay(name, "decline")
        assert (await house.ask(name)).finding == finding


@pytest.mark.parametrize("name", NAMES)
async def test_it_calls_until_it_is_heard(name):
    merchant = Merchant("unknown_order", "call_again", "already_final")
    house = House(merchant)
    await house.pay(name)

    assert len(merchant.heard) == 3
    assert (await house.statement(name))["given_up"] == 0


@pytest.mark.parametrize("name", NAMES)
async def test_it_calls_ten_times_at_most(name):
    merchant = Merchant("call_again")
    house = House(merchant)
    await house.pay(name)

    assert len(merchant.heard) == CALLS_LIMIT == 10
    assert (await house.statement(name))["given_up"] == 1


@pytest.mark.parametrize("name", NAMES)
async def test_an_order_may_be_paid_before_it_is_begun(house, merchant, name):
    body = {"partner": name, "reference": ORDER.reference, "amount_vnd": 150_000}

    assert (await house.http.post("/sandbox/pay", json=body)).status_code == 202
    await house.tills[name].rest()

    assert [n.reference for n in merchant.heard] == [ORDER.reference]


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"pay_url": f"{SANDBOX}/platform/pay/x"}, 409), ({"behaviour": "steal"}, 422)],
)
async def test_what_cannot_be_paid_is_refused(house, body, status):
    assert (await house.http.post("/sandbox/pay", json=body)).status_code == status


async def test_an_order_is_paid_once(house):
    await house.pay("platform")
    body = {"pay_url": await house.begin("platform")}

    assert (await house.http.post("/sandbox/pay", json=body)).status_code == 409


# ---- after it


async def test_a_receipt_is_a_link_or_a_pdf():
    found, gateway = set(), GATEWAYS["platform"]
    for second in (0, 1):
        house = House(Merchant())
        house.tills["platform"].books._first = second
        await house.pay("platform")
        answer = await house.send(gateway.ask_receipt(ORDER, "1", NOW))
        bill = gateway.read_receipt(answer, ORDER, "1", NOW)
        found.add(bool(bill.pdf))
        assert bill.pdf or bill.url

    assert found == {True, False}


async def test_no_receipt_before_money(house):
    await house.begin("platform")
    gateway = GATEWAYS["platform"]

    answer = await house.send(gateway.ask_receipt(ORDER, "1", NOW))
    with pytest.raises(Declined):
        gateway.read_receipt(answer, ORDER, "1", NOW)


async def test_keypay_gives_back_no_more_than_came(house):
    await house.pay("keypay")
    gateway = GATEWAYS["keypay"]
    back = Refund("R1", ORDER.reference, "", 100_000, 150_000, NOW, "", "", NOW)

    first = gateway.read_refunded(await house.send(gateway.refund(back, NOW)), back, NOW)
    again = gateway.read_refunded(await house.send(gateway.refund(back, NOW)), back, NOW)
    numbered = back._replace(number=first.transaction)
    asked = await house.send(gateway.query_refund("q", numbered, NOW))

    assert (first.finding, again.finding) == ("done", "unknown")
    assert gateway.read_refund_answer(asked, numbered, NOW).finding == "done"


# ---- moods


async def test_it_may_be_down_or_slow_and_comes_back(house):
    for mood, status in (("down", 503), ("slow", 404), ("up", 404)):
        assert (await house.http.post(f"/sandbox/mood/{mood}")).status_code == 200
        assert (await house.http.get("/platform/pay/none")).status_code == status
        assert (await house.http.get("/healthz")).status_code == 200
    assert (await house.http.post("/sandbox/mood/odd")).status_code == 422
